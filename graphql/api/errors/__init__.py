"""Errors as the schema shows them, and how those of the domain become them."""
