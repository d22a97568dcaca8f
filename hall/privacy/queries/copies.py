"""Is this database a copy that was made anonymous?"""

from django.apps import apps
from django.db import connection

from hall.ledger import queries as ledger
from hall.organisations import queries as organisations
from hall.privacy.queries.holdings import ACCOUNT


def is_anonymous() -> bool:
    """Empty, or made anonymous and nobody real added since: every account bears a made-up name."""
    account = apps.get_model(ACCOUNT)
    if account._meta.db_table not in connection.introspection.table_names() or organisations.college() is None:
        return True
    said = ledger.last_of("privacy.copy.anonymised")
    return said is not None and not account._base_manager.exclude(username__startswith="test-").exists()
