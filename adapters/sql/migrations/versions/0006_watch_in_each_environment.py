"""Watch in each environment"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_unique("integration_id", "environment", "document")


def downgrade() -> None:
    _make_unique("integration_id", "document")


def _make_unique(*columns: str) -> None:
    """What is unique among the monitors that are not stopped, instead of what was so far."""
    op.drop_index("uq_monitors_active", table_name="monitors")
    op.create_index(
        "uq_monitors_active",
        "monitors",
        list(columns),
        unique=True,
        postgresql_where=sa.text("stopped_at IS NULL"),
        sqlite_where=sa.text("stopped_at IS NULL"),
    )
