"""Deeds on members: who may, what is refused, what stands in the ledger."""

from datetime import date

import pytest

from hall.core.findings import Refused
from hall.ledger.acting import Forbidden
from hall.ledger.models import Entry, Particulars
from hall.ledger.queries import history_of
from hall.members import actions, queries
from hall.members.models import Look, Member
from hall.members.queries import lists
from hall.members.words import Departure

ID, PHONE = "11010519491231002X", "13812345678"
DAY = date(2026, 3, 1)


@pytest.fixture
def guo(cast) -> Member:
    return actions.enrol(
        by=cast.lin,
        organisation=cast.branch,
        name="郭淑芬",
        standing="full",
        on=date(2024, 3, 1),
        id_no="11010519491231002x",
        phone="+86 138 1234 5678",
        sex="2",
        birth_date=date(1949, 12, 31),
        joined_on=date(1980, 7, 1),
        full_on=date(1981, 7, 1),
        address="海州路1号",
        campus_no="T9001",
    )


def everything_told() -> str:
    return " ".join(Particulars.objects.values_list("text", flat=True))


def test_enrolling_keeps_the_name_and_normal_numbers(guo, facts):
    assert (guo.name, guo.id_no, guo.phone, guo.initials) == ("郭淑芬", ID, PHONE, "gsf")
    assert facts()[-1] == "members.member.enrolled"


def test_no_number_stands_in_clear_in_the_ledger(cast, guo):
    actions.change_member(
        by=cast.lin, member=guo, changes={"phone": "13900001111", "address": "海州路2号"}, version=1, reason="换号"
    )
    for clear in (ID, PHONE, "13900001111", "海州路"):
        assert clear not in everything_told()
    assert "139****1111" in everything_told()


@pytest.mark.parametrize(
    "name, typed", [("刘𬭎", "刘𬭎"), ("𠮷永", "𠮷永"), ("阿不都·热合曼", "阿不都•热合"), ("㛃䶮", "㛃䶮")]
)  # G01
def test_rare_characters_are_kept_and_found(cast, name, typed):
    made = actions.enrol(by=cast.lin, organisation=cast.branch, name=name, standing="activist", on=DAY)
    assert Member.objects.get(pk=made.pk).name == name
    assert list(lists.search(queries.members_for(cast.lin), typed)) == [made]


def test_the_same_number_is_not_enrolled_twice(cast, guo):
    with pytest.raises(Refused, match=r"already|已"):
        actions.enrol(
            by=cast.qian,
            organisation=cast.other_branch,
            name="郭某某",
            standing="activist",
            on=DAY,
            id_no=ID,
            reason="补录",
        )
    assert Member.objects.filter(name="郭某某").count() == 0


def test_a_secretary_changes_nothing_in_another_branch(cast, guo, facts):
    for deed in (
        lambda: actions.change_member(by=cast.qian, member=guo, changes={"degree": "学士"}, version=1),
        lambda: actions.depart(by=cast.qian, member=guo, departure="died", on=DAY, reason="误"),
        lambda: actions.reveal(by=cast.qian, member=guo, fields=["id_no"], reason="看看"),
        lambda: actions.enrol(by=cast.qian, organisation=cast.branch, name="某某", standing="activist", on=DAY),
        lambda: actions.begin_absence(by=cast.qian, member=guo, kind="floating", starts_on=DAY, place="杭州"),
    ):
        with pytest.raises(Forbidden):
            deed()
        assert facts()[-1] == "ledger.act.refused"
    guo.refresh_from_db()
    assert (guo.version, guo.degree, guo.state, Look.objects.count()) == (1, "", "normal", 0)


def test_the_second_editor_sees_the_difference_and_loses_nothing(cast, guo):  # G16
    actions.change_member(by=cast.chen, member=guo, changes={"degree": "硕士", "party_post": "组织委员"}, version=1)
    with pytest.raises(Refused) as refused:
        actions.change_member(by=cast.lin, member=guo, changes={"degree": "学士"}, version=1)
    said = str(refused.value)
    assert all(words in said for words in ("陈志远", "硕士", "学士", "组织委员"))
    guo.refresh_from_db()
    assert (guo.degree, guo.version) == ("硕士", 2)
    actions.change_member(by=cast.lin, member=guo, changes={"degree": "学士"}, version=2)
    guo.refresh_from_db()
    assert (guo.degree, guo.party_post) == ("学士", "组织委员")


def test_a_doubtful_change_asks_for_a_reason_and_keeps_it(cast, guo):  # G06
    with pytest.raises(Refused):
        actions.change_member(by=cast.lin, member=guo, changes={"birth_date": date(1949, 12, 30)}, version=1)
    actions.change_member(
        by=cast.lin, member=guo, changes={"birth_date": date(1949, 12, 30)}, version=1, reason="档案为准"
    )
    assert history_of(guo)[-1].particulars["changes"] == {"birth_date": ["1949-12-31", "1949-12-30"]}
    assert history_of(guo)[-1].particulars["heeded"][0]["reason"] == "档案为准"


def test_nothing_changed_is_no_act(cast, guo):
    with pytest.raises(Refused):
        actions.change_member(by=cast.lin, member=guo, changes={"degree": ""}, version=1)


def test_between_branches_someone_above_both_moves_the_relation(cast, guo):  # TRF-11
    with pytest.raises(Forbidden):
        actions.place_member(by=cast.lin, member=guo, organisation=cast.other_branch, on=DAY)
    moved = actions.place_member(by=cast.sun, member=guo, organisation=cast.other_branch, on=DAY, reason="岗位调整")
    assert (moved.organisation, moved.arrived_on) == (cast.other_branch, DAY)
    assert list(queries.members_for(cast.qian).filter(pk=guo.pk)) == [guo]
    assert not queries.members_for(cast.lin).filter(pk=guo.pk).exists()


@pytest.mark.parametrize("place", ["college", "general"])
def test_the_relation_stands_only_in_a_branch(cast, guo, place):  # ORG-15
    above = cast.college if place == "college" else cast.organisations["机电工程学院党总支"]
    with pytest.raises(Refused):
        actions.place_member(by=cast.sun, member=guo, organisation=above, on=DAY)


def test_who_departed_owes_nothing_later_and_stays_in_the_register(cast, guo):  # G20, DUE-28
    assert guo in queries.payers_on(date(2026, 3, 1))
    actions.depart(by=cast.lin, member=guo, departure=Departure.DIED, on=date(2026, 3, 15), reason="讣告")
    assert guo in queries.payers_on(date(2026, 2, 1))
    assert guo not in queries.payers_on(date(2026, 4, 1))
    assert guo not in queries.members_on(date(2026, 3, 15))
    assert guo in queries.members_on(date(2026, 3, 14))
    assert Member.objects.get(pk=guo.pk).name == "郭淑芬"
    with pytest.raises(Refused):
        actions.depart(by=cast.lin, member=guo, departure=Departure.DIED, on=date(2026, 3, 16), reason="重复")


def test_a_stopped_member_is_neither_billed_nor_counted_until_restored(cast, guo):  # LOST-01, LOST-04, LOST-05
    with pytest.raises(Refused):
        actions.stop_membership(
            by=cast.lin, member=guo, since=date(2026, 1, 10), on=date(2026, 7, 9), reason="支部研究"
        )
    actions.stop_membership(by=cast.lin, member=guo, since=date(2026, 1, 10), on=date(2026, 7, 10), reason="支部研究")
    assert guo not in queries.payers_on(date(2026, 8, 1))
    assert guo not in queries.members_on(date(2026, 8, 1))
    back = actions.restore_membership(by=cast.lin, member=guo, on=date(2026, 9, 1), reason="上级批复")
    assert (back.state, back.lost_since, back.stopped_on) == ("normal", None, None)
    assert guo in queries.payers_on(date(2026, 10, 1))


def test_six_months_without_contact_are_a_task_and_decide_nothing(cast, guo):  # LAW-14
    actions.note_lost_contact(by=cast.lin, member=guo, since=date(2025, 1, 10), reason="电话不通")
    assert [task.about for task in queries.tasks_for(cast.lin)] == ["郭淑芬"]
    assert queries.tasks_for(cast.qian) == []
    guo.refresh_from_db()
    assert guo.state == "normal"


def test_away_and_back_again(cast, guo):  # F5
    away = actions.begin_absence(
        by=cast.lin, member=guo, kind="floating", starts_on=DAY, place="杭州", host="杭州某社区党委"
    )
    with pytest.raises(Refused):
        actions.begin_absence(by=cast.lin, member=guo, kind="abroad", starts_on=DAY, place="柏林")
    assert guo in queries.payers_on(date(2026, 4, 1))
    actions.end_absence(by=cast.lin, absence=away, on=date(2026, 10, 1))
    assert not guo.absences.filter(ends_on__isnull=True).exists()


def test_a_reveal_leaves_a_look_and_a_fact_but_no_value(cast, guo, facts):  # F126, A23
    assert actions.reveal(by=cast.lin, member=guo, fields=["id_no", "phone"], reason="办理介绍信") == {
        "id_no": ID,
        "phone": PHONE,
    }
    look = Look.objects.get()
    assert (look.member, look.account_id, look.fields, look.reason) == (
        guo,
        cast.lin.account_id,
        ["id_no", "phone"],
        "办理介绍信",
    )
    assert facts()[-1] == "members.data.revealed"
    assert ID not in everything_told()
    assert [len(month.looks) for month in queries.looks_at(guo)] == [1]
    for fields, reason in ((["id_no"], " "), ([], "办理"), (["name"], "办理")):
        with pytest.raises(Refused):
            actions.reveal(by=cast.lin, member=guo, fields=fields, reason=reason)
    assert Look.objects.count() == 1


def test_a_correction_is_asked_by_the_person_and_answered_by_another(cast):  # LAW-04, PERM-02
    wu = cast.member("wu")
    with pytest.raises(Refused):
        actions.ask_correction(by=cast.qian, member=wu, field="joined_on", wanted="2010-07-01")
    asked = actions.ask_correction(by=cast.wu, member=wu, field="joined_on", wanted="2010.7.1", why="志愿书")
    with pytest.raises(Refused):
        actions.ask_correction(by=cast.wu, member=wu, field="joined_on", wanted="2010-08-01")
    with pytest.raises(Forbidden):
        actions.answer_correction(by=cast.qian, correction=asked, accept=True)
    assert [task.about for task in queries.tasks_for(cast.lin)] == ["吴建国"]
    actions.answer_correction(by=cast.lin, correction=asked, accept=True, reason="核对志愿书")
    wu.refresh_from_db()
    assert wu.joined_on == date(2010, 7, 1)
    own = actions.ask_correction(by=cast.lin, member=cast.member("lin"), field="degree", wanted="硕士")
    with pytest.raises(Refused, match=r"own|自己|本人"):
        actions.answer_correction(by=cast.lin, correction=own, accept=True)
    with pytest.raises(Refused):
        actions.answer_correction(by=cast.chen, correction=own, accept=False)
    assert (
        actions.answer_correction(by=cast.chen, correction=own, accept=False, answer="证书未见原件").state == "declined"
    )


def test_a_copy_of_ones_own_data_is_for_oneself_alone(cast, guo):  # LAW-04
    with pytest.raises(Refused):
        actions.copy_own_data(by=cast.lin, member=guo)
    copied = actions.copy_own_data(by=cast.wu, member=cast.member("wu"))
    assert (copied["name"], copied["joined_on"]) == ("吴建国", "2010-06-01")


def rows_as_they_are(*members) -> list[dict]:
    names = [field.attname for field in Member._meta.fields if field.name != "version"]
    return [{name: getattr(row, name) for name in names} for row in (Member.objects.get(pk=m.pk) for m in members)]


def test_merging_loses_nothing_and_can_be_undone(cast, guo, facts):  # F10, G18
    twin = actions.enrol(
        by=cast.sun,
        organisation=cast.students,
        name="郭淑芬",
        standing="full",
        on=DAY,
        degree="硕士",
        campus_no="S77",
        landline="0577-88881234",
    )
    actions.begin_absence(by=cast.sun, member=twin, kind="floating", starts_on=DAY, place="杭州")
    actions.reveal(by=cast.sun, member=twin, fields=["landline"], reason="核对")
    before = rows_as_they_are(guo, twin)
    with pytest.raises(Forbidden):
        actions.merge_members(by=cast.lin, keep=guo, drop=twin, reason="同一人")
    with pytest.raises(Refused):
        actions.merge_members(by=cast.sun, keep=guo, drop=twin, reason=" ")
    kept = actions.merge_members(by=cast.sun, keep=guo, drop=twin, reason="身份证复印件一致")
    kept.refresh_from_db()
    assert (kept.degree, kept.campus_no, kept.id_no, kept.landline) == ("硕士", "T9001", ID, "0577-88881234")
    assert (kept.absences.count(), kept.looks.count()) == (1, 1)
    dropped = Member.objects.get(pk=twin.pk)
    assert (dropped.departure, dropped.merged_into_id, dropped.campus_no, dropped.landline) == (
        "merged",
        guo.pk,
        "S77",
        "0577-88881234",
    )
    assert not queries.members_for(cast.sun).filter(pk=twin.pk).exists()
    assert facts()[-2:] == ["members.member.merged", "members.record.dropped"]
    actions.split_members(by=cast.sun, dropped=dropped, reason="同名两人")
    assert rows_as_they_are(guo, twin) == before
    assert Member.objects.get(pk=twin.pk).absences.count() == 1


def test_people_with_different_id_numbers_are_not_merged(cast, guo):
    other = actions.enrol(
        by=cast.sun, organisation=cast.students, name="郭淑芬", standing="activist", on=DAY, id_no="440524188001010014"
    )
    with pytest.raises(Refused):
        actions.merge_members(by=cast.sun, keep=guo, drop=other, reason="同名")


def test_the_record_of_an_earlier_day_is_rebuilt_from_the_ledger(cast, guo):  # F3
    actions.change_member(by=cast.lin, member=guo, changes={"party_post": "组织委员"}, version=1, on=date(2025, 1, 1))
    actions.place_member(by=cast.sun, member=guo, organisation=cast.other_branch, on=date(2026, 3, 1))
    guo.refresh_from_db()
    early = queries.member_as_of(guo, date(2024, 6, 1))
    later = queries.member_as_of(guo, date(2025, 6, 1))
    now = queries.member_as_of(guo, date(2026, 6, 1))
    assert (early["party_post"], early["organisation"]) == ("", str(cast.branch))
    assert (later["party_post"], later["organisation"]) == ("组织委员", str(cast.branch))
    assert now == queries.values_of(guo)
    assert now["organisation"] == str(cast.other_branch)
    assert now["id_no"] == "110***********002X"


def test_accounts_are_opened_once_for_those_with_a_number(cast, guo):
    Member.objects.filter(account__isnull=False).exclude(pk=guo.pk).update(campus_no="")
    with pytest.raises(Forbidden):
        actions.link_accounts(by=cast.qian, organisation=cast.branch)
    assert actions.link_accounts(by=cast.lin, organisation=cast.branch) == 1
    guo.refresh_from_db()
    assert (guo.account.username, guo.account.has_usable_password(), guo.account.grants.count()) == ("T9001", False, 0)
    with pytest.raises(Refused):
        actions.link_accounts(by=cast.lin, organisation=cast.branch)


def test_duplicates_are_pointed_at_by_phone_and_name(cast, guo):
    twin = actions.enrol(
        by=cast.sun, organisation=cast.students, name="郭大年", standing="activist", on=DAY, phone=PHONE
    )
    namesake = actions.enrol(
        by=cast.sun,
        organisation=cast.students,
        name="郭淑芬",
        standing="activist",
        on=DAY,
        birth_date=date(1949, 12, 31),
    )
    pairs = {
        (pair.first.pk, pair.second.pk) for pair in queries.duplicates(queries.members_for(cast.sun, "members.merge"))
    }
    assert pairs == {(guo.pk, twin.pk), (guo.pk, namesake.pk)}


def test_every_fact_of_the_module_tells_its_line(cast, guo, client):
    from django.template.loader import render_to_string

    actions.change_member(by=cast.lin, member=guo, changes={"degree": "硕士"}, version=1, reason="证书")
    actions.begin_absence(by=cast.lin, member=guo, kind="floating", starts_on=DAY, place="杭州")
    actions.reveal(by=cast.lin, member=guo, fields=["phone"], reason="联系本人")
    lines = [render_to_string(told.template, {"told": told}).strip() for told in history_of(guo)]
    assert len(lines) == Entry.objects.filter(about_id=str(guo.pk)).count() == 4
    assert "硕士" in lines[1]
    assert "证书" in lines[1]
    assert "杭州" in lines[2]
    assert "联系本人" in lines[3]
