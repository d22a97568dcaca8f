"""Printing: a paper's own copy through its Typst template to PDF/A-2b. The same paper gives the same bytes, always."""

import json
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

import segno
import typst
from django.conf import settings
from django.utils import translation

from hall.core.modules import paper_kinds
from hall.papers import fonts, queries, rules
from hall.papers.models import Paper

HALL = Path(__file__).resolve().parent.parent


class NoFont(RuntimeError):
    """This machine has no typeface for Chinese; nothing can be printed, the page in the browser still can."""


class MissingGlyphs(RuntimeError):
    """The paper holds characters that no typeface here draws; `characters` names them."""

    def __init__(self, characters: list[str]):
        self.characters = characters
        super().__init__(" ".join(characters))


def pdf(paper: Paper) -> bytes:
    """The paper as PDF/A-2b, from its own copy alone. NoFont, MissingGlyphs if it cannot be printed whole."""
    content = queries.content_of(paper)
    if not fonts.ready():
        raise NoFont
    if missing := fonts.missing_glyphs("".join(_texts(content))):
        raise MissingGlyphs(missing)
    return _compiled(template_of(paper.kind, paper.template_version), printed(paper, content), _moment(paper))


def printed(paper: Paper, content: dict[str, Any]) -> dict[str, Any]:
    """All that the template sees: the copy, and around it title, digest, check address and typefaces."""
    with translation.override(settings.LANGUAGE_CODE):
        title = str(paper_kinds()[paper.kind].title)
    address = check_address(paper.code)
    around = {"body_fonts": fonts.families(fonts.BODY), "title_fonts": fonts.families(fonts.TITLE), "qr": qr(address)}
    return {"title": title, **content, "digest": bytes(paper.digest).hex(), "check_url": address, **around}


def check_address(code: str) -> str:
    """Where a stranger checks the paper. Holds the code and nothing about the person."""
    return f"{settings.HALL_URL}/papers/check/{rules.shown_code(code)}/"


@cache
def template_of(kind: str, version: int) -> Path:
    """The Typst file: `hall/<module>/papers/<name>.typ`; an older version of it is kept as `<name>.v<version>.typ`."""
    declared = paper_kinds()[kind]
    path = HALL / kind.split(".")[0] / declared.template
    return path if version == declared.version else path.with_suffix(f".v{version}.typ")


def qr(text: str) -> str:
    """The text as a QR code, SVG."""
    out = BytesIO()
    segno.make(text, error="m").save(out, kind="svg", border=0, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _moment(paper: Paper) -> int:
    return int(datetime(paper.issued_on.year, paper.issued_on.month, paper.issued_on.day, tzinfo=UTC).timestamp())


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    if isinstance(value, list):
        return [text for each in value for text in _texts(each)]
    return ["" if value is None else str(value)]


@cache
def _compiler(template: Path) -> tuple[typst.Compiler, Lock]:
    """One compiler a template and process: scanning the typefaces costs a hundred times a page."""
    return typst.Compiler(
        str(template), root=str(HALL), font_paths=fonts.collection(), sys_inputs={"data": "{}"}
    ), Lock()


def _compiled(template: Path, data: dict[str, Any], moment: int) -> bytes:
    compiler, one_at_a_time = _compiler(template)
    inputs = {"data": json.dumps(data, ensure_ascii=False, default=str)}
    with one_at_a_time:
        made = compiler.compile(sys_inputs=inputs, pdf_standards=["a-2b"], timestamp=moment)
    if not isinstance(made, bytes):
        raise TypeError("Typst answered with pages, not with one PDF.")
    return made
