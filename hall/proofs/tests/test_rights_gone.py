"""Rights that end, end at once and everywhere; nobody decides what is their own (A12, A15, A26, PERM-02)."""

from itertools import combinations

import pytest
from django.urls import reverse
from django.utils import timezone

from hall.accounts import actions as account_actions
from hall.accounts.checks import APART
from hall.accounts.models import Grant
from hall.accounts.queries import person
from hall.accounts.words import posts
from hall.core.findings import Refused
from hall.core.modules import permission_titles
from hall.members import actions as member_actions
from hall.members.actions.roster import read_roster
from hall.members.models import Member
from hall.members.tests import rosters
from hall.notices import actions as notices
from hall.notices.models import Work
from hall.notices.running import claim_next, do
from hall.notices.words import WorkState
from hall.proofs.tests.routes import ONLY, routes

pytestmark = pytest.mark.authz


def withdraw(cast, name):
    grant = Grant.objects.get(account=cast.accounts[name], withdrawn_on__isnull=True)
    account_actions.withdraw_grant(by=cast.secadmin, grant=grant, on=timezone.localdate(), reason="免职")


@pytest.fixture
def queued(cast):
    """Lin's roster of twenty people waits for a worker."""
    file = rosters.as_xlsx(rosters.people(20, branches=(cast.branch.name,), start=4000))
    preview = read_roster(by=cast.lin, file=file, name="名册.xlsx")
    return notices.start_work(
        by=cast.lin, name="members.apply_roster", organisation=cast.branch, preview=str(preview.pk), good_only=True
    )


def test_work_that_waits_is_judged_again_when_it_is_done(cast, queued):  # A26
    """A26: queued, then the post withdrawn: nothing is done, the person is told why, and its page leads nowhere."""
    browser, before = cast.browser("lin"), Member.objects.count()
    withdraw(cast, "lin")
    do(claim_next())
    work = Work.objects.get(pk=queued.pk)
    assert (work.state, Member.objects.count()) == (WorkState.REFUSED, before)
    assert work.result == {} and work.error
    assert browser.get(reverse("notices:work", args=[work.pk])).status_code == 200


def test_what_was_made_is_not_given_out_after_the_post_is_gone(cast, queued):  # A26
    """A26: the result's page asks for the right again; that the work once was one's own opens nothing."""
    do(claim_next())
    work = Work.objects.get(pk=queued.pk)
    assert work.state == WorkState.DONE, work.error
    browser = cast.browser("lin")
    assert browser.get(work.result["url"]).status_code == 200
    withdraw(cast, "lin")
    assert browser.get(work.result["url"]).status_code in (403, 404)


@pytest.mark.parametrize("deed", ["get", "post"])
def test_an_export_asks_for_the_right_at_the_moment_it_is_given_out(cast, deed):  # A26
    browser = cast.browser("lin")
    assert browser.get(reverse("members:export")).status_code == 200
    withdraw(cast, "lin")
    assert getattr(browser, deed)(reverse("members:export")).status_code == 403


def test_the_very_next_request_is_without_the_post_on_every_page(cast):  # A12
    """A12: every page without parameters that the post opened is 403 at the next request of the same session."""
    browser = cast.browser("lin")
    held = [r for r in routes() if r.needs and not r.parameters and not r.only_post and cast.lin.holds(r.needs)]
    assert len(held) > 5 or ONLY
    assert {browser.get(reverse(r.name)).status_code for r in held} <= {200, 302}
    withdraw(cast, "lin")
    assert {browser.get(reverse(r.name)).status_code for r in held} <= {403}


def apart():
    """Each two permissions of which PERM-02 says that one hand must not do both, as far as the modules declare them."""
    names = set(permission_titles())
    modules = sorted({name.split(".")[0] for name in names})
    pairs = [(f"{m}.{first}", f"{m}.{second}") for m in modules for first, second in APART]
    found = [pair for pair in pairs if set(pair) <= names]
    return [
        *found,
        ("accounts.open", "accounts.grant"),
        ("accounts.grant", "ledger.verify"),
        ("accounts.open", "ledger.verify"),
    ]


@pytest.mark.parametrize("first, second", apart(), ids=lambda name: name)
def test_no_post_and_no_hat_joins_what_must_be_apart(cast, first, second):  # A15
    """A15: no post holds both, and whoever holds two posts wears one hat at a time: the other's right is not there."""
    assert not [post.name for post in posts().values() if {first, second} <= post.may]
    for one, other in combinations(posts().values(), 2):
        if first in one.may | other.may and second in one.may | other.may and not (one.office or other.office):
            _wears_one_hat(cast, one, other, first, second)


def _wears_one_hat(cast, one, other, first, second):
    grants = [_grant(cast, post) for post in (one, other)]
    for grant in grants:
        wearing = person(grant.account, today=timezone.localdate(), hat_id=grant.pk)
        assert not (wearing.holds(first) and wearing.holds(second))


def _grant(cast, post):
    place = {each.kind: each for each in cast.organisations.values()}
    there = next(place[kind] for kind in post.kinds if kind in place)
    return account_actions.grant_post(
        by=cast.secadmin,
        account=cast.accounts["zhou"],
        post=post.name,
        organisation=there,
        starts_on=timezone.localdate(),
    )


@pytest.mark.parametrize("second_hat", [False, True])
def test_nobody_answers_their_own_correction_through_any_hat(cast, second_hat):  # A15
    """A15: Lin, secretary of the branch and, if need be, organiser above it, asks for a correction and may not answer it."""
    lin = cast.lin
    asked = member_actions.ask_correction(
        by=lin, member=cast.member("lin"), field="degree", wanted="硕士", why="学位证书"
    )
    if second_hat:
        general = cast.organisations["机电工程学院党总支"]
        grant = account_actions.grant_post(
            by=cast.secadmin, account=cast.accounts["lin"], post="organiser", organisation=general,
            starts_on=timezone.localdate(),
        )  # fmt: skip
        lin = person(cast.accounts["lin"], today=timezone.localdate(), hat_id=grant.pk)
        assert lin.hat == grant
    with pytest.raises(Refused, match="自己"):
        member_actions.answer_correction(by=lin, correction=asked, accept=True)
    member_actions.answer_correction(by=cast.chen, correction=asked, accept=True)
