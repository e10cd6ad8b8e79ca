"""Values planted to be looked for: secrets and personal data that nobody else writes by chance."""

import base64
import io
import json
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

# Six digits of a password may stand by chance in what is random or counts the time; such values are not looked into.
_BY_CHANCE = re.compile(
    rb"01[0-9a-f]{6}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}"
    rb"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?"
    rb"|(?<![0-9a-f])[0-9a-f]{16}:[0-9a-f]{64}(?![0-9a-f])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One planted value, by the name of where it was planted."""

    name: str
    value: str

    def found_in(self, written: bytes) -> bool:
        """Whether it stands there, as it is or in one of the ways in which text is wrapped for transport."""
        return any(form in written for form in self._forms())

    def _forms(self) -> Iterable[bytes]:
        plain = self.value.encode()
        yield plain
        yield json.dumps(self.value)[1:-1].encode()
        yield quote(self.value, safe="").encode()
        yield plain.hex().encode()
        yield self.value.encode("utf-16-le")
        if len(plain) > 6:
            # In Base64 only whole groups of three bytes look the same wherever the text around them ends.
            for skipped in range(3):
                whole = plain[skipped : skipped + (len(plain) - skipped) // 3 * 3]
                yield base64.b64encode(whole)


def found(canaries: Iterable[Canary], written: bytes) -> list[str]:
    """The names of the canaries that stand in what was written; packed files are looked into."""
    places = [_BY_CHANCE.sub(b"~", written)]
    if written.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(written)) as packed:
            places += [_BY_CHANCE.sub(b"~", packed.read(name)) for name in packed.namelist()]
    return [canary.name for canary in canaries if any(canary.found_in(place) for place in places)]
