"""The key file: changed as a whole, by one at a time, and seen by those who run."""

import os
import stat
from pathlib import Path

import pytest

from core.domain.secret import Secret
from server.key_file import LOCK_FILE, changing_keys, open_vault, write_keys
from server.private_files import KEY_FILE, read_private, secret_keys
from server.settings import WrongSettings

CONTEXT = "integration:1:PEFIN"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _in_front(key: str) -> None:
    write_keys((key, *secret_keys(())))


def test_a_vault_follows_the_file_while_it_runs() -> None:
    running = open_vault(())
    before = running.seal(Secret("s"), CONTEXT)
    with changing_keys():
        _in_front("A" * 43)
    beside = open_vault(())
    assert running.open(beside.seal(Secret("new"), CONTEXT), CONTEXT) == Secret("new")
    assert running.key_of(running.seal(Secret("t"), CONTEXT)) == beside.key_ids()[0]
    assert beside.open(before, CONTEXT) == Secret("s")
    assert len(running.key_ids()) == 2


def test_a_file_that_goes_or_breaks_takes_no_key_away() -> None:
    running = open_vault(())
    sealed = running.seal(Secret("s"), CONTEXT)
    for broken in ("", "no key\n", "é"):
        KEY_FILE.write_text(broken, encoding="latin-1")
        assert running.open(running.seal(Secret("s"), CONTEXT), CONTEXT) == Secret("s")
    KEY_FILE.unlink()
    assert running.open(sealed, CONTEXT) == Secret("s")
    assert running.key_ids()
    assert not KEY_FILE.exists()


def test_configured_keys_watch_no_file() -> None:
    vault = open_vault(("A" * 43,))
    assert vault.key_ids() == open_vault(("A" * 43,)).key_ids()
    assert not KEY_FILE.exists()


def test_the_file_is_replaced_as_a_whole_and_stays_private(monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = secret_keys(())
    old_umask = os.umask(0)
    try:
        _in_front("B" * 43)
    finally:
        os.umask(old_umask)
    assert secret_keys(()) == ("B" * 43, first)
    assert stat.S_IMODE(KEY_FILE.stat().st_mode) == 0o600

    def lost(path: Path, target: Path) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(Path, "replace", lost)
    with pytest.raises(OSError, match="gone"):
        _in_front("C" * 43)
    assert secret_keys(()) == ("B" * 43, first)
    assert [file.name for file in KEY_FILE.parent.glob("secret*")] == [KEY_FILE.name]


def test_only_one_changes_it_at_a_time() -> None:
    read_before = secret_keys(())
    with changing_keys():
        with pytest.raises(WrongSettings, match="another process"), changing_keys():
            pass
        assert stat.S_IMODE(LOCK_FILE.stat().st_mode) == 0o600
    with changing_keys():
        assert (read_private(KEY_FILE),) == read_before
