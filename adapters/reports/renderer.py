"""The renderer of reports."""

import asyncio

from adapters.reports import html, pdf
from adapters.reports.view import view_of
from core.domain.report_sheet import ReportSheet
from ports.report_renderer import ReportRenderer


class PrintedReports(ReportRenderer):
    """Pages by Jinja2, PDFs by Typst, both of the same texts; the work is done in threads."""

    async def html(self, sheet: ReportSheet) -> str:
        """A page without any byte from elsewhere; `html.PAGE_POLICY` is its Content-Security-Policy."""
        return await asyncio.to_thread(lambda: html.page(view_of(sheet)))

    async def pdf(self, sheet: ReportSheet) -> bytes:
        """A tagged PDF (PDF/UA-1). Its date is that of the consultation, so that its bytes never change."""
        return await asyncio.to_thread(
            lambda: pdf.document(view_of(sheet), created_at=sheet.consultation.performed_at)
        )
