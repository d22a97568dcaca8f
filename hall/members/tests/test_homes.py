"""An organisation does not end while somebody's formal relation stands there (ORG-15)."""

from datetime import date

import pytest

from hall.core.findings import Refused
from hall.ledger.acting import System
from hall.members.models import Member
from hall.organisations.actions import end_organisation
from hall.organisations.models import Organisation
from hall.organisations.words import State

BY = System("tests")


def test_a_branch_with_people_is_not_dissolved(cast):
    with pytest.raises(Refused, match=r"people still belong here|组织关系"):
        end_organisation(by=BY, organisation=cast.branch, on=date(2026, 1, 5))
    assert Organisation.objects.get(pk=cast.branch.pk).state == State.ACTIVE


def test_an_empty_branch_is_dissolved(cast):
    Member.objects.filter(organisation=cast.other_branch).update(organisation=cast.branch)
    ended = end_organisation(by=BY, organisation=cast.other_branch, on=date(2026, 1, 5))
    assert ended.state == State.DISSOLVED
