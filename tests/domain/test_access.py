"""Callers: scopes and branches; tokens: when they open something."""

import hashlib
from datetime import timedelta

import pytest

from core.domain.access import SYSTEM, Scope, hash_token
from core.domain.errors import Forbidden
from support.builders import NOW, make_caller, make_token, new_id

HERE, THERE = new_id(), new_id()


def test_the_first_scope_that_lacks_is_named() -> None:
    caller = make_caller(scopes=frozenset({Scope.READ}))
    caller.require()
    caller.require(Scope.READ)
    with pytest.raises(Forbidden) as caught:
        caller.require(Scope.READ, Scope.CONSULT, Scope.CLEAR)
    assert caught.value.scope == "CONSULT"


def test_what_a_limited_caller_reaches() -> None:
    caller = make_caller(branch_ids=frozenset({HERE}))
    assert caller.reaches(HERE)
    assert not caller.reaches(THERE)
    assert caller.narrowed(None) == frozenset({HERE})
    assert caller.narrowed([HERE, THERE]) == frozenset({HERE})
    assert caller.narrowed([THERE]) == frozenset()
    with pytest.raises(Forbidden):
        caller.require_every_branch()


def test_what_an_unlimited_caller_reaches() -> None:
    caller = make_caller()
    assert caller.reaches(new_id())
    assert caller.narrowed(None) is None
    assert caller.narrowed([THERE]) == frozenset({THERE})
    assert caller.narrowed([]) == frozenset()
    caller.require_every_branch()


def test_a_token_limited_to_no_branch_reaches_none() -> None:
    caller = make_token(branch_ids=frozenset()).caller(None)
    assert not caller.reaches(HERE)
    assert caller.narrowed(None) == frozenset()


def test_the_service_itself_may_do_everything() -> None:
    SYSTEM.require(*Scope)
    SYSTEM.require_every_branch()


def test_when_a_token_is_valid() -> None:
    moment = timedelta(microseconds=1)
    ending = make_token(expires_at=NOW)
    assert ending.is_valid(NOW - moment)
    assert not ending.is_valid(NOW)
    assert make_token().is_valid(NOW.replace(year=2099))
    assert not make_token(revoked_at=NOW).is_valid(NOW)


def test_a_token_is_kept_as_its_sha_256() -> None:
    assert hash_token("fia_abc") == hashlib.sha256(b"fia_abc").hexdigest()
    assert hash_token("\ud800") != hash_token("\ud801")
    token = make_token(token_hash=hash_token("fia_abc"))
    assert token.token_hash not in repr(token)
