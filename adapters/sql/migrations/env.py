"""Run by alembic, over the connection that `adapters.sql.migrate` opened."""

from alembic import context

from adapters.sql.schema_steps import options
from adapters.sql.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, **options(connection))
with context.begin_transaction():
    context.run_migrations()
