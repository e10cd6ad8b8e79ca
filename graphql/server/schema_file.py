"""`fiador schema --check`: schema.graphql is what the code says, and breaks nobody who used the last release."""

import shutil
import subprocess
from pathlib import Path

from api.sdl import complaints as complaints_about
from api.sdl import render_schema

FILE = Path("schema.graphql")
CHANGELOG = Path("CHANGELOG.md")


def complaints() -> list[str]:
    """Why the schema may not be delivered like this; nothing when it may."""
    current = render_schema()
    found = []
    if not FILE.exists() or FILE.read_text(encoding="utf-8") != current:
        found.append(f"{FILE} is not what the code says: run `make schema`")
    released = _released()
    if released is not None:
        changelog = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.exists() else ""
        found += complaints_about(released, current, changelog)
    return found


def _released() -> str | None:
    """The schema of the last release (tag v…); before the first one, the one last committed; None without either."""
    tag = _git("describe", "--tags", "--abbrev=0", "--match=v*")
    return _git("show", f"{tag.strip() if tag else 'HEAD'}:./{FILE}")


def _git(*arguments: str) -> str | None:
    git = shutil.which("git")
    if git is None:
        return None
    ran = subprocess.run(  # noqa: S603 - fixed arguments
        [git, *arguments], capture_output=True, check=False, encoding="utf-8"
    )
    return ran.stdout if ran.returncode == 0 else None
