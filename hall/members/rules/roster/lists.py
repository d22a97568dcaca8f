"""What people write for the codes of the record: tolerant words → code. A word that is not here is asked about."""

import re
import unicodedata
from functools import cache

from hall.members.rules.codes import educations, ethnicities
from hall.members.words import Identity, Job, MembershipState, Sex, Standing

NOTHING = {"", "无", "-", "--", "—", "——", "/", "\\", "暂无", "不详", "未知", "n/a", "na", "null", "none", "空"}
MARKS = re.compile(r"[\s,，、。.．:：;；/\-—_]+")
BRACKETED = re.compile(r"[(（\[【].{0,80}?[)）\]】]")

WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "sex": {
        Sex.MALE: ("男", "男性", "1", "m", "male", "1男"),
        Sex.FEMALE: ("女", "女性", "2", "f", "female", "2女"),
        Sex.UNKNOWN: ("0", "未知的性别"),
        Sex.NOT_STATED: ("9", "未说明的性别", "未说明"),
    },
    "standing": {
        Standing.FULL: ("正式党员", "正式", "中共党员", "党员", "01", "1", "正式中共党员"),
        Standing.PROBATIONARY: ("预备党员", "预备", "中共预备党员", "02", "2"),
        Standing.TARGET: ("发展对象",),
        Standing.ACTIVIST: ("入党积极分子", "积极分子"),
        Standing.APPLICANT: ("入党申请人", "申请人"),
    },
    "state": {
        MembershipState.NORMAL: ("正常", "1", "正常党籍", "在籍"),
        MembershipState.STOPPED: ("停止党籍", "停止", "党籍停止"),
        MembershipState.LEFT: ("出党", "转出", "已转出", "死亡", "已故", "除名", "开除", "退党"),
    },
    "lost": {"1": ("是", "1", "y", "yes", "√", "有", "失联"), "0": ("否", "0", "n", "no", "×", "不是", "正常")},
    "identity": {
        Identity.STUDENT: ("学生", "在校生", "在校学生", "学生党员"),
        Identity.TEACHER: ("教师", "专任教师", "教工", "教职工", "教师党员", "老师"),
        Identity.STAFF: ("职工", "行政人员", "行政", "管理人员", "工勤", "员工", "教辅", "辅导员"),
        Identity.RETIRED: ("退休", "离退休", "离休", "退休人员", "离退休人员", "退休教师", "退休教工"),
        Identity.OTHER: ("其他", "其它"),
    },
    "job": {
        Job.WORKER: ("工人", "工勤技能人员", "工人工勤技能人员", "工勤"),
        Job.FARMER: ("农牧渔民", "农民", "牧民", "渔民"),
        Job.SPECIALIST: (
            "专业技术人员",
            "企事业单位社会组织专业技术人员",
            "企事业单位专业技术人员",
            "事业单位专业技术人员",
            "教师",
            "专任教师",
            "专业技术",
            "专技",
            "教学",
            "教学岗",
            "专业技术岗",
        ),
        Job.MANAGER: (
            "管理人员",
            "企事业单位社会组织管理人员",
            "企事业单位管理人员",
            "事业单位管理人员",
            "管理",
            "管理岗",
            "行政",
            "行政管理",
        ),
        Job.CIVIL_SERVANT: ("党政机关工作人员", "党政机关", "公务员"),
        Job.STUDENT: ("学生", "在校学生"),
        Job.RETIRED: ("离退休人员", "离退休", "退休", "退休人员", "离休"),
        Job.OTHER: ("其他", "其它", "其他职业人员", "其他职业"),
    },
}
WORDS["floating"] = {"1": (*WORDS["lost"]["1"], "流动", "流动党员"), "0": WORDS["lost"]["0"]}
EDUCATIONS = {
    "10": ("研究生", "研究生学历"),
    "11": ("博士", "博士研究生", "博士生"),
    "14": ("硕士", "硕士研究生", "硕士生"),
    "17": ("研究生班",),
    "20": ("本科", "大学本科", "大学", "全日制本科", "本科学历", "大本"),
    "21": ("本科毕业",),
    "30": ("大专", "专科", "大学专科", "高职", "大学专科教育", "高职高专"),
    "31": ("大专毕业", "专科毕业"),
    "40": ("中职", "中等职业"),
    "41": ("中专", "中等专科", "中专毕业"),
    "44": ("职高", "职业高中"),
    "47": ("技校", "技工学校"),
    "60": ("普通高中", "普通高级中学"),
    "61": ("高中", "高中毕业"),
    "70": ("初级中学",),
    "71": ("初中", "初中毕业"),
    "80": ("小学",),
    "90": ("其他", "其它"),
}


def word_key(text: str) -> str:
    """A word of a code list without width, case, spaces and marks."""
    return MARKS.sub("", unicodedata.normalize("NFKC", text).casefold())


def is_nothing(text: str) -> bool:
    """What people write into a cell to say that there is nothing."""
    return text.strip().casefold() in NOTHING


@cache
def codes_of(key: str) -> dict[str, str]:
    """Word → code of the list behind this column."""
    if key == "ethnicity":
        return _ethnicities()
    if key == "education":
        found = {word_key(words): code for code, words in educations().items()}
        found |= {code: code for code in educations()}
        return found | {word_key(word): code for code, words in EDUCATIONS.items() for word in words}
    return {word_key(word): str(code) for code, words in WORDS[key].items() for word in words}


def _ethnicities() -> dict[str, str]:
    found = {name: name for name in ethnicities()}
    found |= {name.removesuffix("族"): name for name in ethnicities()}
    return found | {f"{at:02}": name for at, name in enumerate(ethnicities(), 1)}


def code_of(key: str, text: str) -> str | None:
    """The code somebody means by this word; None if the list has no such word."""
    codes = codes_of(key)
    found = codes.get(word_key(text))
    return found if found is not None else codes.get(word_key(BRACKETED.sub("", text)))


def choices_of() -> dict[str, list[str]]:
    """Column → the words its drop-down offers in the template."""
    shown = {key: [words[0] for words in WORDS[key].values()] for key in ("lost", "floating")}
    shown["sex"] = ["男", "女"]
    shown["standing"] = ["正式党员", "预备党员", "发展对象", "入党积极分子", "入党申请人"]
    shown["state"] = ["正常"]
    shown["identity"] = [words[0] for words in WORDS["identity"].values()]
    shown["job"] = [words[0] for words in WORDS["job"].values()]
    return {**shown, "ethnicity": list(ethnicities()), "education": list(educations().values())}
