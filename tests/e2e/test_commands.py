"""Commands as a person types them: what they say, and how they end."""

from pathlib import Path

import httpx
import pytest

from adapters.connect_sa.sandbox.scenarios import SCENARIOS
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


async def test_a_file_becomes_records_and_refused_rows_are_mended(tmp_path: Path) -> None:
    code, header, _ = await run("import", "--template", "customers", cwd=tmp_path)
    assert code == 0
    assert (await run("demo", cwd=tmp_path))[0] == 0
    cpf = SCENARIOS[0].document
    file, refused = tmp_path / "clientes.csv", tmp_path / "clientes.refused.csv"
    rest = header.count(";") - 3
    rows = f"c-1;;Ana da Conceição;{cpf}{';' * rest}\r\nc-2;;João;111{';' * rest}\r\n"
    file.write_bytes((header + rows).encode("latin-1"))

    code, said, err = await run(
        "import", "customers", "clientes.csv", "--branch", "demo-matriz", cwd=tmp_path
    )
    assert (code, said) == (
        1,
        "customers: 1 created, 0 updated, 0 unchanged, 1 refused (see clientes.refused.csv)\n",
    ), err
    mended = refused.read_text(encoding="utf-8-sig").replace(";111;", f";{cpf};")
    refused.write_text(mended, encoding="utf-8-sig")
    code, said, _ = await run("import", "customers", refused.name, "--branch", "demo-matriz", cwd=tmp_path)
    assert (code, said) == (0, "customers: 1 created, 0 updated, 0 unchanged, 0 refused\n")

    code, out, err = await run("import", "customers", "nothing.csv", cwd=tmp_path)
    assert (code, out) == (WRONG_USE, "")
    assert err == "fiador: cannot read nothing.csv: no such file or directory\n"
