"""Who of the campus is which account: nobody gets one by coming, nobody binds alone, and offices keep their second factor."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from hall.accounts.models import Account, Factor, Grant
from hall.accounts.tests.test_factors import now_code
from hall.core.findings import Refused
from hall.ledger.acting import Forbidden, System
from hall.members import actions as members
from hall.members.models import Member
from hall.members.words import Departure
from hall.notices.models import Message
from hall.signon import actions, queries
from hall.signon.models import Identity
from hall.signon.rules.cas import Vouched
from hall.signon.tests.conftest import Walk

TODAY = date(2026, 11, 22)
HOME, REFUSED, LIST = reverse("desk:home"), reverse("signon:refused"), reverse("signon:identities")


def test_whom_nobody_knows_gets_no_account_and_is_told_whom_to_ask(walk, he):
    walk.provider.user = "T9999"
    before = Account.objects.count()
    assert walk.through("cas").headers["Location"] == REFUSED
    status, text = walk.told
    assert status == 403 and "组织员" in text and "系统管理员" in text
    assert Account.objects.count() == before and not Identity.objects.exists()


def test_a_number_binds_once_and_is_not_handed_on(walk, he, change):
    """A number that goes to a new person at the campus does not open the old one's account."""
    change("campus", number="number")
    walk.through("campus", "a")
    walk.provider.claims = {"sub": "a new person", "number": "T1003"}
    other = Walk(walk.provider, Client())
    assert other.through("campus", "b").headers["Location"] == REFUSED and not other.inside


def test_the_subject_counts_not_the_number(walk, he, cast):
    walk.through("campus", "a")
    Account.objects.filter(pk=cast.accounts["wu"].pk).update(username="T1004")
    walk.provider.claims = {"number": "T1004"}  # same subject, and now says it is Wu
    other = Walk(walk.provider, Client())
    other.through("campus", "b")
    assert other.client.get("/accounts/devices/").wsgi_request.user == he


def test_the_same_subject_of_another_issuer_is_another_person(walk, he, change):
    walk.through("cas")
    change("campus", number="")
    other = Walk(walk.provider, Client())
    assert other.through("campus", "b").headers["Location"] == REFUSED


@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "audadmin"])
def test_an_attribute_never_opens_an_administrators_account(walk, cast, who):
    walk.provider.user = who
    assert walk.through("cas").headers["Location"] == REFUSED and not walk.inside


@pytest.mark.parametrize("column", [{"is_active": False}, {"approved_at": None}])
def test_a_closed_account_stays_closed(walk, he, column):
    Account.objects.filter(pk=he.pk).update(**column)
    assert walk.through("cas").headers["Location"] == REFUSED
    assert "停用" in walk.told[1] and not walk.inside and not Identity.objects.exists()


def test_a_second_factor_in_force_is_asked_for_all_the_same(walk, he):
    """Two steps stay two steps: the campus is the first (C17)."""
    from hall.accounts import factors
    from hall.accounts.queries import person

    row = factors.prepare_factor(by=person(he, today=TODAY), account=he)
    Factor.objects.filter(pk=row.pk).update(confirmed_at=row.made_at)
    answer = walk.through("cas", next="/papers/")
    assert answer.headers["Location"] == f"{reverse('accounts:code')}?next=%2Fpapers%2F" and not walk.inside
    page = walk.client.post(reverse("accounts:code"), {"code": now_code(he), "next": "/papers/"})
    assert page.headers["Location"] == "/papers/" and walk.inside
    assert walk.client.session["door"] == "cas" and walk.client.session["ticket"]


def test_an_office_reaches_no_page_without_a_factor(walk, cast, settings):
    settings.HALL_SECOND_FACTOR = "required"
    admin = cast.accounts["sysadmin"]
    Identity.objects.create(
        account=admin, issuer=f"{walk.provider.url}/cas", subject="T1003", made_at=admin.opened_at, in_force_at=admin.opened_at
    )  # fmt: skip
    walk.through("cas")
    assert walk.client.get(HOME).headers["Location"] == reverse("accounts:second_factor")


def test_the_doors_stand_above_the_form(walk, he, settings):
    text = walk.client.get(reverse("accounts:sign_in")).content.decode()
    assert 0 < text.index("用统一身份认证登录") < text.index('name="username"')
    settings.HALL_SIGNON = {}
    assert "登录" in (text := walk.client.get(reverse("accounts:sign_in")).content.decode()) and "用统一" not in text


def test_a_door_nobody_set_up_is_not_there(walk):
    for name in ("begin", "arrival", "farewell"):
        assert walk.client.get(reverse(f"signon:{name}", args=["other"])).status_code == 404


# Two persons bind


@pytest.fixture
def door(walk):
    return queries.doors()["cas"]


def proposed(cast, door, *pairs):
    return actions.propose(by=cast.sysadmin, door=door, proposer=cast.accounts["sysadmin"], pairs=pairs)


def test_a_proposal_opens_nothing_before_another_approves(walk, cast, door, facts):
    (row,) = proposed(cast, door, ("lin", "linlan"))
    walk.provider.user = "linlan"
    assert walk.through("cas", "ST-1").headers["Location"] == REFUSED
    actions.approve(by=cast.secadmin, approver=cast.accounts["secadmin"], rows=[row])
    assert walk.through("cas", "ST-2").headers["Location"] == HOME and walk.inside
    assert facts()[-3:] == ["signon.identity.proposed", "signon.identity.bound", "accounts.session.begun"]


def test_nobody_opens_anothers_account_alone(walk, cast, door):
    """C19, PERM-02: not the proposer, not whose account it is, and nobody without the post."""
    (row,) = proposed(cast, door, ("secadmin", "me"))
    for who in ("sysadmin", "lin", "sun"):
        with pytest.raises(Forbidden):
            actions.approve(by=getattr(cast, who), approver=cast.accounts[who], rows=[row])
    with pytest.raises(Refused):
        actions.approve(by=cast.secadmin, approver=cast.accounts["secadmin"], rows=[row])
    with pytest.raises(Refused):
        actions.approve(by=System("tests"), approver=cast.accounts["sysadmin"], rows=[row])
    with pytest.raises(Forbidden):
        actions.propose(by=cast.secadmin, door=door, proposer=cast.accounts["secadmin"], pairs=[("lin", "x")])
    assert Identity.objects.get().in_force_at is None


def test_what_one_may_not_approve_does_not_hold_up_the_rest(walk, cast, door):
    proposed(cast, door, ("secadmin", "me"), ("lin", "linlan"))
    assert cast.browser("secadmin").post(reverse("signon:approval")).status_code == 302
    assert list(Identity.objects.filter(in_force_at__isnull=False).values_list("subject", flat=True)) == ["linlan"]


def test_the_owner_is_told(walk, cast, door):
    rows = proposed(cast, door, ("lin", "linlan"))
    actions.approve(by=cast.secadmin, approver=cast.accounts["secadmin"], rows=rows)
    assert Message.objects.filter(account=cast.accounts["lin"], title__contains="统一身份认证").exists()


def test_a_list_is_taken_whole_or_not_at_all(walk, cast, door):
    proposed(cast, door, ("he", "hexiuying"))
    wrong = [
        ("nobody", "a"),
        ("he", "b"),
        ("wu", "hexiuying"),
        ("zhou", "c"),
        ("zhou", "d"),
        ("qian", "e"),
        ("li", "e"),
    ]
    with pytest.raises(Refused) as refusal:
        proposed(cast, door, *wrong, ("lin", "f"))
    said = [finding.text for finding in refusal.value.findings]
    assert [text.split("行")[0] for text in said] == [f"第{number}" for number in (1, 2, 3, 4, 5, 6, 7)]
    assert Identity.objects.count() == 1


def test_the_page_of_the_two_administrators(walk, cast):
    sysadmin, secadmin = cast.browser("sysadmin"), cast.browser("secadmin")
    said = {"door": "cas", "lines": "lin  linlan\nwu\twu jianguo\n\n"}
    assert sysadmin.post(LIST, said).status_code == 302
    assert list(Identity.objects.order_by("pk").values_list("subject", flat=True)) == ["linlan", "wu jianguo"]
    assert "待批准" in sysadmin.get(LIST).content.decode()
    assert sysadmin.post(reverse("signon:approval")).status_code == 403
    assert "2 条绑定待您批准" in secadmin.get(LIST).content.decode()
    wrong = Identity.objects.get(subject="linlan")
    page = reverse("signon:withdrawal", args=[wrong.pk])
    assert secadmin.post(page, {"reason": "写错了"}).status_code == 302
    assert secadmin.post(reverse("signon:approval")).status_code == 302
    assert Identity.objects.get().in_force_at and Identity.objects.get().approved_by == cast.accounts["secadmin"]
    assert sysadmin.post(LIST, {"door": "cas", "lines": "lin"}).status_code == 422
    for who in ("lin", "sun", "audadmin", "wu"):
        assert cast.browser(who).get(LIST).status_code == 403


def test_unbinding_ends_what_was_begun_that_way(walk, he, cast):
    walk.through("cas")
    by_password = cast.browser("he")
    actions.withdraw(by=cast.secadmin, identity=Identity.objects.get(), reason="调离")
    assert not walk.inside and by_password.get("/accounts/devices/").status_code == 200


def test_two_windows_at_once_bind_once(walk, he, monkeypatch):
    """The number fits in both windows; the second, which looked before the first had written, comes in all the same."""
    door, found = queries.doors()["cas"], Vouched("T1003", {"user": ["T1003"]})
    assert actions.recognise(door, found, on=TODAY) == he
    honest, looks = queries.identity_of, []

    def too_early(*args):
        looks.append(args)
        return None if len(looks) == 1 else honest(*args)

    monkeypatch.setattr(queries, "identity_of", too_early)
    monkeypatch.setattr(queries, "is_bound", lambda *args: False)
    assert actions.recognise(door, found, on=TODAY) == he
    assert len(looks) == 2 and Identity.objects.count() == 1


# Former members


@pytest.mark.parametrize("name", ["wu", "lin"])
def test_a_former_member_sees_their_own_record_and_nothing_of_the_branch(walk, cast, name):
    """A30: a graduate or departed member who signs in by the campus sees their own record and papers, no branch data."""
    account, member = cast.accounts[name], cast.member(name)
    Account.objects.filter(pk=account.pk).update(username=member.campus_no)
    Grant.objects.filter(account=account).update(withdrawn_on=date(2026, 1, 1))
    members.depart(by=cast.sun, member=member, departure=Departure.TRANSFERRED, on=date(2026, 11, 1), reason="毕业")
    walk.provider.user = member.campus_no
    assert walk.through("cas").headers["Location"] == HOME
    own = [reverse("members:mine"), reverse("papers:papers"), reverse("members:looks"), HOME]
    assert [walk.client.get(address).status_code for address in own] == [200] * 4
    others = list(
        Member.objects.exclude(pk__in=[member.pk, cast.member("sun").pk])
    )  # she wrote the departure into the record
    for address in own:
        text = walk.client.get(address).content.decode()
        assert not [other.name for other in others if other.name in text], address
    closed = [
        reverse("members:members"),
        reverse("organisations:tree"),
        reverse("members:export"),
        reverse("dues:bills"),
    ]
    assert {walk.client.get(address).status_code for address in closed} <= {403, 404}
    for other in others:
        assert walk.client.get(reverse("members:member", args=[other.pk])).status_code in (403, 404)
