"""The look for known vulnerabilities: what fails, what does not, and what is never passed off as a look."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from supply_chain.scripts import script

audit = script("audit")

CLEAN = {"name": "idna", "version": "3.20", "vulns": []}
SKIPPED = {"name": "punq", "skip_reason": "not found"}
VULNERABLE = {"name": "h11", "version": "0.16.0", "vulns": [{"id": "GHSA-1", "fix_versions": ["0.17"]}]}
UNMENDED = {"name": "mako", "version": "1.4.3", "vulns": [{"id": "GHSA-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    ("packages", "code", "told"),
    [
        ([CLEAN], 0, "audit: 1 packages, no known vulnerability"),
        ([CLEAN, SKIPPED], 0, "audit: 1 packages, no known vulnerability; not in the database: punq"),
        ([SKIPPED], 0, audit.NOT_AUDITED),
        ([], 0, audit.NOT_AUDITED),
        ([CLEAN, VULNERABLE, SKIPPED], 1, "audit: h11 0.16.0: GHSA-1 (mended in 0.17)"),
        ([UNMENDED], 1, "audit: mako 1.4.3: GHSA-2 (mended in no version yet)"),
    ],
)
def test_a_vulnerability_fails(packages: list[Any], code: int, told: str) -> None:
    assert audit.verdict(json.dumps({"dependencies": packages}), "") == (code, told)


@pytest.mark.parametrize(
    ("answer", "complaints", "code"),
    [
        ("", "ERROR: Failed to resolve 'advisories.example'", 0),
        ("", "ConnectionError: timed out", 0),
        ("", "ERROR: requirement h11 does not contain a hash", 1),
        ("", "", 1),
        ("[]", "", 1),
    ],
)
def test_only_a_missing_network_excuses(answer: str, complaints: str, code: int) -> None:
    assert audit.verdict(answer, complaints)[0] == code


@contextmanager
def advisories(vulnerable: str | None) -> Iterator[str]:
    """A database of advisories on this machine, which knows one of a package; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known = [{"id": "TEST-1", "summary": "planted", "affected": []}]
            answer = {"vulns": known} if asked["package"]["name"] == vulnerable else {}
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("vulnerable", "code", "told"), [(None, 0, "no known vulnerability"), ("starlette", 1, "TEST-1")]
)
def test_the_lock_itself_is_audited(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    vulnerable: str | None,
    code: int,
    told: str,
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with advisories(vulnerable) as address:
        assert audit.main(["--vulnerability-service", "osv", "--osv-url", address]) == code
    said = capsys.readouterr().out
    assert told in said
    assert (vulnerable or "audit") in said


def test_without_a_network_it_says_so_and_passes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    nobody = "http://127.0.0.1:9/v1/query"
    assert audit.main(["--vulnerability-service", "osv", "--osv-url", nobody]) == 0
    assert capsys.readouterr().out == f"{audit.NOT_AUDITED}\n"


def test_each_package_is_audited_by_its_hash() -> None:
    assert "--require-hashes" in audit.command([])
    assert str(audit.LOCK) in audit.command([])
