"""Rows to records and back, column by column."""
