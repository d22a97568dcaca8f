"""Whose rows the addresses of dues name, and a month of dues with its receipts, made by the real actions."""

import io
from typing import Any

from django.utils import timezone

from hall.core.testing.routes import Thing

BILL, OWN = "dues.Bill", ("dues.view",)
things = {
    "dues:bill": Thing(BILL, may=OWN, own=True),
    "dues:payment": Thing(BILL),
    "dues:withdrawal": Thing(BILL),
    "dues:refund": Thing("dues.Payment"),
    "dues:assessment": Thing("members.Member"),
    "dues:sheet": Thing("dues.BasePreview", may=("none",), own=True),
    "dues:account": Thing("members.Member", may=OWN, own=True),
}
reads = dict.fromkeys(
    ("dues:issue", "dues:payments", "dues:sheets", "dues:publication"), ("organisation", "month", "pick")
)


def _open_bills(account: int) -> list[str]:
    """Bills of Secretary Lin's branch that are still open."""
    from hall.dues.models import Bill

    return [str(pk) for pk in Bill.objects.filter(status="open").order_by("pk").values_list("pk", flat=True)[:2]]


says = {
    "dues:payment": {"amount": "50.00", "slip": ""},
    "dues:payments": {"pick": _open_bills},
    "dues:assessment": {"base": "6000.00", "reason": "工资调整"},
}
machine = ("BasePreview.rows", "Payment.reference", "Assessment.base")
marked = ("BasePreview.file_name",)
NAMES = "姓名,工号,身份证号,人员类别,党费基数\n"


def furnish(world: Any, place: Any) -> None:
    """Assess and bill the branch; take one payment, give a part of it back; read one sheet."""
    from hall.dues import actions
    from hall.dues.actions import Basis
    from hall.dues.models import Bill
    from hall.ledger.acting import System
    from hall.members.models import Member

    by, month = System("proofs"), timezone.localdate().replace(day=1)
    people = list(
        Member.objects.filter(organisation=place, standing="full", state="normal").select_related("organisation")
    )
    if not people:
        return
    bases = [Basis(member, "wage", 5000_00) for member in people]
    actions.assess_members(by=by, bases=bases, organisation=place, starts_on=month)
    actions.issue_bills(by=by, period=month, organisation=place)
    for bill in Bill.objects.filter(organisation=place).order_by("pk")[:2]:
        payment = actions.record_payment(
            by=by, bill=bill, amount=bill.amount, paid_on=timezone.localdate(), method="cash", reference=f"proof-{bill.pk}"
        )  # fmt: skip
    actions.refund_payment(
        by=by, payment=payment, amount=100, on=timezone.localdate(), reason=world.token("dues", place)
    )
    sheet = io.BytesIO((NAMES + f"{world.token('dues', place)},,,,5000\n").encode())
    person = world.clerk(place)
    if person:
        actions.read_bases(
            by=person, organisation=place, starts_on=month, file=sheet, name=f"{world.token('dues', place)}.csv"
        )  # fmt: skip
