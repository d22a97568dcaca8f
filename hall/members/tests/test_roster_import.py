"""The roster import: every fault found and none invented, applied once, taken back, and never beyond one's reach."""

import io
import json
from datetime import date
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hall.core.fields import blind
from hall.core.findings import Refused
from hall.core.sheets import Unreadable
from hall.ledger.acting import Forbidden, System
from hall.ledger.models import Entry, Particulars
from hall.members.actions import change_member, enrol
from hall.members.actions.roster import (
    apply_roster,
    confirm_rows,
    drop_roster,
    forget_rosters,
    read_again,
    read_roster,
    roll_back_roster,
    run_roster,
)
from hall.members.models import Absence, Member, RosterPreview, RosterRow
from hall.members.tests import rosters
from hall.organisations.models import Organisation

FILES = {"xlsx": rosters.as_xlsx, "xls": rosters.as_xls, "csv": rosters.as_csv}


@pytest.fixture
def branches(cast) -> tuple[str, ...]:
    return tuple(Organisation.objects.filter(kind="branch").order_by("path").values_list("name", flat=True))


@pytest.fixture
def people(branches) -> list[dict[str, str]]:
    return rosters.people(300, branches=branches)


def read(by, rows, **more) -> RosterPreview:
    return read_roster(by=by, file=rosters.as_xlsx(rows), name="名册.xlsx", **more)


def small(cast, count: int = 3) -> list[dict[str, str]]:
    """Clean rows of Secretary Lin's branch."""
    return rosters.people(count, branches=(cast.branch.name,), start=9000)


def states(preview: RosterPreview) -> dict[int, str]:
    return dict(preview.rows.values_list("number", "state"))


def said(preview: RosterPreview) -> set[tuple[int, str, bool, str]]:
    """(row, column, wrong, rule) of everything said about the rows."""
    columns = {index: key for key, index in preview.mapping["columns"].items()}
    found = preview.rows.values_list("number", "problems")
    return {(n, columns.get(p["column"]), p["wrong"], p["rule"]) for n, problems in found for p in problems}


def snapshot() -> dict:
    """Every member as it stands, opened, without its version."""
    skipped = ("version", "_state")
    names = [field.attname for field in Member._meta.concrete_fields if field.attname not in skipped]
    return {row.pk: {name: getattr(row, name) for name in names} for row in Member.objects.all()}


@pytest.mark.parametrize("kind", FILES)
def test_every_fault_is_found_with_row_column_and_rule_and_none_is_invented(cast, people, kind):
    rows, expected = rosters.with_faults(people)
    preview = read_roster(by=cast.sun, file=FILES[kind](rows), name=f"名册.{kind}")
    wanted = {(each.row, each.column, each.wrong, each.rule) for each in expected}
    wanted = {each for each in wanted if each[1] != "branch"}  # who may shape gets a proposal instead
    assert said(preview) == wanted
    assert [each["name"] for each in preview.proposals] == ["不存在的党支部"]
    assert preview.counts == {"rows": 300, "new": 280, "changed": 0, "same": 0, "doubtful": 5, "wrong": 15}
    assert not Member.objects.exclude(pk__in=[m.pk for m in cast.members.values()]).exists()


def test_who_may_not_shape_is_told_that_there_is_no_such_branch_and_learns_nothing_of_others(cast):
    rows = small(cast, 2)
    rows[0]["branch"], rows[1]["branch"] = "不存在的党支部", cast.other_branch.name
    preview = read(cast.lin, rows)
    texts = [problems[0]["text"] for problems in preview.rows.values_list("problems", flat=True)]
    assert set(states(preview).values()) == {"wrong"}
    assert texts[0] == texts[1]
    assert preview.proposals == []


def test_a_second_upload_changes_nobody(cast, people, facts):
    first = read(cast.sun, people)
    apply_roster(by=cast.sun, preview=first, good_only=False)
    assert Member.objects.filter(pk__in=first.rows.values("pk")).count() == 300
    before, told = snapshot(), len(facts())
    again = read(cast.sun, people)
    assert again.counts == {"rows": 300, "new": 0, "changed": 0, "same": 300, "doubtful": 0, "wrong": 0}
    apply_roster(by=cast.sun, preview=again, good_only=False)
    assert snapshot() == before
    assert facts(after=told) == ["members.roster.read", "members.roster.applied"]


def test_all_is_refused_while_rows_are_wrong_and_the_good_rows_go_in(cast, people):
    rows, _expected = rosters.with_faults(people)
    preview = read(cast.sun, rows)
    with pytest.raises(Refused, match=str(rosters.FIRST + 3)):
        apply_roster(by=cast.sun, preview=preview, good_only=False, doubtful="all")
    assert Member.objects.count() == len(cast.members)
    done = apply_roster(by=cast.sun, preview=preview, good_only=True)
    assert done.counts["enrolled"] == 279  # the row in a branch nobody agreed to create stays out
    assert Member.objects.count() == len(cast.members) + 279


def test_a_doubtful_row_goes_in_once_it_is_confirmed(cast):
    rows = small(cast)
    rows[1]["sex"] = "男" if rows[1]["sex"] == "女" else "女"
    preview = read(cast.lin, rows)
    with pytest.raises(Refused, match=str(rosters.FIRST + 1)):
        apply_roster(by=cast.lin, preview=preview, good_only=False)
    doubtful = preview.rows.get(state="doubtful")
    assert confirm_rows(by=cast.lin, preview=preview, shown=[doubtful.pk], confirmed=[doubtful.pk]) == 1
    assert apply_roster(by=cast.lin, preview=preview, good_only=False).counts["enrolled"] == 3
    assert states(read(cast.lin, rows))[doubtful.number] == "same"


def test_values_are_kept_as_written_and_numbers_in_their_normal_form(cast):
    rows = small(cast, 1)
    rows[0] |= {
        "name": "阿不都热合曼·买买提",
        "campus_no": "00123",
        "phone": "+86 138 0013 8000",
        "id_no": "99000020050901001３",
    }
    rows[0] |= {
        "birth_date": "2005.9.1",
        "sex": "男",
        "joined_on": "４５３５１",
        "full_on": "",
        "standing": "预备",
        "education": "大专",
    }
    apply_roster(by=cast.lin, preview=read(cast.lin, rows), good_only=False)
    member = Member.objects.get(id_no_index=blind(Member, "id_no", "990000200509010013"))
    kept = (
        member.name,
        member.campus_no,
        member.phone,
        member.birth_date,
        member.joined_on,
        member.standing,
        member.education,
    )
    assert kept == (
        "阿不都热合曼·买买提",
        "00123",
        "13800138000",
        date(2005, 9, 1),
        date(2024, 2, 29),
        "probationary",
        "30",
    )
    assert member.organisation == cast.branch


def test_empty_cells_never_erase_what_is_known(cast):
    rows = small(cast, 1)
    rows[0]["address"] = "海州市学院路1号"
    apply_roster(by=cast.lin, preview=read(cast.lin, rows), good_only=False)
    before = snapshot()
    bare = {key: rows[0][key] for key in ("name", "id_no")}
    preview = read(cast.lin, [bare])
    assert states(preview) == {rosters.FIRST: "same"}
    changed = read(cast.lin, [{**bare, "phone": "13700000000", "address": "无"}])
    apply_roster(by=cast.lin, preview=changed, good_only=False)
    pk = Member.objects.get(id_no_index=blind(Member, "id_no", rows[0]["id_no"])).pk
    after = snapshot()
    assert after[pk]["phone"] == "13700000000"
    differing = {name for name, value in after[pk].items() if value != before[pk][name]}
    assert differing == {"phone", "phone_index"}


def test_an_import_is_taken_back_to_the_very_values_there_were(cast):
    old = small(cast, 4)
    apply_roster(by=cast.lin, preview=read(cast.lin, old), good_only=False)
    before = snapshot()
    new = [dict(row) for row in small(cast, 6)]
    new[0] |= {"phone": "13600000001", "native_place": "四川成都"}
    new[1] |= {"education": "研究生", "address": "新地址"}
    preview = read(cast.lin, new)
    assert sorted(states(preview).values()) == ["changed", "changed", "new", "new", "same", "same"]
    apply_roster(by=cast.lin, preview=preview, good_only=False)
    assert snapshot() != before
    roll_back_roster(by=cast.lin, preview=preview, reason="传错了表")
    assert snapshot() == before
    assert RosterPreview.objects.get(pk=preview.pk).state == "rolled_back"
    with pytest.raises(Refused):
        roll_back_roster(by=cast.lin, preview=preview, reason="再来一次")


def test_a_roll_back_names_who_was_changed_since_and_changes_nobody(cast):
    preview = read(cast.lin, small(cast))
    apply_roster(by=cast.lin, preview=preview, good_only=False)
    member = Member.objects.get(pk=preview.rows.order_by("number").first().pk)
    change_member(by=cast.lin, member=member, changes={"degree": "学士"}, version=1)
    before = snapshot()
    with pytest.raises(Refused, match=member.name):
        roll_back_roster(by=cast.lin, preview=preview, reason="传错了表")
    assert snapshot() == before


def test_a_roll_back_is_refused_while_something_refers_to_a_new_member(cast):
    preview = read(cast.lin, small(cast))
    apply_roster(by=cast.lin, preview=preview, good_only=False)
    member = Member.objects.get(pk=preview.rows.order_by("number").first().pk)
    Absence.objects.create(member=member, kind="floating", starts_on=date(2025, 1, 1), place="杭州")
    with pytest.raises(Refused, match=member.name):
        roll_back_roster(by=cast.lin, preview=preview, reason="传错了表")
    assert Member.objects.filter(pk=member.pk).exists()


def test_nothing_is_applied_when_a_member_changed_or_came_since_the_preview(cast):
    rows = small(cast)
    apply_roster(by=cast.lin, preview=read(cast.lin, rows[:1]), good_only=False)
    rows[0]["phone"] = "13600000001"
    preview = read(cast.lin, rows)
    member = Member.objects.get(id_no_index=blind(Member, "id_no", rows[0]["id_no"]))
    change_member(by=cast.lin, member=member, changes={"degree": "学士"}, version=member.version)
    before = snapshot()
    with pytest.raises(Refused):
        apply_roster(by=cast.lin, preview=preview, good_only=False)
    fresh = read_again(by=cast.lin, preview=preview, mapping={})
    enrol(
        by=cast.lin,
        organisation=cast.branch,
        name="先来的人",
        standing="applicant",
        on=date(2025, 1, 1),
        id_no=rows[1]["id_no"],
    )
    with pytest.raises(Refused):
        apply_roster(by=cast.lin, preview=fresh, good_only=False)
    before |= {row.pk: snapshot()[row.pk] for row in Member.objects.filter(name="先来的人")}
    assert snapshot() == before
    assert read_again(by=cast.lin, preview=preview, mapping={}).counts["changed"] == 1
    assert states(preview)[rosters.FIRST + 1] == "doubtful"  # the number is known with another name


def test_a_preview_is_applied_once(cast):
    preview = read(cast.lin, small(cast))
    apply_roster(by=cast.lin, preview=preview, good_only=False)
    count = Member.objects.count()
    with pytest.raises(Refused):
        apply_roster(by=cast.lin, preview=preview, good_only=False)
    assert Member.objects.count() == count


def test_the_long_work_starts_again_after_a_crash_and_writes_each_row_once(cast):
    preview = read(cast.lin, small(cast))

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_roster(cast.lin, killed, preview=str(preview.pk), good_only=False)
    assert Member.objects.count() == len(cast.members)
    for _again in range(2):
        run_roster(cast.lin, lambda done, total: None, preview=str(preview.pk), good_only=False)
        assert Member.objects.count() == len(cast.members) + 3


def test_a_move_to_another_branch_is_always_asked_about(cast):
    rows = small(cast, 1)
    apply_roster(by=cast.sun, preview=read(cast.sun, rows), good_only=False)
    rows[0]["branch"] = cast.other_branch.name
    preview = read(cast.sun, rows)
    assert said(preview) == {(rosters.FIRST, "branch", False, "TRF-11")}
    apply_roster(by=cast.sun, preview=preview, good_only=False, doubtful="all")
    member = Member.objects.get(id_no_index=blind(Member, "id_no", rows[0]["id_no"]))
    assert member.organisation == cast.other_branch
    told = Entry.objects.filter(name="members.member.placed", about_id=str(member.pk))
    assert told.count() == 1
    roll_back_roster(by=cast.sun, preview=preview, reason="未经决定")
    member.refresh_from_db()
    assert member.organisation == cast.branch


def test_a_person_out_of_reach_is_neither_changed_nor_named(cast):
    theirs = rosters.people(1, branches=(cast.other_branch.name,), start=9100)
    apply_roster(by=cast.qian, preview=read(cast.qian, theirs), good_only=False)
    before = snapshot()
    mine = [{**theirs[0], "branch": cast.branch.name, "phone": "13600000001"}]
    preview = read(cast.lin, mine)
    assert said(preview) == {(rosters.FIRST, "id_no", True, "F10")}
    assert preview.rows.get().member is None
    assert cast.other_branch.short_name not in json.dumps(preview.rows.get().problems, ensure_ascii=False)
    apply_roster(by=cast.lin, preview=preview, good_only=True)
    assert snapshot() == before


def test_people_without_numbers_are_found_by_name_and_asked_about(cast):
    rows = small(cast, 1)
    apply_roster(by=cast.lin, preview=read(cast.lin, rows), good_only=False)
    row = {**rows[0], "id_no": "", "campus_no": "", "native_place": "四川成都"}
    assert said(read(cast.lin, [row])) == {(rosters.FIRST, "name", False, "F10")}
    other_birth = {**row, "birth_date": "1961-01-01"}
    assert states(read(cast.lin, [other_birth])) == {rosters.FIRST: "new"}
    nobody_said = {key: value for key, value in row.items() if key != "birth_date"}
    assert said(read(cast.lin, [nobody_said])) == {(rosters.FIRST, "name", False, "F10")}


def test_two_rows_for_one_person_of_the_hall_contradict_each_other(cast):
    rows = small(cast, 1)
    apply_roster(by=cast.lin, preview=read(cast.lin, rows), good_only=False)
    by_number = {**rows[0], "campus_no": "", "native_place": "四川成都"}
    by_campus = {**rows[0], "id_no": "", "native_place": "云南昆明"}
    preview = read(cast.lin, [by_number, by_campus])
    assert set(states(preview).values()) == {"wrong"}


def test_organisations_are_created_only_on_consent_under_the_named_superior(cast):
    rows = small(cast, 2)
    rows[0] |= {"branch": "机电工程学院教工第九党支部", "general_branch": "机电工程学院党总支"}
    columns = {**rosters.TITLES, "general_branch": "所属党总支"}
    file = rosters.as_xlsx(rows, columns)
    preview = read_roster(by=cast.sun, file=file, name="名册.xlsx")
    assert [(each["name"], each["under_title"], each["rows"]) for each in preview.proposals] == [
        ("机电工程学院教工第九党支部", "机电工程学院党总支", 1)
    ]
    with pytest.raises(Refused):
        apply_roster(by=cast.sun, preview=preview, good_only=False)
    apply_roster(by=cast.sun, preview=preview, good_only=False, create_organisations=True)
    made = Organisation.objects.get(name="机电工程学院教工第九党支部")
    assert Organisation.objects.get_parent(made).name == "机电工程学院党总支"
    assert Member.objects.filter(organisation=made).count() == 1


def test_only_who_may_import_here_reads_and_applies(cast):
    with pytest.raises(Forbidden):
        read(cast.he, small(cast))
    preview = read(cast.lin, small(cast))
    for other in (cast.qian, cast.he, cast.wu):
        with pytest.raises(Forbidden):
            apply_roster(by=other, preview=preview, good_only=False)
    assert Member.objects.count() == len(cast.members)


def test_the_ledger_and_the_problems_hold_no_number_in_clear(cast):
    rows = small(cast)
    old = rows[1]["id_no"]
    rows[1]["id_no"] = old[:6] + old[8:17]
    preview = read(cast.lin, rows)
    apply_roster(by=cast.lin, preview=preview, good_only=False, doubtful="all")
    kept = "".join(Particulars.objects.values_list("text", flat=True)) + json.dumps(
        list(preview.rows.values_list("problems", flat=True))
    )
    for row, number in zip(rows, (rows[0]["id_no"], old, rows[2]["id_no"]), strict=True):
        assert Member.objects.filter(id_no_index=blind(Member, "id_no", number)).exists()
        assert number not in kept
        assert row["id_no"] not in kept
        assert f"139{int(row['number']) - 1:08}" not in kept


def test_reading_and_applying_take_as_many_queries_for_300_rows_as_for_30(cast, branches):
    counts = []
    for count, start in ((30, 0), (300, 1000)):
        rows = rosters.people(count, branches=branches, start=start)
        with CaptureQueriesContext(
            connection,
        ) as reading:
            preview = read(cast.sun, rows)
        with CaptureQueriesContext(connection) as applying:
            apply_roster(by=cast.sun, preview=preview, good_only=False)
        counts.append((len(reading), len(applying)))
    assert counts[0] == counts[1]


def test_a_sheet_is_read_again_with_other_columns_without_a_new_upload(cast):
    rows = small(cast)
    columns = {**rosters.TITLES, "name": "甲", "campus_no": "乙"}
    preview = read_roster(by=cast.lin, file=rosters.as_xlsx(rows, columns), name="名册.xlsx")
    assert preview.mapping["problems"]
    assert preview.counts["rows"] == 0
    again = read_again(by=cast.lin, preview=preview, mapping={"name": list(columns).index("name")})
    assert again.counts["new"] == 3
    assert RosterRow.objects.filter(preview=preview).count() == 3


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><table></table></html>",
        b"PK\x03\x04broken",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        "甲,乙\n1,2\n".encode(),
    ],
)
def test_a_file_that_is_no_roster_ends_in_one_sentence_and_no_row(cast, content):
    with pytest.raises(Unreadable) as refusal:
        read_roster(by=cast.lin, file=io.BytesIO(content), name="名册.xlsx")
    assert len(str(refusal.value)) > 5
    assert not RosterPreview.objects.exists()


def test_null_characters_and_halves_of_characters_are_flagged_and_never_stored(cast):
    rows = small(cast, 1)
    rows[0]["name"] = "王\x00小"
    with pytest.raises(Unreadable):
        read_roster(by=cast.lin, file=rosters.as_csv(rows, encoding="utf-8"), name="名册.csv")
    rows[0]["name"] = "王\x07小"
    preview = read_roster(by=cast.lin, file=rosters.as_csv(rows, encoding="utf-8"), name="名册.csv")
    assert said(preview) == {(rosters.FIRST, "name", False, "G01")}
    apply_roster(by=cast.lin, preview=preview, good_only=False, doubtful="all")
    assert Member.objects.get(name__startswith="王").name == "王\ufffd小"


def test_a_dropped_or_old_roster_leaves_no_personal_data(cast, settings):
    preview = read(cast.lin, small(cast))
    drop_roster(by=cast.lin, preview=preview)
    old = read(cast.lin, small(cast))
    RosterPreview.objects.filter(pk=old.pk).update(read_at="2024-01-01T00:00:00Z")
    assert forget_rosters(by=System("members.forget_rosters"), on=date(2026, 1, 1)) == 1
    assert forget_rosters(by=System("members.forget_rosters"), on=date(2026, 1, 1)) == 0
    for each in RosterPreview.objects.all():
        assert (each.state, each.table, each.rows.count()) == ("dropped", "", 0)


def command(capsys, *words: str) -> tuple[int, dict]:
    code = 0
    try:
        call_command("roster", *words)
    except SystemExit as end:
        code = end.code
    return code, json.loads(capsys.readouterr().out)


def test_the_command_prints_one_object_and_applies_in_an_empty_hall(db, tmp_path, capsys):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(rosters.as_xlsx(rosters.people(40)).read())
    code, shown = command(capsys, str(path))
    assert (code, shown["rows"], shown["new"], shown["wrong"], len(shown["organisations"])) == (0, 40, 40, 0, 4)
    assert not Member.objects.exists()
    code, done = command(
        capsys, str(path), "--apply", "--create-organisations", "--college", "中共海州职业技术学院委员会"
    )
    assert (code, done["applied"]) == (0, {"enrolled": 40, "changed": 0, "moved": 0, "founded": 4})
    code, again = command(capsys, str(path), "--apply")
    assert (code, again["same"], again["applied"]["enrolled"]) == (0, 40, 0)


def test_the_command_says_row_column_and_reason_and_refuses_all_while_rows_are_wrong(cast, tmp_path, capsys):
    rows = small(cast)
    rows[1]["phone"] = "12345"
    path = tmp_path / "名册.xlsx"
    path.write_bytes(rosters.as_xlsx(rows).read())
    code, shown = command(capsys, str(path))
    assert (code, [(p["row"], p["column"]) for p in shown["problems"]]) == (0, [(rosters.FIRST + 1, "手机号码")])
    code, refused = command(capsys, str(path), "--apply")
    assert (code, refused["applied"]) == (2, False)
    code, done = command(capsys, str(path), "--apply", "--good-only")
    assert (code, done["applied"]["enrolled"]) == (0, 2)
    assert command(capsys, str(tmp_path / "nowhere.xlsx"))[0] == 2


def test_twenty_thousand_rows_with_three_hundred_bad_ones(cast, branches):
    rows, bad = rosters.faults(rosters.people(20_000, branches=branches), every=67)
    preview = read(cast.sun, rows)
    assert sorted(preview.rows.filter(state="wrong").values_list("number", flat=True)) == bad
    assert preview.counts == {
        "rows": 20_000,
        "new": 20_000 - len(bad),
        "changed": 0,
        "same": 0,
        "doubtful": 0,
        "wrong": len(bad),
    }
    assert apply_roster(by=cast.sun, preview=preview, good_only=True).counts["enrolled"] == 20_000 - len(bad)
    again = read(cast.sun, rows)
    assert (again.counts["same"], again.counts["wrong"], again.counts["new"]) == (20_000 - len(bad), len(bad), 0)


def test_an_unknown_preview_is_not_found(cast):
    assert cast.browser("lin").get(f"/members/rosters/{uuid4()}/").status_code == 404


def test_an_applicant_becomes_a_member_by_roster_only_when_confirmed(cast):
    zhou = cast.member("zhou")
    row = {
        "name": zhou.name,
        "campus_no": zhou.campus_no,
        "standing": "预备党员",
        "joined_on": "2025-06-01",
        "branch": zhou.organisation.name,
    }
    preview = read(cast.sun, [row])
    assert (rosters.FIRST, "standing", False, "§8.1") in said(preview)
    taken_back = {
        **row,
        "name": cast.member("wu").name,
        "campus_no": cast.member("wu").campus_no,
        "standing": "积极分子",
        "joined_on": "",
    }
    assert (rosters.FIRST, "standing", True, "§8.1") in said(read(cast.lin, [{**taken_back, "branch": ""}]))
