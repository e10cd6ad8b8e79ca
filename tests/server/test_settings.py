"""Settings: what is wrong is named in one line, and what is secret is never shown."""

import pytest

from server.identity_provider import identity_provider
from server.settings import DEFAULT_DATABASE_URL, WrongSettings, load_settings, unknown_settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "HOMOLOGATION_URL", "PRODUCTION_URL", "SECRET_KEYS", "ADMIN_TOKEN"):
        monkeypatch.delenv(f"FIADOR_{name}", raising=False)


def test_everything_has_a_default() -> None:
    settings = load_settings()
    assert settings.database_url == DEFAULT_DATABASE_URL
    assert settings.homologation_url is None
    assert settings.production_url is None
    assert settings.admin_token is None
    assert settings.secret_keys == ()
    assert settings.cors_origins == ()


def test_an_empty_variable_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_HOMOLOGATION_URL", "")
    assert load_settings().homologation_url is None


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_SECRET_KEYS", "first, second,")
    monkeypatch.setenv("FIADOR_CORS_ORIGINS", "https://desk.example,http://localhost:3000")
    settings = load_settings()
    assert settings.secret_keys == ("first", "second")
    assert settings.cors_origins == ("https://desk.example", "http://localhost:3000")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "fiador.db"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "mysql+aiomysql://localhost/fiador"),
        ("HOMOLOGATION_URL", "bureau.example"),
        ("HOMOLOGATION_URL", "ftp://bureau.example"),
        ("HOMOLOGATION_URL", "https://bureau.example:port"),
        ("PRODUCTION_URL", "https://user:hunter2-hunter2@bureau.example"),
        ("PRODUCTION_URL", "https://bureau.example/?key=hunter2-hunter2"),
        ("ADMIN_TOKEN", "hunter2"),
        ("ADMIN_TOKEN", "hunter2 hunter2 hunter2"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://desk.example/path"),
        ("LOG_FORMAT", "xml"),
        ("OIDC_ISSUER", "login.example"),
        ("OIDC_ISSUER", "http://login.example"),
        ("OIDC_ISSUER", "https://user:hunter2@login.example"),
        ("OIDC_ISSUER", "https://login.example/?hunter2"),
        ("OIDC_ISSUER", "https://login.example/#hunter2"),
        ("OIDC_ISSUER", "https://login.example:port"),
        ("OIDC_ALGORITHMS", "none"),
        ("OIDC_ALGORITHMS", "RS256,HS256"),
        ("OIDC_ALGORITHMS", ","),
    ],
)
def test_a_wrong_setting_is_named_and_not_quoted(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"FIADOR_{name}", value)
    with pytest.raises(WrongSettings, match=f"^FIADOR_{name} ") as raised:
        load_settings()
    assert "\n" not in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_DATABASE_URL", "nothing")
    monkeypatch.setenv("FIADOR_ADMIN_TOKEN", "short")
    with pytest.raises(WrongSettings, match=r"FIADOR_DATABASE_URL .*; FIADOR_ADMIN_TOKEN "):
        load_settings()


def test_the_repr_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_DATABASE_URL", "postgresql+asyncpg://fiador:hunter2@db/fiador")
    monkeypatch.setenv("FIADOR_SECRET_KEYS", "hunter2-key")
    monkeypatch.setenv("FIADOR_ADMIN_TOKEN", "hunter2-hunter2-hunter2")
    settings = load_settings()
    assert "hunter2" in settings.database_url
    assert "hunter2" not in repr(settings)
    assert "hunter2" not in str(settings)


def test_a_misspelt_setting_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIADOR_HOMOLOGATON_URL", "https://bureau.example")
    assert "FIADOR_HOMOLOGATON_URL" in unknown_settings()
    monkeypatch.setenv("FIADOR_HOMOLOGATION_URL", "https://bureau.example")
    assert "FIADOR_HOMOLOGATION_URL" not in unknown_settings()


@pytest.mark.parametrize(
    "issuer", ["https://login.example", "https://login.example/realms/isp/", "http://127.0.0.1:8080"]
)
def test_an_identity_provider_is_named_as_it_writes_itself(
    monkeypatch: pytest.MonkeyPatch, issuer: str
) -> None:
    monkeypatch.setenv("FIADOR_OIDC_ISSUER", issuer)
    settings = load_settings()
    assert settings.oidc_issuer == issuer
    assert settings.oidc_algorithms == ("RS256", "ES256")


@pytest.mark.parametrize("half", ["OIDC_ISSUER", "OIDC_AUDIENCE"])
async def test_half_an_identity_provider_is_none(monkeypatch: pytest.MonkeyPatch, half: str) -> None:
    monkeypatch.setenv(f"FIADOR_{half}", "https://login.example")
    with pytest.raises(WrongSettings, match="both or neither"):
        async with identity_provider(load_settings()):
            pass


async def test_without_an_identity_provider_nobody_vouches() -> None:
    async with identity_provider(load_settings()) as verifier:
        assert verifier is None
