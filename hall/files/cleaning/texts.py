"""Plain text and CSV: UTF-8, UTF-16 with its mark, or GB18030; kept as UTF-8."""

import codecs
import re

from hall.files.cleaning.unfit import Clean, Unfit

CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")
MARK = codecs.BOM_UTF8
LEAST_READABLE = 0.7


def clean_text(data: bytes) -> Clean:
    """The text in UTF-8. Unfit if it is in no encoding of ours, or no text at all."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return Clean("text", MARK + _decoded(data, "utf-16").encode(), ("encoding",))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decoded(data, "gb18030")
        if not _readable(text[:4000]):
            raise Unfit("unknown") from None
        return Clean("text", MARK + text.encode(), ("encoding",))
    _refuse_controls(text)
    return Clean("text", data)


def _decoded(data: bytes, encoding: str) -> str:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise Unfit("unknown") from None
    _refuse_controls(text)
    return text


def _refuse_controls(text: str) -> None:
    if CONTROLS.search(text):
        raise Unfit("unknown")


def _readable(sample: str) -> bool:
    """Bytes of another kind often decode by chance; then they hold hardly a common character."""
    common = sum(each.isascii() or "\u3000" <= each <= "\u9fff" or "\uff00" <= each <= "\uffef" for each in sample)
    return common >= LEAST_READABLE * len(sample)
