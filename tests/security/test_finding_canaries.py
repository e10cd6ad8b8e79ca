"""Looking for canaries: what is planted is found however it is wrapped, and what is random is not taken for it."""

import json
from base64 import b64encode

import httpx
import pytest

from support.canaries import found
from support.planted import SECRETS, secret


@pytest.mark.parametrize("name", SECRETS)
def test_a_planted_value_is_found_however_it_is_wrapped(name: str) -> None:
    value = secret(name)
    for wrapped in (
        f"x{value}y".encode(),
        json.dumps({"a": f'"{value}'}).encode(),
        httpx.QueryParams({"q": value}).__str__().encode(),
        value.encode().hex().encode(),
        f"2026-11-22T02:34:12.000001Z{value}".encode(),
        value.encode("utf-16"),
    ):
        assert found(SECRETS.values(), wrapped) == [name], wrapped
    if len(value) > 6:
        for before in range(4):
            assert found(SECRETS.values(), b64encode(b"x" * before + value.encode() + b"yz")) == [name]


def test_what_is_random_is_no_find() -> None:
    pin = secret("PEFIN password, changed")
    for chance in (
        f"019aa8f2-5f2c-7000-8000-a{pin}78901",
        f"2026-11-22 02:34:12.{pin}",
        f"{'ab' * 8}:{pin}{'0' * 58}",
    ):
        assert found(SECRETS.values(), chance.encode()) == []
