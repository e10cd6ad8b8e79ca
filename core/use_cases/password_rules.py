"""The rules of a new password that need more than the password: its history, and where else it is used."""

from dataclasses import dataclass
from uuid import UUID

from core.domain.bureau import CredentialKind
from core.domain.credentials import password_problems, password_weaknesses
from core.domain.errors import Problem
from core.domain.integration import Integration
from core.domain.secret import Secret
from core.use_cases.bureau_access import secret_context
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordRules:
    """Checks a new password before anything is written or sent."""

    units_of_work: UnitsOfWork
    vault: Vault
    hasher: PasswordHasher

    async def problems(
        self, integration: Integration, kind: CredentialKind, new: Secret, confirmation: Secret
    ) -> tuple[Problem, ...]:
        """Every criterion that it breaks, the history included: NEVER_USED."""
        problems = password_problems(kind, new, confirmation)
        if await self.was_used(integration.id, kind, new):
            problems = (*problems, Problem(("newPassword",), "NEVER_USED"))
        return problems

    async def was_used(self, integration_id: UUID, kind: CredentialKind, password: Secret) -> bool:
        """Whether the history has it: it is in use, or was. Hashing takes long: outside a unit of work."""
        async with self.units_of_work.read() as work:
            history = await work.integrations.password_history(integration_id, kind)
        return await self.hasher.matches_any(password, [used.password_hash for used in history])

    async def warnings(self, integration: Integration, kind: CredentialKind, new: Secret) -> tuple[str, ...]:
        """Advice that refuses nothing: REPEATED_DIGITS, PERSONAL_DATA, USED_ELSEWHERE (strong and unique per field)."""
        async with self.units_of_work.read() as work:
            branch = await work.branches.get(integration.branch_id)
            others = await work.integrations.all_linked()
        personal = [
            integration.login,
            integration.responsible_cpf.number,
            branch.document.number if branch else "",
        ]
        found = password_weaknesses(new, personal)
        if any(self._uses(other, integration, kind, new) for other in [integration, *others]):
            found = (*found, "USED_ELSEWHERE")
        return found

    def _uses(self, other: Integration, integration: Integration, kind: CredentialKind, new: Secret) -> bool:
        for other_kind in CredentialKind:
            sealed = other.credential(other_kind).sealed
            if sealed is None or (other.id == integration.id and other_kind is kind):
                continue
            if self.vault.open(sealed, secret_context(other.id, other_kind)) == new:
                return True
        return False
