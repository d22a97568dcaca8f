"""The second wall and people who moved on (A13, D14): an old bill keeps its member, the new branch stays unseen."""

from collections.abc import Callable
from typing import Any

import pytest

from hall.core.testing.walled import behind_the_wall
from hall.dues import queries
from hall.dues.models import Bill, Payment
from hall.members.models import Member

pytestmark = [pytest.mark.postgres, pytest.mark.authz]


@pytest.fixture
def moved(cast: Any, month: Callable, pay: Callable, wall_built: None) -> Bill:
    """Wu paid in Lin's branch and has since belonged to Qian's."""
    bill = month()[cast.member("wu").name]
    pay(bill)
    Member.objects.filter(pk=bill.member_id).update(organisation=cast.other_branch)
    return bill


def test_no_join_from_the_old_bill_loses_a_row(cast: Any, moved: Bill) -> None:
    """Lin's month is complete, with the name of whoever has left for another branch."""
    count = queries.bills_for(cast.lin).select_related("member").count()
    with behind_the_wall(cast.lin.sees):
        rows = list(queries.bills_for(cast.lin).select_related("member"))
        assert len(rows) == count
        assert moved.pk in {row.pk for row in rows}
        assert Payment.objects.select_related("receipt", "bill__member").filter(bill=moved).count() == 1


def test_the_rest_of_the_new_branch_stays_unseen(cast: Any, moved: Bill) -> None:
    with behind_the_wall(cast.lin.sees):
        assert set(Member.objects.filter(organisation=cast.other_branch)) == {moved.member}
    with behind_the_wall(cast.qian.sees):
        assert not Bill.objects.filter(pk=moved.pk).exists()
        assert Member.objects.filter(pk=moved.member_id).exists()


def test_the_person_keeps_their_own_bills_and_receipts(cast: Any, moved: Bill) -> None:
    """Though the bill is the old branch's, and the receipt names no account."""
    with behind_the_wall(cast.wu.sees):
        assert Bill.objects.filter(pk=moved.pk, member__name=moved.member.name).exists()
        assert Payment.objects.select_related("receipt").filter(bill=moved).count() == 1
        assert Member.objects.count() == 1
