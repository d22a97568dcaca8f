"""The cast: who stands on stage in tests, in the demo college and in the pictures. Names only; modules give them rows."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils.timezone import get_current_timezone

from hall.core.days import add_months


@dataclass(frozen=True, slots=True)
class Role:
    """One of the cast. `post` and `place` say which hat they wear where (None: no post)."""

    username: str
    name: str
    post: str | None
    place: str
    standing: str | None  # as a person of the hall
    identity: str = "teacher"


COLLEGE = "中共海州职业技术学院委员会"
ELECTRICAL = "机电工程学院党总支"
ELECTRICAL_TEACHERS = "机电工程学院教工第一党支部"
ELECTRICAL_STUDENTS = "机电工程学院学生第一党支部"
COMMERCE = "经济贸易学院党总支"
COMMERCE_TEACHERS = "经济贸易学院教工第一党支部"

CAST = (
    Role("lin", "林岚", "secretary", ELECTRICAL_TEACHERS, "full"),
    Role("chen", "陈志远", "organisation_member", ELECTRICAL_TEACHERS, "full"),
    Role("he", "何秀英", "cashier", ELECTRICAL_TEACHERS, "full"),
    Role("wu", "吴建国", None, ELECTRICAL_TEACHERS, "full"),
    Role("zhou", "周晓雯", None, ELECTRICAL_STUDENTS, "applicant", "student"),
    Role("qian", "钱海波", "secretary", COMMERCE_TEACHERS, "full"),
    Role("zheng", "郑文斌", "general_branch_secretary", ELECTRICAL, "full"),
    Role("sun", "孙丽华", "organisation_department", COLLEGE, "full", "staff"),
    Role("li", "李敬之", "auditor", COLLEGE, "full", "staff"),
    Role("sysadmin", "方系统", "system_administrator", COLLEGE, None),
    Role("secadmin", "安全员", "security_administrator", COLLEGE, None),
    Role("audadmin", "审计员", "audit_administrator", COLLEGE, None),
)

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志远海波晓雯文斌丽华敬之"
    "思源雨桐子涵浩然欣怡梓萱宇航佳琪俊熙若曦嘉豪一诺博文晨曦雅婷天佑钰洁子轩雨欣泽宇"
)
RARE_NAMES = (
    "𬭎亮",
    "张𠮷",
    "王㛃",
    "李䶮",
    "阿不都热合曼·买买提",
    "古丽娜尔·艾尔肯",
    "欧阳文博",
    "司马青",
    "单雄飞",
    "仇小雨",
)


class Chance(Random):
    """What happens in the demo college: made up, the same from the same seed; nothing secret hangs on it."""


@dataclass
class Stage:
    """The demo college while it is furnished: one seed, one calendar, and who plays in it."""

    seed: int
    today: date
    months: int = 18
    members: int = 1330  # of whom some 120 leave on the way

    def __post_init__(self) -> None:
        self.rng = Chance(self.seed)

    @property
    def founded(self) -> date:
        """The day the roster of the demo begins: the first of the month, `months` ago."""
        return add_months(self.today.replace(day=1), -self.months)

    def moment(self, day: date, hour: int = 9) -> datetime:
        """When the deeds of that day are played."""
        return datetime.combine(day, time(hour, self.rng.randint(0, 59)), tzinfo=get_current_timezone())

    def day_before(self, day: date, spread_days: int) -> date:
        return day - timedelta(days=self.rng.randint(1, spread_days))

    def some_name(self) -> str:
        return self.rng.choice(SURNAMES) + "".join(self.rng.sample(GIVEN, self.rng.choice((1, 2, 2))))
