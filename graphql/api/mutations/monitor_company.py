"""Watch a company (monitorar CNPJ)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError, CredentialsRefusedError
from api.errors.general import (
    ConflictError,
    IntegrationNotLinkedError,
    InvalidInputError,
    NotFoundError,
)
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.monitor import Monitor
from core.domain.access import Scope
from core.use_cases.monitor_company import MonitorCompanyCommand


@strawberry.input(description="What monitorCompany wants to know (dados do monitoramento).")
class MonitorCompanyInput:
    branch_id: strawberry.ID = strawberry.field(
        description="The branch in whose name, with a linked integration (filial)."
    )
    number: str | None = strawberry.field(
        default=None,
        description="The CNPJ to watch, numeric or alphanumeric, punctuated or not (CNPJ); the branch's own unless given.",
    )


@strawberry.type(description="The company is watched (monitoramento iniciado).")
class MonitorCompanySuccess:
    monitor: Monitor = strawberry.field(
        description="The watched company, with what was found so far (monitoramento)."
    )


MonitorCompanyResult = Annotated[
    MonitorCompanySuccess
    | IntegrationNotLinkedError
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError
    | ConflictError,
    strawberry.union("MonitorCompanyResult", description="What came of monitorCompany (resultado)."),
]


@mutation(
    "Has the provider watch a company and tell when something about it changes (monitorar CNPJ). The CNPJ goes to the provider, where the watching is billed as contracted. Watching the same CNPJ again in the same environment answers with the monitor there is. What is found appears in `monitorChanges`.",
    permission=needs(Scope.MONITOR),
)
async def monitor_company(
    info: Info,
    data: Annotated[
        MonitorCompanyInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> MonitorCompanyResult:
    reader = InputReader()
    branch_id = reader.id("Branch", data.branch_id, "branchId")
    reader.raise_if_any()
    done = await info.context.use_cases.monitor_company(
        MonitorCompanyCommand(caller=info.context.caller, branch_id=branch_id, number=data.number)
    )
    return MonitorCompanySuccess(monitor=Monitor.of(done))
