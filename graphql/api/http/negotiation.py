"""Which media type an answer has."""

from functools import lru_cache

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"

_OFFERED = (GRAPHQL_RESPONSE, JSON)


@lru_cache(maxsize=128)
def negotiate(accept: str | None) -> str | None:
    """The media type that an `Accept` header prefers among ours; None when it takes neither.

    With equal preference it is `application/graphql-response+json`. Whoever names neither (`*/*`, or no header) is taken for
    a client from before that type existed and gets `application/json`.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [_read(part) for part in accept.split(",")]
    best: tuple[float, int, str] | None = None
    for place, offered in enumerate(_OFFERED):
        quality = _quality_of(offered, ranges)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, place, offered)
    if best is None:
        return None
    named = any(media_range in _OFFERED for media_range, _ in ranges)
    return best[2] if named else JSON


def media_type_of(content_type: str) -> tuple[str, dict[str, str]]:
    """A `Content-Type` taken apart: the type in lower case, and its parameters."""
    media_type, *parameters = content_type.split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return media_type.strip().lower(), {
        name.strip().lower(): value.strip().strip('"').lower() for name, _, value in pairs
    }


def _read(part: str) -> tuple[str, float]:
    media_range, parameters = media_type_of(part)
    try:
        quality = float(parameters.get("q", "1"))
    except ValueError:
        quality = 0.0
    charset = parameters.get("charset", "utf-8")
    return media_range, quality if charset in ("utf-8", "utf8") and 0 <= quality <= 1 else 0.0


def _quality_of(offered: str, ranges: list[tuple[str, float]]) -> float:
    """The quality given by the most specific range that covers the type (RFC 9110, 12.5.1)."""
    for covering in (offered, "application/*", "*/*"):
        found = [quality for media_range, quality in ranges if media_range == covering]
        if found:
            return max(found)
    return 0.0
