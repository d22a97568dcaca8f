"""PDF: what acts by itself is taken out. A document without such things stays byte for byte, so its signatures hold."""

import io
import re
from typing import Any

import pikepdf

from hall.files.cleaning.unfit import Clean, Unfit

MOST = 400_000  # objects looked at
TAIL = 1024  # bytes that may follow the end mark
KEYS = {
    "/AA": "action",
    "/JS": "script",
    "/JavaScript": "script",
    "/EmbeddedFiles": "attached",
    "/EF": "attached",
    "/AF": "attached",
    "/XFA": "script",
    "/RichMediaContent": "media",
    "/3DD": "media",
}
HARMLESS = {"/GoTo", "/Named", "/URI", "/Hide", "/SetOCGState", "/Thread", "/Trans", "/GoTo3DView"}
ACTS = {
    "/JavaScript": "script", "/Launch": "launch", "/ImportData": "action", "/SubmitForm": "action",
    "/ResetForm": "action", "/GoToR": "launch", "/GoToE": "launch", "/GoToDp": "launch", "/Rendition": "media",
    "/Movie": "media", "/Sound": "media", "/RichMediaExecute": "media",
}  # fmt: skip
NOTES = {
    "/FileAttachment": "attached", "/RichMedia": "media", "/3D": "media", "/Movie": "media", "/Sound": "media",
    "/Screen": "media",
}  # fmt: skip
LINK = re.compile(r"\A\s*(?:(https?|mailto):|(?![a-z][a-z0-9+.\-]*:))", re.IGNORECASE)
HINTS = (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/SubmitForm", b"/GoToE")
HIDDEN = 2


def clean_pdf(data: bytes) -> Clean:
    """The document without scripts, launch actions, attachments and media. Unfit if it is locked or damaged."""
    try:
        with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _cleaned(pdf, data)
    except pikepdf.PasswordError:
        raise Unfit("locked") from None
    except (Unfit, MemoryError):
        raise
    except Exception:  # the reader fails in its own ways; whatever it is, this document is not whole
        raise Unfit("damaged") from None


def _cleaned(pdf: pikepdf.Pdf, data: bytes) -> Clean:
    if len(pdf.pages) == 0:
        raise Unfit("damaged")
    found, signed = _stripped(pdf)
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, pikepdf.Dictionary) and opening.get("/S") != "/GoTo":
        del pdf.Root["/OpenAction"]
        found.add("action")
    if not found and _tail(data) > TAIL:
        found.add("tail")
    if not found and not pdf.is_encrypted and any(hint in data for hint in HINTS):
        found.add("leftovers")
    if not found and not pdf.is_encrypted and not pdf.get_warnings():
        return Clean("pdf", data)
    out = io.BytesIO()
    pdf.save(out, deterministic_id=not pdf.is_encrypted, encryption=False)
    return Clean("pdf", out.getvalue(), tuple(sorted(found | ({"signature"} if signed and found else set()))))


def _tail(data: bytes) -> int:
    end = data.rfind(b"%%EOF")
    return len(data[end + 5 :].strip()) if end >= 0 else 0


def _stripped(pdf: pikepdf.Pdf) -> tuple[set[str], bool]:
    """Take out of every object what acts; codes of what was there, and whether the document was signed."""
    found: set[str] = set()
    signed, seen = False, 0
    for each in pdf.objects:
        waiting = [each]
        while waiting:
            held = waiting.pop()
            seen += 1
            if seen > MOST:
                raise Unfit("heavy")
            if isinstance(held, pikepdf.Dictionary | pikepdf.Stream):
                signed = signed or "/ByteRange" in held
                _strip(held, found)
            waiting += [inner for inner in _inside(held) if not inner.is_indirect]
    return found, signed


def _inside(held: Any) -> list[Any]:
    if isinstance(held, pikepdf.Dictionary | pikepdf.Stream):
        inner = [value for _key, value in held.items()]
    elif isinstance(held, pikepdf.Array):
        inner = list(held)
    else:
        return []
    return [each for each in inner if isinstance(each, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream)]


def _strip(held: Any, found: set[str]) -> None:
    keys = set(held.keys())
    for key in keys & KEYS.keys():
        del held[key]
        found.add(KEYS[key])
    if isinstance(held, pikepdf.Stream):
        for key in keys & {"/F", "/Ref"}:  # bytes or pictures from another file
            del held[key]
            found.add("launch")
    act = str(held.get("/S", "")) if "/S" in keys else ""
    if act in ACTS:
        _emptied(held, keys, found, ACTS[act])
    elif act == "/URI" and not LINK.match(str(held.get("/URI", ""))):
        _emptied(held, keys, found, "launch")
    note = str(held.get("/Subtype", "")) if "/Rect" in keys else ""
    if note in NOTES:
        found.add(NOTES[note])
        for key in keys & {"/FS", "/Sound", "/Movie", "/A", "/MK", "/Contents"}:
            if key in held:
                del held[key]
        held["/Subtype"], held["/F"] = pikepdf.Name("/Text"), HIDDEN


def _emptied(held: Any, keys: set[str], found: set[str], code: str) -> None:
    for key in keys:
        if key in held:
            del held[key]
    found.add(code)
