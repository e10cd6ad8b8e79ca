"""An integration (integração de análise de crédito): one branch's access to the provider's bureau services."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from core.domain.bureau import CredentialKind, Environment
from core.domain.credentials import Credential
from core.domain.documents import Document
from core.domain.errors import DomainError
from core.domain.plans import IntegrationPlan


class Intermediary(StrEnum):
    """The provider of bureau services (intermediador)."""

    CONNECT = "CONNECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """Automatic inclusion and removal (inclusão/exclusão automática) by the collection routine.

    Both codes are required when it is enabled; otherwise they are defaults for manual operations.
    """

    enabled: bool = False
    restriction_code: str | None = None
    clearing_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """The thirteen fields of the form, with the health of both passwords. A deleted one keeps its row, not its secrets."""

    id: UUID
    number: int
    intermediary: Intermediary
    branch_id: UUID
    environment: Environment
    login: str
    consultation: Credential
    pefin: Credential
    plan: IntegrationPlan
    send_sms_on_inclusion: bool
    responsible_cpf: Document
    automation: Automation
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    def credential(self, kind: CredentialKind) -> Credential:
        """The password of that kind."""
        return self.consultation if kind is CredentialKind.CONSULTATION else self.pefin

    def with_credential(self, credential: Credential) -> "Integration":
        """The integration with that password in its place."""
        if credential.kind is CredentialKind.CONSULTATION:
            return replace(self, consultation=credential)
        return replace(self, pefin=credential)


@dataclass(eq=False, kw_only=True)
class IntegrationNotLinked(DomainError):
    """The branch has no linked integration, so nothing can be asked of the bureau in its name."""

    branch_number: int


@dataclass(eq=False, kw_only=True)
class BranchAlreadyIntegrated(DomainError):
    """The branch has an integration already; there is one per branch."""

    branch_number: int


@dataclass(eq=False, kw_only=True)
class ActiveNegativations(DomainError):
    """The integration has `count` live registrations, which its credentials are needed for."""

    count: int


@dataclass(eq=False, kw_only=True)
class ActiveMonitors(DomainError):
    """The integration has `count` companies under watch, which only its credentials can stop."""

    count: int
