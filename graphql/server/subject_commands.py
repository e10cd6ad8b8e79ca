"""`fiador subject …`: what a person may ask for by law: to have all that is held of them, and to have it erased."""

import os
import sys
from pathlib import Path

from api.messages import problem_message
from api.texts.languages import Language
from core.domain.access import Caller, Scope
from core.domain.errors import InvalidInput
from core.use_cases.erase_subject import (
    ErasableKind,
    EraseSubject,
    EraseSubjectCommand,
    KeptReason,
    SubjectErasure,
)
from core.use_cases.export_subject import ExportSubject, ExportSubjectCommand
from server.services import open_services
from server.settings import Settings
from server.subject_json import as_json
from server.token_commands import WrongArguments

OPERATOR = Caller(id="cli", name="fiador subject", scopes=frozenset(Scope))

STDIN = "-"

KINDS = {
    ErasableKind.CUSTOMER: "customers",
    ErasableKind.CONTACT_DATA: "contact data of customers",
    ErasableKind.LEAD: "leads",
    ErasableKind.PROSPECT: "prospects",
    ErasableKind.REPORT: "reports of consultations",
    ErasableKind.CONSULTATION: "consultations",
    ErasableKind.INVOICE: "invoices",
    ErasableKind.NEGATIVATION: "negativations",
    ErasableKind.MONITOR: "monitors",
}
REASONS = {
    KeptReason.DEBT: "a debt is open or registered (LGPD art. 7 V and X, art. 16 I)",
    KeptReason.DISPUTE: "it is disputed or before a court (LGPD art. 7 VI)",
    KeptReason.DEFENCE: "evidence for five years after the end (CDC art. 27, LGPD art. 16 I)",
    KeptReason.ACCOUNTS: "books and their vouchers: name and document (CTN art. 195, LGPD art. 16 I)",
    KeptReason.PROCESSING: "the record of who asked, when and why, for five years (LGPD art. 37)",
    KeptReason.COMPANY: "data of a company is no personal data (LGPD art. 5 I)",
}


async def export(settings: Settings, document: str, file: Path | None) -> None:
    """Write all that is held of the document as JSON. Raises WrongArguments, WrongSettings."""
    number = _given(document)
    async with open_services(settings, with_sandbox=False) as services:
        try:
            found = await services.container.resolve(ExportSubject)(
                ExportSubjectCommand(caller=OPERATOR, document=number)
            )
        except InvalidInput as error:
            raise _wrong(error) from None
    text = as_json(found)
    if file is None:
        sys.stdout.write(text)
    else:
        _write(file, text)


async def erase(settings: Settings, document: str, *, dry_run: bool) -> None:
    """Erase what may be erased and tell what is kept, and why. Raises WrongArguments, WrongSettings."""
    number = _given(document)
    async with open_services(settings, with_sandbox=False) as services:
        try:
            erasure = await services.container.resolve(EraseSubject)(
                EraseSubjectCommand(caller=OPERATOR, document=number, dry_run=dry_run)
            )
        except InvalidInput as error:
            raise _wrong(error) from None
    sys.stdout.write("".join(f"{line}\n" for line in _lines(erasure, dry_run=dry_run)))


def _given(document: str) -> str:
    """The document, from the standard input when it stands for that: there no list of processes shows it."""
    return sys.stdin.readline().strip() if document == STDIN else document


def _wrong(error: InvalidInput) -> WrongArguments:
    return WrongArguments(" ".join(problem_message(problem, Language.EN) for problem in error.problems))


def _lines(erasure: SubjectErasure, *, dry_run: bool) -> list[str]:
    verb = "would be erased" if dry_run else "erased"
    lines = [f"{verb}: {KINDS[kind]} ({count})" for kind, count in erasure.erased.items()]
    lines += [f"kept: {KINDS[kept.kind]} ({kept.count}): {REASONS[kept.reason]}" for kept in erasure.kept]
    return lines or ["nothing is held of this document"]


def _write(file: Path, text: str) -> None:
    """Write a new file for its owner alone."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode=0o600), "w") as opened:
            opened.write(text)
    except OSError as error:
        raise WrongArguments(f"{file} cannot be written: {(error.strerror or 'refused').lower()}") from None
