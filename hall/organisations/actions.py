"""Writes of the organisations: found, rename, move, end; terms; units; local settings. Each leaves a dated row and a fact."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from hall.core import richtext
from hall.core.findings import Finding, refuse
from hall.ledger.acting import Act, Actor, Forbidden, System, acting
from hall.organisations import queries, rules
from hall.organisations.local import declared
from hall.organisations.models import Coverage, Introduction, LocalSetting, Office, Organisation, Placement, Term, Unit
from hall.organisations.words import Kind, Seat, State, UnitKind

By = Actor | Act
INTRODUCTION_LIMIT = 60_000  # characters of HTML


def found_organisation(
    *, by: By, name: str, kind: Kind, under: Organisation | None, on: date, short_name: str = "", code: str = "", approval: str = "",
    contact: str = "", phone: str = "", reason: str = "",
) -> Organisation:  # fmt: skip
    """Add an organisation to the tree from that day on. Does not elect anybody and grants no rights."""
    with acting(by, "organisations.shape", within=under.pk if under else None) as act:
        _hold_tree()
        act.heed(_founding_findings(name, kind, under, code), reason)
        row = Organisation(
            name=name.strip(), short_name=(short_name or name).strip()[:40], kind=kind, code=code.strip(), founded_on=on,
            approval=approval.strip(), contact=contact.strip(), phone=phone.strip(),
        )  # fmt: skip
        made = (
            Organisation.objects.add_child(Organisation.objects.get(pk=under.pk), instance=row)
            if under
            else Organisation.objects.add_root(instance=row)
        )
        Placement.objects.create(
            organisation=made, under=under, name=made.name, kind=kind, starts_on=on, document=approval
        )
        act.record(
            "organisations.organisation.founded",
            made,
            on=on,
            name=made.name,
            kind=kind,
            under=str(under or ""),
            document=approval,
        )
    return made


def _hold_tree() -> None:
    """Lock the top of the tree for this act: two at once would give two rows one path."""
    list(Organisation.objects.select_for_update().filter(depth=1).values_list("pk"))


def _standing(organisation: Organisation) -> Organisation:
    """The organisation, locked; refused if it ended."""
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if row.state != State.ACTIVE:
        raise refuse(_("%(name)s ended on %(day)s; its record is closed.") % {"name": row, "day": row.ended_on})
    return row


def _heed_day(act: Act, on: date) -> None:
    """A change of the tree takes effect when it is entered, so its day may be past but not to come."""
    if on > timezone.localtime(act.at).date():
        raise refuse(_("The day lies ahead; enter the change on the day it takes effect."))


def _founding_findings(name: str, kind: Kind, under: Organisation | None, code: str) -> list[Finding]:
    found = rules.placement_findings(Kind(kind), Kind(under.kind) if under else None)
    if under and under.state != State.ACTIVE:
        found.append(
            Finding(
                "house", _("%(name)s ended on %(day)s; its record is closed.") % {"name": under, "day": under.ended_on}
            )
        )
    if code.strip() and Organisation.objects.filter(code=code.strip()).exists():
        found.append(
            Finding("house", _("Another organisation has the code %(code)s already.") % {"code": code.strip()})
        )
    if not name.strip():
        found.append(Finding("house", _("Give the full name as on the seal.")))
    siblings = Organisation.objects.get_children(under) if under else Organisation.objects.get_root_nodes()
    if siblings.filter(name=name.strip(), state=State.ACTIVE).exists():
        found.append(Finding("house", _("“%(name)s” exists here already.") % {"name": name.strip()}))
    return found


def rename_organisation(
    *, by: By, organisation: Organisation, name: str, on: date, short_name: str = "", document: str = ""
) -> Organisation:
    """A new name from that day on. Papers issued before keep the name they were issued under."""
    with acting(by, "organisations.shape", within=organisation.pk) as act:
        row = _standing(organisation)
        _heed_day(act, on)
        if not name.strip():
            raise refuse(_("Give the full name as on the seal."))
        before = row.name
        row.name, row.short_name = name.strip(), (short_name or name).strip()[:40]
        row.save(update_fields=["name", "short_name"])
        _new_place(row, on=on, document=document)
        act.record("organisations.organisation.renamed", row, on=on, before=before, after=row.name, document=document)
    return row


def move_organisation(
    *, by: By, organisation: Organisation, under: Organisation, on: date, document: str = ""
) -> Organisation:
    """Stand under another organisation from that day on, with everything below. Rights follow the new place at once."""
    with acting(by, "organisations.shape", within=organisation.pk) as act:
        if not by.may("organisations.shape", under.pk):
            raise Forbidden(
                [
                    Finding(
                        "PERM", _("Your post does not reach the organisation above. Ask the organisation department.")
                    )
                ]
            )
        _hold_tree()
        row, target = _standing(organisation), _standing(under)
        _heed_day(act, on)
        act.heed(rules.placement_findings(Kind(row.kind), Kind(target.kind)))
        if target.path.startswith(row.path):
            raise refuse(_("An organisation cannot stand below itself."), rule="ORG-08")
        before = Organisation.objects.get_parent(row)
        if before == target:
            raise refuse(_("It stands there already."))
        Organisation.objects.move(row, target, pos="last-child")
        row = Organisation.objects.get(pk=row.pk)
        _new_place(row, on=on, document=document)
        act.record(
            "organisations.organisation.moved",
            row,
            on=on,
            before=str(before or ""),
            after=str(target),
            document=document,
        )
    return row


def introduce_organisation(*, by: By, organisation: Organisation, text: str, version: int = 0) -> Introduction:
    """Say publicly in the hall what the organisation is; an empty text takes the introduction away. Cleaned before it is kept.

    `version` is the one the writer began with (0: there was none); refused if somebody wrote meanwhile.
    """
    with acting(by, "organisations.introduce", within=organisation.pk) as act:
        row = _standing(organisation)
        known = Introduction.objects.select_for_update().filter(organisation=row).first()
        if version != (known.version if known else 0):
            raise refuse(
                _("Somebody changed the introduction meanwhile. Copy what you wrote, reload the page and add it.")
            )
        kept = richtext.clean(text)
        if len(kept) > INTRODUCTION_LIMIT:
            raise refuse(_("The introduction is too long."))
        known = known or Introduction(organisation=row)
        known.text, known.version, known.written_at = kept, version + 1, act.at
        known.save()
        words = richtext.words_of(kept)
        act.record("organisations.introduction.written", known, characters=len(words), beginning=words[:60])
    return known


def end_organisation(
    *, by: By, organisation: Organisation, on: date, merged: bool = False, document: str = ""
) -> Organisation:
    """Dissolve or merge. Refused while an active organisation stands below. Its history stays."""
    with acting(by, "organisations.shape", within=organisation.pk) as act:
        row = _standing(organisation)
        _heed_day(act, on)
        if Organisation.objects.get_descendants(row).filter(state=State.ACTIVE).exists():
            raise refuse(_("Organisations still stand below; move or end them first."))
        _heed_last_place(row, on)
        row.state, row.ended_on = (State.MERGED if merged else State.DISSOLVED), on
        row.save(update_fields=["state", "ended_on"])
        Placement.objects.filter(organisation=row, ends_on__isnull=True).update(ends_on=on)
        act.record("organisations.organisation.ended", row, on=on, merged=merged, document=document)
    return row


def _heed_last_place(row: Organisation, on: date) -> Placement | None:
    current = Placement.objects.select_for_update().filter(organisation=row, ends_on__isnull=True).first()
    if current and on < current.starts_on:
        raise refuse(_("The change would lie before the last one (%(day)s).") % {"day": current.starts_on})
    return current


def _new_place(row: Organisation, *, on: date, document: str) -> None:
    current = _heed_last_place(row, on)
    if current:
        current.ends_on = on
        current.save(update_fields=["ends_on"])
    Placement.objects.create(
        organisation=row,
        under=Organisation.objects.get_parent(row),
        name=row.name,
        kind=row.kind,
        starts_on=on,
        document=document,
    )


def begin_term(
    *, by: By, organisation: Organisation, starts_on: date, ends_on: date, seats: Sequence[tuple[Seat, str]] = (),
    document: str = "", reason: str = "",
) -> Term:  # fmt: skip
    """Enter an elected committee with its term. The election itself is a decision of the meeting; rights are granted in accounts."""
    with acting(by, "organisations.elect", within=organisation.pk) as act:
        row = _standing(organisation)
        act.heed(_term_findings(row, starts_on, ends_on, [Seat(seat) for seat, _holder in seats]), reason)
        term = Term.objects.create(organisation=organisation, starts_on=starts_on, ends_on=ends_on, document=document)
        Office.objects.bulk_create(
            [Office(term=term, seat=seat, holder=holder, starts_on=starts_on) for seat, holder in seats]
        )
        act.record(
            "organisations.term.begun",
            term,
            on=starts_on,
            ends_on=ends_on,
            seats=[[s, h] for s, h in seats],
            document=document,
        )
    return term


def _term_findings(row: Organisation, starts_on: date, ends_on: date, seats: list[Seat]) -> list[Finding]:
    before = row.terms.order_by("starts_on").last()
    found = rules.term_findings(Kind(row.kind), starts_on, ends_on) + rules.committee_findings(Kind(row.kind), seats)
    if before and starts_on <= before.starts_on:
        found.append(Finding("house", _("A later term is entered already (from %(day)s).") % {"day": before.starts_on}))
    return found + rules.election_findings(before.ends_on if before else None, starts_on)


def tell_expiring_terms(*, by: System, on: date) -> int:
    """Say once of each term that it ends soon or is over (ORG-25). Safe to run again; elects nobody. Answers how many."""
    due = queries.untold_terms(on)
    if due:
        with acting(by, "organisations.elect") as act:
            act.record_many(
                "organisations.term.expiring", [(term, {"ends_on": term.ends_on.isoformat()}) for term in due], on=on
            )
    return len(due)


def cover_unit(*, by: By, organisation: Organisation, unit_kind: UnitKind, unit_name: str, on: date) -> Coverage:
    """From that day on the organisation covers this unit of the college. Moves nobody (F2)."""
    with acting(by, "organisations.shape", within=organisation.pk) as act:
        _standing(organisation)
        if not unit_name.strip():
            raise refuse(_("Name the unit."))
        unit, _made = Unit.objects.get_or_create(kind=unit_kind, name=unit_name.strip())
        coverage, made = Coverage.objects.get_or_create(
            organisation=organisation, unit=unit, ends_on=None, defaults={"starts_on": on}
        )
        if not made:
            raise refuse(_("%(unit)s is covered already.") % {"unit": unit})
        act.record("organisations.unit.covered", coverage, on=on, unit=unit.name)
    return coverage


def uncover_unit(*, by: By, coverage: Coverage, on: date) -> None:
    """The organisation no longer covers the unit from that day on."""
    with acting(by, "organisations.shape", within=coverage.organisation_id) as act:
        coverage = Coverage.objects.select_for_update().select_related("unit").get(pk=coverage.pk)
        if coverage.ends_on:
            raise refuse(_("It ended on %(day)s already.") % {"day": coverage.ends_on})
        if on < coverage.starts_on:
            raise refuse(_("The end lies before the beginning."))
        coverage.ends_on = on
        coverage.save(update_fields=["ends_on"])
        act.record("organisations.unit.uncovered", coverage, on=on, unit=coverage.unit.name)


def decide_setting(
    *, by: By, organisation: Organisation, key: str, value: Any, effective_from: date, decision: str,
    seen: str = "",
) -> LocalSetting:  # fmt: skip
    """A local setting from that day on, with the decision behind it. What was judged before keeps the old value (VER-03).

    `seen` is the state (`queries.setting_state`) the editor was shown: refused with the difference if somebody decided
    meanwhile (G16). Empty asks nothing: for whoever decides without having looked.
    """
    needs = declared()[key].needs if key in declared() else "organisations.decide"
    with acting(by, needs, within=organisation.pk) as act:
        if key not in declared():
            raise refuse(_("There is no such setting."))
        act.heed(declared()[key].findings(value))
        _standing(organisation)
        if not decision.strip():
            raise refuse(_("Name the decision this setting rests on."), rule="VER-03")
        _heed_later_decision(organisation, key, seen)
        row, _made = LocalSetting.objects.update_or_create(
            organisation=organisation, key=key, effective_from=effective_from,
            defaults={"value": value, "decision": decision.strip(), "decided_at": act.at},
        )  # fmt: skip
        act.record(
            "organisations.setting.decided", row, on=effective_from, key=key, value=value,
            title=declared()[key].title, shown=declared()[key].text(value), decision=row.decision,
        )  # fmt: skip
    return row


def _heed_later_decision(organisation: Organisation, key: str, seen: str) -> None:
    """Hold the organisation until the act ends, and look whether its setting is still the one that was shown."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not seen or seen == queries.setting_state(organisation, key):
        return
    last = LocalSetting.objects.filter(organisation=organisation, key=key).order_by("-decided_at").first()
    value, decision = (last.value, last.decision) if last else (declared()[key].default, "—")
    said = {"value": declared()[key].text(value), "decision": decision}
    text = _(
        "Someone else decided this meanwhile: %(value)s (%(decision)s). Look at it, and send again if yours holds."
    )
    raise refuse(text % said)
