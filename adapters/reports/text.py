"""Makes the texts of a report fit to be shown: no control characters, and places where a line may end."""

import re
import unicodedata

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

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
