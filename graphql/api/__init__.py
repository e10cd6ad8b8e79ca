"""The GraphQL schema: types, queries and mutations."""
