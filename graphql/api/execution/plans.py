"""Plans of operations: made once of a document, remembered by its text, and run for each request.

The endpoint (`http/endpoint.py`) asks whether there is a plan and, where there is none or it answers None, graphql-core; a plan of a query
only reads, so nothing is done twice but that. `FIADOR_PLANNED_ANSWERS=false` leaves plans out.

Of queries: `selections` flattens fragments and directives to the fields that are wanted, `roots` has those of Query that plans answer, `shapes` (in the
words of `fields`) says of which columns each field of a type is made. Of that `connections` makes what reads records, pages and
pages inside of records, by one statement for each level, and `writing` compiles the expression that makes an answer's object of
a row; `functions` is what such expressions call, masks among it, which look at the caller of the request. `arguments` keeps what of
variables is remembered, which is the same for every caller, from cursors and ids, which are passed on as they are. What somebody searched
for, a document or a name, is among what is remembered: in this process's memory, until others have taken its place.

Of mutations (`mutations`): `inputs` has what reads the input, and `objects` what makes an answer of the objects that the resolver gives.
The resolver itself is run once, whatever comes after it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

import orjson
import structlog
from graphql import (
    DocumentNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
)
from graphql.execution.values import VariableValues
from strawberry.types.arguments import convert_arguments
from strawberry.types.field import StrawberryField

from api.context import Context
from api.documents import choose_operation, prepare
from api.execution import Outcome, Wanted
from api.execution.arguments import Arguments, Variables, may_be_passed_on, switches_of
from api.execution.connections import NodePlan, Run, plan_connection, plan_node
from api.execution.functions import Unplanned, functions
from api.execution.mutations import PlannedMutation
from api.execution.roots import LISTS, NODES, ListRoot
from api.execution.selections import Selected, Selections, selections_of
from api.ids import split_id
from api.limits import check_cost
from api.paging import PageArguments
from api.permissions import permission_of
from api.schema import ApiSchema
from api.variables import read_variables
from core.domain.errors import DomainError
from ports.rows import Rows

_LONGEST_REMEMBERED = 4_096
"""In bytes, as JSON: variables that are longer are worked out each time."""

REMEMBERED = 256
"""How many documents are remembered."""

VARIABLES_REMEMBERED = 512
"""How many sets of variables are remembered, of all documents together. One of the longest takes some 50 kB once it was worked out."""

_log = structlog.stdlib.get_logger("api.execution")

Answer = Callable[[Run], Coroutine[Any, Any, Any]]
"""Answers one field of Query."""


class Ready(NamedTuple):
    """A plan with the variables it is run with, both checked."""

    answers: Mapping[str, Answer]
    variables: Variables


class Plans:
    """The one door: answers what it understands, and leaves everything else to graphql-core by answering None.

    A plan only has to be right about answers without errors: whatever goes wrong in one is left to graphql-core too, which then
    says what the specification wants said.
    """

    def __init__(self, schema: ApiSchema, rows: Rows) -> None:
        self._schema = schema
        self.rows = rows
        self._functions = functions(rows.forms)
        self._known = lru_cache(maxsize=REMEMBERED)(self._document)
        self._remembered = lru_cache(maxsize=VARIABLES_REMEMBERED)(PlannedQuery._checked)

    def know(self, wanted: Wanted) -> bool:
        """Whether there is a plan for what it asks for, and it is a query."""
        return isinstance(self._known(wanted.query, wanted.operation_name), PlannedQuery)

    def mutation(self, wanted: Wanted) -> Callable[[Context], Coroutine[Any, Any, Outcome]] | None:
        """What does the mutation that it asks for and tells what came of it, or None when graphql-core is to be asked."""
        planned = self._known(wanted.query, wanted.operation_name)
        return planned.ready(wanted) if isinstance(planned, PlannedMutation) else None

    async def answer(self, wanted: Wanted, context: Context) -> dict[str, Any] | None:
        """The data of a query, or None when graphql-core is to be asked."""
        document = self._known(wanted.query, wanted.operation_name)
        if not isinstance(document, PlannedQuery):
            return None
        try:
            ready = document.ready(wanted.variables, self._remembered)
            run = Run(context=context, rows=self.rows, variables=ready.variables)
            if len(ready.answers) == 1:
                ((key, answer),) = ready.answers.items()
                return {key: await answer(run)}
            found = await _side_by_side(answer(run) for answer in ready.answers.values())
            return dict(zip(ready.answers, found, strict=True))
        except (Unplanned, DomainError, GraphQLError):
            return None
        except Exception as error:
            # graphql-core is asked next, and what it meets is told at its own level.
            _log.info("a plan failed", error=type(error).__name__)
            return None

    def _document(self, query: str, operation_name: str | None) -> "PlannedQuery | PlannedMutation | None":
        prepared = prepare(self._schema.core, query, self._schema.limits)
        if isinstance(prepared, tuple):
            return None
        try:
            operation = choose_operation(prepared, operation_name)
            if operation.operation is OperationType.MUTATION:
                return PlannedMutation(self._schema, prepared, operation)
        except (Unplanned, GraphQLError):
            return None
        if operation.operation is not OperationType.QUERY:
            return None
        planned = PlannedQuery(self._schema, self._functions, prepared, operation)
        return planned if planned.may_be_planned() else None


class PlannedQuery:
    """The plans of one operation of Query, by what its directives ask of its variables."""

    def __init__(
        self,
        schema: ApiSchema,
        known: Mapping[str, Callable[..., Any]],
        document: DocumentNode,
        operation: OperationDefinitionNode,
    ) -> None:
        self._schema = schema
        self._functions = known
        self._document = document
        self._operation = operation
        self._switches = switches_of(document, operation)
        self._passed_on = may_be_passed_on(document, operation)
        self._declared = [each.variable.name.value for each in operation.variable_definitions or ()]
        self._plan = lru_cache(maxsize=16)(self._planned)

    def may_be_planned(self) -> bool:
        """Whether its fields are such that a plan can be made at all. Without switches, it is made at once."""
        fields = [node for node in self._operation.selection_set.selections if hasattr(node, "name")]
        if self._switches:
            return bool(fields)
        try:
            self._plan(())
        except Unplanned:
            return False
        return True

    def ready(self, variables: dict[str, Any], remembered: Callable[..., Any]) -> Ready:
        """What to run with these variables; remembered: `_checked` with a memory. Raises Unplanned, and GraphQLError for wrong variables."""
        passed_on = {name: text for name in self._passed_on if isinstance(text := variables.get(name), str)}
        declared = {name: variables[name] for name in self._declared if name in variables}
        written = orjson.dumps({**declared, **dict.fromkeys(passed_on, "")})
        checked = remembered if len(written) <= _LONGEST_REMEMBERED else PlannedQuery._checked
        answers, coerced, known = checked(self, written)
        return Ready(answers, Variables(coerced=coerced, passed_on=passed_on, known=known))

    def _checked(self, written: bytes) -> tuple[Mapping[str, Answer], VariableValues, dict[Any, Any]]:
        core = self._schema.core
        read = read_variables(core, self._operation, orjson.loads(written))
        if isinstance(read, list):
            raise Unplanned
        check_cost(core, self._document, self._operation, read.coerced, self._schema.limits)
        switches = tuple((name, read.coerced.get(name)) for name in self._switches)
        if not all(isinstance(value, bool) for _, value in switches):
            raise Unplanned
        return self._plan(switches), read, {}

    def _planned(self, switches: tuple[tuple[str, bool], ...]) -> Mapping[str, Answer]:
        selections = selections_of(self._schema.core, self._document, dict(switches))
        chosen = selections.of("Query", [self._operation.selection_set])
        return {each.key: self._root(selections, each) for each in chosen}

    def _root(self, selections: Selections, selected: Selected) -> Answer:
        if selected.name == "__typename":
            return _query_typename
        if selected.name in LISTS:
            return self._list(selections, selected, LISTS[selected.name])
        if selected.name == "node":
            return self._node(selections, selected)
        raise Unplanned

    def _node(self, selections: Selections, selected: Selected) -> Answer:
        permission, arguments = self._guard(selections, selected)

        @cache
        def plan_of(kind: str) -> NodePlan:
            shape, _ = NODES[kind]
            return plan_node(selections, self._functions, shape, selected.inside)

        async def answer(run: Run) -> Any:
            caller = run.context.caller
            permission.check(caller)
            kind, record_id = split_id(arguments.of(run.variables)["id"]) or ("", None)
            if record_id is None or kind not in NODES:
                raise Unplanned
            caller.require(*NODES[kind][1])
            return await plan_of(kind).find(run, record_id)

        return answer

    def _list(self, selections: Selections, selected: Selected, root: ListRoot) -> Answer:
        plan = plan_connection(
            selections,
            self._functions,
            root.kind,
            f"{root.shape.type}Connection",
            root.shape,
            selected.inside,
            outermost=True,
        )
        permission, reader = self._guard(selections, selected)

        async def answer(run: Run) -> Any:
            caller = run.context.caller
            permission.check(caller)
            arguments = reader.of(run.variables)
            matching = (arguments.pop("matching", None) or root.matching()).read(caller)
            order = (arguments.pop("order_by", None) or root.order()).order()
            return await plan.page(run, matching, order, PageArguments(**arguments))

        return answer

    def _guard(self, selections: Selections, selected: Selected) -> tuple[Any, Arguments]:
        """The permission of a field, and what reads its arguments."""
        definition = selections.field("Query", selected.name)
        field: StrawberryField = definition.extensions["strawberry-definition"]
        permission = permission_of(field)
        if permission is None:
            raise Unplanned
        converter = self._schema.schema_converter

        def convert(values: dict[str, Any]) -> dict[str, Any]:
            return convert_arguments(
                values,
                field.arguments,
                scalar_registry=converter.scalar_registry,
                config=self._schema.config,
            )

        return permission, Arguments(definition, selected.nodes[0], convert)


async def _side_by_side(answers: Iterable[Coroutine[Any, Any, Any]]) -> list[Any]:
    """What all of them find. When one fails, the others are ended before that is told: nobody will ask what they find."""
    tasks = [asyncio.ensure_future(each) for each in answers]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        raise


async def _query_typename(run: Run) -> str:
    return "Query"
