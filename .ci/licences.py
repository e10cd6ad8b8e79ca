"""Writes docs/licences.md: every locked package with its licence. With --check it compares instead, and fails when the list
is not up to date or a licence is not among those that a service of this kind may be built on.

What a package is licensed under is read from its installed metadata; for what this platform does not install, from the list
as it is.
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LIST = ROOT / "docs" / "licences.md"

ALLOWED = frozenset(
    [
        "0BSD",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "MIT",
        "MIT-0",
        "MPL-2.0",
        "PSF-2.0",
        "Python-2.0",
        "LGPL-2.1-or-later",
    ]
)
"""Permissive licences, and those whose duties end at the library's own files."""

SPOKEN = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD 2-Clause License": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License": "ISC",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "PSFL": "PSF-2.0",
}
"""The names of licences in metadata that were written before SPDX was."""

READ_BY_HAND = {"punq": "MIT", "python-dateutil": "Apache-2.0 OR BSD-3-Clause", "colorama": "BSD-3-Clause"}
"""Licences that stand in a file of the package alone, or in words that mean two things."""

HEAD = """# Licences

What Fiador is built on, as locked. Written by `make licences`; `make check` holds it up to date, and every licence to those
that are permissive or bind no further than the library's own files.
"""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Package:
    """One package. part: what needs it."""

    name: str
    version: str
    licence: str
    part: str


def python_packages() -> Iterator[Package]:
    """The packages of the lock."""
    recorded = dict(
        re.findall(r"^\| ([^|]+?) \| [^|]+ \| ([^|]+?) \| (?:service|development) \|$", _recorded(), re.M)
    )
    needed = _needed_by_the_service()
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\\n]+)", lock, re.M):
        licence = READ_BY_HAND.get(name) or _licence(name) or recorded.get(name) or "unknown"
        part = "service" if canonicalize_name(name) in needed else "development"
        yield Package(name=name, version=version, licence=licence, part=part)


def npm_packages() -> Iterator[Package]:
    """The packages that GraphiQL's files are made of."""
    lock = json.loads((ROOT / "graphql/explorer/package-lock.json").read_text(encoding="utf-8"))
    for path, package in lock["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            licence = package.get("license", "unknown")
            yield Package(name=name, version=package["version"], licence=licence, part="GraphiQL")


def render(packages: list[Package]) -> str:
    """The list, as a page."""
    rows = [f"| {each.name} | {each.version} | {each.licence} | {each.part} |" for each in packages]
    return "\n".join([HEAD, "| package | version | licence | part of |", "|---|---|---|---|", *rows, ""])


def is_allowed(licence: str) -> bool:
    """Whether an SPDX expression leaves a way: all that stands between ANDs, any that stands between ORs."""
    return all(
        any(one.strip("() ") in ALLOWED for one in part.split(" OR ")) for part in licence.split(" AND ")
    )


def complaints(page: str, packages: list[Package]) -> list[str]:
    """What is wrong with the list as it is, `page`."""
    found = [
        f"{each.name} {each.version}: {each.licence} is not among the licences that are allowed"
        for each in packages
        if not is_allowed(each.licence)
    ]
    if page != render(packages):
        found.append("docs/licences.md is not up to date: make licences")
    return found


def _licence(name: str) -> str | None:
    """The licence in the metadata of an installed package: an SPDX expression, else words that mean one."""
    try:
        read = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    if expression := read.get("License-Expression"):
        return expression
    words = [
        text.rpartition(" :: ")[2] for text in read.get_all("Classifier") or () if text.startswith("License")
    ]
    for said in (read.get("License") or "", *words):
        if said in ALLOWED or said in SPOKEN:
            return SPOKEN.get(said, said)
    return None


def _needed_by_the_service() -> set[str]:
    """What is installed with the service itself, the extra for PostgreSQL included."""
    needed: set[str] = set()
    pending = [Requirement("fiador[postgres]")]
    while pending:
        wanted = pending.pop()
        name = canonicalize_name(wanted.name)
        if name in needed and not wanted.extras:
            continue
        needed.add(name)
        pending += _required_by(name, wanted.extras)
    return needed


def _required_by(name: str, extras: set[str]) -> Iterator[Requirement]:
    """What a package requires, on whatever platform: the list is the same everywhere."""
    try:
        requires = metadata.requires(name) or ()
    except metadata.PackageNotFoundError:
        return
    for requirement in map(Requirement, requires):
        marker = requirement.marker
        if marker is None or "extra" not in str(marker) or any(marker.evaluate({"extra": e}) for e in extras):
            yield requirement


def _recorded() -> str:
    return LIST.read_text(encoding="utf-8") if LIST.exists() else ""


def main(arguments: list[str]) -> int:
    """Write the list, or compare; the exit code."""
    packages = [*sorted(python_packages()), *sorted(set(npm_packages()))]
    if arguments != ["--check"]:
        LIST.write_text(render(packages), encoding="utf-8")
        return 0
    wrong = complaints(_recorded(), packages)
    sys.stdout.write("".join(f"licences: {line}\n" for line in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
