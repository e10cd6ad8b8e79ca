"""The enums of the domain as the schema shows them: each value with its meaning."""
