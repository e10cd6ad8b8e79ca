"""Every use case can be made of the ports, and the API is given every one that it asks for."""

import importlib
import inspect
import pkgutil
from dataclasses import fields, is_dataclass
from typing import get_type_hints

import punq
import pytest

import core.use_cases
from adapters.crypto.tokens import RandomTokens
from adapters.memory.bureau import FakeBureau
from adapters.memory.calendar import WeekdayCalendar
from adapters.memory.callers import ToldCallers
from adapters.memory.clock import FixedClock
from adapters.memory.ids import SequentialIds
from adapters.memory.outbox import MemoryQueue
from adapters.memory.report_lines import MemoryReportLines
from adapters.memory.storage import MemoryStorage
from adapters.memory.unit_of_work import MemoryUnitsOfWork
from adapters.memory.vault import MemoryHasher, MemoryVault
from adapters.reports.renderer import PrintedReports
from api.use_cases import UseCases
from server.container import OWN_USE_CASES, build_container, make, use_cases
from support.stored_tokens import StoredTokens


def _use_cases() -> list[type]:
    """The dataclasses of core.use_cases that can be called."""
    found = {}
    for module in pkgutil.iter_modules(core.use_cases.__path__, "core.use_cases."):
        for _, member in inspect.getmembers(importlib.import_module(module.name), is_dataclass):
            if isinstance(member, type) and inspect.iscoroutinefunction(vars(member).get("__call__")):
                found[member.__name__] = member
    return [found[name] for name in sorted(found)]


@pytest.fixture
def container() -> punq.Container:
    storage, clock = MemoryStorage(), FixedClock()
    return build_container(
        units_of_work=MemoryUnitsOfWork(storage, clock),
        queue=MemoryQueue(storage, clock),
        bureau=FakeBureau(),
        vault=MemoryVault(),
        password_hasher=MemoryHasher(),
        callers=ToldCallers(),
        clock=clock,
        ids=SequentialIds(),
        calendar=WeekdayCalendar(),
        token_source=RandomTokens(),
        token_lookup=StoredTokens(MemoryUnitsOfWork(storage, clock)),
        renderer=PrintedReports(),
        report_lines=MemoryReportLines(MemoryUnitsOfWork(storage, clock)),
    )


def test_there_are_use_cases() -> None:
    names = {use_case.__name__ for use_case in _use_cases()}
    assert names >= {"ConsultCredit", "NegativateDebtor", "ClearNegativation", "RotateCredentials", "Deliver"}


@pytest.mark.parametrize("use_case", _use_cases(), ids=lambda use_case: use_case.__name__)
def test_it_is_made_of_the_ports(container: punq.Container, use_case: type) -> None:
    made: object = make(container, use_case)
    assert isinstance(made, use_case)


def test_no_use_case_is_left_out() -> None:
    """Each one is offered by the API, used by the server, or a part of one that is."""
    pending = [*get_type_hints(UseCases).values(), *OWN_USE_CASES]
    reached = set()
    while pending:
        use_case = pending.pop()
        if use_case not in reached and is_dataclass(use_case):
            reached.add(use_case)
            pending += get_type_hints(use_case).values()
    assert {use_case.__name__ for use_case in _use_cases() if use_case not in reached} == set()


def test_the_api_is_given_each_of_its_use_cases(container: punq.Container) -> None:
    given = use_cases(container)
    assert {type(getattr(given, field.name)) for field in fields(UseCases)} == {
        f.type for f in fields(UseCases)
    }
