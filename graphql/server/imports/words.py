"""Words as people type them, brought to one spelling."""

import re
import unicodedata

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[^a-z0-9]+")


def plain(text: str) -> str:
    """Small letters without accents, words joined by `_`: "Data de Nascimento" and "bornOn" become data_de_nascimento, born_on."""
    spread = _HUMP.sub("_", text.strip())
    letters = unicodedata.normalize("NFKD", spread).encode("ascii", "ignore").decode().lower()
    return _BETWEEN.sub("_", letters).strip("_")
