"""Rows as they are made to be stored."""

import subprocess
import sys

_READING = """
from adapters.sql.tables import AuditEventRow
row = AuditEventRow.of(actor="ana", position=7)
assert (row.actor, row.position, row.digest) == ("ana", 7, None)
"""


def test_a_row_can_be_read_before_sqlalchemy_has_made_any() -> None:
    subprocess.run([sys.executable, "-c", _READING], check=True)
