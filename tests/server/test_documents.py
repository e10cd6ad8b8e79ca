"""Trusted documents on disk: manifests and folders, and what is wrong with them."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.operations import ready_made_operations
from api.trusted_documents import hash_of
from server.cli import app
from server.documents import WrongDocuments, load_documents, manifest, write_manifest
from server.settings import WrongSettings, load_settings

VIEWER = "query Viewer { viewer { name } }"


def _folder(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        file = tmp_path / "documents" / f"{name}.graphql"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "documents"


def test_the_manifest_of_the_ready_made_operations_holds_them_all() -> None:
    written: dict[str, str] = json.loads(manifest(None))
    assert list(written.values()) == [operation["query"] for operation in ready_made_operations()]
    assert all(hash_of(text) == known_by for known_by, text in written.items())


@pytest.mark.parametrize("prefix", ["", "sha256:"])
def test_a_manifest_is_read_again(tmp_path: Path, prefix: str) -> None:
    file = tmp_path / "manifest.json"
    written = json.loads(manifest(_folder(tmp_path, viewer=VIEWER)))
    file.write_text(
        json.dumps({prefix + known_by: text for known_by, text in written.items()}), encoding="utf-8"
    )
    documents = load_documents(file)
    assert len(documents) == 1
    assert documents.text(hash_of(VIEWER)) == VIEWER
    assert documents.trusts(VIEWER)
    assert not documents.trusts(VIEWER + " ")


def test_a_folder_is_taken_as_it_is_without_example_values(tmp_path: Path) -> None:
    folder = _folder(tmp_path, viewer=f'# variables: {{"a":\n#  1}}\n{VIEWER}')
    assert load_documents(folder).trusts(VIEWER)


def test_a_document_that_this_schema_does_not_serve_is_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path, good=VIEWER, stale="{ viewer {\n  shoeSize } }")
    with pytest.raises(WrongDocuments, match=r"^stale\.graphql: line 2: .*shoeSize"):
        manifest(folder)
    with pytest.raises(WrongDocuments, match=r"^long\.graphql: LIMIT_CHARACTERS$"):
        manifest(_folder(tmp_path, long=VIEWER.ljust(50_001)))
    folder = _folder(tmp_path, stale="{ viewer {", long=VIEWER)
    with pytest.raises(WrongDocuments, match=r"^stale\.graphql: line 1: "):
        manifest(folder)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"{", "is not JSON"),
        (b"[]", "must be a JSON object"),
        (b'{"x": 1}', "must be a JSON object"),
        (b'{"x": "{ viewer { name } }"}', "'x' is not the SHA-256"),
        (b"{}", "holds no document"),
        (b"\xff", "cannot be read: it is not UTF-8"),
        (None, "cannot be read: No such file"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_said_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "manifest.json"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("FIADOR_TRUSTED_DOCUMENTS", str(file))
    with pytest.raises(WrongSettings) as caught:
        load_settings()
    assert str(caught.value).startswith("FIADOR_TRUSTED_DOCUMENTS ")
    assert complaint in str(caught.value)


def test_the_command_writes_what_the_setting_takes(tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    assert CliRunner().invoke(app, ["documents", "--output", str(file)]).exit_code == 0
    assert len(load_documents(file)) == len(ready_made_operations())
    printed = CliRunner().invoke(app, ["documents", str(_folder(tmp_path, viewer=VIEWER))])
    assert json.loads(printed.stdout) == {hash_of(VIEWER): VIEWER}
    with pytest.raises(WrongDocuments, match="cannot be written"):
        write_manifest(tmp_path / "nowhere" / "manifest.json", "{}")


def test_a_folder_without_documents_is_refused(tmp_path: Path) -> None:
    for read in (load_documents, manifest):
        with pytest.raises(WrongDocuments, match="holds no"):
            read(tmp_path)
    with pytest.raises(WrongDocuments, match="is no folder"):
        manifest(tmp_path / "nowhere")
