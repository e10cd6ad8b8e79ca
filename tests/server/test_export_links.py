"""Links to reports as files: a list links to all that it lets through, and a ticket opens that alone."""

from dataclasses import fields
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.datastructures import QueryParams
from starlette.requests import Request

from api.exports import ExportFormat, export_url
from api.types.filters import ConsultationFilterInput, NegativationFilterInput
from core.domain.access import Scope
from core.domain.bureau import Environment
from core.domain.consultation import ConsultationOutcome
from core.domain.listing import ConsultationFilter, NegativationFilter
from core.domain.negativation import NegativationForm, NegativationStatus
from core.domain.plans import ConsultationPlan
from core.domain.subjects import SubjectKind
from server.query_filters import read_filter
from support.builders import TODAY, make_caller
from support.desk import Desk, global_id
from support.documents import synthetic_cpf
from support.report_counter import CONSULTATIONS, Counter, consulted

_EVERYTHING: dict[type[Any], dict[str, Any]] = {
    ConsultationFilterInput: {
        "document": synthetic_cpf(7).number,
        "subject_kind": SubjectKind.LEAD,
        "plan": ConsultationPlan.CREDNET_TOP,
        "environment": Environment.PRODUCTION,
        "outcome": ConsultationOutcome.FAILED,
        "performed_from": TODAY,
        "performed_to": TODAY,
    },
    NegativationFilterInput: {
        "status": [NegativationStatus.ACTIVE, NegativationStatus.REJECTED],
        "form": NegativationForm.AUTOMATIC,
        "environment": Environment.PRODUCTION,
        "created_from": TODAY,
        "created_to": TODAY,
        "clearing_due": True,
    },
}


@pytest.mark.parametrize("kind", _EVERYTHING)
async def test_a_list_links_to_all_that_it_lets_through(counter: Counter, kind: type[Any]) -> None:
    world = counter.world
    ids = {
        f"{name}_id": global_id(getattr(world, name))
        for name in ("branch", "integration", "customer", "invoice")
        if f"{name}_id" in {field.name for field in fields(kind)}
    }
    given = kind(**_EVERYTHING[kind], **ids)
    assert all(getattr(given, field.name) for field in fields(given)), "name a value for the new field"
    matching = given.read(world.caller)
    context = Desk(world).context(world.caller, Request({"type": "http", "headers": []}))
    link = export_url(context, matching, ExportFormat.XLSX)
    assert link is not None
    address = httpx.URL(link)
    assert address.path.endswith("ations.xlsx")
    parameters = QueryParams(address.query.decode())
    assert read_filter(kind, parameters).read(world.caller) == matching


@pytest.mark.parametrize(
    "matching",
    [
        ConsultationFilter(subject_id=UUID(int=1)),
        NegativationFilter(status=frozenset()),
        NegativationFilter(branch_ids=frozenset()),
        NegativationFilter(branch_ids=frozenset({UUID(int=1), UUID(int=2)})),
    ],
)
async def test_a_list_that_no_parameters_tell_of_has_no_link(counter: Counter, matching: Any) -> None:
    context = Desk(counter.world).context(counter.world.caller, Request({"type": "http", "headers": []}))
    assert export_url(context, matching, ExportFormat.CSV) is None


async def test_a_link_of_a_caller_of_some_branches_names_none(counter: Counter) -> None:
    caller = make_caller(branch_ids=frozenset({UUID(int=1), UUID(int=2)}))
    context = Desk(counter.world).context(caller, Request({"type": "http", "headers": []}))
    everything = ConsultationFilter(branch_ids=caller.branch_ids)
    assert export_url(context, everything, ExportFormat.CSV) == CONSULTATIONS


async def test_a_ticket_opens_the_address_it_was_issued_for(counter: Counter) -> None:
    own = await consulted(counter, plan=ConsultationPlan.CREDNET_TOP)
    address = f"{CONSULTATIONS}?plan=CREDNET_TOP"
    link = counter.tickets.link(address, counter.world.caller)
    counter.caller = None
    assert await counter.numbers(link) == [own]
    for other in (
        link.replace("plan=CREDNET_TOP&", ""),
        link.replace("CREDNET_TOP", "REPORT_AND_SCORE"),
        link.replace("?plan", "?subjectKind=CPF&plan"),
        link.replace(".csv", ".xlsx"),
        f"{link}&outcome=SUCCEEDED",
    ):
        await counter.refused(other, 401)


async def test_a_ticket_reaches_no_further_than_who_asked(counter: Counter) -> None:
    other = await counter.world.add_branch()
    await consulted(counter)
    limited = make_caller(
        branch_ids=frozenset({other.id}), scopes=frozenset({Scope.READ, Scope.READ_CONSULTATIONS})
    )
    link = counter.tickets.link(CONSULTATIONS, limited)
    counter.caller = None
    assert await counter.numbers(link) == []
    everywhere = counter.tickets.link(CONSULTATIONS, make_caller(scopes=limited.scopes))
    (row,) = await counter.rows(everywhere)
    assert row["CPF/CNPJ"].startswith("***.")
