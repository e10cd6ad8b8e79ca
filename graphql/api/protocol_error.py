"""Errors of the protocol: what is wrong with a request, a document or its variables."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from graphql import GraphQLError, Node


class ProtocolCode(StrEnum):
    """The `extensions.code` of errors that no field caused."""

    BAD_REQUEST = "BAD_REQUEST"
    SYNTAX_ERROR = "SYNTAX_ERROR"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    INVALID_VARIABLES = "INVALID_VARIABLES"
    LIMIT_EXCEEDED = "LIMIT_EXCEEDED"


class ProtocolError(GraphQLError):
    """`text` names what is said, in `api.texts.protocol`; `values` are its figures, never a value the client sent; `cause` lends where it was."""

    def __init__(
        self,
        code: ProtocolCode,
        text: str,
        *,
        values: Mapping[str, str | int] | None = None,
        nodes: Collection[Node] | None = None,
        cause: GraphQLError | None = None,
    ) -> None:
        super().__init__(
            text,
            nodes if cause is None else cause.nodes,
            None if cause is None else cause.source,
            None if cause is None else cause.positions,
            None if cause is None else cause.path,
        )
        self.code = code
        self.text = text
        self.values = dict(values or {})
