"""`schema.graphql` is what the code serves, and what was released keeps working."""

from pathlib import Path

from api.sdl import complaints, render_schema

ROOT = Path(__file__).parents[2]
RELEASED = Path(__file__).with_name("released.graphql")


def test_the_schema_file_is_what_the_code_serves() -> None:
    assert (ROOT / "schema.graphql").read_text(encoding="utf-8") == render_schema(), "run `make schema`"


def test_rendering_is_stable() -> None:
    assert render_schema() == render_schema()


def test_nothing_that_was_released_breaks_and_surprises_stand_in_the_change_log() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert complaints(RELEASED.read_text(encoding="utf-8"), render_schema(), changelog) == []
