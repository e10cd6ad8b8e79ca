"""Commands as a person types them: what they say, and how they end."""

from pathlib import Path

import httpx
import pytest

from e2e import operations
from e2e.processes import Desk, program, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG_USE = 2


async def test_what_is_wrong_is_one_line(tmp_path: Path) -> None:
    for arguments, settings, said in (
        (["serve", "--prot", "1"], {}, "--prot"),
        (["serve"], {"DATABASE_URL": "postgresql://fiador:hunter2@127.0.0.1:9/fiador"}, "cannot be opened"),
    ):
        code, out, err = await run(*arguments, cwd=tmp_path, settings=settings)
        assert (code, out, err.count("\n")) == (WRONG_USE, "", 1), err
        assert said in err
        assert "hunter2" not in err


async def test_a_misspelt_setting_is_mentioned(tmp_path: Path) -> None:
    code, _, err = await run("migrate", cwd=tmp_path, settings={"HOMOLOGATON_URL": "https://bureau.example"})
    assert code == 0
    assert err == "fiador: FIADOR_HOMOLOGATON_URL is no setting and is ignored\n"


async def test_help_ends_well(tmp_path: Path) -> None:
    code, out, _ = await run("--help", cwd=tmp_path)
    assert code == 0
    assert "sandbox" in out


async def test_a_token_from_the_command_line_opens_the_api_until_it_is_revoked(
    tmp_path: Path, http: httpx.AsyncClient
) -> None:
    code, token, err = await run("token", "create", "Desk", "--scope", "READ", "--days", "7", cwd=tmp_path)
    assert code == 0, err
    assert token.startswith("fia_")
    async with program("serve", "--port", "0", cwd=tmp_path, until="GraphiQL") as service:
        desk = Desk(http, service.said["GraphiQL"].removesuffix("/graphql"), token.strip())
        viewer = (await desk.ask(operations.VIEWER))["viewer"]
        assert (viewer["name"], viewer["scopes"]) == ("Desk", ["READ"])

        code, listed, _ = await run("token", "list", cwd=tmp_path)
        assert code == 0
        assert token.strip() not in listed
        row = next(line for line in listed.splitlines() if "Desk" in line)
        code, said, _ = await run("token", "revoke", row.split()[0], cwd=tmp_path)
        assert (code, said) == (0, "Desk is revoked\n")
        refused = await http.post(
            f"{desk.address}/graphql",
            json={"query": operations.VIEWER},
            headers={"Authorization": f"Bearer {token.strip()}"},
        )
        assert refused.status_code == 401
        assert refused.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
