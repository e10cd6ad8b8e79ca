"""The command line in this process: what is wrong is one line, and the exit code is 2."""

import gc
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.system import logging
from ports.storage import StorageState, StorageUnavailable
from server import cli, logs, services, token_commands
from server.defaults import STOP_LIMIT_SECONDS
from server.net import listen

Complain = Callable[..., str]


@pytest.fixture
def complaint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Complain:
    """Runs a command that must fail; the one line that it ends with."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIADOR_DATABASE_URL", raising=False)
    # The logs of this process are the tests' own.
    monkeypatch.setattr(logging, "configure_logging", lambda **_: None)
    monkeypatch.setattr(logs, "set_up_logs", lambda _: None)

    def run(*arguments: str) -> str:
        monkeypatch.setattr(sys, "argv", ["fiador", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == cli.WRONG_USE
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.startswith("fiador: ")
        assert said.err.count("\n") == 1, said.err
        return said.err

    return run


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
        (["token", "create", "desk", "--days", "0"], "--days"),
        (["token", "create", "desk", "--branch", "1"], "branch: Not the id of"),
        (
            [
                "token",
                "create",
                "desk",
                "--branch",
                "QnJhbmNoOjAwMDAwMDAwLTAwMDAtMDAwMC0wMDAwLTAwMDAwMDAwMDAwMA==",
            ],
            "no such branch",
        ),
        (["token", "create", " "], "name: "),
        (["token", "revoke", "1"], "no such token"),
        (["token", "revoke", "00000000-0000-0000-0000-000000000000"], "no such token"),
        (["sandbox", "--state", "missing/state.json"], "there is no folder missing"),
        (["sandbox", "--state", "."], "cannot read"),
        (["serve", "--workers", "0"], "--workers"),
        (["backup", "copy.db"], "there is no database at"),
    ],
)
def test_wrong_arguments(complaint: Complain, arguments: list[str], said: str) -> None:
    assert said in complaint(*arguments)


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
@pytest.mark.parametrize("command", ["serve", "demo"])
def test_wrong_settings(
    complaint: Complain, monkeypatch: pytest.MonkeyPatch, command: str, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(f"FIADOR_{name}", value)
    said_in_full = complaint(command, *(["--port", "0"] if command == "serve" else []))
    assert said in said_in_full
    assert "hunter2" not in said_in_full


@pytest.mark.parametrize("command", ["serve", "sandbox"])
def test_a_taken_port(complaint: Complain, command: str) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        assert "the port is in use" in complaint(command, "--port", port)


def test_a_state_file_of_something_else(complaint: Complain) -> None:
    Path("state.json").write_text("[]")
    said = complaint("sandbox", "--port", "0", "--state", "state.json")
    assert "state.json is not a state file" in said
    assert Path("state.json").read_text() == "[]"


@pytest.mark.parametrize("command", [["serve", "--workers", "2", "--port", "0"], ["worker"]])
def test_several_processes_need_what_they_share(
    complaint: Complain, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    assert "needs PostgreSQL in FIADOR_DATABASE_URL" in complaint(*command)
    monkeypatch.setenv("FIADOR_DATABASE_URL", "postgresql://fiador:hunter2@127.0.0.1:9/fiador")
    said = complaint(*command)
    assert "FIADOR_HOMOLOGATION_URL" in said
    assert "`fiador sandbox`" in said
    monkeypatch.setenv("FIADOR_PRODUCTION_URL", "https://bureau.example")
    assert "cannot be opened" in complaint(*command)


def test_postgresql_has_its_own_backups(complaint: Complain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_DATABASE_URL", "postgresql://fiador:hunter2@127.0.0.1:9/fiador")
    assert "pg_dump" in complaint("backup", "copy.db")


@pytest.mark.parametrize(("group", "command"), [([], "subject"), (["token"], "create")])
def test_nothing_asked_for_is_answered_with_all_that_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], group: list[str], command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["fiador", *group])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == cli.WRONG_USE
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("Usage: ")
    (about,) = [line.split(maxsplit=1)[1] for line in lines if line.split()[:1] == [command]]
    assert about.endswith(".")


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_help_tells_how_long_stopping_takes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["fiador", command, "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert gc.isenabled()
    assert f"within {STOP_LIMIT_SECONDS} seconds" in " ".join(capsys.readouterr().out.split())


def test_what_a_command_loads_is_not_looked_through_for_garbage_and_what_it_does_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = []

    def loading() -> None:
        seen.append(gc.isenabled())

    async def working(_: object) -> None:
        seen.append(gc.isenabled())

    monkeypatch.setattr(sys, "argv", ["fiador", "migrate"])
    monkeypatch.setattr(cli, "_settings", loading)
    monkeypatch.setattr(services, "migrate_database", working)
    with pytest.raises(SystemExit):
        cli.main()
    assert seen == [False, True]
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_a_storage_that_is_out_of_order_is_one_line(
    complaint: Complain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise StorageUnavailable(StorageState.FULL)

    monkeypatch.setattr(token_commands, "show", fail)
    assert "the storage is full" in complaint("token", "list")
