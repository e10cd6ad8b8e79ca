"""Makes the texts of a report fit to be shown: no control characters, no document that the reader may not see."""

import re
import unicodedata
from collections.abc import Callable

from core.domain.documents import Document
from core.domain.masking import without_cpfs

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_SEPARATORS = r"[^0-9A-Za-z]{0,3}"
_SHORTEST_TELLING = 8

_LONG_WORD = re.compile(r"(\S{20,})")
_PIECE = 12


def visible(text: str) -> str:
    """`text` on one line, without characters that show nothing or turn the direction of writing."""
    kept = (
        "" if c in _BIDI_CONTROLS else " " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text
    )
    return " ".join("".join(kept).split())


def pieces(text: str) -> list[str]:
    """`text` cut where a line may end although no space is there: inside words too long for a column."""
    cut = [""]
    for index, part in enumerate(_LONG_WORD.split(text)):
        if index % 2 == 0:
            cut[-1] += part
        else:
            cut[-1] += part[:_PIECE]
            cut.extend(part[at : at + _PIECE] for at in range(_PIECE, len(part), _PIECE))
    return cut


def hider(document: Document) -> Callable[[str], str]:
    """A function that masks `document` wherever a text quotes it: with any punctuation, or without leading zeros.

    It also masks CPFs of anybody else, because the name of a sole trader's company commonly ends in the owner's.
    """
    whole = _SEPARATORS.join(document.number)
    stripped = document.number.lstrip("0")
    if len(document.number) > len(stripped) >= _SHORTEST_TELLING:
        whole += rf"|(?<![0-9A-Za-z]){_SEPARATORS.join(stripped)}(?![0-9A-Za-z])"
    pattern = re.compile(whole, re.IGNORECASE)

    def hide(text: str) -> str:
        return without_cpfs(pattern.sub(document.masked, text))

    return hide
