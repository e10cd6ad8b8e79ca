"""The style and the script of the report's web page, and the policy that lets these two run and nothing else."""

import base64
import hashlib
from importlib.resources import files

_TEMPLATES = files("adapters.reports").joinpath("templates")

STYLE = _TEMPLATES.joinpath("report.css").read_text(encoding="utf-8")
SCRIPT = _TEMPLATES.joinpath("report.js").read_text(encoding="utf-8")


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"


PAGE_POLICY = (
    f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(SCRIPT)}; "
    "base-uri 'none'; form-action 'none'"
)
"""Content-Security-Policy of the page, which also carries it itself: it runs its own script and style, by their
digests, and loads nothing."""
