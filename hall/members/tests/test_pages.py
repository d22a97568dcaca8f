"""Pages of the members: who sees what, what never stands in the HTML, how many queries a list takes."""

import json
import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from hall.members import actions
from hall.members.models import Correction, Look, Member

ID, PHONE, MASKED = "11010519491231002X", "13812345678", "138****5678"
DAY = date(2026, 3, 1)


@pytest.fixture
def guo(cast) -> Member:
    return actions.enrol(
        by=cast.lin,
        organisation=cast.branch,
        name="郭淑芬",
        standing="full",
        on=date(2024, 3, 1),
        id_no=ID,
        phone=PHONE,
        sex="2",
        birth_date=date(1949, 12, 31),
        joined_on=date(1980, 7, 1),
        full_on=date(1981, 7, 1),
        address="海州路1号",
        campus_no="T9001",
    )


def text(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode("utf-8-sig")


def bare(response) -> str:
    """The page without what differs on every answer: tokens and the address itself."""
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4,12}){4}|[A-Za-z0-9]{64}", "", text(response))


OTHERS = ("member", "change", "placement", "departure", "stop", "restoration", "contact", "absence", "return", "reveal")


@pytest.mark.parametrize("name", OTHERS)
def test_another_branchs_member_is_as_unknown_as_a_made_up_number(cast, guo, name):  # A01
    browser = cast.browser("qian")
    real, made_up = (browser.get(reverse(f"members:{name}", args=[pk])) for pk in (guo.pk, uuid4()))
    assert real.status_code == made_up.status_code == 404
    assert bare(real) == bare(made_up)
    assert browser.post(reverse(f"members:{name}", args=[guo.pk]), {"reason": "试试"}).status_code == 404
    guo.refresh_from_db()
    assert (guo.version, Look.objects.count()) == (1, 0)


@pytest.mark.parametrize("name", [each for each in OTHERS if each != "return"])
def test_the_secretary_of_the_branch_opens_the_same_pages(cast, guo, name):
    assert cast.browser("lin").get(reverse(f"members:{name}", args=[guo.pk])).status_code == 200


@pytest.mark.parametrize(
    "who, name, status",
    [
        ("lin", "members", 200), ("lin", "enrolment", 200), ("lin", "lookup", 200), ("lin", "export", 200), ("lin", "register", 200),
        ("lin", "corrections", 200), ("lin", "duplicates", 403), ("sun", "duplicates", 200), ("zheng", "members", 200), ("zheng", "enrolment", 403),
        ("wu", "members", 403), ("wu", "mine", 200), ("wu", "looks", 200), ("wu", "own_correction", 200), ("wu", "export", 403),
        ("he", "members", 403), ("sysadmin", "members", 403), ("sysadmin", "mine", 200),
    ],
)  # fmt: skip
def test_who_opens_which_page(cast, who, name, status):
    assert cast.browser(who).get(reverse(f"members:{name}")).status_code == status


def test_no_number_stands_in_clear_on_any_page_or_in_any_export(cast, guo):  # A23, ID-03
    actions.ask_correction(by=cast.wu, member=cast.member("wu"), field="phone", wanted="13700001234")
    lin = cast.browser("lin")
    addresses = ["members", "register", "lookup", "export", "corrections", "mine"]
    pages = [lin.get(reverse(f"members:{name}")) for name in addresses]
    pages += [lin.get(reverse(f"members:{name}", args=[guo.pk])) for name in ("member", "change", "reveal")]
    pages += [lin.get(reverse("members:correction", args=[Correction.objects.get().pk]))]
    pages += [lin.post(reverse("members:export"), {"organisation": cast.branch.pk, "form": "csv", "reason": "核对"})]
    shown = "".join(text(page) for page in pages)
    assert all(page.status_code == 200 for page in pages)
    for clear in (ID, PHONE, "海州路", "13700001234", ID[6:14] + "002X"):
        assert clear not in shown
    assert MASKED in shown
    assert "110***********002X" in shown


def test_the_workbook_is_masked_and_the_export_is_told_with_reason_and_count(cast, guo, facts):  # STA-05
    from io import BytesIO

    import openpyxl

    lin = cast.browser("lin")
    assert (
        lin.post(reverse("members:export"), {"organisation": cast.branch.pk, "form": "xlsx", "reason": ""}).status_code
        == 422
    )
    answer = lin.post(reverse("members:export"), {"organisation": cast.branch.pk, "form": "xlsx", "reason": "上级核查"})
    rows = list(openpyxl.load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True))
    assert len(rows) == 1 + Member.objects.filter(organisation=cast.branch).count()
    assert MASKED in [row[-1] for row in rows]
    assert not any(ID in str(row) or PHONE in str(row) for row in rows)
    assert facts()[-1] == "members.roster.exported"
    assert (
        lin.post(
            reverse("members:export"), {"organisation": cast.other_branch.pk, "form": "csv", "reason": "越权"}
        ).status_code
        == 422
    )


def test_a_reveal_shows_the_value_once_and_is_never_stored(cast, guo):  # F126
    lin, address = cast.browser("lin"), reverse("members:reveal", args=[guo.pk])
    assert lin.post(address, {"fields_wanted": ["id_no"], "reason": ""}).status_code == 422
    shown = lin.post(address, {"fields_wanted": ["id_no"], "reason": "办理介绍信"})
    assert ID in text(shown)
    assert PHONE not in text(shown)
    assert shown.headers["Cache-Control"] == "no-store"
    assert ID not in text(lin.get(reverse("members:member", args=[guo.pk])))
    assert Look.objects.count() == 1


def test_the_person_reads_who_looked(cast):
    actions.reveal(by=cast.lin, member=cast.member("wu"), fields=["phone"], reason="联系本人开会")
    page = text(cast.browser("wu").get(reverse("members:looks")))
    assert "林岚" in page
    assert "联系本人开会" in page


def test_one_finds_a_person_by_name_initials_number_and_by_post_only_by_id(cast, guo):
    lin, address = cast.browser("lin"), reverse("members:members")
    for words in ("郭", "gsf", "GSF", "guoshu", "T9001", "t900"):
        assert ("郭淑芬" in text(lin.get(address, {"q": words}))) == (words != "t900"), words
    turned_away = lin.get(address, {"q": ID})
    assert (turned_away.status_code, turned_away.headers["Location"]) == (302, reverse("members:lookup"))
    found = lin.post(reverse("members:lookup"), {"number": ID.lower()})
    assert found.headers["Location"] == reverse("members:member", args=[guo.pk])
    assert cast.browser("qian").post(reverse("members:lookup"), {"number": ID}).status_code == 422


@pytest.mark.parametrize(
    "query, names",
    [
        ({"standing": "activist"}, ["姚青"]),
        ({"state": "left"}, ["齐远"]),
        ({"state": "floating"}, ["方舟"]),
        ({"education": "3"}, ["姚青"]),
        ({"age": "30"}, ["姚青"]),
        ({"missing": "joined"}, ["方舟"]),
        ({"standing": "nonsense", "q": "yq"}, ["姚青"]),
    ],
)
def test_filters_narrow_the_list(cast, query, names):
    Member.objects.filter(account__isnull=False).update(organisation=cast.other_branch)
    actions.enrol(
        by=cast.lin,
        organisation=cast.branch,
        name="姚青",
        standing="activist",
        on=DAY,
        education="31",
        birth_date=date(2004, 1, 1),
    )
    away = actions.enrol(by=cast.lin, organisation=cast.branch, name="方舟", standing="probationary", on=DAY)
    gone = actions.enrol(by=cast.lin, organisation=cast.branch, name="齐远", standing="full", on=DAY)
    actions.begin_absence(by=cast.lin, member=away, kind="floating", starts_on=DAY, place="杭州")
    actions.depart(by=cast.lin, member=gone, departure="transferred", on=DAY, reason="回执")
    page = text(cast.browser("lin").get(reverse("members:members"), query))
    assert [name for name in ("姚青", "方舟", "齐远") if name in page] == names


def queries_of(browser, address: str) -> int:
    """Queries of a page beyond those of the frame around it."""
    counts = []
    for each in (address, reverse("members:lookup")):
        browser.get(each)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(each).status_code == 200
        counts.append(len(seen))
    return counts[0] - counts[1]


def alike(cast, first: int, last: int) -> None:
    """People in pairs of the same phone, each asking for a correction."""
    for number in range(first, last):
        made = actions.enrol(
            by=cast.lin,
            organisation=cast.branch,
            name=f"甲{number:03d}",
            standing="full",
            on=DAY,
            phone=f"139{number // 2:08d}",
        )
        Correction.objects.create(member=made, field="name", wanted="丙", asked_at=timezone.now())


@pytest.mark.parametrize("name, most", [("members", 4), ("register", 4), ("corrections", 3), ("duplicates", 7)])
def test_a_list_takes_the_same_few_queries_for_two_rows_and_thirty(cast, name, most):
    address = reverse(f"members:{name}")
    alike(cast, 0, 2)
    few = queries_of(cast.browser("sun"), address)
    alike(cast, 2, 30)
    assert queries_of(cast.browser("sun"), address) == few <= most


def test_a_persons_page_takes_few_queries_however_long_the_history(cast, guo):
    counts = []
    for _round in range(2):
        for _edit in range(5):
            guo.refresh_from_db()
            actions.change_member(
                by=cast.lin, member=guo, changes={"degree": f"学士{guo.version}"}, version=guo.version
            )
        counts.append(queries_of(cast.browser("lin"), reverse("members:member", args=[guo.pk])))
    assert counts[0] == counts[1] <= 4


def test_two_editors_in_the_browser_lose_nothing(cast, guo):  # G16
    lin, chen, address = cast.browser("lin"), cast.browser("chen"), reverse("members:change", args=[guo.pk])
    form = lin.get(address).context["form"]
    sent = {"version": form.initial["version"]}
    for name, value in form.initial.items():
        plain = value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value
        sent |= {name: plain, f"initial-{name}": plain}
    assert chen.post(address, {**sent, "degree": "硕士", "party_post": "组织委员"}).status_code == 302
    late = lin.post(address, {**sent, "degree": "学士", "native_place": "海州"})
    assert late.status_code == 422
    assert all(words in text(late) for words in ("硕士", "组织委员", "海州", "陈志远"))
    again = {**sent, "degree": "学士", "native_place": "海州", "version": late.context["form"].data["version"]}
    assert lin.post(address, again).status_code == 302
    guo.refresh_from_db()
    assert (guo.degree, guo.native_place, guo.party_post) == ("学士", "海州", "组织委员")
    assert (guo.id_no, guo.phone, guo.address) == (ID, PHONE, "海州路1号")


def test_what_is_no_longer_needed_can_be_removed(cast, guo):  # LAW-02
    lin, address = cast.browser("lin"), reverse("members:change", args=[guo.pk])
    initial = lin.get(address).context["form"].initial
    sent = {"version": 1, "clear": ["address"]}
    for name, value in initial.items():
        plain = value.isoformat() if hasattr(value, "isoformat") else "" if value is None else value
        sent |= {name: plain, f"initial-{name}": plain}
    assert lin.post(address, {**sent, "version": 1}).status_code == 302
    guo.refresh_from_db()
    assert (guo.address, guo.phone) == ("", PHONE)


def test_a_person_is_enrolled_in_the_browser(cast):
    sent = {
        "name": "阿不都·热合曼", "organisation": cast.branch.pk, "standing": "activist", "on": "2026.3.1", "identity": "student", "job": "student",
        "sex": "1", "birth_date": "2004年1月2日", "ethnicity": "维吾尔族", "phone": "138 1234 5678",
    }  # fmt: skip
    answer = cast.browser("lin").post(reverse("members:enrolment"), sent)
    made = Member.objects.get(name="阿不都·热合曼")
    assert answer.headers["Location"] == reverse("members:member", args=[made.pk])
    assert (made.phone, made.birth_date, made.arrived_on) == (PHONE, date(2004, 1, 2), DAY)
    refused = cast.browser("lin").post(reverse("members:enrolment"), {**sent, "organisation": cast.other_branch.pk})
    assert refused.status_code == 422


def test_the_record_as_of_an_earlier_day_on_the_page(cast, guo):  # F3
    actions.change_member(by=cast.lin, member=guo, changes={"party_post": "纪检委员"}, version=1, on=date(2026, 1, 1))
    lin, address = cast.browser("lin"), reverse("members:member", args=[guo.pk])
    early = lin.get(address, {"on": "2025-12-31"})
    assert early.status_code == 200
    items = {item.name: item.value for _title, items in early.context["sections"] for item in items}
    assert items["party_post"] == ""
    assert lin.get(address, {"on": "去年"}).status_code == 200


def test_the_deeds_work_from_their_pages(cast, guo):
    sun = cast.browser("sun")
    deeds = [
        ("absence", {"kind": "floating", "starts_on": "2026-03-01", "place": "杭州"}),
        ("return", {"on": "2026-10-01"}),
        ("placement", {"organisation": cast.other_branch.pk, "on": "2026-10-02"}),
        ("contact", {"since": "2026-01-10", "reason": "电话不通"}),
        ("stop", {"since": "2026-01-10", "on": "2026-10-10", "reason": "支部大会决定"}),
        ("restoration", {"on": "2026-10-20", "reason": "批复"}),
        ("departure", {"departure": "transferred", "on": "2026-10-21", "reason": "回执"}),
    ]
    for name, sent in deeds:
        assert sun.post(reverse(f"members:{name}", args=[guo.pk]), sent).status_code == 302, name
    guo.refresh_from_db()
    assert (guo.organisation, guo.state, guo.departure) == (cast.other_branch, "left", "transferred")
    assert sun.get(reverse("members:member", args=[guo.pk])).status_code == 200


def test_two_records_are_joined_on_their_page(cast, guo):
    twin = actions.enrol(by=cast.sun, organisation=cast.students, name="郭淑芬", standing="full", on=DAY, degree="硕士")
    sun, address = cast.browser("sun"), reverse("members:pair", args=[guo.pk, twin.pk])
    assert sun.get(address).status_code == 200
    assert cast.browser("lin").get(address).status_code == 403
    assert sun.post(address, {"keep": str(guo.pk), "reason": "同一人"}).status_code == 302
    assert Member.objects.get(pk=twin.pk).merged_into == guo


def test_my_page_shows_source_and_purpose_and_gives_a_copy(cast):  # LAW-03, LAW-04
    wu = cast.browser("wu")
    page = text(wu.get(reverse("members:mine")))
    assert "吴建国" in page
    asked = wu.post(reverse("members:own_correction"), {"field": "native_place", "wanted": "海州"})
    assert asked.status_code == 302
    copied = wu.post(reverse("members:copy"), {"form": "json"})
    assert json.loads(text(copied))["name"] == "吴建国"
    assert wu.get(reverse("members:copy")).status_code == 405


def test_a_correction_is_answered_on_its_page(cast):
    row = actions.ask_correction(by=cast.wu, member=cast.member("wu"), field="native_place", wanted="海州")
    address = reverse("members:correction", args=[row.pk])
    assert cast.browser("qian").get(address).status_code == 404
    lin = cast.browser("lin")
    assert lin.get(address).status_code == 200
    assert lin.post(address, {"accept": "0", "answer": ""}).status_code == 422
    assert lin.post(address, {"accept": "1", "answer": ""}).status_code == 302
    assert Member.objects.get(pk=cast.member("wu").pk).native_place == "海州"


def test_the_printed_roster_holds_members_and_names_whose_it_is(cast):
    actions.enrol(by=cast.lin, organisation=cast.branch, name="姚青", standing="activist", on=DAY)
    page = text(cast.browser("lin").get(reverse("members:register")))
    assert cast.branch.name in page
    assert "林岚" in page
    assert "姚青" not in page
