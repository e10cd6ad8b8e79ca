"""The provider's own page of a report: ready-made HTML, which is all that many integrators ever show."""

from datetime import date, datetime
from decimal import Decimal

from jinja2 import Environment, PackageLoader, StrictUndefined

from adapters.connect_sa.sandbox.catalogue import Plan
from core.domain.calendar_rules import LOCAL_ZONE

MEDIA_TYPE = "text/html; charset=utf-8"

_TITLES = {
    "pendencias": "PENDÊNCIAS FINANCEIRAS",
    "protestos": "PROTESTOS",
    "cheques": "CHEQUES SEM FUNDOS",
    "acoes": "AÇÕES JUDICIAIS",
    "falencias": "FALÊNCIAS E RECUPERAÇÕES JUDICIAIS",
    "consultasAnteriores": "CONSULTAS ANTERIORES",
}

_pages = Environment(
    loader=PackageLoader("adapters.connect_sa.sandbox"), autoescape=True, undefined=StrictUndefined
)
_pages.filters["data"] = lambda text: date.fromisoformat(text).strftime("%d/%m/%Y")
_pages.filters["data_hora"] = lambda moment: moment.astimezone(LOCAL_ZONE).strftime("%d/%m/%Y às %H:%M:%S")
_pages.filters["reais"] = lambda text: (
    f"{Decimal(text):,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
)


def draw_page(
    report: dict[str, object], *, document: str, plan: Plan, protocol: str, performed_at: datetime
) -> bytes:
    """The page, the same bytes for the same consultation."""
    blocks = [(title, report[name]) for name, title in _TITLES.items() if report[name] is not None]
    page = _pages.get_template("report.html").render(
        report=report,
        blocks=blocks,
        document=document,
        plan=plan,
        protocol=protocol,
        performed_at=performed_at,
    )
    return page.encode()
