"""The report as a web page."""

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.reports.labels import BANDS
from adapters.reports.text import pieces
from adapters.reports.view import ScoreView, SheetView

_FILES = PackageLoader("adapters.reports")
_TEMPLATES = Environment(
    loader=_FILES, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True
)
_TEMPLATES.filters["pieces"] = pieces


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


_STYLE = _FILES.get_source(_TEMPLATES, "report.css")[0]
_SCRIPT = _FILES.get_source(_TEMPLATES, "report.js")[0]

PAGE_POLICY = (
    f"default-src 'none'; style-src {_source(_STYLE)}; script-src {_source(_SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the page, which also carries it itself: it runs its own script and style, by their
digests, and loads nothing."""


def page(view: SheetView) -> str:
    """The page of `view`."""
    return _TEMPLATES.get_template("report.html").render(
        view=view,
        gauge=gauge(view.score, font_family="inherit") if view.score else "",
        style=_STYLE,
        script=_SCRIPT,
        policy=PAGE_POLICY,
    )


def gauge(score: ScoreView, *, font_family: str) -> str:
    """The score on its scale, as an SVG image. Shape, position and words say it; colour says nothing."""
    return _TEMPLATES.get_template("gauge.svg").render(
        score=score,
        font_family=font_family,
        bands=[band.name for band in BANDS.values()],
        mark_names=["0", "200", "400", "600", "800", "1.000"],
    )
