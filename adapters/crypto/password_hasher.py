"""Slow hashes of passwords."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import argon2
from argon2.exceptions import VerifyMismatchError

from core.domain.secret import Secret
from ports.password_hasher import PasswordHasher

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
AT_ONCE = 2
"""How many hashes are computed at the same time: bounds processors and memory (19 MiB each) whoever asks."""


class Argon2Hasher(PasswordHasher):
    """Argon2id with 19 MiB, two passes and one lane: the least that OWASP's password storage cheat sheet recommends.

    The parameters stand in each hash, so older hashes stay readable when they change here.
    """

    def __init__(
        self,
        *,
        memory_kib: int = MEMORY_KIB,
        passes: int = PASSES,
        lanes: int = LANES,
        at_once: int = AT_ONCE,
    ) -> None:
        self._argon2 = argon2.PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)
        self._threads = ThreadPoolExecutor(max_workers=at_once, thread_name_prefix="argon2")

    async def hash(self, password: Secret) -> str:
        """A salted hash, in the PHC string format."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._argon2.hash, password.value)

    async def matches_any(self, password: Secret, hashes: Sequence[str]) -> bool:
        """Whether the password is the one behind any of the hashes.

        Raises argon2's InvalidHashError for a string that is no hash: a history that cannot be read must not pass for
        one without the password.
        """
        loop = asyncio.get_running_loop()
        verdicts = await asyncio.gather(
            *(loop.run_in_executor(self._threads, self._matches, password.value, known) for known in hashes)
        )
        return any(verdicts)

    def _matches(self, password: str, known: str) -> bool:
        try:
            return self._argon2.verify(known, password)
        except VerifyMismatchError:
            return False
