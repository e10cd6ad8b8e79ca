"""The provider on this machine: a separate HTTP server that speaks contract.yaml, for development, demos and checks.

`create_sandbox(state_file)` makes the application; any ASGI server runs it:

    uvicorn --factory adapters.connect_sa.sandbox:create_sandbox --port 8090

Without a state file it forgets everything when it ends. Logins: `fiador-matriz`, `fiador-norte`, `fiador-sul` and all
that start with `demo-`; `demo-sem-saldo` has no balance. Passwords at first: `Demo@123` (consultation) and `135790` (PEFIN).
Documents that are answered in fixed ways: see `scenarios`. What it does besides the contract, on loopback only: see `control`.
"""

from adapters.connect_sa.sandbox.app import create_sandbox
from adapters.connect_sa.sandbox.state import (
    DEMO_LOGINS,
    INITIAL_CONSULTATION_PASSWORD,
    INITIAL_PEFIN_PASSWORD,
)
from adapters.connect_sa.sandbox.state_file import StateFileUnreadable

__all__ = [
    "DEMO_LOGINS",
    "INITIAL_CONSULTATION_PASSWORD",
    "INITIAL_PEFIN_PASSWORD",
    "StateFileUnreadable",
    "create_sandbox",
]
