"""From the text of a document to one that may be executed: parsed, held to the limits, validated; remembered by its text."""

import re
from contextlib import suppress
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    ValueNode,
    VariableDefinitionNode,
    VisitorAction,
    parse,
    specified_rules,
    validate,
)
from graphql.language import SKIP
from graphql.utilities.validate_input_value import validate_input_literal
from graphql.validation import ASTValidationRule, ValuesOfCorrectTypeRule

from api.limits import Limits, check_size
from api.protocol_error import ProtocolCode, ProtocolError
from api.wrong_values import Enough, Found, explain, refused_by_strawberry, shape_of

MAX_ERRORS = 5
_REMEMBERED = 256
_QUOTED = re.compile(r"\b(Int|Float|String|BlockString|block string)\b.*", re.IGNORECASE | re.DOTALL)


class DiscreetValuesRule(ValuesOfCorrectTypeRule):
    """Literals must be of the right type; unlike the rule it replaces, its errors never repeat a literal.

    It also takes the place of Strawberry's own rules, whose errors tell of Python's types.
    """

    _name = ""

    def enter_argument(self, node: ArgumentNode, *_args: object) -> None:
        """Note whose values come next."""
        self._name = node.name.value

    def enter_variable_definition(self, node: VariableDefinitionNode, *_args: object) -> None:
        """Note whose default comes next."""
        self._name = f"${node.variable.name.value}"

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        """Report what is wrong with a literal by its path and type."""
        if input_type:
            shape = shape_of(node)
            found = Found(MAX_ERRORS)

            def note(error: GraphQLError, path: list[str | int]) -> None:
                found.note(*explain(self._name, input_type, shape, path), nodes=error.nodes)

            with suppress(Enough):
                validate_input_literal(node, input_type, note, None, None, True)
                for wrong in refused_by_strawberry(self._name, input_type, shape):
                    found.note(wrong, nodes=[node])
            for error in found.errors(ProtocolCode.VALIDATION_ERROR):
                self.report_error(error)
        return SKIP


class NoIntrospectionRule(ASTValidationRule):
    """Nothing is told about the schema itself."""

    def enter_field(self, node: FieldNode, *_args: object) -> None:
        """Refuse a field about the schema."""
        if node.name.value in ("__schema", "__type"):
            self.report_error(GraphQLError("Introspection is off.", node))


RULES: tuple[type[ASTValidationRule], ...] = tuple(
    DiscreetValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules
)
"""Made once: rules made anew for each request would defeat every memory of what was validated."""


def check_length(query: str, operation_name: str | None, limits: Limits) -> None:
    """Raise ProtocolError for texts that are too long. To be asked before anything that remembers them, be it as what was refused."""
    if len(query) > limits.characters:
        raise ProtocolError(
            ProtocolCode.LIMIT_EXCEEDED, "LIMIT_CHARACTERS", values={"limit": limits.characters}
        )
    if operation_name is not None and len(operation_name) > limits.name:
        raise ProtocolError(ProtocolCode.LIMIT_EXCEEDED, "LIMIT_NAME", values={"limit": limits.name})


@lru_cache(maxsize=_REMEMBERED)
def prepare(schema: GraphQLSchema, query: str, limits: Limits) -> "DocumentNode | tuple[GraphQLError, ...]":
    """The document, fit to be executed, or what is wrong with it (the first few errors). `check_length` let its text pass."""
    try:
        document = _parse(query, limits)
        check_size(document, limits)
    except GraphQLError as error:
        # It is remembered: its traces would keep whoever asked first, with token and body, as long as it is.
        error.__context__ = None
        return (error.with_traceback(None),)
    found = [] if limits.introspection else validate(schema, document, (NoIntrospectionRule,), max_errors=1)
    found = found or validate(schema, document, RULES, max_errors=MAX_ERRORS, hide_suggestions=True)
    return tuple(_invalid(error) for error in found[:MAX_ERRORS]) or document


def choose_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation to execute. Raises ProtocolError when it is not clear which."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if not operations:
        raise ProtocolError(ProtocolCode.BAD_REQUEST, "NO_OPERATION")
    if name is None:
        if len(operations) > 1:
            raise ProtocolError(ProtocolCode.BAD_REQUEST, "OPERATION_NAME_REQUIRED")
        return operations[0]
    for operation in operations:
        if operation.name is not None and operation.name.value == name:
            return operation
    raise ProtocolError(ProtocolCode.BAD_REQUEST, "OPERATION_UNKNOWN")


def _parse(query: str, limits: Limits) -> DocumentNode:
    try:
        return parse(query, max_lexical_tokens=limits.tokens, max_comments=limits.comments)
    except GraphQLSyntaxError as error:
        if error.message.endswith("Parsing aborted."):
            values = {"reason": error.message}
            raise ProtocolError(ProtocolCode.LIMIT_EXCEEDED, "LIMIT_PARSER", values=values) from None
        reason = _QUOTED.sub(r"\1.", error.message)
        raise ProtocolError(
            ProtocolCode.SYNTAX_ERROR, "SYNTAX_ERROR", cause=error, values={"reason": reason}
        ) from None


def _invalid(error: GraphQLError) -> GraphQLError:
    if isinstance(error, ProtocolError):
        return error
    return ProtocolError(
        ProtocolCode.VALIDATION_ERROR, "VALIDATION_ERROR", cause=error, values={"reason": error.message}
    )
