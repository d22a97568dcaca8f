"""The sample page: every part of the look on one page, to be looked at and examined by axe. Only tests mount it."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hall.core.findings import Finding
from hall.core.listing import Listing

PAGES = ("error", "bad_input", "not_found", "forbidden", "form_expired", "result", "confirm")


@dataclass
class SampleFrame:
    """What `hall.core.pages.frame` gives every page, with invented people."""

    signed_in: bool = True
    person: str = "林晓梅"
    college: str = "滨江职业技术学院"
    elder: bool = False
    demo: bool = True
    todo_count: int = 5
    unread_count: int = 2
    help: dict = field(
        default_factory=lambda: {"name": "陈志远", "phone": "0571-8888 6021", "organisation": "党委组织部"}
    )
    nav: list = field(
        default_factory=lambda: [
            {"title": title, "url": "#", "icon": icon, "current": title == "党费收缴"}
            for title, icon in (
                ("首页大厅", "home"),
                ("待办中心", "checkbox"),
                ("党组织", "sitemap"),
                ("党员名册", "users"),
                ("党费收缴", "cash"),
                ("文书", "file-text"),
                ("消息", "bell"),
                ("我的", "user"),
            )
        ]
    )
    hats: list = field(
        default_factory=lambda: [
            {"id": 1, "title": "党支部书记", "organisation": "信息工程学院教师第三党支部", "current": True},
            {"id": 2, "title": "党员", "organisation": "信息工程学院教师第三党支部", "current": False},
        ]
    )


class SampleForm(forms.Form):
    sources = {"name": "人事系统 08:00 同步"}

    name = forms.CharField(label="姓名", max_length=50, help_text="与身份证一致，少数民族姓名可含“·”。")
    joined_on = forms.DateField(label="入党日期", help_text="例如 20260305、2026.3.5 或 2026-03-05。")
    kind = forms.ChoiceField(label="人员类别", choices=[("1", "正式党员"), ("2", "预备党员"), ("3", "入党积极分子")])
    method = forms.ChoiceField(
        label="缴纳方式", choices=[("cash", "现金"), ("bank", "银行转账")], widget=forms.RadioSelect
    )
    amount = forms.DecimalField(label="金额（元）", decimal_places=2, min_value=0)
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    roster = forms.FileField(label="名册工作簿", required=False, help_text=".xlsx、.xls 或 .csv，不超过 20 MB。")
    agreed = forms.BooleanField(label="我已核对以上内容")


def sample(request: HttpRequest) -> HttpResponse:
    """All parts; ?elder=1 shows large type, ?errors=1 a form with mistakes."""
    return render(request, "core/sample.html", sample_context(request))


def single(request: HttpRequest, name: str) -> HttpResponse:
    """One of the whole pages of core, by name (see PAGES)."""
    return render(request, f"core/{name}.html", sample_context(request) | {"form": None, "number": "3f9a1c07"})


def sample_context(request: HttpRequest) -> dict[str, Any]:
    form = SampleForm(
        {"name": "阿卜杜拉·买买提", "joined_on": "3月5日", "kind": "1"} if request.GET.get("errors") else None
    )
    return {
        "frame": SampleFrame(elder=request.GET.get("elder") == "1"),
        "form": form,
        "bills": BILLS,
        "list": LISTING,
        "findings": FINDINGS,
        "steps": STEPS,
        "sections": SECTIONS,
        "result": RESULT,
        "work": {"title": "导入党员名册", "done": 187, "total": 300, "url": request.path, "id": 1},
        "finished": {
            "title": "生成 2026年3月 账单",
            "done": 62,
            "total": 62,
            "finished": True,
            "result_url": "#",
            "id": 2,
        },
        "tabs": [
            {"title": title, "url": "#", "count": count, "current": count == 5}
            for title, count in (("待办", 5), ("待阅", 2), ("已办", 31), ("我发起的", 1), ("抄送我", 0))
        ],
        "today": date(2026, 3, 5),
        "now": datetime(2026, 3, 5, 6, 3, tzinfo=UTC),
        "columns": [
            {"title": "单位", "kind": "lead"},
            {"title": "应收", "kind": "num"},
            {"title": "实收", "kind": "num"},
        ],
        "rows": [["教师第三党支部", "¥1,286.00", "¥1,120.50"], ["学生第一党支部", "¥6.20", "¥6.20"]],
    }


BILLS = [
    SimpleNamespace(name=name, number=number, kind=kind, base=base, amount=amount, state=state, word=word)
    for name, number, kind, base, amount, state, word in (
        ("张伟", "330***********1234", "正式党员", 1000001, 20000, "done", "已缴"),
        ("阿卜杜热西提·买买提江", "650***********002X", "预备党员", 333330, 3333, "waiting", "待缴"),
        ("欧阳静怡", "330***********5528", "正式党员", 521000, 7815, "error", "已逾期 2 天"),
        ("𠮷田明", "310***********0013", "正式党员", None, 0, "none", "免缴"),
        ("单雄信", "370***********7716", "正式党员", 299999, 1500, "info", "确认中"),
    )
]
FINDINGS = [
    Finding("DUE-14", "只欠 ¥33.33，多出的 ¥16.67 请另记为自愿多缴。", source="党费规定 第十二条"),
    Finding("DUE-23", "补缴一般不超过六个月，本次为八个月。", must=False, source="党费规定 第九条"),
]
STEPS = [
    {"kind": "done", "title": "发起转接", "who": "王敏 · 学生第一党支部书记", "at": "2026-03-02 09:14"},
    {
        "kind": "error",
        "title": "退回修改",
        "who": "陈志远 · 组织部",
        "at": "2026-03-02 16:40",
        "text": "接收单位名称与介绍信不一致。",
    },
    {"kind": "waiting", "title": "学院党总支审批", "who": "赵立群 · 党总支书记", "due": "2026年3月9日"},
    {"kind": "none", "title": "接收回执"},
]
SECTIONS = [
    {"title": "基本信息", "edit_url": "#", "rows": [("姓名", "张伟"), ("人员类别", "正式党员"), ("入党日期", "")]},
    {"title": "党费", "edit_url": "#", "rows": [("缴纳月份", "2026年3月"), ("金额", "¥200.00")]},
]
RESULT = {
    "title": "已收到党费 ¥200.00",
    "number_title": "收据号",
    "number": "2026-00031",
    "next": [
        {"what": "本人在“我的党费”中查看收据", "who": "张伟", "when": "现在"},
        {"what": "本月结账后上缴党总支", "who": "支部组织委员", "when": "2026年4月8日前"},
    ],
    "print_url": "#",
    "back_url": "#",
}
FILTERS = [
    {
        "name": "kind",
        "title": "类别",
        "value": "p",
        "label": "预备党员",
        "choices": [("f", "正式党员"), ("p", "预备党员")],
    },
    {"name": "state", "title": "状态", "value": "", "label": "", "choices": [("due", "待缴"), ("paid", "已缴")]},
]
LISTING = Listing(
    rows=[], count=1213, count_is_capped=False, number=4, size=50, pages=25, filters=FILTERS, words="zs", sort="name"
)
