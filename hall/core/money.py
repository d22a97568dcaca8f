"""Money: whole fen (分) inside, yuan at the edges, Decimal between, never a binary float (DUE-15)."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

LIMIT = 10_000_000_000_00  # fen; a larger figure is a slip of the keyboard (or of an E+17 cell)
_YUAN = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?", re.ASCII)


def parse_yuan(text: str, negative: bool = False) -> int:
    """Fen of an amount as people write it: "1,234.5", "¥ 20", "１２.００元".

    Full-width characters, spaces at the ends and beside the currency, thousands marks, ¥ and 元 are accepted.
    ValueError with one sentence for anything else: words, NaN, 1e3, a third decimal, a minus unless `negative`.
    """
    plain = unicodedata.normalize("NFKC", str(text)).replace("−", "-").strip()
    plain = plain.removeprefix("¥").removesuffix("圆").removesuffix("元").strip()
    if not plain:
        raise ValueError(_("The amount is missing; write it in yuan, for example 33.30."))
    found = _YUAN.fullmatch(plain)
    if found is None:
        raise ValueError(_("This is not an amount; write yuan in digits with at most two decimals, for example 33.30."))
    sign, whole, cents = found.groups()
    fen = int(whole.replace(",", "")[:20]) * 100 + int((cents or "0").ljust(2, "0"))
    if fen > LIMIT:
        raise ValueError(_("The amount is larger than anything the hall keeps; check the digits."))
    if sign == "-" and fen and not negative:
        raise ValueError(_("The amount is negative; write it without the minus sign."))
    return -fen if sign == "-" else fen


def half_up(fen: Decimal, unit: int = 1) -> int:
    """Whole fen from a computed number of fen: the nearest multiple of `unit` (1, 10 or 100), halves up (DUE-15)."""
    return int((fen / unit).quantize(Decimal(1), ROUND_HALF_UP)) * unit


def yuan(fen: int) -> str:
    """For people: 123450 → "1,234.50"."""
    return f"{Decimal(fen) / 100:,.2f}"


def yuan_plain(fen: int) -> str:
    """For machines and input fields: 123450 → "1234.50"."""
    return f"{Decimal(fen) / 100:.2f}"


def capitals(fen: int) -> str:
    """人民币大写 for receipts: 123450 → 壹仟贰佰叁拾肆元伍角整. 整 follows 元 or 角, never 分."""
    import cn2an  # loaded when the first receipt is written, not at start

    text = cn2an.an2cn(yuan_plain(fen), "rmb")
    return text if text.endswith(("整", "分")) else f"{text}整"
