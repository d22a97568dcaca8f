"""Rosters as colleges send them: deterministic, made up, with faults on request. For tests, journeys and the bench.

    people(300)                 300 clean rows as dicts, key → text, in the branches given
    with_faults(people(300))    the same with twenty faults, and what must be said about each: (row, column, state)
    as_xlsx(rows), as_xls(rows), as_csv(rows)     the file, with titles above the header and a merged title cell

The identity numbers carry the check digit of GB 11643 and regions that do not exist (99xxxx): nobody's.
"""

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

import xlsxwriter

from hall.core.identity import check_digit
from hall.core.testing.cast import GIVEN, SURNAMES

BRANCHES = (
    "机电工程学院教工第一党支部",
    "机电工程学院学生第一党支部",
    "经济贸易学院教工第一党支部",
    "经济贸易学院学生第一党支部",
)
TITLES = {
    "number": "序号",
    "name": "党员姓名",
    "id_no": "身份证号码",
    "sex": "性别",
    "ethnicity": "民族",
    "birth_date": "出生年月",
    "education": "学历",
    "degree": "学位",
    "native_place": "籍贯",
    "standing": "党员类别",
    "branch": "所在党支部名称",
    "joined_on": "入党时间",
    "full_on": "转正时间",
    "job": "工作岗位",
    "phone": "手机号码",
    "address": "家庭住址",
    "campus_no": "工号/学号",
    "identity": "身份",
}
ABOVE = ("党员基本信息采集表", "填报单位（盖章）：            填报日期：2026年3月")
FIRST = len(ABOVE) + 2  # the number of the first person's row
ETHNICITIES = ("汉", "汉族", "汉族", "汉族", "畲族", "回族", "蒙古族", "维吾尔族")
EDUCATIONS = ("本科", "大学本科毕业", "研究生", "硕士研究生", "大专", "大学本科")
RARE = ("𬭎亮", "张𠮷", "王㛃", "李䶮", "阿不都热合曼·买买提", "古丽娜尔·艾尔肯", "欧阳文博", "司马青青")
PLACES = ("浙江温州", "浙江杭州", "安徽黄山", "江西上饶", "福建宁德")


@dataclass(frozen=True, slots=True)
class Expected:
    """What must be said: the row as the spreadsheet numbers it, the column's key, wrong or doubtful, a piece of the rule."""

    row: int
    column: str
    wrong: bool
    rule: str


def number(rng: Random, born: date, sex: str, serial: int) -> str:
    """An identity number nobody has: region 99…, serial in the order of the rows."""
    order = serial % 500 * 2 + (1 if sex == "男" else 0)
    seventeen = f"99{serial // 500 % 10_000:04}{born:%Y%m%d}{order:03}"
    return seventeen + check_digit(seventeen)


def people(count: int, *, seed: int = 7, branches: tuple[str, ...] = BRANCHES, start: int = 0) -> list[dict[str, str]]:
    """Clean rows. The same arguments give the same people."""
    rng = Random(seed)
    return [person(rng, serial, branches) for serial in range(start, start + count)]


def person(rng: Random, serial: int, branches: tuple[str, ...]) -> dict[str, str]:
    sex = rng.choice(("男", "女"))
    born = date(1960, 1, 1) + timedelta(days=rng.randrange(40 * 365))
    joined = born + timedelta(days=rng.randrange(19 * 366, 24 * 366))
    full = joined + timedelta(days=366)
    probationary = full > date(2026, 1, 1)
    name = rng.choice(SURNAMES) + "".join(rng.sample(GIVEN, rng.choice((1, 2, 2))))
    branch = branches[serial % len(branches)]
    student = "学生" in branch
    return {
        "number": str(serial + 1),
        "name": RARE[serial // 37] if serial % 37 == 5 and serial // 37 < len(RARE) else name,
        "id_no": number(rng, born, sex, serial),
        "sex": sex,
        "ethnicity": rng.choice(ETHNICITIES),
        "birth_date": rng.choice(
            (
                f"{born:%Y-%m-%d}",
                f"{born:%Y.%m.%d}",
                f"{born.year}年{born.month}月{born.day}日",
                f"{born:%Y%m}",
                f"{born:%Y%m%d}",
            )
        ),
        "education": rng.choice(EDUCATIONS),
        "degree": "",
        "native_place": rng.choice(PLACES),
        "standing": "预备党员" if probationary else rng.choice(("正式党员", "正式党员", "正式")),
        "branch": rng.choice((branch, f"中共{branch}", f" {branch}")),
        "joined_on": day(rng, joined),
        "full_on": "" if probationary else day(rng, full),
        "job": "学生" if student else rng.choice(("专业技术人员", "管理人员")),
        "phone": phone(rng, serial),
        "address": "" if serial % 3 else f"海州市学院路{rng.randrange(1, 300)}号",
        "campus_no": f"{serial + 1:06}",
        "identity": "学生" if student else "教师",
    }


def day(rng: Random, when: date) -> str:
    return rng.choice(
        (f"{when:%Y-%m-%d}", f"{when:%Y/%m/%d}", f"{when:%Y.%m.%d}", f"{when.year}年{when.month}月{when.day}日")
    )


def phone(rng: Random, serial: int) -> str:
    plain = f"139{serial:08}"
    return rng.choice((plain, plain, f"+86 {plain[:3]} {plain[3:7]} {plain[7:]}", plain.translate(WIDE)))


WIDE = {ord("0") + digit: chr(ord("０") + digit) for digit in range(10)}
DAY_AFTER_TODAY = "2099-01-01"


def with_faults(rows: list[dict[str, str]]) -> tuple[list[dict[str, str]], list[Expected]]:
    """Twenty faults put into three hundred rows (or more), and what must be found: these and no others."""
    rows = [dict(row) for row in rows]
    expected: list[Expected] = []

    def put(at: int, column: str, value: str, wrong: bool, rule: str) -> None:
        rows[at][column] = value
        expected.append(Expected(FIRST + at, column, wrong, rule))

    put(3, "id_no", rows[3]["id_no"][:17] + ("0" if rows[3]["id_no"][17] != "0" else "1"), True, "ID-01")
    put(12, "id_no", "1.10105E+17", True, "ID-01")
    put(25, "id_no", rows[25]["id_no"][:10] + "1332" + rows[25]["id_no"][14:], True, "ID-01")
    old = rows[31]["id_no"]
    put(31, "id_no", old[:6] + old[8:17], False, "ID-01")
    put(44, "joined_on", "2019.06", True, "CAL-07")
    put(52, "joined_on", "24/3/1", True, "CAL-07")
    put(61, "joined_on", "2024/2/30", True, "CAL-07")
    put(70, "joined_on", DAY_AFTER_TODAY, True, "house")
    put(83, "full_on", "1990-01-01", True, "§8.1")
    put(95, "standing", "群众代表", True, "§8.3")
    put(104, "phone", "1391234", True, "house")
    put(117, "name", "王?", False, "G01")
    put(123, "name", "李\ue5f1", False, "G01")
    put(131, "name", "", True, "§8.1")
    put(142, "sex", "女" if rows[142]["sex"] == "男" else "男", False, "G06")
    put(155, "branch", "不存在的党支部", True, "ORG-15")
    put(166, "ethnicity", "外星族", True, "§8.3")
    put(178, "education", "本硕博连读", True, "§8.3")
    rows[201] = {**rows[200], "number": "202"}
    expected.append(Expected(FIRST + 201, "id_no", False, "F10"))
    rows[222] = {**rows[220], "number": "223", "name": "陈另一"}
    expected += [Expected(FIRST + 220, "id_no", True, "F10"), Expected(FIRST + 222, "id_no", True, "F10")]
    rows[40]["id_no"] = rows[40]["id_no"][:17] + rows[40]["id_no"][17].lower()  # no fault: lower x, wide digits, spaces
    rows[41]["id_no"] = rows[41]["id_no"].translate(WIDE)
    rows[42]["name"] = f"　{rows[42]['name'][0]}　{rows[42]['name'][1:]} "
    return rows, expected


def faults(rows: list[dict[str, str]], *, every: int, first: int = 1) -> tuple[list[dict[str, str]], list[int]]:
    """A wrong telephone in every so-many-th row: the rows and the numbers of the bad ones."""
    rows = [dict(row) for row in rows]
    bad = list(range(first, len(rows), every))
    for at in bad:
        rows[at]["phone"] = "12345"
    return rows, [FIRST + at for at in bad]


def table(rows: list[dict[str, str]], columns: dict[str, str] = TITLES) -> list[list[str]]:
    return [[ABOVE[0]], [ABOVE[1]], list(columns.values()), *([row.get(key, "") for key in columns] for row in rows)]


def as_xlsx(rows: list[dict[str, str]], columns: dict[str, str] = TITLES) -> io.BytesIO:
    """The rows as an .xlsx with a merged title."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("党员名册")
    lines = table(rows, columns)
    sheet.merge_range(0, 0, 0, len(columns) - 1, lines[0][0])
    for at, line in enumerate(lines[1:], 1):
        for column, text in enumerate(line):
            if text:
                sheet.write_string(at, column, text)
    book.close()
    file.seek(0)
    return file


def as_xls(rows: list[dict[str, str]], columns: dict[str, str] = TITLES) -> io.BytesIO:
    import xlwt

    file = io.BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("党员名册")
    for at, line in enumerate(table(rows, columns)):
        for column, text in enumerate(line):
            sheet.write(at, column, text)
    book.save(file)
    file.seek(0)
    return file


def as_csv(rows: list[dict[str, str]], columns: dict[str, str] = TITLES, encoding: str = "gb18030") -> io.BytesIO:
    text = io.StringIO()
    csv.writer(text).writerows(table(rows, columns))
    return io.BytesIO(text.getvalue().encode(encoding))
