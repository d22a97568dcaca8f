"""The demo college's requests for erasure: one answered and carried out in good time, one still waiting."""

from datetime import date, timedelta

from hall.accounts import queries as accounts
from hall.accounts.queries import Person
from hall.core.testing.cast import Stage
from hall.ledger.clock import played
from hall.privacy import actions
from hall.privacy.words import Scope


def furnish(stage: Stage) -> None:
    """Qian asked five weeks ago and was answered within eight days; Wu asked three days ago."""
    asked, answered = stage.today - timedelta(days=36), stage.today - timedelta(days=28)
    with played(stage.moment(asked)):
        row = actions.ask_erasure(by=_person("qian", asked), wish="家庭住址和座机已不用，请删除。")
    with played(stage.moment(answered)):
        sun = _person("sun", answered)
        answer = "家庭住址、座机已同意删除；其余为党员信息采集和党费收缴所需，依规保存。"
        actions.answer_erasure(by=sun, erasure=row, scope=Scope.FREE, answer=answer)
        actions.carry_out(by=sun, erasure=row)
    with played(stage.moment(stage.today - timedelta(days=3))):
        actions.ask_erasure(by=_person("wu", stage.today), wish="家庭住址请删除。")


def _person(name: str, day: date) -> Person:
    return accounts.person(accounts.by_username([name])[name], today=day)
