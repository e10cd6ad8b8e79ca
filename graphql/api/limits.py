"""How much one document may ask for.

Each fragment is measured once, however often it is spread, so that measuring costs what the document is long.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    ValueNode,
    VariableNode,
    Visitor,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    visit,
)

from api.paging import DEFAULT_PAGE
from api.protocol_error import ProtocolCode, ProtocolError
from core.domain.paging import MAX_PAGE
from core.use_cases.save_rows import MAX_ROWS

_BATCHES = ("invoiceIds", "negativationIds", "rows")
"""The lists, in inputs of mutations, that are answered with one result each."""

_FILTER = "filter"
"""In an input, it may stand for a whole batch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a document may hold. `cost` counts the records that it may read: a list counts as often as it may answer.

    name: the characters of an operation's name.
    introspection: whether it may ask about the schema itself (`__schema`, `__type`; `__typename` is always answered).
    """

    characters: int = 50_000
    name: int = 255
    tokens: int = 4_000
    comments: int = 1_000
    fields: int = 400
    aliases: int = 50
    fragments: int = 100
    root_fields: int = 20
    depth: int = 16
    cost: int = 5_000
    introspection: bool = True


class _Counter(Visitor):
    """Counts what a document holds, each definition once."""

    def __init__(self) -> None:
        super().__init__()
        self.fields = self.aliases = 0
        self.unusable_text: Node | None = None

    def enter_field(self, node: FieldNode, *_args: object) -> None:
        """Count a field, and its alias."""
        self.fields += 1
        self.aliases += node.alias is not None

    def enter_string_value(self, node: StringValueNode, *_args: object) -> None:
        """Note a text that no storage takes."""
        if "\x00" in node.value:
            self.unusable_text = node


def check_size(document: DocumentNode, limits: Limits) -> None:
    """Raise ProtocolError for a document that holds too much, whatever it means."""
    counter = _Counter()
    visit(document, counter)
    fragments = _fragments(document)
    _hold("LIMIT_FIELDS", counter.fields, limits.fields)
    _hold("LIMIT_ALIASES", counter.aliases, limits.aliases)
    _hold("LIMIT_FRAGMENTS", len(fragments), limits.fragments)
    if counter.unusable_text is not None:
        raise ProtocolError(ProtocolCode.BAD_REQUEST, "UNUSABLE_TEXT", nodes=[counter.unusable_text])
    depth_of = _Memo(fragments, _depth)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            _hold("LIMIT_DEPTH", _depth(definition.selection_set, depth_of), limits.depth)


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    limits: Limits,
) -> None:
    """Raise ProtocolError for a valid operation that asks for too many root fields or too many records.

    variables: as their types and defaults make them, for the figure to hold; as they were sent, which may be anything, it may be too low.
    """
    costs = _Costs(schema, _fragments(document), variables)
    root = schema.get_root_type(operation.operation)
    _hold("LIMIT_ROOT_FIELDS", costs.width(operation.selection_set), limits.root_fields)
    _hold("LIMIT_COST", costs.of(operation.selection_set, root), limits.cost)


def is_measured(type_: GraphQLNamedType) -> bool:
    """Whether the cost of a mutation depends on what an argument of this type holds."""
    return not isinstance(type_, GraphQLInputObjectType) or any(
        name in type_.fields for name in (*_BATCHES, _FILTER)
    )


def _hold(text: str, found: int, limit: int) -> None:
    if found > limit:
        values = {"limit": limit, "found": min(found, 10**9)}
        raise ProtocolError(ProtocolCode.LIMIT_EXCEEDED, text, values=values)


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        definition.name.value: definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }


class _Memo:
    """A figure of each fragment, worked out once. A fragment inside itself, or unknown, counts nothing."""

    def __init__(
        self,
        fragments: Mapping[str, FragmentDefinitionNode],
        measure: "Callable[[SelectionSetNode, _Memo], int]",
    ) -> None:
        self._fragments = fragments
        self._measure = measure
        self._known: dict[str, int] = {}

    def of(self, name: str) -> int:
        """The fragment's figure."""
        if name not in self._known:
            self._known[name] = 0
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._known[name] = self._measure(fragment.selection_set, self)
        return self._known[name]


def _depth(selections: SelectionSetNode, fragments: _Memo) -> int:
    deepest = 0
    for selection in selections.selections:
        found = 0
        if isinstance(selection, FragmentSpreadNode):
            found = fragments.of(selection.name.value)
        elif isinstance(selection, InlineFragmentNode):
            found = _depth(selection.selection_set, fragments)
        elif isinstance(selection, FieldNode):
            found = 1 + (_depth(selection.selection_set, fragments) if selection.selection_set else 0)
        deepest = max(deepest, found)
    return deepest


class _Costs:
    """How many records a selection may read."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, object],
    ) -> None:
        self._schema = schema
        self._variables = variables
        self._fragments = fragments
        self._known: dict[str, int] = {}
        self._widths = _Memo(fragments, lambda selections, _memo: self.width(selections))

    def width(self, selections: SelectionSetNode) -> int:
        """How many fields stand at the top of a selection."""
        count = 0
        for selection in selections.selections:
            if isinstance(selection, FragmentSpreadNode):
                count += self._widths.of(selection.name.value)
            elif isinstance(selection, InlineFragmentNode):
                count += self.width(selection.selection_set)
            else:
                count += 1
        return count

    def of(self, selections: SelectionSetNode, parent: GraphQLNamedType | None) -> int:
        """The cost of a selection on a type."""
        return sum(self._selection(selection, parent) for selection in selections.selections)

    def _selection(self, selection: Node, parent: GraphQLNamedType | None) -> int:
        if isinstance(selection, FragmentSpreadNode):
            return self._fragment(selection.name.value)
        if isinstance(selection, InlineFragmentNode):
            condition = selection.type_condition
            narrowed = self._schema.get_type(condition.name.value) if condition else parent
            return self.of(selection.selection_set, narrowed)
        return self._field(selection, parent) if isinstance(selection, FieldNode) else 0

    def _fragment(self, name: str) -> int:
        if name not in self._known:
            self._known[name] = 0
            fragment = self._fragments.get(name)
            if fragment is not None:
                condition = self._schema.get_type(fragment.type_condition.name.value)
                self._known[name] = self.of(fragment.selection_set, condition)
        return self._known[name]

    def _field(self, field: FieldNode, parent: GraphQLNamedType | None) -> int:
        if not (is_object_type(parent) or is_interface_type(parent)) or field.selection_set is None:
            return 0
        definition = parent.fields.get(field.name.value)
        if definition is None:
            return 0
        answered = get_named_type(definition.type)
        if is_leaf_type(answered):
            return 0
        inside = self.of(field.selection_set, answered)
        if answered.name.endswith("Connection"):
            return 1 + self._page_size(field) * max(inside, 1)
        return (1 + inside) * self._list_size(field)

    def _page_size(self, field: FieldNode) -> int:
        given = [self._value(field, name) for name in ("first", "last")]
        sizes = [size for size in given if isinstance(size, int)]
        return min(max([*sizes, 1]), MAX_PAGE) if sizes else DEFAULT_PAGE

    def _list_size(self, field: FieldNode) -> int:
        sizes = [self._value(field, name) for name in ("ids", "invoiceIds")]
        return max([1, *(size for size in sizes if isinstance(size, int)), self._batch_size(field)])

    def _batch_size(self, field: FieldNode) -> int:
        """How many records a mutation's input names; a filter may stand for a whole batch.

        Longer lists than any mutation takes count as the longest one: to refuse them, naming the field, costs nothing.
        """
        given = next((each.value for each in field.arguments or () if each.name.value == "input"), None)
        if isinstance(given, VariableNode):
            values = self._variables.get(given.name.value)
            whole = values if isinstance(values, dict) else {}
            sizes = {name: _length(value) for name, value in whole.items() if value is not None}
        elif isinstance(given, ObjectValueNode):
            sizes = {part.name.value: self._length(part.value) for part in given.fields}
        else:
            sizes = {}
        filtered = MAX_PAGE if _FILTER in sizes else 1
        return max(filtered, *(min(sizes.get(name, 1), MAX_ROWS) for name in _BATCHES))

    def _value(self, field: FieldNode, name: str) -> int | None:
        """The number, or the length of the list, that an argument holds."""
        for argument in field.arguments or ():
            if argument.name.value == name:
                value = argument.value
                if isinstance(value, VariableNode):
                    given = self._variables.get(value.name.value)
                    return (
                        len(given) if isinstance(given, list) else given if isinstance(given, int) else None
                    )
                if isinstance(value, IntValueNode):
                    return int(value.value[:10])
                return self._length(value)
        return None

    def _length(self, value: ValueNode) -> int:
        """The length of the list that is written there, or that a variable holds."""
        if isinstance(value, VariableNode):
            return _length(self._variables.get(value.name.value))
        return len(value.values) if isinstance(value, ListValueNode) else 1


def _length(value: object) -> int:
    return len(value) if isinstance(value, list) else 1
