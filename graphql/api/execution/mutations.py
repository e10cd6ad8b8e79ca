"""Plans of mutations: the input is read, and the answer made, by what was put together once; between them the resolver runs, once.

Before it runs, whatever is unusual is left to graphql-core, as for queries. What came of it is never worked out a second time: where it is
an error, or cannot be made an answer of here, graphql-core executes the operation with `Context.done` in the place of the resolver, and
says what the specification wants said of it.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import Any, cast

import structlog
from graphql import (
    DocumentNode,
    GraphQLArgument,
    GraphQLError,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
)
from strawberry.types.field import StrawberryField

from api.context import Context, Done
from api.execution import Checked, Outcome, Wanted, execute
from api.execution.arguments import switches_of
from api.execution.functions import Unplanned
from api.execution.inputs import reader
from api.execution.objects import Asking, Objects
from api.execution.selections import Selected, selections_of
from api.limits import check_cost, is_measured
from api.permissions import permission_of
from api.schema import ApiSchema
from core.domain.errors import DomainError

_log = structlog.stdlib.get_logger("api.execution")


class PlannedMutation:
    """The plan of an operation with one mutation, whose input is one variable. Raises Unplanned where it is anything else, and
    GraphQLError where it asks for too much.
    """

    def __init__(self, schema: ApiSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        if len(operation.variable_definitions or ()) != 1:  # others would have to be checked, too
            raise Unplanned
        if switches_of(document, operation):
            raise Unplanned
        check_cost(schema.core, document, operation, {}, schema.limits)
        selections = selections_of(schema.core, document)
        chosen = selections.of("Mutation", [operation.selection_set])
        if len(chosen) != 1 or chosen[0].name == "__typename":
            raise Unplanned
        (selected,) = chosen
        definition = selections.field("Mutation", selected.name)
        field: StrawberryField = definition.extensions["strawberry-definition"]
        permission, resolver = permission_of(field), field.base_resolver
        if permission is None or resolver is None or len(field.arguments) != 1:
            raise Unplanned
        if not field.is_async or len(field.extensions) != 1:
            raise Unplanned
        ((name, argument),) = definition.args.items()
        self._variable = _variable_of(selected, name, argument)
        self._read = reader(argument.type, field.arguments[0].type)
        self._schema = schema
        self._key = selected.key
        self._permission = permission
        self._resolve = cast("Callable[..., Coroutine[Any, Any, Any]]", resolver.wrapped_func)
        self._argument = field.arguments[0].python_name
        self._make = Objects(selections=selections).value(definition.type, selected.inside)

    def ready(self, wanted: Wanted) -> Callable[[Context], Coroutine[Any, Any, Outcome]] | None:
        """What does it; None where graphql-core is to say what is wrong with the variables."""
        try:
            given = self._read(wanted.variables.get(self._variable))
        except Unplanned:
            return None
        return partial(self._run, wanted, given)

    async def _run(self, wanted: Wanted, given: Any, context: Context) -> Outcome:
        asking = Asking(context=context)
        try:
            self._permission.check(context.caller)
            done = await self._resolve(info=asking, **{self._argument: given})
        except Exception as error:
            return await self._told(wanted, context, Done(error=error))
        try:
            answered = self._make(done, asking)
            await asking.finish()
        except (Unplanned, DomainError, GraphQLError):
            return await self._told(wanted, context, Done(value=done))
        except Exception as error:
            # graphql-core is asked next, and what it meets is told at its own level.
            _log.info("a plan failed", error=type(error).__name__)
            return await self._told(wanted, context, Done(value=done))
        return Outcome(data={self._key: answered}, is_mutation=True)

    async def _told(self, wanted: Wanted, context: Context, done: Done) -> Outcome:
        return await execute(
            self._schema, Checked(wanted=wanted, is_mutation=True), replace(context, done=done)
        )


def _variable_of(selected: Selected, name: str, argument: GraphQLArgument) -> str:
    """The variable that holds all of the input; where what the input holds counts as cost, graphql-core is asked, which counts it."""
    given = selected.nodes[0].arguments or ()
    if len(given) != 1 or given[0].name.value != name or is_measured(get_named_type(argument.type)):
        raise Unplanned
    value = given[0].value
    if not isinstance(value, VariableNode):
        raise Unplanned
    return value.name.value
