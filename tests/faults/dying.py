"""`fiador` that kills itself at a chosen step of a password change, with leases short enough to be waited for.

Run it as a script: `dying.py STEP serve ...`. Steps are the statements and commits of the change, and the moments before
and after each call to the bureau. Step 0 never comes.
"""

import os
import signal
import sys
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, event

from adapters.connect_sa.client import ConnectSaBureau
from adapters.sql.transaction import Transaction
from core.use_cases import rotate_credentials, settle_rotation
from core.use_cases.rotate_credentials import RotateCredentials, RotateCredentialsCommand, RotationDone
from server import cli

_HURRIED = (
    (rotate_credentials, "LEASE", 3.0),
    (rotate_credentials, "LONGEST_CALL", 1.0),
    (rotate_credentials, "LAST_CALLS", 0.1),
    (settle_rotation, "TRY_LEASE", 3.0),
    (settle_rotation, "ASK_AGAIN_AFTER", 1.0),
)

_changing = ContextVar("_changing", default=False)


class _Steps:
    def __init__(self, last: int) -> None:
        self.last = last
        self.made = 0

    def step(self, *_: Any) -> None:
        if _changing.get():
            self.made += 1
            if self.made == self.last:
                os.kill(os.getpid(), signal.SIGKILL)


def _watch(steps: _Steps) -> None:
    event.listen(Engine, "before_cursor_execute", steps.step)
    for way in ("begin", "commit", "fetch", "change"):
        run = getattr(Transaction, way)

        async def running(self: Transaction, *arguments: Any, _run: Any = run, **options: Any) -> Any:
            steps.step()
            return await _run(self, *arguments, **options)

        setattr(Transaction, way, running)
    for name in ("change_password", "test_credentials"):
        call = getattr(ConnectSaBureau, name)

        async def stepping(self: ConnectSaBureau, *arguments: Any, _call: Any = call) -> None:
            steps.step()
            await _call(self, *arguments)
            steps.step()

        setattr(ConnectSaBureau, name, stepping)

    change = RotateCredentials.__call__

    async def counted(self: RotateCredentials, command: RotateCredentialsCommand) -> RotationDone:
        _changing.set(True)
        return await change(self, command)

    RotateCredentials.__call__ = counted  # type: ignore[method-assign]


if __name__ == "__main__":
    for module, name, seconds in _HURRIED:
        setattr(module, name, timedelta(seconds=seconds))
    _watch(_Steps(int(sys.argv.pop(1))))
    cli.main()
