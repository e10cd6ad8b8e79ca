"""The client: the port CreditBureau over HTTP."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

import httpx

from adapters.connect_sa.answers import (
    NOTHING_HELD,
    ChangesAnswer,
    CodesAnswer,
    CredentialAnswer,
    EventsAnswer,
    MonitorAnswer,
    NothingAnswer,
    PlansAnswer,
    ReceiptAnswer,
)
from adapters.connect_sa.circuit import Circuit
from adapters.connect_sa.exchange import (
    CONSULTATION_READ_SECONDS,
    ORDER_SECONDS,
    A,
    Call,
    Provider,
    exchange,
    new_http_client,
    silence_http_logs,
)
from adapters.connect_sa.orders import CREDENTIALS, consultation_body, exclusion_body, inclusion_body
from adapters.connect_sa.reports import ConsultationAnswer
from adapters.connect_sa.wire import wire_key
from core.domain.bureau import (
    BureauAccount,
    BureauCode,
    BureauEvents,
    BureauFailure,
    BureauNotConfigured,
    BureauReport,
    ConsultationOrder,
    CredentialKind,
    Environment,
    Exclusion,
    FailureClass,
    Inclusion,
    Receipt,
)
from core.domain.documents import Document
from core.domain.monitoring import ChangeEvents
from core.domain.plans import PlanOffer
from core.domain.secret import Secret
from ports.credit_bureau import CreditBureau

__all__ = ["ConnectSaBureau", "new_http_client"]

_PAGE = "100"


class ConnectSaBureau(CreditBureau):
    """Connect SA through `client` (see `new_http_client`), at one address per environment.

    An address that does not answer is left alone for a while (see `Circuit`): every call fails at once as TRANSIENT, which
    is certain, since nothing is sent. Environments at the same address share what is known of it.

    Raises ValueError when an address is not an http or https address.
    """

    def __init__(
        self,
        addresses: Mapping[Environment, str],
        client: httpx.AsyncClient,
        *,
        new_circuit: Callable[[], Circuit] = Circuit,
    ) -> None:
        by_environment = {environment: _address(environment, text) for environment, text in addresses.items()}
        by_address = {
            address: Provider(address, client, new_circuit()) for address in set(by_environment.values())
        }
        self._providers = {
            environment: by_address[address] for environment, address in by_environment.items()
        }
        silence_http_logs()

    def open_circuits(self) -> dict[Environment, bool]:
        """For each configured environment, whether its address is held to be down now."""
        return {environment: provider.circuit.is_open for environment, provider in self._providers.items()}

    async def test_credentials(self, account: BureauAccount, kind: CredentialKind) -> None:
        """Never repeated by itself, and in doubt when it was not answered: five wrong passwords in a row lock the login."""
        await self._exchange(
            account,
            Call(
                name="test_credentials",
                method="GET",
                path=f"/v1/credenciais/{CREDENTIALS[kind]}",
                answer=CredentialAnswer,
                repeatable=False,
            ),
        )

    async def plans(self, account: BureauAccount) -> list[PlanOffer]:
        """The plans that we know of those contracted."""
        answer = await self._exchange(
            account, Call(name="plans", method="GET", path="/v1/planos", answer=PlansAnswer)
        )
        return answer.to_domain()

    async def restriction_codes(self, account: BureauAccount) -> list[BureauCode]:
        """The provider's table of restriction codes."""
        return await self._codes(account, "restriction_codes", "/v1/pefin/codigos-restricao")

    async def clearing_codes(self, account: BureauAccount) -> list[BureauCode]:
        """The provider's table of clearing codes."""
        return await self._codes(account, "clearing_codes", "/v1/pefin/codigos-baixa")

    async def consult(self, account: BureauAccount, order: ConsultationOrder) -> BureauReport:
        """Orders the report under the key of the order."""
        answer = await self._exchange(
            account,
            Call(
                name="consult",
                method="POST",
                path="/v1/consultas",
                key=wire_key(order.key),
                body=consultation_body(order),
                answer=ConsultationAnswer,
                read_seconds=CONSULTATION_READ_SECONDS,
            ),
        )
        return answer.to_domain()

    async def find_consultation(self, account: BureauAccount, key: str) -> BureauReport | None:
        """None only when the provider says so in so many words."""
        wired = wire_key(key)
        answer = await self._look_up(
            account,
            Call(
                name="find_consultation",
                method="GET",
                path=f"/v1/consultas/{quote(wired, safe='')}",
                key=wired,
                answer=ConsultationAnswer,
            ),
        )
        return answer.to_domain() if answer else None

    async def register(self, account: BureauAccount, inclusion: Inclusion) -> Receipt:
        """Sends the inclusion under its key."""
        answer = await self._exchange(
            account,
            Call(
                name="register",
                method="POST",
                path="/v1/pefin/inclusoes",
                key=wire_key(inclusion.key),
                body=inclusion_body(inclusion),
                answer=ReceiptAnswer,
                total_seconds=ORDER_SECONDS,
            ),
        )
        return answer.to_domain()

    async def clear(self, account: BureauAccount, exclusion: Exclusion) -> Receipt:
        """Sends the clearing under its key."""
        answer = await self._exchange(
            account,
            Call(
                name="clear",
                method="POST",
                path="/v1/pefin/baixas",
                key=wire_key(exclusion.key),
                body=exclusion_body(exclusion),
                answer=ReceiptAnswer,
                total_seconds=ORDER_SECONDS,
            ),
        )
        return answer.to_domain()

    async def find(self, account: BureauAccount, key: str) -> Receipt | None:
        """None only when the provider says so in so many words."""
        wired = wire_key(key)
        answer = await self._look_up(
            account,
            Call(
                name="find",
                method="GET",
                path=f"/v1/pefin/operacoes/{quote(wired, safe='')}",
                key=wired,
                answer=ReceiptAnswer,
            ),
        )
        return answer.to_domain() if answer else None

    async def events(self, account: BureauAccount, after: str | None) -> BureauEvents:
        """One page; kinds of events that we do not know are left out."""
        params = {"limite": _PAGE} if after is None else {"limite": _PAGE, "apos": after}
        answer = await self._exchange(
            account,
            Call(
                name="events", method="GET", path="/v1/pefin/resultados", params=params, answer=EventsAnswer
            ),
        )
        return answer.to_domain(after)

    async def change_password(self, account: BureauAccount, kind: CredentialKind, new: Secret) -> None:
        """Compare and set: the provider changes it only when the password in `account` is the current one."""
        await self._exchange(
            account,
            Call(
                name="change_password",
                method="PUT",
                path=f"/v1/credenciais/{CREDENTIALS[kind]}",
                body={"senhaNova": new.value},
                answer=CredentialAnswer,
            ),
        )

    async def watch(self, account: BureauAccount, company: Document) -> None:
        """Watches the CNPJ; its number is part of the address, as the contract has it."""
        await self._exchange(
            account,
            Call(
                name="watch",
                method="PUT",
                path=f"/v1/monitoramentos/{company.number}",
                answer=MonitorAnswer,
            ),
        )

    async def unwatch(self, account: BureauAccount, company: Document) -> None:
        """Stops watching the CNPJ."""
        await self._exchange(
            account,
            Call(
                name="unwatch",
                method="DELETE",
                path=f"/v1/monitoramentos/{company.number}",
                answer=NothingAnswer,
            ),
        )

    async def changes(self, account: BureauAccount, after: str | None) -> ChangeEvents:
        """One page of changes."""
        params = {"limite": _PAGE} if after is None else {"limite": _PAGE, "apos": after}
        answer = await self._exchange(
            account,
            Call(
                name="changes",
                method="GET",
                path="/v1/monitoramentos/eventos",
                params=params,
                answer=ChangesAnswer,
            ),
        )
        return answer.to_domain(after)

    async def _codes(self, account: BureauAccount, name: str, path: str) -> list[BureauCode]:
        answer = await self._exchange(account, Call(name=name, method="GET", path=path, answer=CodesAnswer))
        return [row.to_domain() for row in answer.codigos]

    async def _look_up(self, account: BureauAccount, call: Call[A]) -> A | None:
        try:
            return await self._exchange(account, call)
        except BureauFailure as failure:
            if failure.failure is FailureClass.VALIDATION and failure.code in NOTHING_HELD:
                return None
            raise

    async def _exchange(self, account: BureauAccount, call: Call[A]) -> A:
        provider = self._providers.get(account.environment)
        if provider is None:
            raise BureauNotConfigured(environment=account.environment)
        return await exchange(provider, account, call)


def _address(environment: Environment, text: str) -> str:
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host or url.query or url.fragment:
        raise ValueError(f"the address of the bureau for {environment} is not an http or https address")
    return str(url).rstrip("/")
