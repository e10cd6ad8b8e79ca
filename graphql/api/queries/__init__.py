"""The queries, by area."""
