"""`fiador` with leases and time-outs short enough to be waited for, in the proportions that they have to each other.

Run it as a script, with the arguments of `fiador`. Processes that it starts import it again, and are hurried, too. Claims
that were taken, and claims that were settled too late and refused for that, are noted on the standard error.
"""

import sys
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

from adapters.sql.outbox import SqlOutbox
from adapters.sql.queue import SqlQueue
from core.domain.intents import Claim
from server import cli

LEASE_SECONDS = 5.0
GIVE_UP_SECONDS = 7.0
TOOK_CLAIMS = "claims were taken"
LOST_CLAIM = "a claim was lost"

_SECONDS = {
    "adapters.connect_sa.exchange.TOTAL_SECONDS": 2.0,
    "adapters.connect_sa.exchange.READ_RETRY_SECONDS": 1.2,
    "adapters.connect_sa.circuit.FIRST_PAUSE_SECONDS": 0.5,
    "adapters.connect_sa.circuit.LONGEST_PAUSE_SECONDS": 2.0,
    "adapters.connect_sa.circuit.PROBE_SECONDS": 1,
    "adapters.sql.queue.LEASE": LEASE_SECONDS,
    "adapters.sql.engine.STANDSTILL": 1.0,
    "adapters.sql.engine.ANSWER_SECONDS": 8.0,
    "core.use_cases.delivery.MARGIN": 2.5,
    "core.use_cases.consult_credit.LEASE": LEASE_SECONDS,
    "core.use_cases.consult_credit.RENEWED_EVERY": 1.0,
    "core.use_cases.consult_credit.SENT_WITHIN": 3.0,
    "core.use_cases.recover_consultation.GIVE_UP_AFTER": GIVE_UP_SECONDS,
    "core.use_cases.register_at_bureau.GIVE_UP_AFTER": GIVE_UP_SECONDS,
    "core.use_cases.register_at_bureau.ASK_AGAIN_AFTER": 1.0,
    "core.use_cases.settle_consultation.ASK_AGAIN_AFTER": 1.0,
    "core.use_cases.fetch_results.LEASE": LEASE_SECONDS,
    "core.use_cases.fetch_results.IDLE": 1.0,
    "core.use_cases.fetch_results.UNREACHABLE": 1.0,
    "core.use_cases.fetch_changes.LEASE": LEASE_SECONDS,
    "core.use_cases.continue_collection.LEASE": LEASE_SECONDS,
    "server.vitals.LOOK_EVERY": 1.0,
}
_ROOMS = ("adapters.", "core.", "server.")


def _hurry() -> None:
    for path, seconds in _SECONDS.items():
        module, _, name = path.rpartition(".")
        original = getattr(import_module(module), name)
        _replace(name, original, timedelta(seconds=seconds) if isinstance(original, timedelta) else seconds)


def _replace(name: str, original: object, value: object) -> None:
    """Put `value` wherever the constant went by its name, and where it became the default of a constructor."""
    for module_name, module in list(sys.modules.items()):
        if not module_name.startswith(_ROOMS):
            continue
        if getattr(module, name, None) is original:
            setattr(module, name, value)
        for thing in vars(module).values():
            defaults = getattr(thing, "__init__", None) if isinstance(thing, type) else None
            known: dict[str, Any] = getattr(defaults, "__kwdefaults__", None) or {}
            known.update({key: value for key, default in known.items() if default is original})


def _note_claims() -> None:
    claim = SqlQueue.claim

    async def claiming(self: SqlQueue, limit: int) -> Sequence[Claim]:
        claims = await claim(self, limit)
        if claims:
            _note(f"{TOOK_CLAIMS}: {len(claims)}")
        return claims

    SqlQueue.claim = claiming  # type: ignore[method-assign]


def _note_lost_claims() -> None:
    for name in ("done", "retry", "unclaim"):
        settle = getattr(SqlOutbox, name)

        async def noting(
            self: SqlOutbox, claim: Claim, *rest: Any, _settle: Any = settle, _name: str = name
        ) -> bool:
            held: bool = await _settle(self, claim, *rest)
            if not held:
                _note(f"{LOST_CLAIM}: {_name} at attempt {claim.attempt}")
            return held

        setattr(SqlOutbox, name, noting)


def _note(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


if __name__ in ("__main__", "__mp_main__"):
    _hurry()
    _note_claims()
    _note_lost_claims()

if __name__ == "__main__":
    cli.main()
