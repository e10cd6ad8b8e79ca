"""The GraphQL schema: types, queries and mutations."""

from api.enums import access, bureau, collection, consultation, negativation, ordering, records

DESCRIBED_ENUMS = (access, bureau, collection, consultation, negativation, ordering, records)
"""Importing these describes the enums of the domain. It comes before all else: a type that names an enum before it is described
would get one without descriptions."""
