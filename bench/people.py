"""An invented college of any size, the same for the same number: organisations, accounts, members, bills, payments, history.

It is only data, so it is written through the models and not by the actions. Nobody in it exists.
"""

import gc
import json
import multiprocessing
import secrets
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import batched, islice, product
from random import Random
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction
from django.utils import timezone

from hall.accounts import sessions
from hall.accounts.models import Account, Grant
from hall.core.days import add_months, first_of_month
from hall.core.fields import SealedText, row_id
from hall.core.identity import check_digit
from hall.core.testing.cast import COLLEGE, GIVEN, RARE_NAMES, SURNAMES
from hall.dues.models import Assessment, Bill, Payment
from hall.dues.queries import receipt_of
from hall.dues.words import BillStatus, Payer, PaymentMethod
from hall.ledger.models import Entry, Particulars, Pending
from hall.ledger.sealing import checkpoint, seal_all
from hall.members.models import Member
from hall.members.rules import initials_of, name_key, pinyin_of
from hall.notices.models import Message
from hall.organisations.models import Organisation, Placement, Term
from hall.organisations.words import Kind, Seat
from hall.papers.models import Counter, Paper
from hall.papers.rules import copy_text, digest, new_code, shown_code

BATCH = 2000
NAMES = 40_000  # so many different names at most: a large college has many people of one name
CLIENTS = 32
FULL_DATA = 50_000  # beyond so many members only a share has sealed columns, accounts, history and paid months
SHARE = 50  # … one in so many
DAY = 24 * 3600  # seconds a session of the bench may lie idle


@dataclass(frozen=True, slots=True)
class Signed:
    """Somebody signed in: session cookie, account and the organisation of their post."""

    cookie: str
    account: int
    organisation: int


@dataclass(frozen=True, slots=True)
class College:
    """What the cases need to know of the college that was made."""

    members: int
    organisations: int
    secretary: Signed
    department: Signed
    clients: list[Signed]
    branch: int
    member: str
    bill: int
    paper: str
    surname: str
    begins: str
    initials: str
    all_initials: str
    period: str
    full_data: bool

    def text(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def make(members: int) -> College:
    """Fill the empty, migrated database. Deterministic but for keys, codes and session names."""
    _hasten()
    rng = Random(members)
    today = timezone.localdate()
    branches = _organisations(today, members)
    accounts = _posts(branches, today)
    people = _members(rng, members, branches, today)
    full = members <= FULL_DATA
    first = branches[0]
    paid = _dues(rng, people, today, full)
    _history([row for row in people if full or row.organisation_id == first.pk])
    _messages(accounts["secretary"])
    seal_all()
    checkpoint()
    _analyse()
    mine = sorted((row for row in people if row.organisation_id == first.pk), key=lambda row: row.pinyin)
    someone = mine[len(mine) // 2]
    clients = [_signed(account, place) for account, place in accounts["clients"]]
    return College(
        members=members, organisations=Organisation.objects.count(), secretary=_signed(*accounts["secretary"]),
        department=_signed(*accounts["department"]), clients=clients, branch=first.pk, member=str(someone.pk),
        bill=Bill.objects.filter(organisation=first, status=BillStatus.OPEN).values_list("pk", flat=True)[0],
        paper=str(paid), surname=someone.name[0], initials=someone.initials[:2],
        begins=someone.name[:2], all_initials=someone.initials,
        period=first_of_month(today).isoformat(), full_data=full,
    )  # fmt: skip


# --- organisations and posts ---


def _organisations(today: date, members: int) -> list[Organisation]:
    """70 organisations for a small college, 200 for a large one; answers the branches."""
    generals, branches = (10, 59) if members <= 2000 else (20, 179)
    root = Organisation.objects.add_root(
        instance=Organisation(name=COLLEGE, short_name="学校党委", kind=Kind.COMMITTEE, code="DW000")
    )
    for number in range(1, generals + 1):
        name = f"第{number}学院党总支"
        row = Organisation(name=name, short_name=name, kind=Kind.GENERAL_BRANCH, code=f"DW{number:03d}")
        Organisation.objects.add_child(root, instance=row)
    above = list(Organisation.objects.filter(depth=2).order_by("path"))
    for number in range(branches):
        general = above[number % generals]
        name = f"{general.short_name[:-3]}第{number // generals + 1}党支部"
        code = f"{general.code}-{number // generals + 1:02d}"
        Organisation.objects.add_child(
            general, instance=Organisation(name=name, short_name=name, kind=Kind.BRANCH, code=code)
        )
    rows = list(Organisation.objects.order_by("path"))
    by_path = {row.path: row for row in rows}
    begun = today - timedelta(days=600)
    Placement.objects.bulk_create(
        Placement(organisation=row, under=by_path.get(row.path[:-4]), name=row.name, kind=row.kind, starts_on=begun)
        for row in rows
    )
    _terms(rows[1:], begun)
    return [row for row in rows if row.kind == Kind.BRANCH]


def _terms(rows: list[Organisation], begun: date) -> None:
    terms = Term.objects.bulk_create(
        Term(organisation=row, starts_on=begun, ends_on=begun + timedelta(days=1095), document="组〔2025〕1号")
        for row in rows
    )
    seats = Term.offices.rel.related_model
    seats.objects.bulk_create(seats(term=term, seat=Seat.SECRETARY, holder="某某", starts_on=begun) for term in terms)


def _posts(branches: list[Organisation], today: date) -> dict[str, Any]:
    """A secretary for each branch, and the organisation department."""
    college = Organisation.objects.get(depth=1)
    opened = timezone.now() - timedelta(days=500)
    places = [*branches, college]
    accounts = Account.objects.bulk_create(
        Account(
            username=f"office{n}",
            name=f"经办人{n}",
            password="!" + secrets.token_hex(20),
            opened_at=opened,
            approved_at=opened,
        )
        for n, _place in enumerate(places)
    )
    Grant.objects.bulk_create(
        Grant(
            account=account, post="organisation_department" if place.depth == 1 else "secretary", organisation=place,
            starts_on=today - timedelta(days=400), granted_at=opened,
        )
        for account, place in zip(accounts, places, strict=True)
    )  # fmt: skip
    pairs = list(zip(accounts, places, strict=True))
    return {
        "secretary": pairs[0],
        "department": pairs[-1],
        "clients": [pairs[n % len(branches)] for n in range(CLIENTS)],
    }


def _signed(account: Account, place: Organisation) -> Signed:
    session, now = sessions.SessionStore(), int(time.time())
    session.update({sessions.BEGAN: now, sessions.SEEN: now, sessions.IDLE: DAY, sessions.LONGEST: DAY})
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    session.create()
    return Signed(session.session_key, account.pk, place.pk)


# --- members ---


def names(rng: Random) -> list[str]:
    """Different names as they are found, a few rare ones among them."""
    first, second = list(SURNAMES), list(dict.fromkeys(GIVEN))
    found = {f"{rng.choice(first)}{rng.choice(second)}{rng.choice(['', *second])}" for _n in range(NAMES)}
    return [*RARE_NAMES, *sorted(found)]


def people(rng: Random, count: int, branches: int, today: date) -> Iterator[dict[str, Any]]:
    """Plain columns of `count` people; `place` is the number of their branch."""
    pool = [(name, name_key(name), pinyin_of(name), initials_of(name)) for name in names(rng)]
    for number in range(count):
        name, key, pinyin, initials = pool[rng.randrange(len(pool))]
        student = number % 5 < 3
        born = date(2001 if student else 1970, 1, 1) + timedelta(days=rng.randrange(1800 if student else 9000))
        joined = today - timedelta(days=rng.randrange(100, 1500 if student else 9000))
        joined = max(joined, born + timedelta(days=6600))  # eighteen by then
        full = joined + timedelta(days=366)
        yield {
            "name": name, "name_key": key, "pinyin": pinyin, "initials": initials, "place": number % branches,
            "campus_no": f"{'S' if student else 'T'}{number:08d}", "sex": "1" if number % 2 else "2",
            "ethnicity": "汉族", "birth_date": born, "education": "31" if student else "21",
            "standing": "full" if full <= today else "probationary", "joined_on": joined,
            "full_on": full if full <= today else None, "identity": "student" if student else "teacher",
            "job": "student" if student else "specialist",
            "lost_since": today - timedelta(days=30) if number % 97 == 5 else None,
            "number": number,
        }  # fmt: skip


def id_number(person: dict[str, Any]) -> str:
    """A well-formed identity number, different for each person; regions of this kind are not given out."""
    head = f"{300000 + person['number'] // 1000:06d}{person['birth_date']:%Y%m%d}{person['number'] % 1000:03d}"
    return head + check_digit(head)


def phone_number(person: dict[str, Any]) -> str:
    return f"199{person['number']:08d}"


def _members(rng: Random, count: int, branches: list[Organisation], today: date) -> list[Member]:
    """The members. Their sealed columns are sealed by all cores at once."""
    rows, full = [], count <= FULL_DATA
    with multiprocessing.get_context("fork").Pool() as pool:
        source = people(rng, count, len(branches), today)
        todo = ((batch, [b.pk for b in branches], full) for batch in batched(source, BATCH))
        for made in pool.imap(_prepared, todo, chunksize=1):
            with transaction.atomic():
                _link_accounts(made, full, branches[0].pk)
                Member.objects.bulk_create(made, batch_size=500)
            rows += made
    return rows


def _prepared(work: tuple[Any, list[int], bool]) -> list[Member]:
    batch, places, full = work
    made = []
    for person in batch:
        given = {k: v for k, v in person.items() if k not in ("place", "number")}
        member = Member(id=row_id(), organisation_id=places[person["place"]], **given)
        if full or person["number"] % SHARE == 0 or person["place"] == 0:
            member.id_no, member.phone, member.address = id_number(person), phone_number(person), "某省某市某路1号"
            _seal(member)
        made.append(member)
    return made


def _seal(member: Member) -> None:
    """Put the envelopes and fingerprints in place, as saving would."""
    for field in member._meta.fields:
        if not isinstance(field, SealedText):
            continue
        index = next((f for f in member._meta.fields if getattr(f, "of", "") == field.name), None)
        if index:
            setattr(member, index.attname, index.fingerprint(getattr(member, field.attname)))
        setattr(member, field.attname, field.pre_save(member, add=True))
    member._state.adding = False  # sealed for this very id: bulk_create takes the envelopes as they are


def _link_accounts(made: list[Member], full: bool, first: int) -> None:
    """Every member can sign in; in a very large college only the first branch."""
    wanted = [row for row in made if full or row.organisation_id == first]
    opened = timezone.now()
    accounts = Account.objects.bulk_create(
        [
            Account(username=row.campus_no, name=row.name, password="!", opened_at=opened, approved_at=opened)
            for row in wanted
        ],
        batch_size=500,
    )
    for row, account in zip(wanted, accounts, strict=True):
        row.account = account


# --- dues ---


def _dues(rng: Random, rows: list[Member], today: date, full: bool) -> Any:
    """Everybody assessed since two years; six months of bills, five of them paid, with receipts. The present month waits."""
    month = first_of_month(today)
    assessed = _assessments(rng, rows, add_months(month, -24), full)
    paid = None
    for back in range(6 if full else 1, 0, -1):
        period = add_months(month, -back)
        bills = _bills(rows, assessed, period)
        taken = [bill for bill in bills if full or bill.organisation_id == rows[0].organisation_id]
        share = 0.95 if back > 1 else 0.5
        paid = _payments([bill for bill in taken if rng.random() < share], period) or paid
    return paid


def _assessments(rng: Random, rows: list[Member], since: date, full: bool) -> dict[Any, Assessment]:
    with multiprocessing.get_context("fork").Pool() as pool:
        todo = (
            [(row.pk, row.organisation_id, row.identity, rng.randrange(3000, 20000)) for row in part]
            for part in batched(rows, BATCH)
        )
        found = {}
        for made in pool.imap(_assessed, ((part, since, full) for part in todo)):
            Assessment.objects.bulk_create(made, batch_size=500)
            found.update({row.member_id: row for row in made})
    return found


def _assessed(work: tuple[list[tuple], date, bool]) -> list[Assessment]:
    part, since, full = work
    at = timezone.now()
    made = []
    for pk, place, identity, base in part:
        payer = Payer.STUDENT if identity == "student" else Payer.WAGE
        amount = 20 if payer == Payer.STUDENT else base // 200 * 100
        row = Assessment(
            id=row_id(), member_id=pk, organisation_id=place, starts_on=since, payer=payer, amount=amount,
            base=str(base * 100) if full else "", table="2008", rule="DUE-01", source="DUES08", assessed_at=at,
        )  # fmt: skip
        field = Assessment._meta.get_field("base")
        row.base = field.pre_save(row, add=True)
        row._state.adding = False
        made.append(row)
    return made


def _bills(rows: list[Member], assessed: dict[Any, Assessment], period: date) -> list[Bill]:
    at = datetime(period.year, period.month, 1, 8, tzinfo=timezone.get_default_timezone())
    places = Organisation.objects.in_bulk()
    found = []
    for part in batched(rows, BATCH):
        made = [
            Bill(
                member=row, organisation=places[row.organisation_id], period=period, assessment=assessed[row.pk],
                amount=assessed[row.pk].amount, issued_at=at,
            )
            for row in part
        ]  # fmt: skip
        found += Bill.objects.bulk_create(made, batch_size=1000)
    return found


def _payments(bills: list[Bill], period: date) -> Any:
    """Pay these bills, each with its receipt; answers the id of one receipt."""
    on, at = (
        period + timedelta(days=9),
        datetime(period.year, period.month, 10, 9, tzinfo=timezone.get_default_timezone()),
    )
    taken: dict[int, int] = dict(Counter.objects.filter(year=on.year).values_list("organisation", "taken"))
    for part in batched(bills, BATCH):
        papers = [_receipt(bill, on, at, taken) for bill in part]
        Paper.objects.bulk_create(papers, batch_size=500)
        Payment.objects.bulk_create(
            [
                Payment(
                    bill=bill, organisation_id=bill.organisation_id, amount=bill.amount, paid_on=on, method=PaymentMethod.CASH,
                    reference=f"bench-{bill.pk}", collector="经办人", receipt=paper, recorded_at=at,
                )
                for bill, paper in zip(part, papers, strict=True)
            ],
            batch_size=500,
        )  # fmt: skip
        Bill.objects.filter(pk__in=[bill.pk for bill in part]).update(status=BillStatus.SETTLED, settled_on=on)
    for organisation, last in taken.items():
        Counter.objects.update_or_create(
            kind="dues.receipt", organisation_id=organisation, year=on.year, defaults={"taken": last}
        )
    return papers[0].pk if bills else None


def _receipt(bill: Bill, on: date, at: datetime, taken: dict[int, int]) -> Paper:
    serial = taken[bill.organisation_id] = taken.get(bill.organisation_id, 0) + 1
    code = new_code()
    said = {
        **receipt_of(bill.amount, bill, paid_on=on, method=PaymentMethod.CASH, collector="经办人", place=bill.organisation),
        "number": f"{on.year}-{serial:05d}", "code": shown_code(code), "organisation": bill.organisation.name,
        "issued_on": on.isoformat(),
    }  # fmt: skip
    text = copy_text(said)
    return Paper(
        kind="dues.receipt", organisation_id=bill.organisation_id, year=on.year, serial=serial, code=code, issued_at=at,
        issued_on=on, name=bill.member.name, template_version=1, snapshot=text, digest=digest(text),
    )  # fmt: skip


# --- history and messages ---

HISTORY = (
    ("members.member.enrolled", {}),
    ("members.member.changed", {"changes": {"party_post": ["", "组织委员"]}}),
    ("members.member.changed", {"changes": {"phone": ["138****0000", "199****0001"]}}),
)


def _history(rows: list[Member]) -> None:
    """Three facts about each person on the ledger."""
    at = timezone.now() - timedelta(days=30)
    for part in batched(product(rows, HISTORY), BATCH):
        entries, particulars = [], []
        for row, (name, said) in part:
            salt, text, bound = Particulars.bound({**said, "_by": "经办人0 · 某党支部 党支部书记"})
            entry = Entry(
                act=row_id(), name=name, about_kind="members.member", about_id=str(row.pk), organisation=row.organisation_id,
                by="account:1", at=at, digest=bound,
            )  # fmt: skip
            entries.append(entry)
            particulars.append(Particulars(entry=entry, salt=salt, text=text))
        with transaction.atomic():
            Entry.objects.bulk_create(entries)
            Particulars.objects.bulk_create(particulars)
            Pending.objects.bulk_create([Pending(entry=entry) for entry in entries])


def _messages(secretary: tuple[Account, Organisation]) -> None:
    Message.objects.bulk_create(
        Message(
            account=secretary[0], fact=row_id(), fact_name="members.correction.asked", kind="read", title="有人申请更正信息",
            created_at=timezone.now(), read_at=None if n < 3 else timezone.now(),
        )
        for n in range(40)
    )  # fmt: skip


def _hasten() -> None:
    """For this one process: memory instead of care. If filling is interrupted, the college is thrown away."""
    gc.disable()  # a million rows are kept; looking through them again and again takes longer than making them
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA cache_size=-1500000")


def _analyse() -> None:
    """Give the database its statistics, as a database that has lived for a day has them."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def roster(path: Any, count: int, branches: list[str], today: date) -> None:
    """A workbook of `count` people the college does not have, as an office keeps it."""
    import xlsxwriter

    titles = (
        "姓名",
        "公民身份号码",
        "性别",
        "民族",
        "出生日期",
        "学历",
        "人员类别",
        "所在党支部",
        "加入党组织日期",
        "转为正式党员日期",
        "工作岗位",
        "联系电话",
        "学号/工号",
        "身份",
    )
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("名册")
    sheet.write_row(0, 0, titles)
    source = people(Random(7), count, len(branches), today)
    for line, person in enumerate(islice(source, count), start=1):
        person["number"] += 2_000_000 + 100 * count  # other people for each size of workbook
        sheet.write_row(line, 0, _sheet_row(person, branches))
    book.close()


def _sheet_row(person: dict[str, Any], branches: list[str]) -> list[str]:
    number = id_number(person)
    full = person["full_on"]
    return [
        person["name"], number, "男" if int(number[16]) % 2 else "女", "汉族", person["birth_date"].isoformat(),
        "大学专科毕业" if person["identity"] == "student" else "大学本科毕业", "正式党员" if full else "预备党员",
        branches[person["place"]], person["joined_on"].isoformat(), full.isoformat() if full else "",
        "学生" if person["identity"] == "student" else "专业技术人员", phone_number(person), f"N{person['number']:08d}",
        "学生" if person["identity"] == "student" else "教师",
    ]  # fmt: skip
