"""Trusted documents on disk, and `fiador documents`, which writes them: a JSON object of hashes and texts, or a folder of `*.graphql`."""

import json
from pathlib import Path

from graphql import GraphQLError

from api.documents import check_length, prepare
from api.operations import FOLDER, without_examples
from api.schema import ApiSchema, build_schema
from api.trusted_documents import TrustedDocuments, hash_of
from server.mendable import Mendable


class WrongDocuments(Mendable):
    """Trusted documents cannot be read or served; the text says why."""


def load_documents(place: Path) -> TrustedDocuments:
    """The documents of a manifest, or of a folder. Raises WrongDocuments."""
    try:
        texts = _of_folder(place) if place.is_dir() else _of_manifest(place)
    except (OSError, UnicodeDecodeError) as error:
        raise WrongDocuments(
            f"cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        ) from None
    if not texts:
        raise WrongDocuments("holds no document")
    return TrustedDocuments(texts.values())


def manifest(folder: Path | None) -> str:
    """A manifest of the documents in a folder, by default of the ready-made operations. Raises WrongDocuments.

    Each must be one that this version's schema serves, so that a front end finds out before it is delivered.
    """
    place = folder or FOLDER
    if not place.is_dir():
        raise WrongDocuments(f"{place} is no folder")
    texts = _of_folder(place)
    schema = build_schema()
    for name, text in texts.items():
        _check(schema, name, text)
    if not texts:
        raise WrongDocuments(f"{place} holds no *.graphql")
    return json.dumps({hash_of(text): text for text in texts.values()}, ensure_ascii=False, indent=2) + "\n"


def write_manifest(file: Path, text: str) -> None:
    """Write a manifest to a file. Raises WrongDocuments."""
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise WrongDocuments(f"{file} cannot be written: {error.strerror}") from None


def _of_folder(folder: Path) -> dict[str, str]:
    """Texts by file. Example values that stand in a comment are none of the document."""
    return {
        str(file.relative_to(folder)): without_examples(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.graphql"))
    }


def _of_manifest(file: Path) -> dict[str, str]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        raise WrongDocuments("is not JSON") from None
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise WrongDocuments("must be a JSON object of hashes and texts")
    for name, text in found.items():
        if name.removeprefix("sha256:") != hash_of(text):
            raise WrongDocuments(f"holds a text of which {name[:80]!r} is not the SHA-256")
    return found


def _check(schema: ApiSchema, name: str, text: str) -> None:
    try:
        check_length(text, None, schema.limits)
    except GraphQLError as error:
        raise WrongDocuments(f"{name}: {_reason(error)}") from None
    prepared = prepare(schema.core, text, schema.limits)
    if isinstance(prepared, tuple):
        raise WrongDocuments(f"{name}: {_reason(prepared[0])}")


def _reason(error: GraphQLError) -> str:
    values = getattr(error, "values", {})
    place = f"line {error.locations[0].line}: " if error.locations else ""
    return place + str(values.get("reason") or error.message)
