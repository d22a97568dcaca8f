"""The demo college's people: 1,200 members of all kinds and some who want to become one, with 18 months of coming and going."""

from datetime import date, timedelta
from typing import Any

from hall.accounts import queries as accounts_queries
from hall.core.days import add_months
from hall.core.identity import check_digit
from hall.core.testing.cast import CAST, ELECTRICAL_TEACHERS, RARE_NAMES, Role, Stage
from hall.ledger.acting import Act, System, acting
from hall.ledger.clock import played
from hall.members import actions
from hall.members.models import Member
from hall.members.words import Away, Departure, Identity, Job, Standing
from hall.organisations import queries as organisations
from hall.organisations.models import Organisation

SIGNER = System("members.demo")
PLACES = (
    "浙江省温州市鹿城区", "浙江省瑞安市", "浙江省乐清市", "浙江省永嘉县",
    "浙江省苍南县", "江西省上饶市广信区", "安徽省阜阳市颍州区", "湖北省恩施州利川市",
)  # fmt: skip
ETHNICITIES = ("汉族",) * 24 + ("畲族", "回族", "土家族", "苗族", "维吾尔族")
HOSTS = ("杭州市余杭区仓前街道党工委", "宁波市北仑区大碶街道党工委", "苏州工业园区党工委", "深圳市南山区粤海街道党工委")


def furnish(stage: Stage) -> None:
    """Enter the roster as of the beginning, then let the months go by."""
    branches = list(organisations.branches())
    if stage.members < 1000:  # the small college keeps to a few branches, the cast's among them
        branches = [b for b in branches if b.name in {role.place for role in CAST}] + branches[2:6]
    with played(stage.moment(stage.founded)):
        _enrol_cast(stage, branches)
        _enrol_roster(stage, branches)
        actions.link_accounts(by=SIGNER)
    for month in range(1, stage.months):
        _play_month(stage, branches, add_months(stage.founded, month))


def _enrol_cast(stage: Stage, branches: list[Organisation]) -> None:
    home = {branch.name: branch for branch in branches}
    accounts = accounts_queries.by_username(role.username for role in CAST)
    with acting(SIGNER, "members.change") as act:
        for number, role in enumerate(CAST):
            if role.standing:
                branch = home.get(role.place, home[ELECTRICAL_TEACHERS])
                member = _enrol(stage, act, branch, _cast_person(stage, role, number))
                _link(act, member, accounts[role.username])


def _cast_person(stage: Stage, role: Role, number: int) -> dict[str, Any]:
    student = role.identity == "student"
    born = date(2006 if student else 1978 + number, 3 + number % 9, 4 + number)
    person = _person(
        stage, role.name, born, Identity(role.identity), campus_no=f"{'2024' if student else 'T'}{9000 + number}"
    )
    standing = Standing(role.standing or "full")
    return person | (_dates(stage, born, 20) if standing == Standing.FULL else {"standing": standing})


def _link(act: Act, member: Member, account: Any) -> None:
    member.account = account
    member.save(update_fields=["account"])
    act.record("members.account.linked", member)


def _enrol_roster(stage: Stage, branches: list[Organisation]) -> None:
    wanted = stage.members - Member.objects.count()
    weights = [stage.rng.uniform(0.8, 1.4) for _branch in branches]
    number = 0
    for branch, weight in zip(branches, weights, strict=True):
        with acting(SIGNER, "members.change") as act:
            for _place in range(max(3, round(wanted * weight / sum(weights)))):
                number += 1
                _enrol(stage, act, branch, _someone(stage, branch, number))


def _enrol(stage: Stage, act: Act, branch: Organisation, person: dict[str, Any]) -> Member:
    return actions.enrol(by=act, organisation=branch, on=stage.founded, source="演示数据", reason="演示数据", **person)


def _someone(stage: Stage, branch: Organisation, number: int) -> dict[str, Any]:
    """One made-up person who fits the branch."""
    rng = stage.rng
    name = RARE_NAMES[number % 120] if number % 120 < len(RARE_NAMES) else stage.some_name()
    if "学生" in branch.name:
        born = stage.founded.replace(year=stage.founded.year - rng.randint(19, 21)) - timedelta(
            days=rng.randint(0, 300)
        )
        person = _person(stage, name, born, Identity.STUDENT, campus_no=f"{stage.founded.year - 1}{number:05d}")
        kind = rng.choices(("probationary", "full", "activist", "applicant"), (50, 20, 15, 15))[0]
        if kind == "full":
            return person | {
                "standing": Standing.FULL,
                "joined_on": add_months(stage.founded, -14),
                "full_on": add_months(stage.founded, -2),
            }
        return (
            person
            | {"standing": Standing(kind)}
            | ({"joined_on": stage.day_before(stage.founded, 300)} if kind == "probationary" else {})
        )
    retired = "离退休" in branch.name
    years = rng.randint(61, 88) if retired else rng.randint(26, 58)
    born = stage.founded.replace(year=stage.founded.year - years, day=1) - timedelta(days=rng.randint(0, 364))
    identity = Identity.RETIRED if retired else Identity.STAFF if "机关" in branch.name else Identity.TEACHER
    return _person(stage, name, born, identity, campus_no=f"{'R' if retired else 'T'}{10000 + number}") | _dates(
        stage, born, 19
    )


def _dates(stage: Stage, born: date, least_age: int) -> dict[str, Any]:
    """A full member's dates: joined between that age and three years ago, full one year later."""
    first = add_months(born, 12 * least_age)
    last = add_months(stage.founded, -36)
    joined = first + timedelta(days=stage.rng.randint(0, max(1, (last - first).days)))
    return {"standing": Standing.FULL, "joined_on": joined, "full_on": add_months(joined, 12)}


def _person(stage: Stage, name: str, born: date, identity: Identity, campus_no: str) -> dict[str, Any]:
    rng = stage.rng
    sex = rng.choice("12")
    seventeen = f"990000{born:%Y%m%d}{rng.randint(0, 99):02d}{rng.randint(0, 4) * 2 + int(sex == '1')}"
    job = {Identity.STUDENT: Job.STUDENT, Identity.RETIRED: Job.RETIRED, Identity.STAFF: Job.MANAGER}.get(
        identity, Job.SPECIALIST
    )
    return {
        "name": name, "campus_no": campus_no, "identity": identity, "job": job, "sex": sex, "birth_date": born,
        "id_no": _unused(stage, seventeen), "phone": f"19{rng.randint(0, 9)}{rng.randint(10**7, 10**8 - 1)}",
        "ethnicity": "维吾尔族" if "·" in name else rng.choice(ETHNICITIES), "native_place": rng.choice(PLACES),
        "education": "61" if identity == Identity.STUDENT else rng.choice(("14", "21", "21", "31")),
    }  # fmt: skip


def _unused(stage: Stage, seventeen: str) -> str:
    """The number with its check digit, stepped on while someone of the demo has it already."""
    taken = stage.__dict__.setdefault("numbers", set())
    while seventeen in taken:
        seventeen = f"{seventeen[:14]}{(int(seventeen[14:]) + 2) % 1000:03d}"
    taken.add(seventeen)
    return seventeen + check_digit(seventeen)


def _play_month(stage: Stage, branches: list[Organisation], month: date) -> None:
    """What a month brings: conversions that fall due, graduates leaving in July, admissions in May and December, people away."""
    day = month.replace(day=stage.rng.randint(8, 26))
    if day >= stage.today:
        return
    with played(stage.moment(day)), acting(SIGNER, "members.change") as act:
        _convert_due(act, day)
        if month.month == 7:
            _graduate(stage, act, day)
        if month.month in (5, 12):
            _admit(stage, act, day)
        _go_away(stage, act, day)
        _retire(stage, act, day)
        if month == add_months(stage.founded, 8):
            _lose(stage, act, day)


def _convert_due(act: Act, day: date) -> None:
    for member in Member.objects.filter(
        standing=Standing.PROBATIONARY, joined_on__lte=add_months(day, -12), departed_on__isnull=True
    ):
        if member.joined_on:
            _change(act, member, day, "按期转正", standing=Standing.FULL, full_on=add_months(member.joined_on, 12))


def _change(act: Act, member: Member, day: date, reason: str, **changes: Any) -> None:
    actions.change_member(by=act, member=member, changes=changes, version=member.version, on=day, reason=reason)


def _graduate(stage: Stage, act: Act, day: date) -> None:
    students = list(
        Member.objects.filter(identity=Identity.STUDENT, standing=Standing.FULL, departed_on__isnull=True).order_by(
            "id"
        )
    )
    for member in stage.rng.sample(students, len(students) // 4):
        actions.depart(by=act, member=member, departure=Departure.TRANSFERRED, on=day, reason="毕业转出")


def _admit(stage: Stage, act: Act, day: date) -> None:
    activists = Member.objects.filter(standing=Standing.ACTIVIST, departed_on__isnull=True)
    ready = list(activists.exclude(account__username="zhou").order_by("id"))
    for member in stage.rng.sample(ready, min(len(ready), 20)):
        _change(act, member, day, "支部党员大会通过", standing=Standing.PROBATIONARY, joined_on=day)


def _go_away(stage: Stage, act: Act, day: date) -> None:
    full = Member.objects.filter(standing=Standing.FULL, departed_on__isnull=True, absences__isnull=True)
    here = list(full.exclude(account__username__in=[role.username for role in CAST]).order_by("id"))
    for member in stage.rng.sample(here, min(len(here), 2)):
        host = stage.rng.choice(HOSTS)
        actions.begin_absence(
            by=act, member=member, kind=Away.FLOATING, starts_on=day, place=host[:3], host=host,
            reason="外出工作", expected_to=add_months(day, 9),
        )  # fmt: skip


def _retire(stage: Stage, act: Act, day: date) -> None:
    old = Member.objects.filter(
        identity__in=(Identity.TEACHER, Identity.STAFF),
        birth_date__lte=add_months(day, -12 * 60),
        departed_on__isnull=True,
    )
    for member in old.order_by("id")[:2]:
        _change(act, member, day, "退休", identity=Identity.RETIRED, job=Job.RETIRED)


def _lose(stage: Stage, act: Act, day: date) -> None:
    """Two members cannot be found any more; for one of them the branch has stopped membership (LOST-01)."""
    absent = Member.objects.filter(
        absences__ends_on__isnull=True, absences__isnull=False, departed_on__isnull=True
    ).order_by("id")
    for number, member in enumerate(absent[:2]):
        since = add_months(day, -7)
        member = actions.note_lost_contact(by=act, member=member, since=since, reason="多次联系未果")
        if number == 0:
            actions.stop_membership(by=act, member=member, on=day, since=since, reason="支部党员大会决定停止党籍")
