"""The renderer of reports."""

import asyncio

from core.domain.report_sheet import ReportSheet
from ports.report_renderer import ReportRenderer


class PrintedReports(ReportRenderer):
    """Pages by Jinja2, PDFs by Typst, both of the same texts; the work is done in threads.

    So is loading these libraries, when the first report is wanted: a start does not wait for them.
    """

    async def html(self, sheet: ReportSheet) -> str:
        """A page without any byte from elsewhere; `page_files.PAGE_POLICY` is its Content-Security-Policy."""
        return await asyncio.to_thread(_html, sheet)

    async def pdf(self, sheet: ReportSheet) -> bytes:
        """A tagged PDF (PDF/UA-1). Its date is that of the consultation, so that its bytes never change."""
        return await asyncio.to_thread(_pdf, sheet)


def _html(sheet: ReportSheet) -> str:
    from adapters.reports.html import page
    from adapters.reports.view import view_of

    return page(view_of(sheet))


def _pdf(sheet: ReportSheet) -> bytes:
    from adapters.reports.pdf import document
    from adapters.reports.view import view_of

    return document(view_of(sheet), created_at=sheet.consultation.performed_at)
