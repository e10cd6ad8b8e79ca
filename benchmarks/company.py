"""The company of the data set: its access token, branches, integrations and parameters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from adapters.connect_sa.sandbox import INITIAL_CONSULTATION_PASSWORD, INITIAL_PEFIN_PASSWORD
from adapters.crypto.vault import AesGcmVault
from adapters.sql.mapping import administration, collection
from adapters.sql.mapping.company import branch_row, integration_row
from adapters.sql.tables import AccountRow, Row
from adapters.sql.work import values_of
from core.domain.access import AccessToken, Scope, hash_token
from core.domain.branch import Branch
from core.domain.bureau import CredentialKind, Environment
from core.domain.collection import AutomaticNegativation, CollectionParameters
from core.domain.credentials import Credential, CredentialState
from core.domain.documents import Document, DocumentKind
from core.domain.integration import Automation, Integration, Intermediary
from core.domain.parameters import CreditParameters
from core.domain.plans import IntegrationPlan
from core.domain.secret import Secret
from core.domain.states import StateCode
from core.use_cases.bureau_access import secret_context

TOKEN = "benchmark-token-0123456789"  # noqa: S105 - opens an invented provider
SECRET_KEY = "YmVuY2htYXJrLWJlbmNobWFyay1iZW5jaG1hcmstMDE="  # noqa: S105 - seals the sandbox's published passwords
NOW = datetime(2026, 3, 16, 15, 0, tzinfo=UTC)
BRANCHES = 10

_CNPJ = Document(DocumentKind.CNPJ, "80000011000100")


def id_of(kind: type[Row] | str, number: int) -> UUID:
    """The id of the record with this number."""
    name = kind if isinstance(kind, str) else str(kind.__tablename__)
    return UUID(int=int.from_bytes(name[:4].encode(), "big") << 96 | number)


def cpf_of(number: int) -> Document:
    """An invented CPF with the right check digits."""
    digits = [int(digit) for digit in f"{810_000_000 + number:09d}"]
    for _ in range(2):
        weighed = sum(
            digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)
        )
        digits.append(weighed * 10 % 11 % 10)
    return Document(DocumentKind.CPF, "".join(map(str, digits)))


def company_rows() -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """The rows of each table, in an order in which they may be written."""
    credit = administration.parameters_row(CreditParameters(enabled=True))
    routine = collection.parameters_row(
        CollectionParameters(branch_id=None, automatic=AutomaticNegativation.YES, days_after_due=30)
    )
    yield "access_tokens", iter([values_of(administration.token_row(_token()))])
    yield "credit_parameters", iter([values_of(credit)])
    yield "collection_parameters", iter([values_of(routine)])
    yield "branches", _branches()
    yield "integrations", _integrations()
    yield "bureau_accounts", _accounts()


def _token() -> AccessToken:
    return AccessToken(
        id=id_of("tokens", 1),
        name="benchmark",
        token_hash=hash_token(TOKEN),
        scopes=frozenset(Scope),
        branch_ids=None,
        created_at=NOW,
        expires_at=None,
    )


def _branches() -> Iterator[dict[str, Any]]:
    for number in range(1, BRANCHES + 1):
        branch = Branch(
            id=id_of("branches", number),
            number=number,
            external_id=f"filial-{number}",
            name=f"Filial {number}",
            document=_CNPJ,
            state_code=StateCode.SC,
            city="Blumenau",
            integration_id=id_of("integrations", number),
            requires_rescission=False,
            daily_consultation_budget=None,
            created_at=NOW,
            updated_at=NOW,
        )
        yield {"number": number, **values_of(branch_row(branch))}


def _integrations() -> Iterator[dict[str, Any]]:
    vault = AesGcmVault([SECRET_KEY])
    for number in range(1, BRANCHES + 1):
        integration = Integration(
            id=id_of("integrations", number),
            number=number,
            intermediary=Intermediary.CONNECT,
            branch_id=id_of("branches", number),
            environment=Environment.HOMOLOGATION,
            login=f"demo-{number}",
            plan=IntegrationPlan.ALL,
            send_sms_on_inclusion=False,
            responsible_cpf=cpf_of(0),
            automation=Automation(enabled=True, restriction_code="DP", clearing_code="01"),
            created_at=NOW,
            updated_at=NOW,
            consultation=_credential(
                vault, number, CredentialKind.CONSULTATION, INITIAL_CONSULTATION_PASSWORD
            ),
            pefin=_credential(vault, number, CredentialKind.PEFIN, INITIAL_PEFIN_PASSWORD),
        )
        yield {"number": number, **values_of(integration_row(integration))}


def _credential(vault: AesGcmVault, number: int, kind: CredentialKind, password: str) -> Credential:
    context = secret_context(id_of("integrations", number), kind)
    return Credential(kind=kind, sealed=vault.seal(Secret(password), context), state=CredentialState.VALID)


def _accounts() -> Iterator[dict[str, Any]]:
    """Orders are promised and stay so: sending them in the background would disturb whatever is measured next."""
    for number in range(1, BRANCHES + 1):
        yield values_of(AccountRow.of(account=id_of("integrations", number), next_at=NOW, held=True))
