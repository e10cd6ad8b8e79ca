"""Change the general parameters of credit analysis (parâmetros gerais > aba Integrações > seção Análise de crédito)."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.domain.access import Caller, Scope
from core.domain.audit import AuditAction, audited
from core.domain.money import money_from_decimal
from core.domain.parameters import MAX_INTERVAL_DAYS, CreditParameters
from core.use_cases.changes import UNSET, Change, changed, changed_fields
from core.use_cases.record_input import RecordReader
from ports.clock import Clock
from ports.ids import Ids
from ports.unit_of_work import UnitsOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditParametersCommand:
    """What is to be changed. minimum_negativation_amount: in reais."""

    caller: Caller
    enabled: Change[bool] = UNSET
    repeat_interval_days: Change[int | None] = UNSET
    deprecated_plans_end_on: Change[date | None] = UNSET
    minimum_negativation_amount: Change[Decimal | None] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCreditParameters:
    """Policy: they hold for the whole company, so only a caller who reaches every branch changes them.

    Raises Forbidden, InvalidInput (INVALID_INTERVAL, INVALID_AMOUNT, DATE_OUT_OF_RANGE).
    """

    units_of_work: UnitsOfWork
    clock: Clock
    ids: Ids

    async def __call__(self, command: UpdateCreditParametersCommand) -> CreditParameters:
        """Change them; the answer is all of them."""
        command.caller.require(Scope.CONFIGURE)
        command.caller.require_every_branch()
        async with self.units_of_work.begin() as work:
            await work.lock("credit-parameters")
            before = await work.parameters.credit()
            after = _merged(before, command)
            names = changed_fields(before, after)
            if not names:
                return before
            await work.parameters.save_credit(after)
            await work.audit.add(
                audited(
                    command.caller,
                    AuditAction.PARAMETERS_UPDATED,
                    event_id=self.ids.new(),
                    at=self.clock.now(),
                    record=("CreditParameters", None),
                    branch_id=None,
                    fields=",".join(names),
                    enabled=after.enabled,
                    repeatIntervalDays=after.repeat_interval_days or 0,
                )
            )
            return after


def _merged(current: CreditParameters, command: UpdateCreditParametersCommand) -> CreditParameters:
    reader = RecordReader()
    days = changed(command.repeat_interval_days, current.repeat_interval_days)
    if days is not None and not 0 <= days <= MAX_INTERVAL_DAYS:
        reader.add(("repeatIntervalDays",), "INVALID_INTERVAL", max=MAX_INTERVAL_DAYS)
    end_on = changed(command.deprecated_plans_end_on, current.deprecated_plans_end_on)
    reader.day(end_on, "deprecatedPlansEndOn")
    floor = current.minimum_negativation_amount
    if command.minimum_negativation_amount is None:
        floor = None
    elif isinstance(command.minimum_negativation_amount, Decimal):
        amount = command.minimum_negativation_amount
        floor = reader.attempt(lambda: money_from_decimal(amount, path=("minimumNegativationAmount",)))
    reader.raise_if_any()
    return replace(
        current,
        enabled=changed(command.enabled, current.enabled),
        repeat_interval_days=days,
        deprecated_plans_end_on=end_on,
        minimum_negativation_amount=floor,
    )
