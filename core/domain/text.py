"""Text as it is compared, not as it is shown."""

import unicodedata


def folded(text: str) -> str:
    """The text without accents and without case: "José" and "JOSE" are equal. Names are searched and ordered by it."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\x00", ""))
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
