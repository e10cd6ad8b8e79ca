"""Commands as a person types them: what they say, and how they end."""

from pathlib import Path

import httpx
import pytest

from e2e import operations
from e2e.processes import Desk, program, run
from server.net import listen

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG_USE = 2


async def _complaint(*arguments: str, cwd: Path, **settings: str) -> str:
    """The one line that a command ends with when something is wrong."""
    code, out, err = await run(*arguments, cwd=cwd, settings=settings)
    assert code == WRONG_USE, err
    assert out == ""
    assert err.startswith("fiador: ")
    assert err.count("\n") == 1, err
    return err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--prot", "1"], "--prot"),
        (["serve", "--port", "http"], "--port"),
        (["serve", "--port", "70000"], "--port"),
        (["serve", "--host", "no such host"], "no such address"),
        (["negativate"], "negativate"),
        (["token", "create"], "'name'"),
        (["token", "create", "desk", "--scope", "EVERYTHING"], "--scope"),
        (["token", "create", "desk", "--branch", "1"], "id"),
        (["token", "create", " "], ""),
        (["token", "revoke", "1"], "no such token"),
        (["sandbox", "--state", "missing/state.json"], "there is no folder missing"),
    ],
)
async def test_wrong_arguments(tmp_path: Path, arguments: list[str], said: str) -> None:
    assert said in await _complaint(*arguments, cwd=tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "nowhere", "FIADOR_DATABASE_URL"),
        ("DATABASE_URL", "postgresql://fiador:hunter2@127.0.0.1:9/fiador", "cannot be opened"),
        ("DATABASE_URL", "sqlite:////proc/fiador/fiador.db", "cannot be opened"),
        ("HOMOLOGATION_URL", "nowhere", "FIADOR_HOMOLOGATION_URL"),
        ("SECRET_KEYS", "hunter2", "FIADOR_SECRET_KEYS"),
        ("ADMIN_TOKEN", "hunter2", "FIADOR_ADMIN_TOKEN"),
    ],
)
async def test_wrong_settings(tmp_path: Path, name: str, value: str, said: str) -> None:
    complaint = await _complaint("serve", "--port", "0", cwd=tmp_path, **{name: value})
    assert said in complaint
    assert "hunter2" not in complaint


async def test_a_taken_port(tmp_path: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        assert "the port is in use" in await _complaint("serve", "--port", port, cwd=tmp_path)
        assert "the port is in use" in await _complaint("sandbox", "--port", port, cwd=tmp_path)


async def test_a_state_file_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("[]")
    complaint = await _complaint("sandbox", "--port", "0", "--state", "state.json", cwd=tmp_path)
    assert "state.json is not a state file" in complaint


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
