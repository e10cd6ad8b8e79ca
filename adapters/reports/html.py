"""The report as a web page."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.reports.labels import BANDS
from adapters.reports.page_files import PAGE_POLICY, SCRIPT, STYLE
from adapters.reports.text import pieces
from adapters.reports.view import ScoreView, SheetView

_TEMPLATES = Environment(
    loader=PackageLoader("adapters.reports"),
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["pieces"] = pieces


def page(view: SheetView) -> str:
    """The page of `view`."""
    return _TEMPLATES.get_template("report.html").render(
        view=view,
        gauge=gauge(view.score, font_family="inherit") if view.score else "",
        style=STYLE,
        script=SCRIPT,
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
