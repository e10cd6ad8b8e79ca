"""The keys of stored passwords change under a running service, and whoever is killed over it loses nothing."""

import asyncio
import os
import re
import sys
from pathlib import Path

import httpx
import pytest

from adapters.crypto.keys import generate_key
from adapters.crypto.vault import AesGcmVault
from e2e import operations
from e2e.processes import ADMIN_TOKEN, Desk, environment, program, run
from server.key_file import SETTLED_AFTER

pytestmark = pytest.mark.asyncio(loop_scope="module")

KILLED = """
import asyncio, os, signal, sys
from contextlib import asynccontextmanager
from adapters.crypto.vault import AesGcmVault
from adapters.sql.database import Database
from adapters.sql.unit_of_work import SqlUnitsOfWork
from adapters.system.clock import SystemClock
from core.domain.access import SYSTEM
from core.use_cases.rotate_keys import RotateKeys, RotateKeysCommand

class Killed(SqlUnitsOfWork):
    begun = 0

    @asynccontextmanager
    async def begin(self):
        self.begun += 1
        async with super().begin() as work:
            yield work
            if self.begun == 2:
                os.kill(os.getpid(), signal.SIGKILL)

async def main():
    units = Killed(Database(os.environ["FIADOR_DATABASE_URL"]), SystemClock())
    vault = AesGcmVault(os.environ["FIADOR_SECRET_KEYS"].split(","))
    await RotateKeys(units_of_work=units, vault=vault)(RotateKeysCommand(caller=SYSTEM, chunk=1))

asyncio.run(main())
"""
"""A rotation that is killed after its second change and before that is committed."""


def _table(said: str) -> dict[str, tuple[str, int]]:
    """What each key does and how many passwords need it, by its id."""
    rows = re.findall(r"^ ([0-9a-f]{16}) +([A-Za-z]+) +(\d+)", said, re.MULTILINE)
    return {key_id: (part, int(passwords)) for key_id, part, passwords in rows}


def _id(key: str) -> str:
    return AesGcmVault([key]).key_ids()[0]


async def _rotate_password(desk: Desk, password: str) -> str:
    integrations = (await desk.ask(operations.INTEGRATIONS))["integrations"]["nodes"]
    integration = next(row for row in integrations if row["login"] == "fiador-matriz")
    wanted = {"integrationId": integration["id"], "kind": "PEFIN"}
    wanted |= {"newPassword": password, "confirmation": password}
    return str((await desk.ask(operations.ROTATE, input=wanted))["rotateCredentials"]["__typename"])


async def test_the_key_file_gets_a_new_key_under_a_running_service(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    key_file, settings = tmp_path / ".fiador" / "secret.key", {"ADMIN_TOKEN": ADMIN_TOKEN}
    assert (await run("demo", cwd=tmp_path, settings=settings))[0] == 0
    old = key_file.read_text().strip()
    async with program("serve", "--port", "0", cwd=tmp_path, until="GraphiQL", settings=settings) as service:
        desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"))
        code, said, err = await run("keys", "rotate", cwd=tmp_path, settings=settings)
        assert code == 0, err
        new, kept = key_file.read_text().split()
        assert kept == old
        assert _table(said) == {_id(new): ("writes", 6), _id(old): ("reads", 0)}
        assert said.startswith(f"6 passwords sealed anew with the key {_id(new)}\n")
        assert not {old, new} & set(re.split(r"\s", said + err))

        # The service opens what was sealed anew behind its back, and seals with the new key itself.
        assert await _rotate_password(desk, "802946") == "RotateCredentialsSuccess"
        code, said, _ = await run("keys", "list", cwd=tmp_path, settings=settings)
        assert (code, _table(said)) == (0, {_id(new): ("writes", 6), _id(old): ("reads", 0)})

        code, _, err = await run("keys", "drop", cwd=tmp_path, settings=settings)
        assert (code, "less than 10 minutes ago" in err) == (2, True)
        long_ago = key_file.stat().st_mtime - SETTLED_AFTER.total_seconds()
        os.utime(key_file, (long_ago, long_ago))
        code, said, err = await run("keys", "drop", cwd=tmp_path, settings=settings)
        assert (code, said) == (0, f"{_id(old)} is dropped\n"), err
        assert key_file.read_text() == f"{new}\n"
        assert key_file.stat().st_mode & 0o777 == 0o600
        assert await _rotate_password(desk, "907351") == "RotateCredentialsSuccess"


async def test_an_old_key_that_is_needed_is_not_dropped(tmp_path: Path) -> None:
    assert (await run("demo", cwd=tmp_path))[0] == 0
    key_file = tmp_path / ".fiador" / "secret.key"
    old, new = key_file.read_text().strip(), generate_key()
    key_file.write_text(f"{new}\n{old}\n")
    os.utime(key_file, (0, 0))
    code, _, err = await run("keys", "drop", cwd=tmp_path)
    assert code == 2
    assert err == f"fiador: passwords are still sealed with {_id(old)}: `fiador keys rotate` first\n"
    # A rotation that was broken off here goes on with the key that was new then.
    code, said, _ = await run("keys", "rotate", cwd=tmp_path)
    assert (code, _table(said)) == (0, {_id(new): ("writes", 6), _id(old): ("reads", 0)})
    assert key_file.read_text() == f"{new}\n{old}\n"


async def test_a_rotation_that_was_killed_is_finished_by_the_next(tmp_path: Path, database_url: str) -> None:
    old, new, other = generate_key(), generate_key(), generate_key()
    settings = {"DATABASE_URL": database_url, "ADMIN_TOKEN": ADMIN_TOKEN, "SECRET_KEYS": old}
    code, _, err = await run("demo", cwd=tmp_path, settings=settings)
    assert code == 0, err

    both = settings | {"SECRET_KEYS": f"{new},{old}"}
    killed = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, cwd=tmp_path, env=environment(**both)
    )
    assert await killed.wait() == -9
    code, said, _ = await run("keys", "list", cwd=tmp_path, settings=both)
    assert (code, _table(said)) == (0, {_id(new): ("writes", 2), _id(old): ("reads", 4)})

    code, said, err = await run("keys", "rotate", cwd=tmp_path, settings=both)
    assert (code, said.splitlines()[0]) == (0, f"4 passwords sealed anew with the key {_id(new)}")
    assert _table(said) == {_id(new): ("writes", 6), _id(old): ("reads", 0)}
    assert "FIADOR_SECRET_KEYS" in err

    code, said, err = await run("keys", "rotate", cwd=tmp_path, settings=settings | {"SECRET_KEYS": other})
    assert code == 1
    assert err == "fiador: 6 passwords cannot be opened with any key given here\n"
    assert _table(said)[_id(new)] == ("MISSING", 6)
    settings |= {"HOMOLOGATION_URL": "http://127.0.0.1:9"}  # a worker alone has no sandbox
    alone = [["worker"]] if database_url.startswith("postgresql") else []
    for command in (["serve", "--port", "0"], *alone):
        code, out, err = await run(*command, cwd=tmp_path, settings=settings)
        assert (code, out) == (2, "")
        assert err == (
            "fiador: FIADOR_SECRET_KEYS lacks a key that stored passwords are sealed with: "
            f"{_id(new)} (of 6)\n"
        )


async def test_a_generated_key_is_of_use(tmp_path: Path) -> None:
    code, key, _ = await run("keys", "generate", cwd=tmp_path)
    assert code == 0
    code, said, _ = await run("keys", "list", cwd=tmp_path, settings={"SECRET_KEYS": key.strip()})
    assert (code, _table(said)) == (0, {_id(key): ("writes", 0)})
