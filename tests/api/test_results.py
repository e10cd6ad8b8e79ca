"""Every error that a use case documents is a member of its mutation's result, and nothing unexpected gets out."""

import logging
import re
from typing import Any, get_type_hints

import pytest
from graphql import GraphQLObjectType, GraphQLUnionType
from starlette.requests import Request

from api.errors.handlers import HANDLERS, user_error
from api.schema import MUTATIONS
from api.use_cases import UseCases
from core.domain import (
    access,
    bureau,
    consultation,
    credentials,
    errors,
    integration,
    negativation,
    parameters,
    plans,
)
from core.domain.errors import DomainError
from support.desk import Desk, global_id, shared_schema

MODULES = (access, bureau, consultation, credentials, errors, integration, negativation, parameters, plans)
DOMAIN_ERRORS = {
    name: found
    for module in MODULES
    for name, found in vars(module).items()
    if isinstance(found, type) and issubclass(found, DomainError)
}
TOP_LEVEL = {"Forbidden", "Unauthenticated"}
# What use cases raise without writing it down: a key or a document is read before all else, and stores find conflicts.
UNSAID = {
    "BureauRejectedError",
    "InvalidInputError",
    "ConflictError",
    "NotFoundError",
    "IdempotencyConflictError",
}


def _mutation(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _members(mutation: str) -> set[str]:
    root = shared_schema().core.mutation_type
    assert isinstance(root, GraphQLObjectType)
    union = getattr(root.fields[mutation].type, "of_type", None)
    assert isinstance(union, GraphQLUnionType)
    return {member.name for member in union.types}


def _documented(use_case: type) -> set[str]:
    """The domain errors named after "Raises" in the docstring of a use case."""
    _, _, raises = (use_case.__doc__ or "").partition("Raises")
    return {name for name in re.findall(r"\b[A-Z][A-Za-z]+\b", raises) if name in DOMAIN_ERRORS}


MUTATING = get_type_hints(UseCases)
NAMES = [field.python_name for field in MUTATIONS]


@pytest.mark.parametrize("name", NAMES)
def test_the_result_names_every_error_that_the_use_case_documents(name: str) -> None:
    documented = _documented(MUTATING[name])
    assert documented, f"{name}: its use case says nothing about errors"
    expected = {
        handler.error_type.__name__
        for handler in HANDLERS
        if handler.exception_type.__name__ in documented - TOP_LEVEL
    }
    unmapped = documented - TOP_LEVEL - {handler.exception_type.__name__ for handler in HANDLERS}
    assert unmapped == set()
    assert expected - _members(_mutation(name)) == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_result_names_no_error_that_cannot_happen(name: str) -> None:
    documented = _documented(MUTATING[name])
    expected = {
        handler.error_type.__name__ for handler in HANDLERS if handler.exception_type.__name__ in documented
    }
    members = {member for member in _members(_mutation(name)) if not member.endswith("Success")}
    assert members - expected - UNSAID == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_result_has_a_success_and_names_invalid_input(name: str) -> None:
    mutation = _mutation(name)
    members = _members(mutation)
    assert {member for member in members if member.endswith("Success")} == {
        f"{mutation[0].upper()}{mutation[1:]}Success"
    }
    assert "InvalidInputError" in members


def test_a_failure_of_the_bureau_may_be_a_refusal_or_an_outage() -> None:
    for name in NAMES:
        members = _members(_mutation(name))
        assert ("BureauRejectedError" in members) == ("BureauUnavailableError" in members), name


def test_each_error_type_implements_the_interface_and_carries_its_own_code() -> None:
    core = shared_schema().core
    errors_found = [
        found
        for name, found in core.type_map.items()
        if isinstance(found, GraphQLObjectType) and re.search("(Error|Warning)$", name)
    ]
    assert len(errors_found) == 21
    assert [
        found.name for found in errors_found if "UserError" not in {i.name for i in found.interfaces}
    ] == []


def test_the_names_that_front_ends_rely_on_exist() -> None:
    fields = {
        "RepeatConsultationWarning": {"lastConsultation", "availableOn"},
        "PlanRequiredError": set(),
        "PlanNotAllowedError": set(),
        "CreditAnalysisDisabledError": set(),
        "IntegrationNotLinkedError": set(),
        "BranchAlreadyIntegratedError": set(),
        "ActiveNegativationsError": {"count"},
        "ActiveMonitorsError": {"count"},
        "PasswordRefusedError": {"problems"},
        "NotEligibleError": {"reasons"},
        "AlreadyNegativatedError": {"negativation"},
        "NotClearableError": set(),
        "NotResendableError": set(),
        "BureauRejectedError": {"bureauCode", "bureauMessage"},
        "BureauUnavailableError": {"retryable"},
        "CredentialsRefusedError": set(),
        "InvalidInputError": {"problems"},
        "NotFoundError": set(),
        "IdempotencyConflictError": set(),
        "ConflictError": set(),
    }
    for name, wanted in fields.items():
        found = shared_schema().core.type_map[name]
        assert isinstance(found, GraphQLObjectType)
        assert wanted | {"code", "message"} <= set(found.fields), name


class _Unheard(DomainError):
    """An error that no result names."""


async def _settle(desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception) -> Any:
    """What settling an invoice answers when its use case raises this."""

    async def fail(_self: object, _command: object) -> None:
        raise error

    monkeypatch.setattr(type(desk.use_cases.settle_invoice), "__call__", fail)
    return await desk.ask(
        "mutation ($input: SettleInvoiceInput!) { settleInvoice(input: $input) { __typename } }",
        {"input": {"invoiceId": global_id(desk.world.invoice), "method": "PIX"}},
        language="en",
    )


@pytest.mark.parametrize(
    "error",
    [
        _Unheard("CPF 111.444.777-35"),
        RuntimeError("CPF 111.444.777-35"),
        bureau.BureauNotConfigured(environment=bureau.Environment.PRODUCTION),
    ],
)
async def test_what_no_result_names_is_masked_and_logged_without_its_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await _settle(desk, monkeypatch, error)
    assert (answer.status, answer.data) == (200, None)
    assert answer.error() == {
        "message": "Internal error. Quote this request id to support: the-request.",
        "locations": [{"line": 1, "column": 42}],
        "path": ["settleInvoice"],
        "extensions": {"code": "INTERNAL", "requestId": "the-request"},
    }
    (record,) = [record for record in caplog.records if record.name == "fiador.api"]
    assert "the-request" in record.getMessage()
    assert type(error).__name__ in record.getMessage()
    assert "111.444" not in caplog.text
    assert "settleInvoice(input" not in caplog.text


def test_no_two_handlers_compete_for_an_error() -> None:
    kinds = [handler.exception_type for handler in HANDLERS]
    assert len(kinds) == len(set(kinds))
    for kind in kinds:
        assert not any(issubclass(kind, other) for other in kinds if other is not kind)


def test_an_error_without_a_type_has_none(desk: Desk) -> None:
    assert (
        user_error(_Unheard(), desk.context(desk.world.caller, Request({"type": "http", "headers": []})))
        is None
    )
