"""Documents that are known beforehand, by their hash: in production nobody need be able to ask for anything else."""

from collections.abc import Iterable
from hashlib import sha256


def hash_of(text: str) -> str:
    """A document's SHA-256 in hexadecimal: of its text as it is, in UTF-8."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class TrustedDocuments:
    """The documents that may be executed."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = {hash_of(text): text for text in texts}

    def __len__(self) -> int:
        return len(self._texts)

    def text(self, known_by: str) -> str | None:
        """The document with that hash."""
        return self._texts.get(known_by)

    def trusts(self, text: str) -> bool:
        """Whether it is one of them."""
        return hash_of(text) in self._texts
