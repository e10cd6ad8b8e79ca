"""Watch a company no longer (encerrar monitoramento)."""

from typing import Annotated

import strawberry

from api.context import Info
from api.errors.bureau import BureauRejectedError, BureauUnavailableError, CredentialsRefusedError
from api.errors.general import InvalidInputError, NotFoundError
from api.fields import mutation
from api.inputs import InputReader
from api.permissions import needs
from api.types.monitor import Monitor
from core.domain.access import Scope
from core.use_cases.monitor_company import StopMonitoringCommand


@strawberry.input(description="What stopMonitoring wants to know (dados do encerramento).")
class StopMonitoringInput:
    monitor_id: strawberry.ID = strawberry.field(description="The watched company (monitoramento).")


@strawberry.type(description="The company is no longer watched (monitoramento encerrado).")
class StopMonitoringSuccess:
    monitor: Monitor = strawberry.field(
        description="The company with all that was found, which stays (monitoramento)."
    )


StopMonitoringResult = Annotated[
    StopMonitoringSuccess
    | CredentialsRefusedError
    | BureauRejectedError
    | BureauUnavailableError
    | InvalidInputError
    | NotFoundError,
    strawberry.union("StopMonitoringResult", description="What came of stopMonitoring (resultado)."),
]


@mutation(
    "Has the provider watch a company no longer (encerrar monitoramento), in the environment that it is watched in. The CNPJ goes to the provider; not billed. When its integration is gone, the provider cannot be told, and it ends here alone. What was found stays, and stopping twice changes nothing.",
    permission=needs(Scope.MONITOR),
)
async def stop_monitoring(
    info: Info,
    data: Annotated[
        StopMonitoringInput,
        strawberry.argument(name="input", description="What to do (dados)."),
    ],
) -> StopMonitoringResult:
    reader = InputReader()
    monitor_id = reader.id("Monitor", data.monitor_id, "monitorId")
    reader.raise_if_any()
    done = await info.context.use_cases.stop_monitoring(
        StopMonitoringCommand(caller=info.context.caller, monitor_id=monitor_id)
    )
    return StopMonitoringSuccess(monitor=Monitor.of(done))
