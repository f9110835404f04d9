"""SMS in the GSM 7-bit alphabet (3GPP TS 23.038); outside it a part holds 70, not 160."""

import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Two septets each."""
_WORDED = str.maketrans(
    {
        "’": "'", "‘": "'", "‚": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"',
        "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-",
        "œ": "oe", "Œ": "OE", "ç": "c", "\u00ad": "", "\u200b": "", "\t": " ",
    }
)  # fmt: skip


def gsm(text: str) -> str:
    """The text with what GSM-7 lacks replaced by its nearest: ’ → ', « » → ", ê → e.

    What has no likeness (another script) stays, and the SMS then costs more parts.
    """
    spaced = _replace_spaces(text)
    quoted = spaced.replace("« ", '"').replace(" »", '"').replace("«", '"').replace("»", '"')
    return "".join(_nearest(char) for char in quoted.translate(_WORDED))


def parts(text: str) -> int:
    """How many SMS the text is sent as."""
    if all(char in _BASIC or char in _EXTENDED for char in text):
        length = sum(2 if char in _EXTENDED else 1 for char in text)
        return _count_parts(length, 160, 153)
    return _count_parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _replace_spaces(text: str) -> str:
    return "".join(" " if unicodedata.category(char) == "Zs" else char for char in text)


def _nearest(char: str) -> str:
    if char in _BASIC or char in _EXTENDED:
        return char
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)
    )
    return plain if plain and all(part in _BASIC for part in plain) else char


def _count_parts(length: int, single: int, joined: int) -> int:
    return 1 if length <= single else -(-length // joined)
