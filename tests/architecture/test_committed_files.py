"""What may not be in any file of the repository."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Composed, so that this file does not hold what it looks for.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("files", "pythonhosted"), ("registry", "npmjs"), ("registry", "yarnpkg"))
)
MACHINE_PATHS = tuple(f"/{name}/" for name in ("root", "home", "work", "Users"))


def test_no_file_names_a_package_registry() -> None:
    assert list(_lines_with(REGISTRY_HOSTS)) == []


def test_no_file_names_a_path_of_one_machine() -> None:
    assert list(_lines_with(MACHINE_PATHS)) == []


def test_the_locks_pin_by_hash_and_hold_no_address() -> None:
    requirements = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in requirements
    pins = re.findall(
        r"^[a-z0-9][^\s=]*==\S+.*(?:\n    --hash=sha256:\S+(?: \\)?)+", requirements, re.MULTILINE
    )
    assert len(pins) == len(re.findall(r"^[a-z0-9]", requirements, re.MULTILINE)) > 50

    packages = json.loads((ROOT / "graphql/explorer/package-lock.json").read_text(encoding="utf-8"))[
        "packages"
    ]
    fetched = [package for path, package in packages.items() if path]
    assert fetched
    assert all("integrity" in package and "resolved" not in package for package in fetched)


def test_the_explorer_loads_nothing_from_outside() -> None:
    page = (ROOT / "graphql/explorer/index.html").read_text(encoding="utf-8")
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert addresses
    assert all(address.startswith("/graphql/assets/") for address in addresses)


def _lines_with(needles: tuple[str, ...]) -> Iterator[str]:
    # A path counts when it starts at the root; a host counts with whatever stands before it.
    pattern = re.compile(
        "|".join(rf"(?<![\w.]){re.escape(n)}" if n[0] == "/" else re.escape(n) for n in needles)
    )
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if not path.is_file():
            continue  # deleted here, and the deletion not yet committed
        text = path.read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(text.splitlines(), start=1):
            if pattern.search(line):
                yield f"{name}:{number}: {line.strip()[:160]}"
