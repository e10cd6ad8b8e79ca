"""The outbox of a unit of work."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Update, bindparam, func, select, update
from sqlmodel import col

from adapters.sql import bulk
from adapters.sql.tables import AccountRow, IntentRow
from adapters.sql.work import Work, table_of
from core.domain.errors import Conflict
from core.domain.intents import Claim, Intent
from ports.outbox import Outbox

_INTENTS = table_of(IntentRow)
_ACCOUNTS = table_of(AccountRow)
_NONE = timedelta(0)


def _ending(those: Update) -> dict[bool, Update]:
    """Ends promises now: on SQLite (True) by our clock, on PostgreSQL by its own, as `Work.now`, which asks for it, would tell."""
    return {
        True: those.values(done_at=bindparam("now")),
        False: those.values(done_at=func.clock_timestamp()),
    }


_OPEN = update(_INTENTS).where(_INTENTS.c.key == bindparam("its_key"), _INTENTS.c.done_at.is_(None))
_WITHDRAWN = _ending(_OPEN.where(_INTENTS.c.attempts == 0))
_CLAIMED = _OPEN.where(_INTENTS.c.attempts == bindparam("its_attempt"))
_DONE = _ending(_CLAIMED)
_PUT_OFF = _CLAIMED.values(due_at=bindparam("due"))
_UNTAKEN = _CLAIMED.values(due_at=bindparam("due"), attempts=bindparam("before"))
_HOLD = (
    update(_ACCOUNTS)
    .where(_ACCOUNTS.c.account == bindparam("its_account"))
    .values(held=bindparam("held_now"), held_until=bindparam("until"))
)


class SqlOutbox(Outbox):
    """Promises as rows, in the same transaction as the records that they speak of."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def put(self, *intents: Intent) -> None:
        if intents:
            await self._insert(intents, lease=_NONE, attempts=0)
            self._work.wakes = True

    async def put_leased(self, intent: Intent, lease: timedelta) -> Claim:
        # The holder measures by its own clock, and from before the row was written: never longer than the row says.
        until = self._work.clock.now() + lease
        await self._insert([intent], lease=lease, attempts=1)
        return Claim(intent=intent, attempt=1, until=until)

    async def withdraw(self, key: str) -> bool:
        return await self._end(_WITHDRAWN, its_key=key)

    async def done(self, claim: Claim) -> bool:
        return await self._end(_DONE, **_held(claim))

    async def retry(self, claim: Claim, after: timedelta) -> bool:
        due = await self._work.now() + after
        return await self._work.changed(_PUT_OFF, **_held(claim), due=due) == 1

    async def unclaim(self, claim: Claim) -> bool:
        untaken = {"due": await self._work.now(), "before": claim.attempt - 1}
        return await self._work.changed(_UNTAKEN, **_held(claim), **untaken) == 1

    async def hold(self, account: UUID, until: datetime | None) -> None:
        await self._set_hold(account, held=until is None, until=until)

    async def release(self, account: UUID) -> None:
        await self._set_hold(account, held=False, until=None)
        self._work.wakes = True

    async def pending(self, account: UUID | None = None) -> int:
        statement = select(func.count()).select_from(IntentRow).where(col(IntentRow.done_at).is_(None))
        if account is not None:
            statement = statement.where(col(IntentRow.account) == account)
        return await self._work.scalar(statement)

    async def _end(self, those: Mapping[bool, Update], **values: object) -> bool:
        ending = those[self._work.on_sqlite]
        return await self._work.changed(ending, **values, now=self._work.clock.now()) == 1

    async def _insert(self, intents: Sequence[Intent], *, lease: timedelta, attempts: int) -> None:
        columns: bulk.Columns = {
            "key": [intent.key for intent in intents],
            "account": [intent.account for intent in intents],
            "kind": [intent.kind for intent in intents],
            "subject_id": [intent.subject_id for intent in intents],
            "attempts": [attempts] * len(intents),
        }
        times: bulk.FromNow = {"created_at": _NONE, "due_at": lease}
        if await bulk.insert_new(self._work, IntentRow, columns, "key", from_now=times) < len(intents):
            raise Conflict(reason="INTENT_EXISTS", params={"key": intents[0].key})
        await self._know({intent.account for intent in intents})

    async def _know(self, accounts: Collection[UUID]) -> None:
        columns: bulk.Columns = {"account": list(accounts), "held": [False] * len(accounts)}
        await bulk.insert_new(self._work, AccountRow, columns, "account", from_now={"next_at": _NONE})

    async def _set_hold(self, account: UUID, *, held: bool, until: datetime | None) -> None:
        await self._know([account])
        await self._work.changed(_HOLD, its_account=account, held_now=held, until=until)


def _held(claim: Claim) -> dict[str, object]:
    """Values for what changes a claim's row while nobody else has taken it since."""
    return {"its_key": claim.intent.key, "its_attempt": claim.attempt}
