"""Make the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("branch_ids", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("id", name=op.f("uq_access_tokens_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.create_index("uq_access_tokens_token_hash", ["token_hash"], unique=True)

    op.create_table(
        "audit_events",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("id", name=op.f("uq_audit_events_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_action", ["action", "number"], unique=False)
        batch_op.create_index("ix_audit_events_actor", ["actor_id", "number"], unique=False)
        batch_op.create_index("ix_audit_events_at", ["at", "number"], unique=False)
        batch_op.create_index("ix_audit_events_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_audit_events_record", ["record_id", "number"], unique=False)

    op.create_table(
        "branches",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state_code", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("integration_id", sa.Uuid(), nullable=True),
        sa.Column("requires_rescission", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_branches")),
        sa.UniqueConstraint("id", name=op.f("uq_branches_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("branches", schema=None) as batch_op:
        batch_op.create_index("ix_branches_integration", ["integration_id"], unique=False)
        batch_op.create_index("ix_branches_name", ["name_folded", "number"], unique=False)
        batch_op.create_index("uq_branches_external_id", ["external_id"], unique=True)

    op.create_table(
        "bureau_accounts",
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_bureau_accounts")),
    )
    with op.batch_alter_table("bureau_accounts", schema=None) as batch_op:
        batch_op.create_index("ix_bureau_accounts_next_at", ["next_at"], unique=False)

    op.create_table(
        "collection_runs",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_date", sa.Date(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("branch_ids", sa.JSON(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("branches_to_do", sa.JSON(), nullable=False),
        sa.Column("after_number", sa.Integer(), nullable=False),
        sa.Column("examined", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_collection_runs")),
        sa.UniqueConstraint("id", name=op.f("uq_collection_runs_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("collection_runs", schema=None) as batch_op:
        batch_op.create_index("ix_collection_runs_date", ["run_date", "number"], unique=False)
        batch_op.create_index(
            "uq_collection_runs_real_date",
            ["run_date"],
            unique=True,
            postgresql_where=sa.text("NOT dry_run"),
            sqlite_where=sa.text("dry_run = 0"),
        )

    op.create_table(
        "credit_parameters",
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("repeat_interval_days", sa.Integer(), nullable=True),
        sa.Column("deprecated_plans_end_on", sa.Date(), nullable=True),
        sa.Column("minimum_negativation_centavos", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_credit_parameters")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("caller_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller_id", "key", name=op.f("pk_idempotency_keys")),
    )
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.create_index("ix_idempotency_keys_created_at", ["created_at"], unique=False)

    op.create_table(
        "intents",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("account", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_intents")),
    )
    with op.batch_alter_table("intents", schema=None) as batch_op:
        batch_op.create_index(
            "ix_intents_done_at",
            ["done_at"],
            unique=False,
            postgresql_where=sa.text("done_at IS NOT NULL"),
            sqlite_where=sa.text("done_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_intents_due",
            ["account", "due_at"],
            unique=False,
            postgresql_where=sa.text("done_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL"),
        )

    op.create_table(
        "routines",
        sa.Column("name", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.Column("hastened_to", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_routines")),
    )
    op.create_table(
        "collection_parameters",
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=True),
        sa.Column("automatic", sa.Text(), nullable=False),
        sa.Column("days_after_due", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_id"], ["branches.id"], name=op.f("fk_collection_parameters_branch_id")
        ),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_collection_parameters")),
    )
    op.create_table(
        "customers",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("mobile", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("postal_code", sa.Text(), nullable=True),
        sa.Column("street", sa.Text(), nullable=True),
        sa.Column("street_number", sa.Text(), nullable=True),
        sa.Column("complement", sa.Text(), nullable=True),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("hold", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_customers_branch_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_customers")),
        sa.UniqueConstraint("id", name=op.f("uq_customers_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.create_index("ix_customers_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index(
            "ix_customers_branch_name", ["branch_id", "name_folded", "number"], unique=False
        )
        batch_op.create_index("ix_customers_document", ["document", "number"], unique=False)
        batch_op.create_index("ix_customers_name", ["name_folded", "number"], unique=False)
        batch_op.create_index("uq_customers_external_id", ["external_id"], unique=True)

    op.create_table(
        "integrations",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("intermediary", sa.Text(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("consultation_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("consultation_state", sa.Text(), nullable=False),
        sa.Column("consultation_version", sa.Integer(), nullable=False),
        sa.Column("consultation_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consultation_last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consultation_last_refusal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("consultation_pending", sa.LargeBinary(), nullable=True),
        sa.Column("consultation_pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pefin_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("pefin_state", sa.Text(), nullable=False),
        sa.Column("pefin_version", sa.Integer(), nullable=False),
        sa.Column("pefin_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pefin_last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pefin_last_refusal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pefin_pending", sa.LargeBinary(), nullable=True),
        sa.Column("pefin_pending_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("send_sms_on_inclusion", sa.Boolean(), nullable=False),
        sa.Column("responsible_cpf", sa.Text(), nullable=False),
        sa.Column("automation_enabled", sa.Boolean(), nullable=False),
        sa.Column("automation_restriction_code", sa.Text(), nullable=True),
        sa.Column("automation_clearing_code", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_integrations_branch_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_integrations")),
        sa.UniqueConstraint("id", name=op.f("uq_integrations_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("integrations", schema=None) as batch_op:
        batch_op.create_index("ix_integrations_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_integrations_created_at", ["created_at", "number"], unique=False)
        batch_op.create_index(
            "uq_integrations_undeleted_branch",
            ["branch_id"],
            unique=True,
            postgresql_where=sa.text("deleted_at IS NULL"),
            sqlite_where=sa.text("deleted_at IS NULL"),
        )

    op.create_table(
        "leads",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_leads_branch_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_leads")),
        sa.UniqueConstraint("id", name=op.f("uq_leads_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.create_index("ix_leads_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_leads_branch_name", ["branch_id", "name_folded", "number"], unique=False)
        batch_op.create_index("ix_leads_document", ["document", "number"], unique=False)
        batch_op.create_index("ix_leads_name", ["name_folded", "number"], unique=False)
        batch_op.create_index("uq_leads_external_id", ["external_id"], unique=True)

    op.create_table(
        "prospects",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "name_folded", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_prospects_branch_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_prospects")),
        sa.UniqueConstraint("id", name=op.f("uq_prospects_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("prospects", schema=None) as batch_op:
        batch_op.create_index("ix_prospects_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index(
            "ix_prospects_branch_name", ["branch_id", "name_folded", "number"], unique=False
        )
        batch_op.create_index("ix_prospects_document", ["document", "number"], unique=False)
        batch_op.create_index("ix_prospects_name", ["name_folded", "number"], unique=False)
        batch_op.create_index("uq_prospects_external_id", ["external_id"], unique=True)

    op.create_table(
        "code_tables",
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("code_table", sa.Text(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_code_tables_integration_id")
        ),
        sa.PrimaryKeyConstraint("integration_id", "code_table", name=op.f("pk_code_tables")),
    )
    op.create_table(
        "consultations",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("state_code", sa.Text(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("performed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("performed_by", sa.Text(), nullable=False),
        sa.Column("repeat_confirmed", sa.Boolean(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=True),
        sa.Column("billable", sa.Boolean(), nullable=False),
        sa.Column("cost_centavos", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("bureau_code", sa.Text(), nullable=True),
        sa.Column("bureau_message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_consultations_branch_id")),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_consultations_integration_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_consultations")),
        sa.UniqueConstraint("id", name=op.f("uq_consultations_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        batch_op.create_index("ix_consultations_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index(
            "ix_consultations_branch_performed_at", ["branch_id", "performed_at", "number"], unique=False
        )
        batch_op.create_index(
            "ix_consultations_document", ["document", "performed_at", "number"], unique=False
        )
        batch_op.create_index("ix_consultations_integration", ["integration_id", "number"], unique=False)
        batch_op.create_index("ix_consultations_outcome", ["outcome", "number"], unique=False)
        batch_op.create_index(
            "ix_consultations_outcome_performed_at", ["outcome", "performed_at", "number"], unique=False
        )
        batch_op.create_index("ix_consultations_performed_at", ["performed_at", "number"], unique=False)
        batch_op.create_index("ix_consultations_subject", ["subject_id", "number"], unique=False)
        batch_op.create_index("uq_consultations_key", ["key"], unique=True)

    op.create_table(
        "invoices",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("contract_number", sa.Text(), nullable=True),
        sa.Column("amount_centavos", sa.BigInteger(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("settlement_method", sa.Text(), nullable=True),
        sa.Column("contract_rescinded_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_invoices_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_invoices_customer_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_invoices")),
        sa.UniqueConstraint("id", name=op.f("uq_invoices_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_invoices_branch_due_on", ["branch_id", "due_on", "number"], unique=False)
        batch_op.create_index("ix_invoices_branch_status", ["branch_id", "status", "number"], unique=False)
        batch_op.create_index("ix_invoices_customer", ["customer_id", "number"], unique=False)
        batch_op.create_index("ix_invoices_due_on", ["due_on", "number"], unique=False)
        batch_op.create_index("ix_invoices_status", ["status", "number"], unique=False)
        batch_op.create_index("ix_invoices_status_due_on", ["status", "due_on", "number"], unique=False)
        batch_op.create_index("uq_invoices_external_id", ["external_id"], unique=True)

    op.create_table(
        "monitors",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_monitors_branch_id")),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_monitors_integration_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_monitors")),
        sa.UniqueConstraint("id", name=op.f("uq_monitors_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("monitors", schema=None) as batch_op:
        batch_op.create_index("ix_monitors_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_monitors_document", ["document", "number"], unique=False)
        batch_op.create_index(
            "uq_monitors_active",
            ["integration_id", "document"],
            unique=True,
            postgresql_where=sa.text("stopped_at IS NULL"),
            sqlite_where=sa.text("stopped_at IS NULL"),
        )

    op.create_table(
        "used_passwords",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("used_from", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_used_passwords_integration_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_used_passwords")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("used_passwords", schema=None) as batch_op:
        batch_op.create_index(
            "ix_used_passwords_integration", ["integration_id", "kind", "number"], unique=False
        )

    op.create_table(
        "consultation_reports",
        sa.Column("consultation_id", sa.Uuid(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("original_media_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name=op.f("fk_consultation_reports_consultation_id")
        ),
        sa.PrimaryKeyConstraint("consultation_id", name=op.f("pk_consultation_reports")),
    )
    op.create_table(
        "monitor_changes",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("monitor_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_monitor_changes_branch_id")),
        sa.ForeignKeyConstraint(["monitor_id"], ["monitors.id"], name=op.f("fk_monitor_changes_monitor_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_monitor_changes")),
        sa.UniqueConstraint("id", name=op.f("uq_monitor_changes_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("monitor_changes", schema=None) as batch_op:
        batch_op.create_index("ix_monitor_changes_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index("ix_monitor_changes_monitor", ["monitor_id", "number"], unique=False)
        batch_op.create_index("uq_monitor_changes_event", ["monitor_id", "event_id"], unique=True)

    op.create_table(
        "negativations",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("integration_id", sa.Uuid(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("awaits_clearing", sa.Boolean(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("inclusion_key", sa.Text(), nullable=False),
        sa.Column("debtor_document", sa.Text(), nullable=False),
        sa.Column("debtor", sa.JSON(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("amount_centavos", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("restriction_code", sa.Text(), nullable=False),
        sa.Column("send_sms", sa.Boolean(), nullable=False),
        sa.Column("responsible_cpf", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clearing_code", sa.Text(), nullable=True),
        sa.Column("clearing_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clearing_requested_by", sa.Text(), nullable=True),
        sa.Column("clearing_generation", sa.Integer(), nullable=True),
        sa.Column("clearing_due_on", sa.Date(), nullable=True),
        sa.Column("protocol", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_negativations_branch_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_negativations_customer_id")),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["integrations.id"], name=op.f("fk_negativations_integration_id")
        ),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_negativations_invoice_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_negativations")),
        sa.UniqueConstraint("id", name=op.f("uq_negativations_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("negativations", schema=None) as batch_op:
        batch_op.create_index("ix_negativations_branch", ["branch_id", "number"], unique=False)
        batch_op.create_index(
            "ix_negativations_branch_created_at", ["branch_id", "created_at", "number"], unique=False
        )
        batch_op.create_index(
            "ix_negativations_branch_updated_at", ["branch_id", "updated_at", "number"], unique=False
        )
        batch_op.create_index("ix_negativations_created_at", ["created_at", "number"], unique=False)
        batch_op.create_index("ix_negativations_customer", ["customer_id", "number"], unique=False)
        batch_op.create_index("ix_negativations_integration", ["integration_id", "number"], unique=False)
        batch_op.create_index(
            "ix_negativations_integration_status", ["integration_id", "status", "number"], unique=False
        )
        batch_op.create_index("ix_negativations_invoice", ["invoice_id", "generation"], unique=False)
        batch_op.create_index(
            "ix_negativations_live_integration",
            ["integration_id"],
            unique=False,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index("ix_negativations_status", ["status", "number"], unique=False)
        batch_op.create_index(
            "ix_negativations_status_created_at", ["status", "created_at", "number"], unique=False
        )
        batch_op.create_index(
            "ix_negativations_status_updated_at", ["status", "updated_at", "number"], unique=False
        )
        batch_op.create_index(
            "ix_negativations_to_clear",
            ["number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index(
            "ix_negativations_to_clear_branch",
            ["branch_id", "number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index(
            "ix_negativations_to_clear_branch_due_on",
            ["branch_id", "clearing_due_on", "number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index(
            "ix_negativations_to_clear_created_at",
            ["created_at", "number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index(
            "ix_negativations_to_clear_due_on",
            ["clearing_due_on", "number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index(
            "ix_negativations_to_clear_updated_at",
            ["updated_at", "number"],
            unique=False,
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.create_index("ix_negativations_updated_at", ["updated_at", "number"], unique=False)
        batch_op.create_index("uq_negativations_inclusion_key", ["inclusion_key"], unique=True)
        batch_op.create_index(
            "uq_negativations_live_debt",
            ["environment", "debtor_document", "contract"],
            unique=True,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.create_index(
            "uq_negativations_live_invoice",
            ["invoice_id"],
            unique=True,
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )

    op.create_table(
        "collection_items",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("invoice_id", sa.Uuid(), nullable=False),
        sa.Column("negativation_id", sa.Uuid(), nullable=True),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["branch_id"], ["branches.id"], name=op.f("fk_collection_items_branch_id")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_collection_items_invoice_id")),
        sa.ForeignKeyConstraint(
            ["negativation_id"], ["negativations.id"], name=op.f("fk_collection_items_negativation_id")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["collection_runs.id"], name=op.f("fk_collection_items_run_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_collection_items")),
        sa.UniqueConstraint("id", name=op.f("uq_collection_items_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.create_index("ix_collection_items_run", ["run_id", "number"], unique=False)
        batch_op.create_index(
            "ix_collection_items_run_branch", ["run_id", "branch_id", "number"], unique=False
        )
        batch_op.create_index(
            "ix_collection_items_run_decision", ["run_id", "decision", "number"], unique=False
        )

    op.create_table(
        "negativation_history",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("negativation_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["negativation_id"], ["negativations.id"], name=op.f("fk_negativation_history_negativation_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_negativation_history")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("negativation_history", schema=None) as batch_op:
        batch_op.create_index("ix_negativation_history_of", ["negativation_id", "number"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("negativation_history", schema=None) as batch_op:
        batch_op.drop_index("ix_negativation_history_of")

    op.drop_table("negativation_history")
    with op.batch_alter_table("collection_items", schema=None) as batch_op:
        batch_op.drop_index("ix_collection_items_run_decision")
        batch_op.drop_index("ix_collection_items_run_branch")
        batch_op.drop_index("ix_collection_items_run")

    op.drop_table("collection_items")
    with op.batch_alter_table("negativations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_negativations_live_invoice",
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.drop_index(
            "uq_negativations_live_debt", postgresql_where=sa.text("live"), sqlite_where=sa.text("live = 1")
        )
        batch_op.drop_index("uq_negativations_inclusion_key")
        batch_op.drop_index("ix_negativations_updated_at")
        batch_op.drop_index(
            "ix_negativations_to_clear_updated_at",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index(
            "ix_negativations_to_clear_due_on",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index(
            "ix_negativations_to_clear_created_at",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index(
            "ix_negativations_to_clear_branch_due_on",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index(
            "ix_negativations_to_clear_branch",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index(
            "ix_negativations_to_clear",
            postgresql_where=sa.text("awaits_clearing"),
            sqlite_where=sa.text("awaits_clearing = 1"),
        )
        batch_op.drop_index("ix_negativations_status_updated_at")
        batch_op.drop_index("ix_negativations_status_created_at")
        batch_op.drop_index("ix_negativations_status")
        batch_op.drop_index(
            "ix_negativations_live_integration",
            postgresql_where=sa.text("live"),
            sqlite_where=sa.text("live = 1"),
        )
        batch_op.drop_index("ix_negativations_invoice")
        batch_op.drop_index("ix_negativations_integration_status")
        batch_op.drop_index("ix_negativations_integration")
        batch_op.drop_index("ix_negativations_customer")
        batch_op.drop_index("ix_negativations_created_at")
        batch_op.drop_index("ix_negativations_branch_updated_at")
        batch_op.drop_index("ix_negativations_branch_created_at")
        batch_op.drop_index("ix_negativations_branch")

    op.drop_table("negativations")
    with op.batch_alter_table("monitor_changes", schema=None) as batch_op:
        batch_op.drop_index("uq_monitor_changes_event")
        batch_op.drop_index("ix_monitor_changes_monitor")
        batch_op.drop_index("ix_monitor_changes_branch")

    op.drop_table("monitor_changes")
    op.drop_table("consultation_reports")
    with op.batch_alter_table("used_passwords", schema=None) as batch_op:
        batch_op.drop_index("ix_used_passwords_integration")

    op.drop_table("used_passwords")
    with op.batch_alter_table("monitors", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_monitors_active",
            postgresql_where=sa.text("stopped_at IS NULL"),
            sqlite_where=sa.text("stopped_at IS NULL"),
        )
        batch_op.drop_index("ix_monitors_document")
        batch_op.drop_index("ix_monitors_branch")

    op.drop_table("monitors")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index("uq_invoices_external_id")
        batch_op.drop_index("ix_invoices_status_due_on")
        batch_op.drop_index("ix_invoices_status")
        batch_op.drop_index("ix_invoices_due_on")
        batch_op.drop_index("ix_invoices_customer")
        batch_op.drop_index("ix_invoices_branch_status")
        batch_op.drop_index("ix_invoices_branch_due_on")
        batch_op.drop_index("ix_invoices_branch")

    op.drop_table("invoices")
    with op.batch_alter_table("consultations", schema=None) as batch_op:
        batch_op.drop_index("uq_consultations_key")
        batch_op.drop_index("ix_consultations_subject")
        batch_op.drop_index("ix_consultations_performed_at")
        batch_op.drop_index("ix_consultations_outcome_performed_at")
        batch_op.drop_index("ix_consultations_outcome")
        batch_op.drop_index("ix_consultations_integration")
        batch_op.drop_index("ix_consultations_document")
        batch_op.drop_index("ix_consultations_branch_performed_at")
        batch_op.drop_index("ix_consultations_branch")

    op.drop_table("consultations")
    op.drop_table("code_tables")
    with op.batch_alter_table("prospects", schema=None) as batch_op:
        batch_op.drop_index("uq_prospects_external_id")
        batch_op.drop_index("ix_prospects_name")
        batch_op.drop_index("ix_prospects_document")
        batch_op.drop_index("ix_prospects_branch_name")
        batch_op.drop_index("ix_prospects_branch")

    op.drop_table("prospects")
    with op.batch_alter_table("leads", schema=None) as batch_op:
        batch_op.drop_index("uq_leads_external_id")
        batch_op.drop_index("ix_leads_name")
        batch_op.drop_index("ix_leads_document")
        batch_op.drop_index("ix_leads_branch_name")
        batch_op.drop_index("ix_leads_branch")

    op.drop_table("leads")
    with op.batch_alter_table("integrations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_integrations_undeleted_branch",
            postgresql_where=sa.text("deleted_at IS NULL"),
            sqlite_where=sa.text("deleted_at IS NULL"),
        )
        batch_op.drop_index("ix_integrations_created_at")
        batch_op.drop_index("ix_integrations_branch")

    op.drop_table("integrations")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index("uq_customers_external_id")
        batch_op.drop_index("ix_customers_name")
        batch_op.drop_index("ix_customers_document")
        batch_op.drop_index("ix_customers_branch_name")
        batch_op.drop_index("ix_customers_branch")

    op.drop_table("customers")
    op.drop_table("collection_parameters")
    op.drop_table("routines")
    with op.batch_alter_table("intents", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_intents_due",
            postgresql_where=sa.text("done_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_intents_done_at",
            postgresql_where=sa.text("done_at IS NOT NULL"),
            sqlite_where=sa.text("done_at IS NOT NULL"),
        )

    op.drop_table("intents")
    with op.batch_alter_table("idempotency_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_idempotency_keys_created_at")

    op.drop_table("idempotency_keys")
    op.drop_table("credit_parameters")
    with op.batch_alter_table("collection_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_collection_runs_real_date",
            postgresql_where=sa.text("NOT dry_run"),
            sqlite_where=sa.text("dry_run = 0"),
        )
        batch_op.drop_index("ix_collection_runs_date")

    op.drop_table("collection_runs")
    with op.batch_alter_table("bureau_accounts", schema=None) as batch_op:
        batch_op.drop_index("ix_bureau_accounts_next_at")

    op.drop_table("bureau_accounts")
    with op.batch_alter_table("branches", schema=None) as batch_op:
        batch_op.drop_index("uq_branches_external_id")
        batch_op.drop_index("ix_branches_name")
        batch_op.drop_index("ix_branches_integration")

    op.drop_table("branches")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_events_record")
        batch_op.drop_index("ix_audit_events_branch")
        batch_op.drop_index("ix_audit_events_at")
        batch_op.drop_index("ix_audit_events_actor")
        batch_op.drop_index("ix_audit_events_action")

    op.drop_table("audit_events")
    with op.batch_alter_table("access_tokens", schema=None) as batch_op:
        batch_op.drop_index("uq_access_tokens_token_hash")

    op.drop_table("access_tokens")
