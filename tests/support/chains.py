"""The chain of the audit trail, as tests use it."""

from datetime import timedelta

from core.use_cases.chain_audit import ChainAudit
from core.use_cases.verify_audit import AuditVerified, VerifyAudit, VerifyAuditCommand
from support.builders import NOW, make_audit_event, make_caller, new_id
from support.storages import Storage


async def add(storage: Storage, count: int) -> None:
    """Entries of `count` days, from `NOW` on."""
    async with storage.units_of_work.begin() as work:
        events = [
            make_audit_event(at=NOW + timedelta(days=day), record_id=new_id(), details={"day": day})
            for day in range(count)
        ]
        await work.audit.add(*events)


async def chain(storage: Storage) -> int:
    """Chain whatever waits; tells how many entries."""
    chained = 0
    while count := await ChainAudit(units_of_work=storage.units_of_work)():
        chained += count
    return chained


async def verify(storage: Storage, known: str | None = None) -> AuditVerified:
    """What a walk along the chain finds."""
    walk = VerifyAudit(units_of_work=storage.units_of_work)
    return await walk(VerifyAuditCommand(caller=make_caller(), known=known))


async def numbers(storage: Storage) -> list[int]:
    """The numbers of the first entries, in the order of the chain."""
    async with storage.units_of_work.read() as work:
        return [entry.link.number for entry in await work.audit_chain.after(0, 100)]
