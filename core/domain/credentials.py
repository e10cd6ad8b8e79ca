"""The two passwords of an integration and their rules (alteração de senhas).

CONSULTATION ("Web"): exactly 8 of `a-z A-Z 0-9 @#!` with at least one of each class. PEFIN: exactly 6 digits without
three consecutive ones up or down. Neither may ever have been used before by the same integration for the same kind.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from core.domain.bureau import CredentialKind
from core.domain.errors import DomainError, Problem
from core.domain.secret import SealedSecret, Secret


class CredentialState(StrEnum):
    """What is known of a stored password.

    MISSING: none is stored (or it was destroyed). UNVERIFIED: stored, not yet tried. VALID: the bureau took it last time.
    REFUSED: the bureau refused it; nothing is sent until it is mended. ROTATING: a change is under way.
    """

    MISSING = "MISSING"
    UNVERIFIED = "UNVERIFIED"
    VALID = "VALID"
    REFUSED = "REFUSED"
    ROTATING = "ROTATING"


PROVEN_FOR = timedelta(minutes=1)
"""For so long nobody writes down anew that a password works: many orders at once would all wait to say the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One stored password and its health. `version` counts changes, so that an old answer cannot judge a new password."""

    kind: CredentialKind
    sealed: SealedSecret | None
    state: CredentialState
    version: int = 1
    changed_at: datetime | None = None
    last_success_at: datetime | None = None
    last_refusal_at: datetime | None = None
    pending: SealedSecret | None = None
    pending_since: datetime | None = None

    @property
    def usable(self) -> bool:
        """Whether calls may be made with it now."""
        return self.sealed is not None and self.state in (CredentialState.UNVERIFIED, CredentialState.VALID)

    def proven(self, at: datetime) -> bool:
        """Whether the bureau took it so lately that taking it again is no news (`PROVEN_FOR`)."""
        recently = self.last_success_at is not None and at - self.last_success_at < PROVEN_FOR
        return recently and self.state is CredentialState.VALID

    def accepted(self, at: datetime) -> "Credential":
        """After the bureau took it."""
        return replace(self, state=CredentialState.VALID, last_success_at=at)

    def refused(self, at: datetime) -> "Credential":
        """After the bureau refused it."""
        return replace(self, state=CredentialState.REFUSED, last_refusal_at=at)

    def rotating(self, pending: SealedSecret, at: datetime) -> "Credential":
        """While the bureau is asked to change it."""
        return replace(self, state=CredentialState.ROTATING, pending=pending, pending_since=at)

    def promoted(self, at: datetime, state: CredentialState = CredentialState.VALID) -> "Credential":
        """After the pending password proved to be the one that the bureau takes (or must be: UNVERIFIED)."""
        return replace(
            self,
            sealed=self.pending,
            pending=None,
            pending_since=None,
            state=state,
            version=self.version + 1,
            changed_at=at,
            last_success_at=at if state is CredentialState.VALID else self.last_success_at,
        )

    def kept(self, state: CredentialState, at: datetime) -> "Credential":
        """After the change did not happen: the pending password is dropped, the old one stays in `state`."""
        kept = replace(self, pending=None, pending_since=None, state=state)
        return kept.refused(at) if state is CredentialState.REFUSED else kept

    def replaced(self, sealed: SealedSecret, at: datetime) -> "Credential":
        """After a person stored another password here, not yet tried at the bureau."""
        return replace(
            self,
            sealed=sealed,
            state=CredentialState.UNVERIFIED,
            version=self.version + 1,
            changed_at=at,
            pending=None,
            pending_since=None,
        )

    def untried(self) -> "Credential":
        """After the login or the environment it is used with changed: what was known of it no longer holds."""
        if self.state is CredentialState.MISSING:
            return self
        return replace(self, state=CredentialState.UNVERIFIED, version=self.version + 1)

    def destroyed(self) -> "Credential":
        """After its integration was deleted: nothing is left to decrypt."""
        return replace(self, sealed=None, pending=None, pending_since=None, state=CredentialState.MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedPassword:
    """An entry of the history: a slow salted hash of a password that was in use, from `used_from` on."""

    integration_id: UUID
    kind: CredentialKind
    password_hash: str = field(repr=False)
    used_from: datetime


@dataclass(eq=False, kw_only=True)
class PasswordRefused(DomainError):
    """The new password breaks criteria; `problems` names all of them, with paths `newPassword` or `confirmation`."""

    problems: tuple[Problem, ...]


@dataclass(eq=False, kw_only=True)
class CredentialsRefused(DomainError):
    """The bureau refuses the stored password of `credential`, or none is stored: it must be rotated or adopted first."""

    credential: CredentialKind


CRITERIA: dict[CredentialKind, tuple[str, ...]] = {
    CredentialKind.CONSULTATION: (
        "LENGTH_8",
        "LOWERCASE_REQUIRED",
        "UPPERCASE_REQUIRED",
        "DIGIT_REQUIRED",
        "SPECIAL_REQUIRED",
        "ALLOWED_CHARACTERS",
        "NEVER_USED",
    ),
    CredentialKind.PEFIN: ("LENGTH_6", "DIGITS_ONLY", "NO_SEQUENCE", "NEVER_USED"),
}
"""The criteria that the password form shows, by code, in the order of the form."""

ADVICE = ("STRONG", "UNIQUE_PER_FIELD", "NO_PERSONAL_DATA", "NOT_GUESSABLE")
"""What the password form advises besides, by code: it refuses nothing."""


def password_problems(kind: CredentialKind, new: Secret, confirmation: Secret) -> tuple[Problem, ...]:
    """Every criterion that `new` breaks, and CONFIRMATION_DIFFERS; the history is checked elsewhere."""
    checks = (
        _consultation_checks(new.value) if kind is CredentialKind.CONSULTATION else _pefin_checks(new.value)
    )
    problems = [Problem(("newPassword",), code) for code, holds in checks if not holds]
    if new != confirmation:
        problems.append(Problem(("confirmation",), "CONFIRMATION_DIFFERS"))
    return tuple(problems)


def password_weaknesses(new: Secret, personal_values: Iterable[str]) -> tuple[str, ...]:
    """Advice, not refusals: REPEATED_DIGITS (few different characters), PERSONAL_DATA (part of a known value)."""
    found = []
    if len(set(new.value)) <= 2:
        found.append("REPEATED_DIGITS")
    if any(new.value.lower() in value.lower() for value in personal_values if len(value) >= len(new.value)):
        found.append("PERSONAL_DATA")
    return tuple(found)


def _consultation_checks(password: str) -> list[tuple[str, bool]]:
    return [
        ("LENGTH_8", len(password) == 8),
        ("LOWERCASE_REQUIRED", re.search(r"[a-z]", password) is not None),
        ("UPPERCASE_REQUIRED", re.search(r"[A-Z]", password) is not None),
        ("DIGIT_REQUIRED", re.search(r"[0-9]", password) is not None),
        ("SPECIAL_REQUIRED", re.search(r"[@#!]", password) is not None),
        ("ALLOWED_CHARACTERS", re.fullmatch(r"[a-zA-Z0-9@#!]*", password) is not None),
    ]


def _pefin_checks(password: str) -> list[tuple[str, bool]]:
    return [
        ("LENGTH_6", len(password) == 6),
        ("DIGITS_ONLY", re.fullmatch(r"[0-9]*", password) is not None),
        ("NO_SEQUENCE", not _has_sequence(password)),
    ]


def _has_sequence(password: str) -> bool:
    """Three consecutive digits up or down; 9 is not followed by 0."""
    runs = (password[i : i + 3] for i in range(len(password) - 2))
    return any(run in "0123456789" or run in "9876543210" for run in runs)
