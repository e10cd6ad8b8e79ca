"""The variables of a request, and the arguments of fields that follow from them.

Whoever leafs through a list, or opens one record after the other, sends the same variables again and again but for a cursor or an
id. Such texts are passed on as they are; what is worked out of all the others is remembered.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    GraphQLField,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    print_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_argument_values

_PASSED_ON = frozenset({"after", "before", "id"})
"""The arguments whose texts nothing but their own field looks at; in our schema they are of type String or ID wherever they stand."""

_TEXTS = frozenset({"String", "String!", "ID", "ID!"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Variables:
    """Checked variables. passed_on: the texts that stand for "" in `coerced`; known: what was worked out of the others."""

    coerced: VariableValues
    passed_on: Mapping[str, str]
    known: dict["Arguments", dict[str, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Arguments:
    """Reads the arguments of a field, and converts what GraphQL makes of them."""

    definition: GraphQLField
    node: FieldNode
    convert: Callable[[dict[str, Any]], dict[str, Any]] = dict
    passed_on: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        passed_on = {
            each.name.value: each.value.name.value
            for each in self.node.arguments or ()
            if each.name.value in _PASSED_ON and isinstance(each.value, VariableNode)
        }
        object.__setattr__(self, "passed_on", passed_on)

    def of(self, variables: Variables) -> dict[str, Any]:
        """The arguments by name. Raises GraphQLError."""
        known = variables.known.get(self)
        if known is None:
            values = get_argument_values(self.definition, self.node, variables.coerced)
            known = variables.known[self] = self.convert(values)
        passed_on = {
            name: variables.passed_on[variable]
            for name, variable in self.passed_on.items()
            if variable in variables.passed_on
        }
        return {**known, **passed_on}


def may_be_passed_on(document: DocumentNode, operation: OperationDefinitionNode) -> frozenset[str]:
    """The variables that are texts and are used in no other way."""
    used, otherwise = set[str](), set[str]()

    class Uses(Visitor):
        def enter_field(self, node: FieldNode, *_args: object) -> None:
            for each in node.arguments or ():
                if isinstance(each.value, VariableNode):
                    (used if each.name.value in _PASSED_ON else otherwise).add(each.value.name.value)

        def enter_directive(self, node: DirectiveNode, *_args: object) -> None:
            for each in node.arguments or ():
                if isinstance(each.value, VariableNode):
                    otherwise.add(each.value.name.value)

        def enter_object_value(self, node: ObjectValueNode, *_args: object) -> None:
            for part in node.fields:
                if isinstance(part.value, VariableNode):
                    otherwise.add(part.value.name.value)

        def enter_list_value(self, node: ListValueNode, *_args: object) -> None:
            for value in node.values:
                if isinstance(value, VariableNode):
                    otherwise.add(value.name.value)

    visit(document, Uses())
    texts = {
        each.variable.name.value
        for each in operation.variable_definitions or ()
        if print_ast(each.type) in _TEXTS
    }
    return frozenset(texts & used - otherwise)


def switches_of(document: DocumentNode, operation: OperationDefinitionNode) -> tuple[str, ...]:
    """The operation's variables that directives ask about."""
    declared = [each.variable.name.value for each in operation.variable_definitions or ()]
    found: set[str] = set()

    class Directives(Visitor):
        def enter_directive(self, node: DirectiveNode, *_args: object) -> None:
            for each in node.arguments or ():
                if isinstance(each.value, VariableNode):
                    found.add(each.value.name.value)

    visit(document, Directives())
    return tuple(name for name in declared if name in found)
