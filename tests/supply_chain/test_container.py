"""The image, as far as it can be judged without building it: what its file says, and what the service writes where."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import httpx
import pytest

from e2e.processes import FIADOR, eventually, program
from supply_chain.scripts import ROOT

SECRET_NAMES = re.compile(r"key|token|secret|passw|senha|credential", re.IGNORECASE)
TOOLS = re.compile(r"\b(apt|apt-get|apk|pip|uv|gcc|make|git|curl|wget|npm|node)\b")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction and its arguments, on one line."""

    name: str
    rest: str


def _stages() -> list[list[Instruction]]:
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Containerfile").read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    stages: list[list[Instruction]] = []
    for line in lines:
        name, _, rest = line.partition(" ")
        assert name.isupper(), line
        if name == "FROM":
            stages.append([])
        stages[-1].append(Instruction(name, rest.strip()))
    return stages


BUILD, FINAL = _stages()


def _all(stage: list[Instruction], name: str) -> list[str]:
    return [each.rest for each in stage if each.name == name]


def test_each_base_is_pinned_and_the_same() -> None:
    bases = [_all(stage, "FROM")[0].split()[0] for stage in (BUILD, FINAL)]
    assert bases[0] == bases[1]
    assert re.fullmatch(r"[a-z]+:\d+\.\d+\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", bases[0])
    (python,) = re.findall(r":(\d+\.\d+)", bases[0])
    assert f">={python}" in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_it_runs_as_nobody_in_particular() -> None:
    (user,) = _all(FINAL, "USER")
    uid, gid = map(int, user.split(":"))
    assert uid >= 1000
    assert gid >= 1000
    after = FINAL[[each.name for each in FINAL].index("USER") :]
    assert not {each.name for each in after} & {"RUN", "COPY", "ADD"}
    assert f"-o {uid} -g {gid} /data" in " ".join(_all(FINAL, "RUN"))


def test_what_it_copies_is_there_and_is_let_in() -> None:
    rules = (ROOT / ".containerignore").read_text(encoding="utf-8").splitlines()
    let_in = [rule[1:] for rule in rules if rule.startswith("!")]
    shut_out = [rule for rule in rules if rule and not rule.startswith(("!", "#"))]
    assert shut_out[0] == "*"
    copied = [source for rest in _all(BUILD, "COPY") for source in rest.split()[:-1]]
    assert len(copied) >= 6
    for source in copied:
        assert (ROOT / source).exists(), source
        assert any(Path(source).is_relative_to(rule) for rule in let_in), source
        assert not any(fnmatch(source, rule) for rule in shut_out[1:]), source
    assert all(rest.startswith("--from=build ") for rest in _all(FINAL, "COPY"))
    assert not _all(BUILD, "ADD") + _all(FINAL, "ADD")
    # Every room of the service is in it.
    assert {"core", "ports", "adapters", "graphql/api", "graphql/server", "graphql/operations"} <= set(copied)


def test_no_secret_and_no_build_tool_is_in_it() -> None:
    for stage in (BUILD, FINAL):
        for rest in _all(stage, "ENV") + _all(stage, "ARG") + _all(stage, "LABEL"):
            names = re.findall(r"([A-Za-z_]+)=", rest)
            assert not [name for name in names if SECRET_NAMES.search(name) or name.startswith("FIADOR_")]
    assert not any(TOOLS.search(rest) for rest in _all(FINAL, "RUN"))


def test_its_dependencies_are_locked_by_hash_and_are_those_that_are_tested() -> None:
    (install,) = [rest for rest in _all(BUILD, "RUN") if "uv pip sync" in rest]
    assert "--require-hashes requirements.service.lock" in install

    def pins(name: str) -> dict[str, list[str]]:
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.findall(
            r"^([a-z0-9][^\s]*==\S+)[^\n]*\n((?:    --hash=\S+(?: \\)?\n)+)", text, re.MULTILINE
        )
        return {pin: sorted(re.findall(r"sha256:\w+", hashes)) for pin, hashes in blocks}

    service, every = pins("requirements.service.lock"), pins("requirements.lock")
    assert len(service) > 40
    assert {pin: every.get(pin) for pin in service} == service
    assert not [pin for pin in service if pin.startswith(("pytest", "pip", "mypy", "hatchling"))]


def test_it_tells_how_it_is_and_how_it_begins() -> None:
    (health,) = _all(FINAL, "HEALTHCHECK")
    assert "/health/live" in health
    command = json.loads(health.partition("CMD ")[2])
    compile(command[2], "health", "exec")
    assert json.loads(_all(FINAL, "ENTRYPOINT")[0]) == ["fiador"]
    assert json.loads(_all(FINAL, "CMD")[0])[:3] == ["serve", "--host", "0.0.0.0"]  # noqa: S104 - in the container
    assert _all(FINAL, "VOLUME") == _all(FINAL, "WORKDIR") == ["/data"]
    assert FIADOR.name == "fiador"


WATCH = """
import os, sys

home = os.path.realpath(os.environ["WATCHED"])

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        written = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    elif event in ("os.mkdir", "os.remove", "os.rename", "os.chmod", "sqlite3.connect"):
        path, written = arguments[0], True
    else:
        return
    if not written or not isinstance(path, (str, bytes, os.PathLike)):
        return
    path = os.path.realpath(os.fsdecode(path).removeprefix("file:").partition("?")[0])
    if not path.startswith((home, "/dev/", "/proc/")):
        os.write(2, f"OUTSIDE {event} {path}\\n".encode())

sys.addaudithook(watch)
"""


async def test_the_service_writes_nowhere_but_in_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the image: all that is written stands under the folder that it is started in, temporary files too."""
    hooks, data = tmp_path / "hooks", tmp_path / "data"
    hooks.mkdir()
    data.mkdir()
    (hooks / "sitecustomize.py").write_text(WATCH)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(hooks), str(ROOT), str(ROOT / "graphql")]))
    monkeypatch.setenv("WATCHED", str(data))
    for name, value in {"PYTHONDONTWRITEBYTECODE": "1", "HOME": str(data), "TMPDIR": str(data)}.items():
        monkeypatch.setenv(name, value)
    async with (
        program("serve", "--port", "0", cwd=data, until="GraphiQL") as service,
        httpx.AsyncClient(trust_env=False, timeout=60) as client,
    ):
        address = service.said["GraphiQL"].removesuffix("/graphql")

        async def ready() -> int:
            return (await client.get(f"{address}/health/ready")).status_code

        assert await eventually(ready, lambda status: status == 200) == 200
        assert (await client.get(f"{address}/health/live")).status_code == 200
        page = await client.get(f"{address}/graphql", headers={"Accept": "text/html"})
        assert page.status_code == 200
    assert (data / ".fiador" / "fiador.db").exists()
    assert "OUTSIDE" not in service.log.read_text()


def test_the_watch_sees_what_is_written_elsewhere(tmp_path: Path) -> None:
    script = f"{WATCH}\nopen({str(tmp_path / 'elsewhere')!r}, 'w').close()"
    (tmp_path / "data").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "WATCHED": str(tmp_path / "data")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == f"OUTSIDE open {(tmp_path / 'elsewhere').resolve()}\n"
