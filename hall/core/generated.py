"""The pages in `docs/generated/`: what the manifests say, so that a change of code shows the office what changed."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import override

from hall.core import rulebook
from hall.core.modules import Module, modules
from hall.core.plan import House
from hall.core.wall import declared

NOTE = "<!-- Written by `manage.py house --write`; do not edit by hand. -->"


def folder() -> Path:
    return settings.BASE_DIR / "docs" / "generated"


def house() -> House:
    """The source as `plan` reads it."""
    return House(settings.BASE_DIR, tuple(settings.MODULES))


def pages() -> dict[str, str]:
    """Every generated page by file name."""
    writers: dict[str, Callable[[], str]] = {
        "floors.md": floors,
        "permissions.md": permissions,
        "facts.md": facts,
        "privacy.md": privacy,
        "wall.md": wall,
    }
    return {name: write() for name, write in writers.items()}


def both(text: Any) -> tuple[str, str]:
    """A title in Chinese and in English."""
    with override("zh-hans"):
        chinese = str(text)
    with override("en"):
        return chinese, str(text)


def title(module: Module) -> str:
    chinese, english = both(module.title)
    return f"{english} · {chinese}"


def page(english: str, chinese: str, lead: str, *parts: str) -> str:
    return "\n\n".join([f"# {english} · {chinese}", NOTE, lead, *parts]) + "\n"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table; a bar inside a cell is escaped."""
    lines = [columns, ["---"] * len(columns), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def floors() -> str:
    heights = house().floors
    rows = [
        (heights[each.name], f"`{each.name}`", *both(each.title), ", ".join(f"`{need}`" for need in each.needs) or "–")
        for each in modules()
    ]
    lead = (
        "Each module stands above everything it needs; a call goes down, a fact goes up. The ledger is needed by all."
    )
    columns = ("Floor 楼层", "Module 模块", "中文", "English", "Needs 依赖")
    return page("Floors", "楼层", lead, table(columns, sorted(rows, key=lambda row: row[0])))


def permissions() -> str:
    """Permission × post, a table for each module."""
    names = posts()
    head = ("Permission 权限", "中文", "English", *(post["zh"] for post in names))
    parts = [
        f"## {title(module)}\n\n{table(head, [_permission_row(module, name, names) for name in module.permissions])}"
        for module in modules()
        if module.permissions
    ]
    lead = (
        "A grant is post × organisation × from–to and reaches down the tree. ● held by the post · "
        "○ everybody, for what is their own 本人事项 · ◇ only within another deed 仅随其他事项."
    )
    english = table(("岗位", "Post"), [(post["zh"], post["en"]) for post in names])
    return page("Permissions", "权限", lead, english, *parts)


def posts() -> list[dict]:
    """The posts as the rulebooks list them; whichever module keeps them, core imports none."""
    books = (path for name in settings.MODULES for path in sorted((settings.BASE_DIR / "hall" / name).glob("*.toml")))
    return [post for path in books for post in rulebook.read(path).get("post", [])]


def _permission_row(module: Module, name: str, names: list[dict]) -> tuple[str, ...]:
    mark = "◇" if name in module.inner else "○" if name.endswith(".own") else ""
    held = (mark or ("●" if name in post["may"] else "") for post in names)
    return (f"`{name}`", *both(module.permissions[name]), *held)


def facts() -> str:
    parts = [
        f"## {title(module)}\n\n"
        + table(("Fact 事实", "中文", "English"), [(f"`{name}`", *both(text)) for name, text in module.facts.items()])
        for module in modules()
        if module.facts
    ]
    lead = "Each name is a ledger entry, a line in a history, what other modules hear and what is counted."
    return page("Facts", "事实", lead, *parts)


def privacy() -> str:
    columns = ("Field 字段", "Purpose 目的", "Basis 依据", "Level 级别", "Encrypted 加密", "Kept 保存")
    parts = [
        f"## {title(module)}\n\n{table(columns, [_privacy_row(module, each) for each in module.privacy])}"
        for module in modules()
        if module.privacy
    ]
    lead = (
        "Every column with personal data. L1 public 公开 · L2 internal 内部 · L3 sensitive 敏感 · L4 restricted 受限."
    )
    return page("Personal data", "个人信息", lead, *parts)


def _privacy_row(module: Module, each: Any) -> tuple[str, ...]:
    model, _, column = each.field.partition(".")
    kind = type(apps.get_model(module.name, model)._meta.get_field(column))
    sealed = any(base.__name__.startswith("Sealed") for base in kind.__mro__)
    texts = ("<br>".join(dict.fromkeys(both(text))) for text in (each.purpose, each.basis))
    kept = "<br>".join(dict.fromkeys(both(each.retention)))
    return (f"`{each.field}`", *texts, each.level, "yes 是" if sealed else "no 否", kept)


def wall() -> str:
    """Table × role as PostgreSQL is told, and by which columns a row belongs to whom."""
    columns = ("Table 表", *(f"`{role}`" for role in declared.ROLES), "Rows 行")
    parts = [
        f"## {title(module)}\n\n{table(columns, rows)}"
        for module in modules()
        if (rows := [_wall_row(each) for each in declared.tables() if each._meta.app_label == module.name])
    ]
    lead = (
        "Rights of the database roles (`manage.py wall`). S select 读 · I insert 增 · U update 改 · D delete 删; U(…) only "
        "these columns 仅这些列. Rows: the columns by which a row policy knows whose a row is 行级策略所依据的列; "
        "● whoever holds this permission sees all 持有该权限者可见全部; a sentence: why there is none 未设策略的理由."
    )
    return page("The second wall", "数据库第二道墙", lead, *parts)


def _wall_row(each: Any) -> tuple[str, ...]:
    said = declared.rights()[each._meta.db_table]
    return (f"`{each._meta.db_table}`", *(_letters(said[role]) for role in declared.ROLES), declared.way_in_words(each))


def _letters(rights: declared.Rights) -> str:
    some = [f"U({', '.join(sorted(rights.columns))})"] if rights.columns else []
    return " ".join([*(verb[0] for verb in ("SELECT", "INSERT", "UPDATE", "DELETE") if verb in rights.verbs), *some])
