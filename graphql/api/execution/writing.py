"""From a selection to a function that makes an answer's object of a row: one expression, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

from graphql import SelectionSetNode

from api.execution.fields import Field, Inside, Many, One, Parsed, Shape, Value
from api.execution.functions import Unplanned, names_of
from api.execution.selections import Selected, Selections

Write: TypeAlias = Callable[[Sequence[Any], list[Any]], dict[str, Any]]
"""Makes the object of a row and of what the lists inside it hold, in the order in which they were selected."""

MakeWrite: TypeAlias = Callable[
    [bool, Callable[[str], bool] | None, Callable[[str], str], Callable[[Any, Any], str]], Write
]
"""Makes a `Write` for a request: whether documents are shown whole, which branches (as text) are seen (None: all), how links and cursors are made."""

Access: TypeAlias = Callable[[str], str]


@dataclass(slots=True)
class Writer:
    """Collects what the expression needs while it is put together. inside: the lists inside the records."""

    selections: Selections
    functions: Mapping[str, Callable[..., Any]]
    columns: dict[str, int] = field(default_factory=dict)
    inside: list[tuple[Many, Selected]] = field(default_factory=list)
    _names: dict[str, Any] = field(default_factory=dict)
    _depth: int = 0
    _outermost: str = ""
    _record: str = ""

    def column(self, path: str) -> str:
        """The value of a column of the row."""
        return f"row[{self.columns.setdefault(path, len(self.columns))}]"

    def record(self, shape: Shape, selected: Sequence[SelectionSetNode], prefix: str = "") -> str:
        """The expression of a record."""
        around, self._record = self._record, prefix
        made = self._object(
            shape.type, shape.fields, selected, lambda name: self.column(prefix + name), prefix
        )
        self._record = around
        return made

    def compiled(self, expression: str) -> MakeWrite:
        """The function that makes the functions."""
        source = f"lambda whole, sees, link, cursor: lambda row, lists: {expression}"
        # What is compiled is made of our own templates and of names, which GraphQL's grammar keeps to letters, digits and _.
        make: MakeWrite = eval(source, {**self.functions, **self._names, "at": len(self.columns)})  # noqa: S307
        return make

    def _object(
        self,
        type_name: str,
        fields: Mapping[str, Field],
        selected: Sequence[SelectionSetNode],
        access: Access,
        prefix: str | None,
    ) -> str:
        parts = []
        for each in self.selections.of(type_name, selected):
            if each.name == "__typename":
                parts.append(f"{each.key!r}: {type_name!r}")
                continue
            known = fields.get(each.name)
            if known is None:
                raise Unplanned
            parts.append(f"{each.key!r}: {self._field(known, each, access, prefix)}")
        return "{" + ", ".join(parts) + "}"

    def _field(self, known: Field, selected: Selected, access: Access, prefix: str | None) -> str:
        match known:
            case Value():
                return self._value(known, access)
            case Inside():
                made = self._object(known.type, known.fields, selected.inside, access, prefix)
                return (
                    made
                    if known.absent is None
                    else f"({made} if {access(known.absent)} is not None else None)"
                )
            case Parsed():
                return self._parsed(known, selected, access)
            case One() if prefix is not None:
                return self._one(known, selected, prefix)
            case Many() if prefix == "":
                self.inside.append((known, selected))
                return f"lists[{len(self.inside) - 1}]"
        raise Unplanned

    def _value(self, known: Value, access: Access) -> str:
        values = [access(column) for column in known.columns]
        if known.enum is not None:
            return f"{self._enum(known.enum, nullable=known.nullable)}[{values[0]}]"
        made = known.template.format(*values)
        return f"({made} if {values[0]} is not None else None)" if known.nullable else made

    def _enum(self, enum: type[Enum], *, nullable: bool) -> str:
        name = f"names_{enum.__name__}{'_or_null' if nullable else ''}"
        self._names.setdefault(name, names_of(enum, nullable=nullable))
        return name

    def _parsed(self, known: Parsed, selected: Selected, access: Access) -> str:
        self._depth += 1
        inner, record = f"part{self._depth}", self._record
        if known.json:
            self._outermost = inner
        outermost = self._outermost

        def within(key: str) -> str:
            if key.startswith("^"):
                return self.column(record + key[1:])
            return f"{outermost}.get({key[1:]!r})" if key.startswith("/") else f"{inner}.get({key!r})"

        made = self._object(known.type, known.fields, selected.inside, within, None)
        value = access(known.column)
        if known.each:
            found = f"parsed({value})" if known.json else value
            return f"[{made} for {inner} in {found}]"
        if not known.json:
            return f"(lambda {inner}: {made} if {inner} is not None else None)({value})"
        return f"((lambda {inner}: {made})(parsed({value})) if {value} is not None else None)"

    def _one(self, known: One, selected: Selected, prefix: str) -> str:
        shape, inner = known.shape(), f"{prefix}{known.reference}."
        made = self.record(shape, selected.inside, inner)
        seen = f"(sees is None or sees(id_text({self.column(inner + known.branch)})))"
        there = self.column(f"{inner}id")
        return f"({made} if {there} is not None and {seen} else {'lost()' if known.required else 'None'})"
