"""`fiador token …`: tokens from the command line, in the name of whoever holds the database."""

import sys
from datetime import datetime, timedelta
from uuid import UUID

from rich.console import Console
from rich.table import Table

from api.ids import decode_id, encode_id
from api.messages import problem_message
from api.texts.languages import Language
from core.domain.access import AccessToken, Caller, Scope
from core.domain.calendar_rules import LOCAL_ZONE, local_date
from core.domain.errors import InvalidInput, NotFound, Problem
from core.use_cases.create_token import CreateToken, CreateTokenCommand
from core.use_cases.list_tokens import ListTokens, ListTokensCommand
from core.use_cases.revoke_token import RevokeToken, RevokeTokenCommand
from ports.clock import Clock
from server.mendable import Mendable
from server.services import open_services
from server.settings import Settings

OPERATOR = Caller(id="cli", name="fiador token", scopes=frozenset(Scope))


class WrongArguments(Mendable):
    """What was asked for cannot be done; the text says why."""


async def create(
    settings: Settings, name: str, scopes: list[Scope] | None, branches: list[str] | None, days: int | None
) -> None:
    """Make a token and print it, this once. Raises WrongArguments, WrongSettings."""
    async with open_services(settings, with_sandbox=False) as services:
        now = services.container.resolve(Clock).now()
        try:
            command = CreateTokenCommand(
                caller=OPERATOR,
                name=name,
                scopes=frozenset(scopes or Scope),
                branch_ids=_branch_ids(branches),
                expires_at=now + timedelta(days=days) if days else None,
            )
            created = await services.container.resolve(CreateToken)(command)
        except InvalidInput as error:
            raise WrongArguments(" ".join(map(_sentence, error.problems))) from None
        except NotFound:
            raise WrongArguments("there is no such branch") from None
    sys.stdout.write(f"{created.token}\n")
    sys.stdout.flush()
    sys.stderr.write("Keep it now: it is not shown again.\n")


async def show(settings: Settings) -> None:
    """Print what tokens there are. Raises WrongSettings."""
    async with open_services(settings, with_sandbox=False) as services:
        found = await services.container.resolve(ListTokens)(ListTokensCommand(caller=OPERATOR))
        now = services.container.resolve(Clock).now()
    table = Table(box=None, header_style="bold")
    table.add_column("ID", min_width=36, no_wrap=True)
    for title in ("name", "created", "last used", "ends", "branches", "scopes"):
        table.add_column(title)
    for token in found:
        table.add_row(
            str(token.id),
            token.name,
            str(local_date(token.created_at)),
            _last_use(token),
            _end(token, now),
            "all"
            if token.branch_ids is None
            else "\n".join(encode_id("Branch", b) for b in token.branch_ids),
            "all" if token.scopes == frozenset(Scope) else " ".join(sorted(token.scopes)),
        )
    # Another program that reads this gets each token on one line, however long.
    Console(width=None if sys.stdout.isatty() else 400).print(table)


async def revoke(settings: Settings, token_id: str) -> None:
    """End a token. Raises WrongArguments, WrongSettings."""
    async with open_services(settings, with_sandbox=False) as services:
        try:
            command = RevokeTokenCommand(caller=OPERATOR, token_id=UUID(token_id))
            token = await services.container.resolve(RevokeToken)(command)
        except (ValueError, NotFound):
            raise WrongArguments("there is no such token: see `fiador token list`") from None
    sys.stdout.write(f"{token.name} is revoked\n")


def _sentence(problem: Problem) -> str:
    return f"{'.'.join(problem.path)}: {problem_message(problem, Language.EN)}"


def _branch_ids(texts: list[str] | None) -> frozenset[UUID] | None:
    return frozenset(decode_id("Branch", text, "branch") for text in texts) if texts else None


def _last_use(token: AccessToken) -> str:
    """By the clocks of São Paulo, like all days here."""
    if token.last_used_at is None:
        return "never"
    return f"{token.last_used_at.astimezone(LOCAL_ZONE):%Y-%m-%d %H:%M}"


def _end(token: AccessToken, now: datetime) -> str:
    if token.revoked_at is not None:
        return f"revoked {local_date(token.revoked_at)}"
    if token.expires_at is None:
        return "never"
    return f"{'' if token.is_valid(now) else 'ended '}{local_date(token.expires_at)}"
