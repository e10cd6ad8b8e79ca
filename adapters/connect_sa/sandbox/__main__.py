"""Prints the documents that are answered in fixed ways, as a Markdown table."""

import sys

from adapters.connect_sa.sandbox.scenarios import markdown_table

sys.stdout.write(markdown_table() + "\n")
