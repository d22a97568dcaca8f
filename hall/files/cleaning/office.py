"""Documents and workbooks (.docx, .xlsx): kept as they are, or refused. Nothing in them may act or fetch by itself."""

import re
from collections.abc import Iterator
from xml.parsers import expat

from hall.core.sheets.archive import BOMB, Archive
from hall.core.sheets.table import ENCRYPTED, Unreadable
from hall.files.cleaning.unfit import Clean, Unfit

MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
TYPES = "[content_types].xml"
MACROS = re.compile(
    r"vbaproject|vbadata|/macrosheets/|/dialogsheets/|/activex/|/ctrlprops/.*\.bin|webextension|customui/"
)
OUTSIDE = re.compile(r"/externallinks/|/connections\.xml$|/querytables/|/afchunk")
EMBEDDED = re.compile(r"/embeddings/|oleobject")
PARTS = re.compile(
    r"\.(xml|rels|vml|png|jpe?g|gif|bmp|tiff?|emf|wmf|emz|wmz|wdp|svg|webp|odttf|fntdata)$"
    r"|/printersettings/[^/]+\.bin$"
)
LINK = re.compile(r"(https?|mailto):|#", re.IGNORECASE)
FIELDS = re.compile(r"\b(DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE|IMPORT|LINK)\s", re.IGNORECASE)
SYMLINK = 0o120000
BAD_NAME = re.compile(r"[\x00-\x1f\\:]|^/|(^|/)\.\.?(/|$)|//")


def clean_office(data: bytes) -> Clean:
    """The file itself. Unfit if it is no such document, damaged, a bomb, or holds macros, objects or outside links."""
    try:
        archive = Archive(data)
        _check_names(archive)
        kind = _kind(archive)
        for name in archive.names:
            if name.endswith((".xml", ".rels", ".vml")):
                _check_part(archive, name)
            else:
                for _piece in archive.part(name):
                    pass
    except Unreadable as error:
        codes = {id(ENCRYPTED): "locked", id(BOMB): "bomb"}
        raise Unfit(codes.get(id(error.sentence), "damaged")) from None
    return Clean(kind, data)


def _check_names(archive: Archive) -> None:
    for info in archive.infos:
        if BAD_NAME.search(info.orig_filename) or info.external_attr >> 16 & 0o170000 == SYMLINK:
            raise Unfit("names")
    for name in archive.names:
        path = f"/{name}"
        for pattern, code in ((MACROS, "macros"), (OUTSIDE, "outside"), (EMBEDDED, "embedded")):
            if pattern.search(path):
                raise Unfit(code)


def _kind(archive: Archive) -> str:
    """docx or xlsx, by the types the file declares for its parts."""
    if TYPES not in archive:
        raise Unfit("ofd" if "ofd.xml" in archive else "archive")
    declared = [said.get("ContentType", "").lower() for _tag, said in _elements(archive, TYPES)]
    if any("macroenabled" in each or "vbaproject" in each or "macrosheet" in each for each in declared):
        raise Unfit("macros")
    kinds = {MAIN[each] for each in declared if each in MAIN}
    if len(kinds) != 1:
        raise Unfit("archive")
    if not all(PARTS.search(f"/{name}") for name in archive.names):
        raise Unfit("embedded")
    return kinds.pop()


def _elements(archive: Archive, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    found: list[tuple[str, dict[str, str]]] = []

    def start(tag: str, said: dict[str, str]) -> None:
        if len(found) >= 20_000:
            raise Unfit("bomb")
        found.append((tag.rpartition(":")[2], said))

    _parsed(archive, name, start=start)
    yield from found


def _check_part(archive: Archive, name: str) -> None:
    """Read one XML part to its end: a document type is refused, and so is what points outside."""
    if name.endswith(".rels"):
        for _tag, said in _elements(archive, name):
            _check_relation(said)
    elif name.startswith("word/") and name.count("/") == 1:
        _check_fields(archive, name)
    elif name != TYPES:
        _parsed(archive, name)


def _check_relation(said: dict[str, str]) -> None:
    kind = said.get("Type", "").rpartition("/")[2].lower()
    if said.get("TargetMode", "").strip().lower() == "external":
        if kind != "hyperlink" or not LINK.match(said.get("Target", "").strip()):
            raise Unfit("outside")
    elif kind in ("vbaproject", "activexcontrol", "afchunk", "oleobject", "externallink"):
        raise Unfit("macros" if kind == "vbaproject" else "embedded")


def _check_fields(archive: Archive, name: str) -> None:
    """Fields that fetch from elsewhere when the document is opened."""
    words: list[str] = []
    inside = [False]

    def start(tag: str, said: dict[str, str]) -> None:
        inside[0] = tag.endswith("instrText")
        if tag.endswith("fldSimple"):
            words.append(next((f" {value} " for key, value in said.items() if key.endswith("instr")), ""))

    def characters(text: str) -> None:
        if inside[0]:
            words.append(text)

    def end(tag: str) -> None:
        if tag.endswith("instrText"):
            inside[0] = False

    _parsed(archive, name, start=start, end=end, characters=characters)
    if FIELDS.search(f"{''.join(words)} "):
        raise Unfit("outside")


def _parsed(archive: Archive, name: str, **handlers) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = handlers.get("start")
    parser.EndElementHandler = handlers.get("end")
    parser.CharacterDataHandler = handlers.get("characters")
    try:
        for piece in archive.part(name):
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Unfit("damaged") from None


def _refuse(*_said: object) -> None:
    raise Unfit("doctype")
