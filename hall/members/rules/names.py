"""Names as they are found: comparison keys and pinyin. The name itself is stored untouched (G04)."""

import unicodedata
from functools import lru_cache

from hall.core.fields import normalised
from hall.core.identity import offer_18

SURNAMES = {  # readings that differ from the everyday one
    "单": "shan", "仇": "qiu", "解": "xie", "曾": "zeng", "查": "zha", "朴": "piao", "区": "ou", "盖": "ge", "任": "ren", "华": "hua",
    "尉": "wei", "宁": "ning", "翟": "zhai", "覃": "qin", "乐": "yue", "缪": "miao", "燕": "yan", "纪": "ji", "员": "yun", "繁": "po",
    "折": "she", "黑": "he", "秘": "bi", "冼": "xian", "种": "chong", "句": "gou", "隗": "wei", "逄": "pang", "那": "na",
    "尉迟": "yu chi", "长孙": "zhang sun", "万俟": "mo qi",
}  # fmt: skip


def name_key(name: str) -> str:
    """The name for comparing and sorting: NFKC, no spaces, the dots of minority names as one dot, lower case."""
    plain = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    return plain.replace("•", "·").replace("．", "·").replace(".", "·").replace("・", "·")


def id_key(number: str) -> str:
    """An ID number for comparing: an old number of 15 digits and its form of 18 are the same person."""
    plain = normalised(number)
    return offer_18(plain) or plain


def phone_key(number: str) -> str:
    """A phone number for comparing: digits only, without +86."""
    digits = "".join(ch for ch in normalised(number) if ch.isdigit())
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def pinyin_of(name: str) -> str:
    """Syllables without tones, one after the other, surnames with their own reading: 单雄信 → shanxiongxin."""
    return "".join(_syllables(name))[:160]


def initials_of(name: str) -> str:
    """First letters: 张三 → zs. What the search box takes (ux #15)."""
    return "".join(syllable[0] for syllable in _syllables(name))[:30]


@lru_cache(maxsize=20_000)
def _syllables(name: str) -> list[str]:
    from pypinyin import lazy_pinyin

    for length in (2, 1):
        if len(name) > length and name[:length] in SURNAMES:
            return [*SURNAMES[name[:length]].split(), *lazy_pinyin(name[length:], errors="ignore")]
    return lazy_pinyin(name, errors="ignore")
