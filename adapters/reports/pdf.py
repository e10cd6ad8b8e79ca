"""The report as a PDF."""

import json
import unicodedata
from dataclasses import asdict
from datetime import datetime
from importlib.resources import as_file, files
from itertools import chain
from typing import Any

import typst

from adapters.reports.html import gauge
from adapters.reports.text import pieces
from adapters.reports.view import SheetView

FONT = "Libertinus Serif"

REPLACEMENT = "\u25a1"
"""Stands for a character that the embedded fonts do not have; PDF/UA forbids to leave a gap."""

PRINTABLE = frozenset(
    map(
        chr,
        chain(
            range(0x20, 0x7F),
            range(0xA1, 0x180),
            (
                0x2010,
                0x2013,
                0x2014,
                0x2018,
                0x2019,
                0x201A,
                0x201C,
                0x201D,
                0x201E,
                0x2020,
                0x2022,
                0x2026,
                0x20AC,
            ),
            (ord(REPLACEMENT),),
        ),
    )
) - {"\xad"}
"""What the fonts that come with the library are known to show: the letters of European languages in Latin script."""

_BREAK = "\u200b"


def document(view: SheetView, *, created_at: datetime) -> bytes:
    """The PDF of `view`: tagged (PDF/UA-1), with embedded fonts, and the same bytes for the same view and date.

    created_at: what the file says of its making, to the second.
    """
    with as_file(files("adapters.reports").joinpath("templates/report.typ")) as template:
        return typst.compile(
            template,
            format="pdf",
            pdf_standards=["ua-1"],
            ignore_system_fonts=True,
            timestamp=created_at.replace(microsecond=0),
            sys_inputs={
                "view": json.dumps(_printable(asdict(view))),
                "gauge": gauge(view.score, font_family=FONT) if view.score else "",
            },
        )


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return _BREAK.join(pieces("".join(map(_shown, unicodedata.normalize("NFC", value)))))
    if isinstance(value, dict):
        return {key: _printable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(inner) for inner in value]
    return value


def _shown(character: str) -> str:
    """The character, a plainer form of it, or the replacement."""
    if character in PRINTABLE:
        return character
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    plain = unicodedata.normalize("NFKC", character)
    return plain if set(plain) <= PRINTABLE else REPLACEMENT
