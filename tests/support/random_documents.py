"""Random valid operations over the schema: aliases, fragments, directives, variables, nulls, unions and interfaces."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

DEEPEST = 4


@dataclass
class Documents:
    """Makes them. ids: global ids to ask for; roots: the fields of Query that may be asked for (all unless told); deepest: how many
    levels of objects.
    """

    schema: GraphQLSchema
    random: Random
    ids: list[str]
    roots: list[str] = field(default_factory=list)
    deepest: int = DEEPEST
    _variables: dict[str, tuple[str, Any]] = field(default_factory=dict)
    _fragments: list[str] = field(default_factory=list)

    def make(self) -> tuple[str, dict[str, Any]]:
        """An operation and its variables."""
        self._variables, self._fragments = {}, []
        assert self.schema.query_type is not None
        body = self._selection(self.schema.query_type, 0)
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        header = f"query Made({declared})" if declared else self.random.choice(("", "query", "query Made"))
        # A variable that is left out is not the same as one that is null.
        given = {name: value for name, (_, value) in self._variables.items() if value is not _LEFT_OUT}
        return f"{header} {body} {' '.join(self._fragments)}", given

    def mutation(self, name: str) -> tuple[str, dict[str, Any]]:
        """An operation with this mutation, whose input is `$input`, and its variables."""
        self._variables, self._fragments = {}, []
        assert self.schema.mutation_type is not None
        definition = self.schema.mutation_type.fields[name]
        (argument,) = definition.args.values()
        alias = self.random.choice(("", "", "done: "))
        body = f"{alias}{name}(input: $input) {self._selection(get_named_type(definition.type), 1)}"
        declared = "".join(f", ${known}: {type_}" for known, (type_, _) in self._variables.items())
        given = {known: value for known, (_, value) in self._variables.items() if value is not _LEFT_OUT}
        query = f"mutation Made($input: {argument.type}{declared}) {{ {body} }} {' '.join(self._fragments)}"
        return query, {"input": self._value("input", argument.type), **given}

    def _selection(self, of: Any, depth: int) -> str:
        return "{ " + " ".join(self._parts(of, depth)) + " }"

    def _parts(self, of: Any, depth: int) -> list[str]:
        if is_abstract_type(of):
            return self._abstract_parts(of, depth)
        names = list(of.fields)
        if of is self.schema.query_type and self.roots:
            names = self.roots
        if depth >= self.deepest:
            names = [name for name in names if not is_composite_type(get_named_type(of.fields[name].type))]
        size = 2 if depth == 0 else 5
        chosen = self.random.sample(names, min(len(names), self.random.randint(1, size)))
        parts = [self._field(name, of.fields[name], depth) for name in chosen]
        if self.random.random() < 0.2 or not parts:
            parts.append("__typename")
        if self.random.random() < 0.15:
            parts.append(f"... {self._directive()}{self._selection(of, depth)}" if depth else "__typename")
        if depth and self.random.random() < 0.2:
            parts.append(self._fragment(of, of, depth))
        return parts

    def _abstract_parts(self, of: Any, depth: int) -> list[str]:
        possible = self.random.sample(
            self.schema.get_possible_types(of), min(3, len(self.schema.get_possible_types(of)))
        )
        parts = [self._fragment(each, of, depth) for each in possible]
        parts += ["__typename"] if self.random.random() < 0.5 else []
        parts += ["id"] if hasattr(of, "fields") and self.random.random() < 0.5 else []
        return parts

    def _fragment(self, on: GraphQLObjectType, within: Any, depth: int) -> str:
        deeper = depth + 1 if is_abstract_type(within) and self.deepest > DEEPEST else max(depth, DEEPEST - 1)
        inside = self._selection(on, deeper)
        if self.random.random() < 0.5:
            return f"... on {on.name} {self._directive()}{inside}"
        name = f"Part{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {on.name} {inside}")
        return f"...{name} {self._directive()}"

    def _field(self, name: str, definition: GraphQLField, depth: int) -> str:
        # Each with an alias of its own when it has arguments: two of one name must agree.
        arguments = self._arguments(definition)
        alias = f"{name}{self.random.randint(0, 10**6)}: " if arguments or self.random.random() < 0.1 else ""
        named = get_named_type(definition.type)
        inside = self._selection(named, depth + 1) if is_composite_type(named) else ""
        return f"{alias}{name}{arguments} {self._directive() if alias else ''}{inside}"

    def _arguments(self, definition: GraphQLField) -> str:
        made = []
        for name, argument in definition.args.items():
            if is_required_argument(argument) or self.random.random() < 0.4:
                made.append(f"{name}: {self._argument(name, argument)}")
        return f"({', '.join(made)})" if made else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        value = self._value(name, argument.type)
        if self.random.random() < 0.4:
            variable = f"v{len(self._variables)}"
            left_out = not is_non_null_type(argument.type) and self.random.random() < 0.1
            if self.random.random() < 0.1 and value is not None:
                default = f"{argument.type} = {_literal(value, argument.type)}"
                self._variables[variable] = (default, self.random.choice((_LEFT_OUT, value)))
            else:
                self._variables[variable] = (str(argument.type), _LEFT_OUT if left_out else value)
            return f"${variable}"
        return _literal(value, argument.type)

    def _value(self, name: str, type_: Any) -> Any:
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif self.random.random() < 0.08:
            return None
        if is_list_type(type_):
            return [self._item(name, type_.of_type) for _ in range(self.random.randint(1, 3))]
        return self._item(name, type_)

    def _item(self, name: str, type_: Any) -> Any:
        named = get_named_type(type_)
        if isinstance(named, GraphQLEnumType):
            return self.random.choice(list(named.values))
        if isinstance(named, GraphQLInputObjectType):
            chosen = {
                each: self._value(each, part.type)
                for each, part in named.fields.items()
                if is_required_input_field(part) or self.random.random() < 0.25
            }
            return {key: value for key, value in chosen.items() if value is not None}
        return self._leaf(name, named.name)

    def _leaf(self, name: str, type_name: str) -> Any:
        pick = self.random
        match type_name:
            case "ID":
                return pick.choice([*self.ids, "bm9uZQ=="]) if pick.random() < 0.95 else "nonsense"
            case "Int":
                return pick.choice([0, 50, 100, -1, 101] if pick.random() < 0.1 else [1, 2, 3, 5])
            case "Boolean":
                return pick.random() < 0.5
            case "Date":
                return f"2026-0{pick.randint(1, 9)}-1{pick.randint(0, 9)}"
            case "Decimal":
                return pick.choice(["120.50", "1", 7, 0.5, "-3.00", "x"])
            case "DateTime":
                return pick.choice(["2026-01-31T12:00:00Z", "2026-01-31T12:00:00-03:00", "2026-01-31"])
            case "String" if name in ("after", "before"):
                return "bm8=" if pick.random() < 0.1 else None
            case "String":
                return pick.choice(["Cliente", "1", "", "x%_/"])
        return None

    def _directive(self) -> str:
        if self.random.random() > 0.15:
            return ""
        name = self.random.choice(("include", "skip"))
        if self.random.random() < 0.5:
            return f"@{name}(if: {'true' if self.random.random() < 0.5 else 'false'}) "
        variable = f"v{len(self._variables)}"
        if self.random.random() < 0.8:
            self._variables[variable] = ("Boolean!", self.random.random() < 0.5)
        else:
            self._variables[variable] = (
                "Boolean = true",
                self.random.choice((True, False, True, None, _LEFT_OUT)),
            )
        return f"@{name}(if: ${variable}) "


class _LeftOut:
    pass


_LEFT_OUT = _LeftOut()


def _literal(value: Any, type_: Any) -> str:
    named = get_named_type(type_)
    if value is None:
        return "null"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each, named) for each in value) + "]"
    if isinstance(value, dict):
        assert isinstance(named, GraphQLInputObjectType)
        parts = (f"{key}: {_literal(each, named.fields[key].type)}" for key, each in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or isinstance(named, GraphQLEnumType):
        return str(value)
    assert isinstance(value, str)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
