"""What an operation selects of a type, with fragments spread, directives applied, and fields of one name put together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from api.execution.functions import Unplanned


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """A field. key: under which name it is answered. nodes: wherever it is selected; they agree on name and arguments."""

    key: str
    nodes: tuple[FieldNode, ...]

    @property
    def name(self) -> str:
        """The field's name in the schema."""
        return self.nodes[0].name.value

    @property
    def inside(self) -> list[SelectionSetNode]:
        """What is selected of what it answers."""
        return [node.selection_set for node in self.nodes if node.selection_set is not None]


MOST_FIELDS = 2_000
"""Fields and fragments that are looked at for a plan. Fragments inside fragments can make a few lines stand for millions; what they cost
is told by the limits.
"""


@dataclass(slots=True, kw_only=True)
class Selections:
    """Finds what is selected. switches: the values of the variables that directives ask about."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    switches: Mapping[str, bool]
    _left: int = MOST_FIELDS

    def of(self, type_name: str, selections: Sequence[SelectionSetNode]) -> list[Selected]:
        """The fields of an object type, in the order in which they are answered. Raises Unplanned when they are too many."""
        found = self.schema.get_type(type_name)
        assert isinstance(found, GraphQLObjectType)  # noqa: S101 - plans are made of object types
        alike: dict[str, list[FieldNode]] = {}
        spread: set[str] = set()
        for each in selections:
            for node in self._fields(each, found, spread):
                alike.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        return [Selected(key=key, nodes=tuple(nodes)) for key, nodes in alike.items()]

    def field(self, type_name: str, name: str) -> GraphQLField:
        """The schema's definition of a field."""
        found = self.schema.get_type(type_name)
        assert isinstance(found, GraphQLObjectType)  # noqa: S101 - plans are made of object types
        definition: GraphQLField = found.fields[name]
        return definition

    def _fields(
        self, selections: SelectionSetNode, of: GraphQLObjectType, spread: set[str]
    ) -> Iterator[FieldNode]:
        """spread: the fragments that were; a second time they would say the same."""
        for node in selections.selections:
            self._left -= 1
            if self._left < 0:
                raise Unplanned
            if not self._included(node.directives or ()):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                if self._fits(node.type_condition, of):
                    yield from self._fields(node.selection_set, of, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._fits(fragment.type_condition, of):
                    yield from self._fields(fragment.selection_set, of, spread)

    def _fits(self, condition: NamedTypeNode | None, of: GraphQLObjectType) -> bool:
        if condition is None or condition.name.value == of.name:
            return True
        named = self.schema.get_type(condition.name.value)
        return is_abstract_type(named) and self.schema.is_sub_type(named, of)

    def _included(self, directives: Sequence[DirectiveNode]) -> bool:
        for directive in directives:
            wanted = {"include": True, "skip": False}.get(directive.name.value)
            given = directive.arguments[0].value if directive.arguments else None
            if isinstance(given, VariableNode):
                value = self.switches[given.name.value]
            elif isinstance(given, BooleanValueNode):
                value = given.value
            else:
                raise Unplanned
            if wanted is None:
                raise Unplanned
            if value is not wanted:
                return False
        return True


def selections_of(
    schema: GraphQLSchema, document: DocumentNode, switches: Mapping[str, bool] | None = None
) -> Selections:
    """What finds the selections of a document."""
    fragments = {
        node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    return Selections(schema=schema, fragments=fragments, switches=switches or {})
