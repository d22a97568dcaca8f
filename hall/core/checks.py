"""The newcomer's to-do list: what the manifests promise and the house does not hold yet. Part of `manage.py check`.

They are warnings, so that work can go on (a migration can be made before its privacy entry is written); `bin/check`
asks for none at all. Modules add their own in `<module>/checks.py`, as `accounts` does for the posts.
"""

import ast
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register
from django.db.models import Field, Model
from django.urls import NoReverseMatch, reverse

from hall.core import rulebook
from hall.core.modules import Module

ASKING = ("page", "acting", "holds", "may", "reach", "reaches_all")
TEXT_COLUMNS = {"CharField", "TextField", "EmailField", "JSONField", "SlugField", "URLField", "FileField", "ImageField"}
LEVELS = ("L1", "L2", "L3", "L4")


def to_do(number: int, where: str, what: str, hint: str) -> CheckMessage:
    """One line of the list: where, what is missing, and what to do about it."""
    return Warning(f"{where}: {what}", hint=hint, id=f"hall.W{number:03}")


def manifests() -> Iterator[tuple[Module, Path]]:
    """Every manifest that can be read, with the module's folder."""
    for name in settings.MODULES:
        yield import_module(f"hall.{name}.module").module, folder_of(name)


def folder_of(name: str) -> Path:
    return settings.BASE_DIR / "hall" / name


def sources(folder: Path) -> Iterator[tuple[Path, ast.Module]]:
    """The module's own code, read but not run; tests and migrations left out, as is what is no Python."""
    for path in sorted(folder.rglob("*.py")):
        if not {"tests", "migrations"} & set(path.relative_to(folder).parts):
            with suppress(SyntaxError):
                yield path, _parsed(path, path.stat().st_mtime_ns)


@cache
def _parsed(path: Path, changed: int) -> ast.Module:
    """Read once, though several checks ask; a changed file is read again."""
    return ast.parse(path.read_text("utf-8"))


def calls(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Where (file:line) each of these functions is called with which name, "" for one that is no plain text."""
    for path, tree in sources(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) in names:
                for text in _texts(node):
                    yield f"hall/{path.relative_to(folder.parent).as_posix()}:{node.lineno}", text


def _name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _texts(node: ast.Call) -> Iterator[str]:
    """The dotted names among the first two arguments and `needs`."""
    for value in [
        *node.args[:2],
        *(keyword.value for keyword in node.keywords if keyword.arg in ("needs", "permission")),
    ]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.count("."):
            yield value.value


def permissions_asked(module: Module, folder: Path) -> Iterator[tuple[str, str]]:
    """Where the module asks for which permission: pages, acts, `holds` and `may`, and its menu."""
    yield from calls(folder, ASKING)
    yield from ((f"hall/{module.name}/module.py", nav.needs) for nav in module.nav if nav.needs)


@register("hall")
def check_permissions(**kwargs: Any) -> list[CheckMessage]:
    """Every permission that is asked for is declared, by the module whose name it carries."""
    declared = {name: module.name for module, _folder in manifests() for name in module.permissions}
    found = []
    for module, folder in manifests():
        for where, name in permissions_asked(module, folder):
            if name not in declared:
                found.append(
                    to_do(
                        1,
                        where,
                        f"the permission “{name}” is declared nowhere.",
                        f"Add it to `permissions` in hall/{name.split('.')[0]}/module.py, with a title.",
                    )
                )
        for name, title in module.permissions.items():
            if not name.startswith(f"{module.name}."):
                found.append(
                    to_do(
                        1,
                        f"hall/{module.name}/module.py",
                        f"“{name}” does not begin with “{module.name}.”.",
                        "A permission is named module.verb.",
                    )
                )
            if not str(title).strip():
                found.append(
                    to_do(
                        1,
                        f"hall/{module.name}/module.py",
                        f"“{name}” has no title.",
                        "Say in a few words what it allows.",
                    )
                )
    return found


@register("hall")
def check_facts(**kwargs: Any) -> list[CheckMessage]:
    """Every fact is said under its module's name and has a history template; listeners hear facts of modules below."""
    found = []
    for module, folder in manifests():
        where, histories = f"hall/{module.name}/module.py", folder / "templates" / module.name / "history"
        said = {name for _where, name in calls(folder, ("record", "record_many"))}
        for name in module.facts:
            if not (histories / f"{name}.html").is_file():
                found.append(
                    to_do(
                        2,
                        where,
                        f"the fact “{name}” has no history template.",
                        f"Write hall/{module.name}/templates/{module.name}/history/{name}.html.",
                    )
                )
        for name in sorted(said - set(module.facts)):
            found.append(
                to_do(
                    2,
                    f"hall/{module.name}",
                    f"“{name}” is recorded and not declared.",
                    f"Add it to `facts` in {where}.",
                )
            )
        for path in sorted(histories.glob("*.html")):
            if path.stem not in module.facts:
                found.append(
                    to_do(
                        2,
                        f"hall/{module.name}/templates/{module.name}/history/{path.name}",
                        "no fact has this name.",
                        "Rename or delete the template.",
                    )
                )
        found += _deaf_listeners(module)
    return found


def _deaf_listeners(module: Module) -> Iterator[CheckMessage]:
    facts = {name for other, _folder in manifests() for name in other.facts}
    for name in module.listens:
        if name != "*" and name not in facts:
            yield to_do(
                2,
                f"hall/{module.name}/module.py",
                f"it listens to “{name}”, which no module says.",
                "Correct the name in `listens`.",
            )
        elif name != "*" and name.split(".")[0] not in (module.name, "ledger", *module.needs):
            yield to_do(
                2,
                f"hall/{module.name}/module.py",
                f"it listens to “{name}” without needing that module.",
                "Add the module to `needs`.",
            )


@register("hall")
def check_notices(**kwargs: Any) -> list[CheckMessage]:
    """Every notice hangs on a declared fact and has its text."""
    facts = {name for module, _folder in manifests() for name in module.facts}
    found = []
    for module, folder in manifests():
        for notice in module.notices:
            where = f"hall/{module.name}/module.py"
            if notice.on not in facts:
                found.append(
                    to_do(
                        3,
                        where,
                        f"a notice hangs on “{notice.on}”, which no module says.",
                        "Correct `on`, or declare the fact.",
                    )
                )
            if not list((folder / "templates").glob(f"{notice.text}.*")):
                found.append(
                    to_do(
                        3,
                        where,
                        f"the notice on “{notice.on}” has no text.",
                        f"Write hall/{module.name}/templates/{notice.text}.txt.",
                    )
                )
    return found


@register("hall")
def check_rulebooks(**kwargs: Any) -> list[CheckMessage]:
    """Every rulebook parses, and each entry names its rule and its source (the file may name them once for all)."""
    found = []
    for folder in [folder_of("core"), *(folder for _module, folder in manifests())]:
        for path in sorted(folder.rglob("*.toml")):
            where = f"hall/{path.relative_to(folder.parent).as_posix()}"
            try:
                book = rulebook.read(path)
            except ValueError as error:
                found.append(to_do(4, where, f"it cannot be read: {error}.", "Correct the TOML."))
                continue
            for name, entry in _entries(book):
                missing = [key for key in ("rule", "source") if not (entry.get(key) or book.get(key))]
                if missing:
                    found.append(
                        to_do(
                            4,
                            where,
                            f"{name} names no {' and no '.join(missing)}.",
                            "Add rule (an id of domain-rules) and source to the entry, or once at the top of the file.",
                        )
                    )
    return found


def _entries(book: dict[str, Any]) -> Iterator[tuple[str, dict]]:
    """The entries of a rulebook: each [[table]], and each table under [settings]."""
    for name, value in book.items():
        if name == "settings":
            yield from ((f"[settings.{key}]", entry) for key, entry in value.items())
        elif isinstance(value, list):
            yield from (
                (f"[[{name}]] no. {number}", entry)
                for number, entry in enumerate(value, start=1)
                if isinstance(entry, dict)
            )


@register("hall")
def check_privacy(**kwargs: Any) -> list[CheckMessage]:
    """Every column that can hold text is declared personal or said to be none; an undeclared one fails the build."""
    found = []
    for module, _folder in manifests():
        where = f"hall/{module.name}/module.py"
        columns = {
            f"{model.__name__}.{field.name}": field
            for model in _tables(module.name)
            for field in model._meta.local_fields
        }
        declared = [*(each.field for each in module.privacy), *module.not_personal]
        for name, column in columns.items():
            if holds_text(column) and name not in declared:
                found.append(
                    to_do(
                        5,
                        where,
                        f"nobody said whether {name} holds personal data.",
                        "Add it to `privacy` with purpose, basis, level and retention, or to `not_personal`.",
                    )
                )
        for name in declared:
            if name not in columns or declared.count(name) > 1:
                what = "is declared twice" if declared.count(name) > 1 else "does not exist"
                found.append(to_do(5, where, f"{name} {what}.", "Put `privacy` and `not_personal` right."))
        for each in module.privacy:
            if each.level not in LEVELS or not all(
                str(text).strip() for text in (each.purpose, each.basis, each.retention)
            ):
                found.append(
                    to_do(
                        5,
                        where,
                        f"the privacy entry of {each.field} is not complete.",
                        "Give purpose, basis, a level from L1 to L4 and retention.",
                    )
                )
    return found


def _tables(name: str) -> list[type[Model]]:
    return list(apps.get_app_config(name).get_models(include_auto_created=False))


def holds_text(column: Field) -> bool:
    """Can this column hold free text? Choices are words of the house; a blind index holds none."""
    kinds = {kind.__name__ for kind in type(column).__mro__}
    sealed = any(name.startswith("Sealed") for name in kinds)
    return sealed or (bool(kinds & TEXT_COLUMNS) and not column.choices)


@register("hall")
def check_papers(**kwargs: Any) -> list[CheckMessage]:
    """Every kind of paper has its template."""
    return [
        to_do(
            6,
            f"hall/{module.name}/module.py",
            f"the paper “{kind.kind}” has no template.",
            f"Write hall/{module.name}/{kind.template}.",
        )
        for module, folder in manifests()
        for kind in module.papers
        if not (folder / kind.template).is_file()
    ]


@register("hall")
def check_menu(**kwargs: Any) -> list[CheckMessage]:
    """Every line of the menu leads somewhere."""
    return [
        to_do(
            7,
            f"hall/{module.name}/module.py",
            f"the menu names “{nav.url}”, which is no address.",
            f"Add it to hall/{nav.url.split(':')[0]}/urls.py.",
        )
        for module, _folder in manifests()
        for nav in module.nav
        if not _leads_somewhere(nav.url)
    ]


def _leads_somewhere(name: str) -> bool:
    try:
        return bool(reverse(name))
    except NoReverseMatch:
        return False
