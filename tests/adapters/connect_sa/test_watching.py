"""Watching CNPJs through the client, at the sandbox."""

import pytest

from core.domain.bureau import BureauFailure, FailureClass
from core.domain.monitoring import ChangeKind
from support.connect_sa import CONSULTING, Provider
from support.documents import synthetic_cnpj, synthetic_cpf

COMPANY = synthetic_cnpj(42)


async def test_changes_at_a_watched_company_are_told(provider: Provider) -> None:
    await provider.bureau.watch(CONSULTING, COMPANY)
    await provider.bureau.watch(CONSULTING, COMPANY)

    await provider.advance(days=30)
    page = await provider.bureau.changes(CONSULTING, None)

    assert page.events
    assert {event.document for event in page.events} == {COMPANY.number}
    assert all(event.kind is not ChangeKind.OTHER and event.description for event in page.events)
    rest = await provider.bureau.changes(CONSULTING, page.cursor)
    assert rest.events == ()


async def test_nothing_is_told_of_a_company_that_is_no_longer_watched(provider: Provider) -> None:
    await provider.bureau.watch(CONSULTING, COMPANY)
    await provider.bureau.unwatch(CONSULTING, COMPANY)
    await provider.bureau.unwatch(CONSULTING, COMPANY)

    await provider.advance(days=30)

    assert (await provider.bureau.changes(CONSULTING, None)).events == ()


async def test_only_companies_are_watched(provider: Provider) -> None:
    with pytest.raises(BureauFailure) as raised:
        await provider.bureau.watch(CONSULTING, synthetic_cpf(42))
    assert raised.value.failure is FailureClass.VALIDATION
