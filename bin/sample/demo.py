"""The demo college's items: one for each of the first branches, played with the real action."""

from datetime import timedelta

from hall.core.testing.cast import Stage
from hall.ledger.acting import System
from hall.organisations import queries as organisations
from hall.sample import actions

ITEMS = ("整理党员名册", "核对党费收缴台账", "公示发展对象名单")


def furnish(stage: Stage) -> None:
    """Note one item in each of the first three branches."""
    for number, (branch, text) in enumerate(zip(organisations.branches()[: len(ITEMS)], ITEMS, strict=False), start=1):
        due = stage.today + timedelta(days=7 * number)
        actions.note_item(by=System("sample.demo"), organisation=branch, text=text, due_on=due)
