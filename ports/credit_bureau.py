"""The credit bureau behind the provider's contract."""

from abc import abstractmethod
from typing import Protocol

from core.domain.bureau import (
    BureauAccount,
    BureauCode,
    BureauEvents,
    BureauReport,
    ConsultationOrder,
    CredentialKind,
    Exclusion,
    Inclusion,
    Receipt,
)
from core.domain.documents import Document
from core.domain.monitoring import ChangeEvents
from core.domain.plans import PlanOffer
from core.domain.secret import Secret


class CreditBureau(Protocol):
    """Every method MUST raise BureauFailure, and nothing else, for anything the bureau or the network does.

    `FailureClass.TRANSIENT` MUST be raised only when the bureau certainly did not act; whenever bytes of a request may
    have reached it without an answer, the class MUST be `UNDETERMINED`. BureauNotConfigured is raised when no address is
    configured for the account's environment. The account carries the CONSULTATION password for consultations and
    plans and the watching of CNPJs, the PEFIN password for all else. `register` and `clear` MUST end within 20 seconds, for
    they are sent under a claim that must not end meanwhile.
    """

    @abstractmethod
    async def test_credentials(self, account: BureauAccount, kind: CredentialKind) -> None:
        """Check login and password without a paid call. Raises BureauFailure CREDENTIAL when they are refused.

        A wrong try may count towards locking the account, so one that was perhaps received is UNDETERMINED.
        """

    @abstractmethod
    async def plans(self, account: BureauAccount) -> list[PlanOffer]:
        """The plans contracted with the provider ("Buscar plano"). Free of charge."""

    @abstractmethod
    async def restriction_codes(self, account: BureauAccount) -> list[BureauCode]:
        """The provider's table of restriction codes (códigos de restrição). Free of charge."""

    @abstractmethod
    async def clearing_codes(self, account: BureauAccount) -> list[BureauCode]:
        """The provider's table of clearing codes (códigos para baixa). Free of charge."""

    @abstractmethod
    async def consult(self, account: BureauAccount, order: ConsultationOrder) -> BureauReport:
        """Order a report. Billed once per `order.key`, however often the same order arrives."""

    @abstractmethod
    async def find_consultation(self, account: BureauAccount, key: str) -> BureauReport | None:
        """The report that was delivered for `key`, or None when the bureau holds none. Never billed."""

    @abstractmethod
    async def register(self, account: BureauAccount, inclusion: Inclusion) -> Receipt:
        """Send a registration (inclusão). A repeat with the same key MUST NOT create a second one."""

    @abstractmethod
    async def clear(self, account: BureauAccount, exclusion: Exclusion) -> Receipt:
        """Send a clearing (baixa). A repeat with the same key MUST NOT do more than the first."""

    @abstractmethod
    async def find(self, account: BureauAccount, key: str) -> Receipt | None:
        """What the bureau holds under the key of an inclusion or exclusion, or None. The reconciliation."""

    @abstractmethod
    async def events(self, account: BureauAccount, after: str | None) -> BureauEvents:
        """Results and events after the cursor `after` (None: from the beginning), oldest first."""

    @abstractmethod
    async def change_password(self, account: BureauAccount, kind: CredentialKind, new: Secret) -> None:
        """Replace the password in `account` with `new` at the bureau, at once."""

    @abstractmethod
    async def watch(self, account: BureauAccount, company: Document) -> None:
        """Watch a CNPJ for changes (monitoramento). Watching it twice changes nothing."""

    @abstractmethod
    async def unwatch(self, account: BureauAccount, company: Document) -> None:
        """Stop watching a CNPJ. Stopping twice changes nothing."""

    @abstractmethod
    async def changes(self, account: BureauAccount, after: str | None) -> ChangeEvents:
        """Changes at watched CNPJs after the cursor `after` (None: from the beginning), oldest first."""
