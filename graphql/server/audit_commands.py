"""`fiador audit verify`: whether the chain of the audit trail holds."""

import re
import sys

import typer

from core.domain.access import Caller, Scope
from core.domain.audit_chain import START, ChainBreak, ChainFault
from core.use_cases.verify_audit import AuditVerified, VerifyAudit, VerifyAuditCommand
from server.services import open_services
from server.settings import Settings
from server.token_commands import WrongArguments

OPERATOR = Caller(id="cli", name="fiador audit", scopes=frozenset({Scope.AUDIT}))

_DIGEST = re.compile("[0-9a-f]{64}")


async def verify(settings: Settings, known: str | None) -> None:
    """Walk the chain and tell what was found. known: a head noted earlier.

    Raises WrongArguments, WrongSettings, and typer.Exit with code 1 when the chain does not hold.
    """
    if known is not None and not _DIGEST.fullmatch(known):
        raise WrongArguments("a head is 64 hexadecimal digits, as this command prints it")
    async with open_services(settings, with_sandbox=False) as services:
        command = VerifyAuditCommand(caller=OPERATOR, known=known)
        verified = await services.container.resolve(VerifyAudit)(command)
    _print(verified)
    if not verified.holds:
        raise typer.Exit(1)


def _print(verified: AuditVerified) -> None:
    head, sealed = verified.head, verified.sealed
    lines = [f"entries that hold: {head.position - sealed.position}, up to place {head.position}"]
    if sealed != START:
        lines.append(f"older ones, which were kept long enough and are gone: {sealed.position}")
    if verified.waiting:
        lines.append(f"newer ones, which have no place yet: {verified.waiting}")
    lines.append(f"head {head.digest}")
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    if verified.broken is not None:
        sys.stderr.write(f"fiador: the audit trail is broken: {_said(verified.broken)}\n")
    elif verified.known_found is False:
        sys.stderr.write("fiador: the audit trail does not hold that head: entries were cut off\n")


def _said(broken: ChainBreak) -> str:
    if broken.fault is ChainFault.MISSING_BEFORE:
        return f"entries before number {broken.number} are gone"
    return f"entry number {broken.number} is not what it was"
