"""Settings: environment variables that start with FIADOR_. Everything has a default, so that a first run just works."""

import os
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from adapters.oidc.trust import ALGORITHMS, is_safe
from adapters.sql.engine import POOL_SIZE, UnsupportedDatabase, parse_url
from server.mendable import Mendable

PREFIX = "FIADOR_"

DATA_FOLDER = Path(".fiador")
"""Where what is kept on disk lives unless a setting says otherwise: the database, the key, the sandbox's state."""

DEFAULT_DATABASE_URL = f"sqlite+aiosqlite:///{DATA_FOLDER}/fiador.db"

MIN_TOKEN_LENGTH = 16


class WrongSettings(Mendable):
    """A setting is missing or wrong; the text says which one and what it must be, never what it was."""


def _database_url(text: str) -> str:
    try:
        parse_url(text)
    except UnsupportedDatabase as error:
        raise ValueError(f"is of no use: {error}") from None
    return text


def _bureau_url(text: str) -> str:
    address = "must be an address such as https://bureau.example, without query and password"
    try:
        parts = urlsplit(text)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        raise ValueError(address) from None
    if not known or parts.query or parts.fragment or parts.username or parts.password:
        raise ValueError(address)
    return text.rstrip("/")


def _origin(text: str) -> str:
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or text != f"{parts.scheme}://{parts.netloc}"
    ):
        raise ValueError("must be origins such as https://desk.example, separated by commas")
    return text


def _issuer(text: str) -> str:
    if not is_safe(text, near=True) or urlsplit(text).query:
        raise ValueError(
            "must be an https address such as https://login.example, or an http one on this machine"
        )
    return text


def _algorithm(text: str) -> str:
    if text not in ALGORITHMS:
        raise ValueError(f"must be some of {', '.join(sorted(ALGORITHMS))}, separated by commas")
    return text


def _documents(place: Path) -> Path:
    # They are checked against the schema, which most commands have no use for.
    from server.documents import WrongDocuments, load_documents

    try:
        load_documents(place)
    except WrongDocuments as error:
        raise ValueError(str(error)) from None
    return place


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(
            "must be addresses or networks such as 10.0.0.7 or 10.0.0.0/8, separated by commas"
        ) from None
    return text


def _admin_token(text: str) -> str:
    if len(text) < MIN_TOKEN_LENGTH or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError(f"must be at least {MIN_TOKEN_LENGTH} printable ASCII characters without spaces")
    return text


def _split(text: object) -> object:
    if isinstance(text, str):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return text


CommaSeparated = (NoDecode, BeforeValidator(_split))
BureauUrl = Annotated[str, AfterValidator(_bureau_url)]


class Settings(BaseSettings):
    """The settings as read and checked. What is secret does not show in its repr."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    database_url: Annotated[str, AfterValidator(_database_url)] = Field(
        default=DEFAULT_DATABASE_URL, repr=False
    )
    """SQLAlchemy address: sqlite+aiosqlite:///… or postgresql+asyncpg://…"""

    pool_size: Annotated[int, Field(ge=2, le=500)] = POOL_SIZE
    """How many connections each process holds to PostgreSQL at most; SQLite has one writer and needs no such bound."""

    homologation_url: BureauUrl | None = None
    """The provider's test system; without it the sandbox runs inside `fiador serve`."""

    production_url: BureauUrl | None = None
    """The provider's real system; without it integrations in PRODUCTION are refused."""

    secret_keys: Annotated[tuple[str, ...], *CommaSeparated] = Field(default=(), repr=False)
    """Keys of stored passwords, separated by commas: the first one writes, all of them read."""

    admin_token: Annotated[str, AfterValidator(_admin_token)] | None = Field(default=None, repr=False)
    """A bearer token known in advance, with every scope and branch."""

    oidc_issuer: Annotated[str, AfterValidator(_issuer)] | None = None
    """An OpenID Connect provider whose signed tokens are taken besides our own, exactly as it writes itself in `iss`."""

    oidc_audience: Annotated[str, Field(min_length=1)] | None = None
    """What its tokens must name in `aud`: the name of this API at the provider, not that of a front end."""

    oidc_algorithms: Annotated[
        tuple[Annotated[str, AfterValidator(_algorithm)], ...], *CommaSeparated, Field(min_length=1)
    ] = ("RS256", "ES256")
    """How its tokens may be signed, separated by commas."""

    oidc_scopes_claim: Annotated[str, Field(min_length=1)] = "fiador_scopes"
    """The claim that lists the scopes; those in `scope` count as well."""

    oidc_branches_claim: Annotated[str, Field(min_length=1)] = "fiador_branches"
    """The claim that lists the branches, by id or external id; `*` stands for all of them, nothing for none."""

    cors_origins: Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], *CommaSeparated] = ()
    """Origins of web pages that may call the API from a browser, separated by commas."""

    introspection: bool = True
    """Whether documents may ask about the schema itself."""

    graphiql: bool = True
    """Whether `/graphql` shows GraphiQL to browsers."""

    trusted_documents: Annotated[Path, AfterValidator(_documents)] | None = None
    """A manifest of `fiador documents`, or a folder of documents: nothing else is executed."""

    trusted_proxies: Annotated[tuple[Annotated[str, AfterValidator(_network)], ...], *CommaSeparated] = ()
    """Addresses or networks of proxies in front of the service, whose X-Forwarded-For and X-Forwarded-Proto are believed."""

    rate_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 12_000
    """How many requests a token may make in a minute, counted in each process; 0: as many as it likes."""

    consultation_rate_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 3_000
    """How many consultations a token may order in a minute, counted in each process; 0: as many as it likes."""

    planned_answers: bool = True
    """Whether requests are answered by plans where there is one; without them graphql-core answers all, many times slower."""

    log_format: Literal["console", "json"] = "console"
    """How log lines are written to the standard error."""


def load_settings() -> Settings:
    """Read the environment. Raises WrongSettings with one line that names every wrong setting."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{str(problem['loc'][0]).upper()} {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors(include_input=False, include_url=False)
        )
        raise WrongSettings(wrong) from None


def unknown_settings() -> list[str]:
    """Variables that start with the prefix but are no setting: most likely misspelt."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
