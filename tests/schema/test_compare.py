"""The gate on changes of the schema."""

import pytest

from api.sdl import SchemaChange, compare, complaints

OLD = """
type Query { invoice(number: Int): Invoice!, former: Int @deprecated(reason: "Gone."), status: Status, record: Record }
type Invoice { number: Int!, note: String }
type Lead { number: Int! }
type Prospect { number: Int! }
union Record = Invoice | Lead
enum Status { OPEN, LOST @deprecated(reason: "Gone.") }
input Filter { status: Status, old: Int @deprecated(reason: "Gone.") }
"""


def _changed(*replacements: tuple[str, str]) -> list[SchemaChange]:
    new = OLD
    for before, after in replacements:
        assert before in new
        new = new.replace(before, after)
    return compare(OLD, new)


def test_no_change_is_no_change() -> None:
    assert compare(OLD, OLD) == []


def test_additions_that_nobody_notices_pass() -> None:
    assert _changed(("note: String", "note: String, paid: Boolean")) == []


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("note: String", "", "Invoice.note"),
        ("number: Int)", "number: Int!)", "Query.invoice"),
        ("Invoice!,", "Invoice,", "Query.invoice"),
        ("input Filter { ", "input Filter { since: Int!, ", "Filter.since"),
        ("Invoice | Lead", "Invoice", "Lead"),
    ],
)
def test_what_breaks_clients_is_breaking(before: str, after: str, name: str) -> None:
    (change,) = _changed((before, after))
    assert change.breaking
    assert name in change.names


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ("OPEN,", "OPEN, SETTLED,", "Status.SETTLED"),
        ("Invoice | Lead", "Invoice | Lead | Prospect", "Prospect"),
        ("input Filter { ", "input Filter { since: Int, ", "Filter.since"),
    ],
)
def test_what_may_surprise_clients_is_not_breaking_but_told(before: str, after: str, name: str) -> None:
    (change,) = _changed((before, after))
    assert not change.breaking
    assert name in change.names


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (', former: Int @deprecated(reason: "Gone.")', ""),
        (', LOST @deprecated(reason: "Gone.")', ""),
        (', old: Int @deprecated(reason: "Gone.")', ""),
    ],
)
def test_what_was_announced_may_go(before: str, after: str) -> None:
    assert _changed((before, after)) == []


def test_the_gate_refuses_what_breaks_whatever_the_change_log_says() -> None:
    (complaint,) = complaints(
        OLD, OLD.replace("note: String", ""), "# Log\n\n## Unreleased\n\nInvoice.note\n"
    )
    assert complaint.startswith("breaking: ")
    assert "Invoice.note" in complaint


def test_the_gate_wants_surprises_in_the_section_of_what_is_not_yet_released() -> None:
    new = OLD.replace("OPEN,", "OPEN, SETTLED,")
    assert complaints(OLD, new, "# Log\n\n## Unreleased\n\n- `Status.SETTLED` is new.\n\n## 1.0\n") == []
    (complaint,) = complaints(OLD, new, "# Log\n\n## Unreleased\n\n## 1.0\n\n- `Status.SETTLED` is new.\n")
    assert "Status.SETTLED" in complaint
