"""The list of licences is what is locked, and each of them is one that may be built on."""

import re
from pathlib import Path

import pytest

from supply_chain.scripts import ROOT, script

licences = script("licences")


def test_the_list_is_up_to_date_and_allowed() -> None:
    packages = [*sorted(licences.python_packages()), *sorted(set(licences.npm_packages()))]
    assert licences.complaints((ROOT / "docs/licences.md").read_text(encoding="utf-8"), packages) == []
    locked = re.findall(
        r"^[A-Za-z0-9._-]+==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len([each for each in packages if each.part != "GraphiQL"]) == len(locked)


def test_the_service_is_told_from_what_develops_it() -> None:
    parts = {each.name: each.part for each in licences.python_packages()}
    assert {parts[name] for name in ("starlette", "asyncpg", "cryptography", "mako")} == {"service"}
    assert {parts[name] for name in ("pytest", "mypy", "python-stdnum", "pip-audit")} == {"development"}


def test_an_outdated_list_and_a_licence_that_is_not_allowed_are_told() -> None:
    package = licences.Package(name="a", version="1", licence="MIT", part="service")
    page = licences.render([package])
    assert licences.complaints(page, [package]) == []
    newer = licences.Package(name="a", version="2", licence="MIT", part="service")
    assert licences.complaints(page, [newer]) == ["docs/licences.md is not up to date: make licences"]
    for licence in ("GPL-3.0-only", "unknown", "MIT AND AGPL-3.0-only"):
        bad = licences.Package(name="a", version="1", licence=licence, part="service")
        assert licences.complaints(licences.render([bad]), [bad]) == [
            f"a 1: {licence} is not among the licences that are allowed"
        ]


@pytest.mark.parametrize("licence", ["MIT", "GPL-2.0-only OR MIT", "MIT AND (Apache-2.0 OR BSD-3-Clause)"])
def test_one_way_out_suffices(licence: str) -> None:
    assert licences.is_allowed(licence)


def test_writing_the_list_gives_what_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = (ROOT / "docs/licences.md").read_text(encoding="utf-8")
    monkeypatch.setattr(licences, "LIST", tmp_path / "licences.md")
    (tmp_path / "licences.md").write_text(written, encoding="utf-8")
    assert licences.main([]) == 0
    assert licences.main(["--check"]) == 0
    (tmp_path / "licences.md").write_text(written.replace("MIT", "BSD", 1), encoding="utf-8")
    assert licences.main(["--check"]) == 1
