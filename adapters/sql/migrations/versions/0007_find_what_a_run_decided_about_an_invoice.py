"""Find what a run decided about an invoice"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_collection_items_run_invoice", "collection_items", ["run_id", "invoice_id"])


def downgrade() -> None:
    op.drop_index("ix_collection_items_run_invoice", table_name="collection_items")
