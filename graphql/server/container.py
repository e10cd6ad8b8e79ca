"""Dependency injection: ports by instance, use cases by what their fields ask for."""

from typing import TypeVar, get_type_hints

import punq

from api.use_cases import UseCases
from ports.business_calendar import BusinessCalendar
from ports.clock import Clock
from ports.credit_bureau import CreditBureau
from ports.ids import Ids
from ports.outbox import Queue
from ports.password_hasher import PasswordHasher
from ports.unit_of_work import UnitsOfWork
from ports.vault import Vault

_USE_CASES = "core.use_cases."

UseCaseT = TypeVar("UseCaseT")


def build_container(
    *,
    units_of_work: UnitsOfWork,
    queue: Queue,
    bureau: CreditBureau,
    vault: Vault,
    password_hasher: PasswordHasher,
    clock: Clock,
    ids: Ids,
    calendar: BusinessCalendar,
) -> punq.Container:
    """A container that holds the ports. The parameters' types are what makes the type checker compare adapter and port."""
    container = punq.Container()
    ports: dict[type, object] = {
        UnitsOfWork: units_of_work,
        Queue: queue,
        CreditBureau: bureau,
        Vault: vault,
        PasswordHasher: password_hasher,
        Clock: clock,
        Ids: ids,
        BusinessCalendar: calendar,
    }
    for port, instance in ports.items():
        container.register(port, instance=instance)
    return container


def resolve(container: punq.Container, use_case: type[UseCaseT]) -> UseCaseT:
    """The use case with its ports, and with the use cases that it builds on."""
    _make_known(container, use_case)
    return container.resolve(use_case)


def use_cases(container: punq.Container) -> UseCases:
    """Every use case that the API offers."""
    return UseCases(**{name: resolve(container, hint) for name, hint in get_type_hints(UseCases).items()})


def _make_known(container: punq.Container, use_case: type) -> None:
    container.register(use_case)
    for needed in get_type_hints(use_case).values():
        if isinstance(needed, type) and needed.__module__.startswith(_USE_CASES):
            _make_known(container, needed)
