"""Integrations: one per branch, what is linked, and a history of passwords that only grows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.bureau import CredentialKind
from core.domain.credentials import UsedPassword
from core.domain.integration import BranchAlreadyIntegrated
from ports.unit_of_work import UnitsOfWork
from support.builders import NOW, make_branch, make_integration, new_id


async def test_a_branch_has_one_undeleted_integration(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        await work.branches.add(make_branch())
        branch = await work.branches.add(make_branch())
        first = await work.integrations.add(make_integration(branch_id=branch.id))
        with pytest.raises(BranchAlreadyIntegrated) as refused:
            await work.integrations.add(make_integration(branch_id=branch.id))
        assert refused.value.branch_number == branch.number
        assert await work.integrations.of_branch(branch.id) == first

        await work.integrations.save(replace(first, deleted_at=NOW))
        assert await work.integrations.of_branch(branch.id) is None
        second = await work.integrations.add(make_integration(branch_id=branch.id))
        assert await work.integrations.of_branch(branch.id) == second
        with pytest.raises(BranchAlreadyIntegrated) as revived:
            await work.integrations.save(first)
        assert revived.value.branch_number == branch.number
        assert await work.integrations.of_branch(new_id()) is None


async def test_the_linked_integrations_are_those_that_a_branch_links(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branches = [await work.branches.add(make_branch()) for _ in range(4)]
        integrations = [
            await work.integrations.add(make_integration(branch_id=branch.id)) for branch in branches
        ]
        assert await work.integrations.all_linked() == []
        # Two branches may link one integration; the last one of all was deleted though linked.
        for branch, linked in zip(branches, (0, 0, 1, 3), strict=True):
            await work.branches.save(replace(branch, integration_id=integrations[linked].id))
        await work.integrations.save(replace(integrations[3], deleted_at=NOW))
        assert await work.integrations.all_linked() == integrations[:2]


async def test_the_history_of_passwords_is_kept_by_integration_and_kind(units_of_work: UnitsOfWork) -> None:
    async with units_of_work.begin() as work:
        branches = [await work.branches.add(make_branch()) for _ in range(2)]
        one, other = [
            await work.integrations.add(make_integration(branch_id=branch.id)) for branch in branches
        ]
        used = [
            UsedPassword(
                integration_id=integration.id,
                kind=kind,
                password_hash=f"hash {position}",
                used_from=NOW + timedelta(days=position),
            )
            for position, (integration, kind) in enumerate(
                [
                    (one, CredentialKind.PEFIN),
                    (one, CredentialKind.CONSULTATION),
                    (other, CredentialKind.PEFIN),
                    (one, CredentialKind.PEFIN),
                ]
            )
        ]
        for entry in used:
            await work.integrations.remember_password(entry)
    async with units_of_work.read() as work:
        store = work.integrations
        assert await store.password_history(one.id, CredentialKind.PEFIN) == [used[0], used[3]]
        assert await store.password_history(other.id, CredentialKind.CONSULTATION) == []
