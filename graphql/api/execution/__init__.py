"""Executing a request: by a plan where there is one (`plans.Plans` is the door to them), otherwise by graphql-core, once its document
was prepared, its operation chosen and what it asks for checked."""

from dataclasses import dataclass
from typing import Any, Protocol

from graphql import GraphQLError, OperationType

from api.context import Context
from api.documents import choose_operation, prepare
from api.limits import check_cost
from api.schema import ApiSchema
from api.variables import check_nulls, in_our_words, read_variables


class Wanted(Protocol):
    """What is to be executed."""

    @property
    def query(self) -> str:
        """The document."""

    @property
    def operation_name(self) -> str | None:
        """Which of its operations."""

    @property
    def variables(self) -> dict[str, Any]:
        """The values of its variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a request. `failed_before_execution`: nothing was executed, so there is no data, not even null."""

    data: dict[str, Any] | None = None
    errors: tuple[GraphQLError, ...] = ()
    failed_before_execution: bool = False
    refused_mutation: bool = False
    is_mutation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A request that is fit to be executed."""

    wanted: Wanted
    is_mutation: bool


def check(schema: ApiSchema, wanted: Wanted, *, mutations: bool = True) -> Checked | Outcome:
    """What is to be executed, or why nothing is; with `mutations` off (GET) only queries are."""
    prepared = prepare(schema.core, wanted.query, schema.limits)
    if isinstance(prepared, tuple):
        return Outcome(errors=prepared, failed_before_execution=True)
    try:
        operation = choose_operation(prepared, wanted.operation_name)
        is_mutation = operation.operation is OperationType.MUTATION
        if is_mutation and not mutations:
            return Outcome(refused_mutation=True)
        # First with the variables as they were sent: of a list that is far too long, not every item is to be looked at.
        check_cost(schema.core, prepared, operation, wanted.variables, schema.limits)
        variables = read_variables(schema.core, operation, wanted.variables)
        if isinstance(variables, list):
            return Outcome(errors=tuple(variables), failed_before_execution=True)
        if variables.coerced:
            check_cost(schema.core, prepared, operation, variables.coerced, schema.limits)
    except GraphQLError as error:
        return Outcome(errors=(error,), failed_before_execution=True)
    nulls = check_nulls(schema.core, prepared, operation, variables.coerced)
    if nulls:
        return Outcome(errors=tuple(nulls), failed_before_execution=True)
    return Checked(wanted=wanted, is_mutation=is_mutation)


async def execute(schema: ApiSchema, checked: Checked, context: Context) -> Outcome:
    """Execute it."""
    wanted = checked.wanted
    result = await schema.execute(
        wanted.query,
        variable_values=wanted.variables,
        context_value=context,
        operation_name=wanted.operation_name,
    )
    errors = _told(schema, wanted, tuple(result.errors or ()))
    before = bool(errors) and result.data is None and all(error.path is None for error in errors)
    return Outcome(
        data=result.data,
        errors=errors,
        failed_before_execution=before,
        is_mutation=checked.is_mutation,
    )


def _told(schema: ApiSchema, wanted: Wanted, errors: tuple[GraphQLError, ...]) -> tuple[GraphQLError, ...]:
    """The errors, none of them in words of graphql-core about an argument."""
    if all(type(error.original_error or error) is not GraphQLError for error in errors):
        return errors
    document = prepare(schema.core, wanted.query, schema.limits)
    if isinstance(document, tuple):
        return errors
    variables = read_variables(
        schema.core, choose_operation(document, wanted.operation_name), wanted.variables
    )
    if isinstance(variables, list):
        return errors
    return in_our_words(schema.core, document, variables, errors)
