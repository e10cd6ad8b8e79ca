"""Files for their owner's eyes only."""

import stat
from pathlib import Path

import pytest

from adapters.crypto.vault import AesGcmVault
from server.private_files import KEY_FILE, read_private, secret_keys, write_private
from server.settings import WrongSettings


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_key_is_made_once_and_kept_from_others() -> None:
    first = secret_keys(())
    assert secret_keys(()) == first
    assert stat.S_IMODE(KEY_FILE.stat().st_mode) == 0o600
    AesGcmVault(first)


def test_configured_keys_leave_no_file() -> None:
    assert secret_keys(("one", "two")) == ("one", "two")
    assert not KEY_FILE.exists()


def test_a_folder_that_cannot_be_made_is_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / ".fiador").write_text("in the way")
    with pytest.raises(WrongSettings, match=r"^cannot write to \.fiador: "):
        secret_keys(())


def test_nothing_is_overwritten_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_private(path, "first")
    with pytest.raises(FileExistsError):
        write_private(path, "second")
    assert read_private(path) == "first"
    write_private(path, "third", replace=True)
    assert read_private(path) == "third"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
