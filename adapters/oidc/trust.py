"""What is believed of an identity provider: how its tokens may be signed, and where its keys may come from."""

from ipaddress import ip_address
from urllib.parse import urlsplit

ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Signatures by a private key that only the provider has. `none` and the HS… family, whose key both sides know, are not among them."""


def is_loopback(address: str) -> bool:
    """Whether the address is on this very machine."""
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(address: str, *, near: bool) -> bool:
    """Whether keys may be fetched from there: by https, or without it on this machine when the provider itself is here (`near`)."""
    try:
        parts = urlsplit(address)
        written_well = bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    if not written_well or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and near and is_loopback(address))
