"""Whom the words of others mention: bureaus quote documents and names in their messages. One mask for all such words, wherever they
are shown to those who may not see documents whole.
"""

import re
from dataclasses import dataclass

from core.domain.documents import Document
from core.domain.masking import Masking, without_cpfs

_BETWEEN = r"[^0-9A-Za-z]"
_SEPARATORS = rf"{_BETWEEN}{{0,3}}"
_SHORTEST_TELLING = 8


@dataclass(frozen=True, slots=True)
class Mentioned:
    """Who may be mentioned: whoever has this document, by any of these names. With neither, nobody who is known."""

    document: Document | None = None
    names: tuple[str | None, ...] = ()

    def masked_in(self, text: str) -> str:
        """The text with masks: on the document in any form, on a person's names, and on the CPFs of others, because the name of a
        sole trader's company commonly ends in the owner's. What mentions nobody stays as it is.
        """
        told = self._without_names(text)
        if self.document is not None:
            told = _without_document(told, self.document)
        return without_cpfs(told)

    def _without_names(self, text: str) -> str:
        masking = Masking.of(self.document, whole=False)
        known = sorted({name for name in self.names if name and name.strip()}, key=len, reverse=True)
        if not known or not masking.hidden:
            return text
        written = "|".join(r"\s+".join(map(re.escape, name.split())) for name in known)
        return re.sub(
            rf"(?<!\w)(?:{written})(?!\w)", lambda found: masking.name(found[0]), text, flags=re.IGNORECASE
        )


def _without_document(text: str, document: Document) -> str:
    """Without it with any punctuation, and without leading zeros."""
    telling = document.number.lstrip("0")
    if len(telling) < _SHORTEST_TELLING:
        telling = document.number
    # To look for every form takes long to prepare, and few texts have any.
    if telling not in re.sub(_BETWEEN, "", text).upper():
        return text
    return _forms(document.number, telling).sub(document.masked, text)


def _forms(number: str, telling: str) -> re.Pattern[str]:
    written = _SEPARATORS.join(number)
    if telling != number:
        written += rf"|(?<![0-9A-Za-z]){_SEPARATORS.join(telling)}(?![0-9A-Za-z])"
    return re.compile(written, re.IGNORECASE | re.ASCII)
