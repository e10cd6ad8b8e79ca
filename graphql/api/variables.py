"""Reading variables before execution, so that no error ever repeats a value: a value may be a password.

And telling, no more talkative, what was wrong with them once execution met it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    is_input_type,
    is_non_null_type,
    separate_operations,
    type_from_ast,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values
from graphql.utilities.validate_input_value import validate_input_literal, validate_input_value

from api.protocol_error import ProtocolCode, ProtocolError
from api.wrong_values import Enough, Found, Wrong, explain, refused_by_strawberry, shape_of
from core.use_cases.save_rows import MAX_ROWS

MAX_WRONG = MAX_ROWS
"""How many wrong values are told at once: one in every row of the largest import."""


def read_variables(
    schema: GraphQLSchema, operation: OperationDefinitionNode, variables: dict[str, object]
) -> VariableValues | list[GraphQLError]:
    """The values with their defaults, as their types make them; or what is wrong, `MAX_WRONG` things at most, named by path and type, never by value."""
    definitions = operation.variable_definitions or ()
    found = Found(MAX_WRONG)
    with suppress(Enough):
        for each in definitions:
            _check(schema, each, variables, found)
    return found.errors(ProtocolCode.INVALID_VARIABLES) or get_variable_values(schema, definitions, variables)


def check_nulls(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    values: Mapping[str, object],
) -> list[GraphQLError]:
    """What must not be null in literals, and is by a variable; and oneOf inputs that a variable which was left out leaves empty."""
    names = [each.variable.name.value for each in operation.variable_definitions or ()]
    # Only inputs of mutations are oneOf; queries often leave variables out, and need no such look.
    if operation.operation is not OperationType.MUTATION:
        names = [name for name in names if name in values]
    if all(values.get(name) is not None for name in names):
        return []
    errors: list[GraphQLError] = []
    types = TypeInfo(schema)

    class Literals(Visitor):
        def enter_argument(self, node: ArgumentNode, *_args: object) -> None:
            argument = types.get_argument()
            if argument is not None and not isinstance(node.value, VariableNode):
                found = refused_by_strawberry(node.name.value, argument.type, shape_of(node.value, values))
                errors.extend(wrong.error(ProtocolCode.INVALID_VARIABLES, [node.value]) for wrong in found)

    alone = separate_operations(document)[operation.name.value if operation.name else ""]
    visit(alone, TypeInfoVisitor(types, Literals()))
    return errors


def in_our_words(
    schema: GraphQLSchema, document: DocumentNode, values: VariableValues, errors: Sequence[GraphQLError]
) -> tuple[GraphQLError, ...]:
    """Errors of execution, those about arguments told as of other values: where nothing may be null, a variable with a default may still
    be sent as null, which the specification lets execution find out, so that other fields are answered."""
    told: dict[tuple[int, ...], Wrong] = {}
    types = TypeInfo(schema)

    class Arguments(Visitor):
        def enter_argument(self, node: ArgumentNode, *_args: object) -> None:
            argument = types.get_argument()
            if argument is None:
                return

            def note(error: GraphQLError, path: Sequence[str | int]) -> None:
                (wrong, *_) = explain(node.name.value, argument.type, shape_of(node.value), path)
                told.setdefault(_place(error), wrong)

            validate_input_literal(node.value, argument.type, note, values, None, True)

    visit(document, TypeInfoVisitor(types, Arguments()))
    return tuple(
        ProtocolError(ProtocolCode.INVALID_VARIABLES, wrong.text, values=dict(wrong.values), cause=error)
        if (wrong := told.get(_place(error)))
        else error
        for error in errors
    )


def _place(error: GraphQLError) -> tuple[int, ...]:
    return tuple(error.positions or ())


def _check(
    schema: GraphQLSchema,
    definition: VariableDefinitionNode,
    variables: Mapping[str, object],
    found: Found,
) -> None:
    name = f"${definition.variable.name.value}"
    declared = type_from_ast(schema, definition.type)
    if declared is None or not is_input_type(declared):
        return
    value = variables.get(definition.variable.name.value, Undefined)
    if value is Undefined:
        if is_non_null_type(declared) and definition.default_value is None:
            found.note(Wrong("VARIABLE_REQUIRED", (("variable", name), ("type", str(declared)))))
        return

    def note(_error: GraphQLError, path: Sequence[str | int]) -> None:
        found.note(*explain(name, declared, value, path))

    validate_input_value(value, declared, note, True)
    for wrong in refused_by_strawberry(name, declared, value):
        found.note(wrong)
