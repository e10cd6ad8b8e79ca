"""Chain the audit trail and record purposes"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_COLUMNS = (
    "number",
    "id",
    "at",
    "actor_id",
    "actor",
    "origin",
    "action",
    "record_kind",
    "record_id",
    "branch_id",
    "details",
)

# An entry may be given its place once. Nothing else of it changes, and it goes only when a seal covers it.
_SQLITE = (
    f"""
    CREATE TRIGGER audit_events_update BEFORE UPDATE ON audit_events
    WHEN OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.digest IS NULL
        OR {" OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _COLUMNS)}
    BEGIN SELECT RAISE(ABORT, 'entries of the audit trail are never changed'); END
    """,
    """
    CREATE TRIGGER audit_events_delete BEFORE DELETE ON audit_events
    WHEN OLD.position IS NULL OR OLD.position > COALESCE((SELECT MAX(position) FROM audit_seals), 0)
    BEGIN SELECT RAISE(ABORT, 'entries of the audit trail are removed only when they are sealed'); END
    """,
    # INSERT OR REPLACE would remove an entry without the trigger above.
    """
    CREATE TRIGGER audit_events_insert BEFORE INSERT ON audit_events
    WHEN NEW.position IS NOT NULL OR NEW.digest IS NOT NULL
        OR EXISTS (SELECT 1 FROM audit_events WHERE number = NEW.number OR id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'entries of the audit trail are added without a place'); END
    """,
    """
    CREATE TRIGGER audit_seals_update BEFORE UPDATE ON audit_seals
    BEGIN SELECT RAISE(ABORT, 'seals of the audit trail are never changed'); END
    """,
    """
    CREATE TRIGGER audit_seals_delete BEFORE DELETE ON audit_seals
    BEGIN SELECT RAISE(ABORT, 'seals of the audit trail are never removed'); END
    """,
)

_POSTGRESQL = (
    """
    CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'restrict_violation';
    END $$
    """,
    """
    CREATE FUNCTION audit_remove() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF OLD.position IS NULL OR OLD.position > COALESCE((SELECT MAX(position) FROM audit_seals), 0) THEN
            RAISE EXCEPTION 'entries of the audit trail are removed only when they are sealed'
                USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER audit_events_update BEFORE UPDATE ON audit_events FOR EACH ROW
    WHEN (OLD.position IS NOT NULL OR NEW.position IS NULL OR NEW.digest IS NULL
        OR to_jsonb(NEW) - 'position' - 'digest' <> to_jsonb(OLD) - 'position' - 'digest')
    EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_events_delete BEFORE DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION audit_remove()
    """,
    """
    CREATE TRIGGER audit_events_insert BEFORE INSERT ON audit_events FOR EACH ROW
    WHEN (NEW.position IS NOT NULL OR NEW.digest IS NOT NULL) EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_events_truncate BEFORE TRUNCATE ON audit_events EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_seals_change BEFORE UPDATE OR DELETE ON audit_seals FOR EACH ROW
    EXECUTE FUNCTION audit_refuse()
    """,
    """
    CREATE TRIGGER audit_seals_truncate BEFORE TRUNCATE ON audit_seals EXECUTE FUNCTION audit_refuse()
    """,
)


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column(
            "position",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_audit_seals")),
    )
    op.add_column("audit_events", sa.Column("position", sa.BigInteger(), nullable=True))
    op.add_column("audit_events", sa.Column("digest", sa.Text(), nullable=True))
    _partial_index("ix_audit_events_unchained", "audit_events", "number", where="position IS NULL")
    op.create_index("uq_audit_events_position", "audit_events", ["position"], unique=True)
    _partial_index(
        "ix_consultation_reports_original",
        "consultation_reports",
        "consultation_id",
        where="length(original) > 0",
    )
    op.add_column("consultations", sa.Column("purpose", sa.Text(), nullable=True))
    op.create_index("ix_collection_items_negativation", "collection_items", ["negativation_id"])
    op.create_index("ix_negativations_debtor", "negativations", ["debtor_document", "number"])
    for statement in _SQLITE if _on_sqlite() else _POSTGRESQL:
        op.execute(sa.text(statement))


def downgrade() -> None:
    op.drop_table("audit_seals")
    if _on_sqlite():
        for name in ("update", "delete", "insert"):
            op.execute(sa.text(f"DROP TRIGGER audit_events_{name}"))
    else:
        op.execute(sa.text("DROP FUNCTION audit_refuse, audit_remove CASCADE"))
    op.drop_index("ix_negativations_debtor", table_name="negativations")
    op.drop_index("ix_collection_items_negativation", table_name="collection_items")
    op.drop_column("consultations", "purpose")
    op.drop_index("ix_consultation_reports_original", table_name="consultation_reports")
    op.drop_index("uq_audit_events_position", table_name="audit_events")
    op.drop_index("ix_audit_events_unchained", table_name="audit_events")
    op.drop_column("audit_events", "digest")
    op.drop_column("audit_events", "position")


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _partial_index(name: str, table: str, column: str, *, where: str) -> None:
    op.create_index(
        name, table, [column], unique=False, postgresql_where=sa.text(where), sqlite_where=sa.text(where)
    )
