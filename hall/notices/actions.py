"""Writes of the notices: what facts tell, marks of reading, how people want to be told, works and how they ended."""

from collections.abc import Iterable
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from hall.accounts import queries as accounts
from hall.core.findings import Finding, refuse
from hall.core.modules import Job, Notice, long_works, notices
from hall.ledger.acting import Act, Actor, Fact, System, acting
from hall.notices import queries, rules, texts
from hall.notices.channels import CHANNELS
from hall.notices.models import JobRun, Message, Outgoing, Preference, Work
from hall.notices.words import Kind, Sending, WorkState

By = Actor | Act
WORKER = System("notices.worker")
KEPT = timedelta(days=180)  # how long a mail that went out stays in the outbox

# ---- what facts tell ----


def queue(*, by: Act, facts: list[Fact]) -> None:
    """Hears every fact: whom its notices name gets a message and, by the other channels, a row of the outbox.

    Each account once per fact and kind. Two bulk inserts and two reads however many the facts; nothing is sent.
    """
    told = _told(facts)
    if not told:
        return
    said = texts.told_by(pair for _key, pair in told)
    rows = [(notice, fact, key[0], said[notice.text, fact.id]) for key, (notice, fact) in told]
    Message.objects.bulk_create(
        [_message(notice, fact, account, words) for notice, fact, account, words in rows if "inbox" in notice.channels]
    )
    Outgoing.objects.bulk_create(_outgoing(rows))


def _told(facts: list[Fact]) -> list[tuple[tuple[int, UUID, Kind], tuple[Notice, Fact]]]:
    """(account, fact, kind) → the notice that says it, each once."""
    found: dict[tuple[int, UUID, Kind], tuple[Notice, Fact]] = {}
    for notice in notices(facts[0].name):
        recipients = notice.to(facts)
        kind = Kind.COPY if notice.copy else Kind.READ
        for fact in facts:
            for account in recipients.get(fact.id, ()):
                found.setdefault((account, fact.id, kind), (notice, fact))
    return list(found.items())


def _message(notice: Notice, fact: Fact, account: int, said: rules.Telling) -> Message:
    kind = Kind.COPY if notice.copy else Kind.READ
    return Message(
        account_id=account, fact=fact.id, fact_name=fact.name, kind=kind, created_at=fact.at,
        title=said.title, text=said.text, url=said.url,
    )  # fmt: skip


def _outgoing(rows: list[tuple[Notice, Fact, int, rules.Telling]]) -> list[Outgoing]:
    """Rows of the outbox for the accounts that have an address and wish mail."""
    leaving = [row for row in rows if set(row[0].channels) - {"inbox"}]
    if not leaving:
        return []
    people = {account for _notice, _fact, account, _said in leaving}
    ways, addresses = queries.ways_of(people), accounts.emails(people)
    found, starts = [], {}
    for notice, fact, account, said in leaving:
        wish = ways.get(account, rules.Ways())
        if account not in addresses or not wish.mail:
            continue
        way = (fact.at, wish, notice.digest)
        if way not in starts:
            starts[way] = rules.not_before(timezone.localtime(fact.at), wish, digest=notice.digest)
        for channel in notice.channels:
            if channel != "inbox":
                found.append(
                    Outgoing(
                        account_id=account,
                        channel=channel,
                        subject=said.title,
                        text=said.text,
                        url=said.url,
                        digest=notice.digest and wish.digest,
                        created_at=fact.at,
                        not_before=starts[way],
                    )
                )
    return found


# ---- the inbox ----


def read_message(*, by: By, message: Message) -> None:
    """Mark one's own message as read. Safe to do twice; nobody else is told."""
    read_messages(by=by, messages=[message])


def read_messages(*, by: By, messages: Iterable[Message]) -> int:
    """Mark one's own messages as read; how many were not read before."""
    fresh = [message for message in messages if message.read_at is None]
    if not fresh:
        return 0
    with acting(by, "notices.own") as act:
        _only_own(act, {message.account_id for message in fresh})
        Message.objects.filter(pk__in=[m.pk for m in fresh], read_at__isnull=True).update(read_at=act.at)
        act.record("notices.message.read", fresh[0], count=len(fresh))
    return len(fresh)


def choose_ways(
    *, by: By, account_id: int, mail: bool, digest: bool, digest_hour: int, quiet_from: time, quiet_to: time
) -> Preference:
    """How the person wants to be told from now on. What waits already goes out as it was queued, unless mail is off."""
    with acting(by, "notices.own") as act:
        _only_own(act, {account_id})
        chosen = {
            "mail": mail, "digest": digest, "digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_to": quiet_to,
        }  # fmt: skip
        made, _new = Preference.objects.update_or_create(account_id=account_id, defaults=chosen)
        act.record("notices.preference.chosen", made, mail=mail, digest=digest)
    return made


def _only_own(act: Act, account_ids: set[int]) -> None:
    if {f"account:{account}" for account in account_ids} != {act.key}:
        raise refuse(_("Messages and their settings belong to one person alone."))


# ---- works ----


def start_work(*, by: By, name: str, organisation: Any = None, **arguments: Any) -> Work:
    """Begin long work; a worker does it and the person is told when it ends. The caller has asked whether they may.

    `name` is a declared LongWork, `arguments` are plain JSON (ids, days as text; no personal values). The worker acts
    as this person in this post and is refused if the right is gone by then. Inside an act it begins once that is kept.
    """
    if name not in long_works():
        raise KeyError(f"The long work {name!r} is declared by no module.py")
    with acting(by, "notices.own") as act:
        person: Any = act.by
        hat = getattr(person, "hat", None)
        work = Work.objects.create(
            name=name, arguments=arguments, account_id=getattr(person, "account_id", None), hat=hat.pk if hat else None,
            organisation=organisation, asked_at=act.at, not_before=act.at,
        )  # fmt: skip
        act.record("notices.work.begun", work, work=name)
    return work


def queue_job(*, job: Job, day: date) -> Work:
    """Take up a scheduled job for that day. IntegrityError if another worker was first; then nothing is changed."""
    with acting(System(job.name), "notices.operate") as act:
        work = Work.objects.create(
            name=job.name, arguments={"on": day.isoformat()}, asked_at=act.at, not_before=act.at
        )  # fmt: skip
        JobRun.objects.create(job=job.name, day=day, work=work)
        act.record("notices.work.begun", work, on=day, work=job.name)
    return work


def finish_work(*, work: Work, done: int, total: int, result: dict[str, Any]) -> bool:
    """Say that the work is done. False, and nothing is changed, if another worker has taken it over meanwhile."""
    return _end(work, "notices.work.finished", WorkState.DONE, done=done, total=total, result=result)


def refuse_work(*, work: Work, findings: Iterable[Finding]) -> bool:
    """A rule or a withdrawn right spoke against it: its sentences stand on the page. Not tried again."""
    said = list(findings)
    error = " ".join(str(finding.text) for finding in said)
    return _end(work, "notices.work.refused", WorkState.REFUSED, error=error, findings=[f.as_dict() for f in said])


def fail_work(*, work: Work, number: str) -> bool:
    """Something unforeseen, for the last time: the work is put aside under a number to quote, others go on (H14)."""
    error = _("The work broke off %(tries)s times. Nothing more is tried; please report number %(number)s.") % {
        "tries": work.tries,
        "number": number,
    }
    return _end(work, "notices.work.failed", WorkState.FAILED, error=error, number=number)


def _end(
    work: Work, fact: str, state: WorkState, *, findings: list | None = None, number: str = "", **columns: Any
) -> bool:
    with acting(WORKER, "notices.operate") as act:
        current = Work.objects.select_for_update().filter(pk=work.pk, claim=work.claim, state=WorkState.RUNNING).first()
        if current is not None:
            for name, value in {**columns, "state": state, "finished_at": act.at, "lease_until": None}.items():
                setattr(current, name, value)
            current.save()
            title = str(queries.title_of(work.name))
            act.record(
                fact, current, work=work.name, title=title, error=current.error, findings=findings or [], number=number
            )
        else:
            act.record("notices.work.taken_over", work, work=work.name)
    return current is not None


def repeat_work(*, by: By, work: Work) -> None:
    """Try a work again that was put aside."""
    with acting(by, "notices.operate") as act:
        if work.state != WorkState.FAILED:
            raise refuse(_("Only what was broken off can be tried again."))
        Work.objects.filter(pk=work.pk, state=WorkState.FAILED).update(
            state=WorkState.WAITING, tries=0, error="", finished_at=None, not_before=act.at
        )
        act.record("notices.work.repeated", work, work=work.name)


def repeat_sending(*, by: By, outgoing: Outgoing) -> None:
    """Try a mail again that was given up."""
    with acting(by, "notices.operate") as act:
        if outgoing.state != Sending.PARKED:
            raise refuse(_("Only what was given up can be tried again."))
        Outgoing.objects.filter(pk=outgoing.pk, state=Sending.PARKED).update(
            state=Sending.WAITING, tries=0, not_before=act.at, lease_until=None
        )
        act.record("notices.outgoing.repeated", outgoing, account=outgoing.account_id)


def post_letter(*, address: str, subject: str, text: str) -> None:
    """One letter to an address that is no account's, at once. Raises if it is not taken; the caller records either way."""
    CHANNELS["mail"].send(address, subject, text)


def clear_outbox(*, by: By, on: date) -> None:
    """Forget mail that went out more than 180 days ago. What was given up stays. Safe to run twice."""
    old = Outgoing.objects.filter(state=Sending.SENT, sent_at__date__lt=on - KEPT)
    if not old.exists():
        return
    with acting(by, "notices.operate") as act:
        outbox: Any = "outbox"  # the facts of a thing without a row
        count, _each = old.delete()
        act.record("notices.outgoing.cleared", outbox, on=on, count=count)
