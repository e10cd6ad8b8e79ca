"""Write the next step of the schema: what the tables in the code have and the steps so far do not make."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from sqlalchemy import Connection

from adapters.sql.engine import migrator, parse_url
from adapters.sql.migrate import upgrade
from adapters.sql.schema_steps import config


async def _write(message: str) -> None:
    def revise(connection: Connection) -> None:
        upgrade(connection)
        settings = config(connection)
        count = len(list((Path(__file__).parent / "versions").glob("*.py")))
        command.revision(settings, message, autogenerate=True, rev_id=f"{count + 1:04d}")

    with TemporaryDirectory() as folder:
        engine = migrator(parse_url(f"sqlite:///{folder}/new.sqlite3"))
        async with engine.begin() as connection:
            await connection.run_sync(revise)
        await engine.dispose()


if len(sys.argv) != 2:
    sys.exit('usage: python -m adapters.sql.migrations "what the step does"')
asyncio.run(_write(sys.argv[1]))
