"""Links to the reports as files: what a list lets through, as the query parameters of a download."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias
from urllib.parse import urlencode
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from api.context import Context
from api.enums.describe import describe
from api.ids import encode_id
from core.domain.listing import ConsultationFilter, NegativationFilter


class ExportFormat(StrEnum):
    """The forms in which a report is downloaded."""

    CSV = "CSV"
    XLSX = "XLSX"


describe(
    ExportFormat,
    "The form of a file (formato do arquivo).",
    {
        "CSV": "For any spreadsheet, as a Brazilian Excel opens it by a double click (CSV).",
        "XLSX": "An Excel workbook (XLSX).",
    },
)

FormatArgument: TypeAlias = Annotated[
    ExportFormat, strawberry.argument(description="The form of the file (formato).")
]

EXPORT_URL = (
    "All that the filter lets through as a file for a spreadsheet (exportar relatório): a path at this server, opened with the "
    "same token or, for five minutes, with the ticket in it; null where no filter says which records the list holds."
)

_REPORTS = {ConsultationFilter: "consultations", NegativationFilter: "negativations"}
_KINDS = {
    "integration_id": "Integration",
    "customer_id": "Customer",
    "invoice_id": "Invoice",
}


class _Inexpressible(Exception):
    """There are no parameters for this condition."""


def export_url(
    context: Context, matching: ConsultationFilter | NegativationFilter, form: ExportFormat
) -> str | None:
    """The link to what the filter lets through; None when its conditions cannot be told by parameters."""
    try:
        conditions = urlencode(_conditions(context, matching), doseq=True)
    except _Inexpressible:
        return None
    path = f"/reports/{_REPORTS[type(matching)]}.{form.value.lower()}"
    return context.report_link("?".join(filter(None, (path, conditions))))


def _conditions(
    context: Context, matching: ConsultationFilter | NegativationFilter
) -> Mapping[str, str | list[str]]:
    found: dict[str, str | list[str]] = {}
    for field in fields(matching):
        value = getattr(matching, field.name)
        if field.name == "branch_ids":
            # The caller's own reach is no condition: the token or the ticket brings it along.
            if value != context.caller.branch_ids:
                found["branchId"] = _only_branch(value)
        elif value is not None and value is not False:
            found[to_camel_case(field.name)] = _written(field.name, value)
    return found


def _only_branch(branch_ids: frozenset[UUID]) -> str:
    if len(branch_ids) != 1:
        raise _Inexpressible
    return encode_id("Branch", *branch_ids)


def _written(name: str, value: object) -> str | list[str]:
    match value:
        case UUID():
            if name not in _KINDS:
                raise _Inexpressible
            return encode_id(_KINDS[name], value)
        case True:
            return "true"
        case date():
            return value.isoformat()
        case StrEnum():
            return value.name
        case frozenset() if value:
            return sorted(member.name for member in value)
        case str():
            return value
        case _:
            raise _Inexpressible
