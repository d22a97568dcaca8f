"""The demo college's organisations: a committee, ten general branches, sixty branches, their terms and units."""

from datetime import date

from hall.core.richtext import from_typed
from hall.core.testing.cast import COLLEGE, ELECTRICAL_TEACHERS, Stage
from hall.ledger.acting import System
from hall.ledger.clock import played
from hall.organisations import actions
from hall.organisations.models import Organisation
from hall.organisations.words import Kind, Seat, UnitKind

SIGNER = System("organisations.demo")
FACULTIES = (  # general branch → its department, and how many branches it has
    ("机电工程学院", 7), ("经济贸易学院", 7), ("信息技术学院", 7), ("汽车工程学院", 6), ("建筑工程学院", 6),
    ("人文旅游学院", 6), ("艺术设计学院", 6), ("鞋服学院", 5), ("机关", 6), ("离退休", 4),
)  # fmt: skip
NUMBERS = "一二三四五六七八九十"


def furnish(stage: Stage) -> None:
    """Found the tree as of the stage's beginning, elect each branch and cover each department."""
    with played(stage.moment(stage.founded)):
        root = found_college(stage.founded)
        for faculty, branches in FACULTIES:
            general = found_general_branch(root, faculty, stage.founded)
            for name in branch_names(faculty, branches):
                made = found_branch(general, name, stage.founded)
                _elect(stage, made, years=3)
                if name == ELECTRICAL_TEACHERS:
                    actions.introduce_organisation(by=SIGNER, organisation=made, text=from_typed(INTRODUCTION))
            _elect(stage, general, years=3)


INTRODUCTION = """# 支部概况
机电工程学院教工第一党支部由机电、数控两个教研室的党员组成，每月第一周的周三下午开展主题党日。

# 特色工作
- 党员教师与学生党支部结对，开放实训车间
- 服务地方企业技术改造，成果见 [省教育厅网站](https://jyt.example.gov.cn/)

## 联系我们
实训楼 3 楼党员活动室，工作日 8:30—17:00。
"""


def found_college(on: date) -> Organisation:
    return actions.found_organisation(
        by=SIGNER,
        name=COLLEGE,
        short_name="学校党委",
        kind=Kind.COMMITTEE,
        under=None,
        on=on,
        code="DW000",
        phone="0577-8800 0001",
        contact="组织部值班室",
    )


def found_general_branch(root: Organisation, faculty: str, on: date) -> Organisation:
    above = Organisation.objects.get(pk=root.pk)
    general = actions.found_organisation(
        by=SIGNER,
        name=f"{faculty}党总支",
        kind=Kind.GENERAL_BRANCH,
        under=above,
        on=on,
        code=f"DZ{above.numchild + 1:03d}",
    )
    actions.cover_unit(by=SIGNER, organisation=general, unit_kind=UnitKind.DEPARTMENT, unit_name=faculty, on=on)
    return general


def found_branch(general: Organisation, name: str, on: date) -> Organisation:
    fresh = Organisation.objects.get(pk=general.pk)
    return actions.found_organisation(
        by=SIGNER, name=name, kind=Kind.BRANCH, under=fresh, on=on, code=f"{fresh.code}-{fresh.numchild + 1:02d}"
    )


def branch_names(faculty: str, count: int) -> list[str]:
    """Teacher branches by teaching unit, student branches by year, administration and retired staff of their own (ORG-09)."""
    if faculty in ("机关", "离退休"):
        return [f"{faculty}第{NUMBERS[n]}党支部" for n in range(count)]
    teachers = max(2, count // 2)
    return [f"{faculty}教工第{NUMBERS[n]}党支部" for n in range(teachers)] + [
        f"{faculty}学生第{NUMBERS[n]}党支部" for n in range(count - teachers)
    ]


def _elect(stage: Stage, organisation: Organisation, years: int) -> None:
    begun = stage.day_before(stage.founded, spread_days=900)
    ends = begun.replace(year=begun.year + years)
    seats = [(seat, stage.some_name()) for seat in (Seat.SECRETARY, Seat.ORGANISATION, Seat.PUBLICITY)]
    document = f"海职院组〔{begun.year}〕{stage.rng.randint(3, 60)}号"
    actions.begin_term(
        by=SIGNER, organisation=organisation, starts_on=begun, ends_on=ends, seats=seats, document=document
    )
