"""Give branches a daily budget of consultations"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("branches", sa.Column("daily_consultation_budget", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("branches", "daily_consultation_budget")
