"""Run by alembic, over the connection that `adapters.sql.migrate` opened."""

from alembic import context

from adapters.sql.migrate import OPTIONS
from adapters.sql.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, **OPTIONS)
with context.begin_transaction():
    context.run_migrations()
