"""Password hashing: argon2id in a bounded number of threads, never on the event loop (R010-R012)."""

from __future__ import annotations

import asyncio
import base64
import os
import secrets
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from security.refusals import Busy

QUEUE = 64
"""Checks that may wait for a thread; one more is told that we are busy."""

PATIENCE = 5.0
"""Seconds that a check waits for a thread before it is told that we are busy."""

_SALT_BYTES = 16
_TAG_BYTES = 32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class HashParameters:
    """What one hash costs (RFC 9106)."""

    memory_kib: int
    """Memory in KiB."""
    passes: int
    """Passes over the memory."""
    lanes: int = 1

    @property
    def is_strong_enough(self) -> bool:
        """Whether it costs at least what R010 asks: 19 MiB in two passes, or 46 MiB in one."""
        return self.lanes >= 1 and (
            (self.memory_kib >= 19_456 and self.passes >= 2)
            or (self.memory_kib >= 47_104 and self.passes >= 1)
        )


DEFAULT_PARAMETERS = HashParameters(memory_kib=47_104, passes=1)
"""46 MiB in one pass: about 50 ms on one core."""

SHOW_PARAMETERS = HashParameters(memory_kib=64, passes=1)
"""Costs nothing and protects nothing: for tests and the demo, whose passwords are public."""


class PasswordHasher:
    """Makes and checks password hashes in threads, so many at once and no more."""

    def __init__(
        self,
        parameters: HashParameters = DEFAULT_PARAMETERS,
        *,
        slots: int | None = None,
        queue: int = QUEUE,
        patience: float = PATIENCE,
        is_for_show: bool = False,
    ) -> None:
        """`slots` is the number of hashes at once, a core each by default.

        Raises:
            ValueError: the parameters are below R010's and the hasher is not for show.
        """
        if not (is_for_show or parameters.is_strong_enough):
            raise ValueError("argon2id parameters are below 19 MiB in two passes or 46 MiB in one")
        self._parameters = parameters
        self._argon2 = argon2.PasswordHasher(
            time_cost=parameters.passes,
            memory_cost=parameters.memory_kib,
            parallelism=parameters.lanes,
            hash_len=_TAG_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        threads = max(1, slots or len(os.sched_getaffinity(0)))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._slots = asyncio.Semaphore(threads)
        self._queue = queue
        self._patience = patience
        self._waiting = 0
        self._dummy = _impossible_hash(parameters)

    async def hash(self, password: str) -> str:
        """The PHC string of a normalised password, with a fresh salt of 16 bytes.

        Raises:
            Busy: no thread came free in time.
        """
        return await self._run(lambda: self._argon2.hash(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether a normalised password is the one that was hashed.

        None stands for an account that is not there: the same work is done and the answer is no (R018).

        Raises:
            Busy: no thread came free in time.
        """
        return await self._run(lambda: self._matches(stored or self._dummy, password)) and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Whether a hash costs less than new ones do; one that costs more is left alone (R011)."""
        try:
            made = argon2.extract_parameters(stored)
        except InvalidHashError:
            return True
        if made.type is not Type.ID or made.salt_len < _SALT_BYTES or made.hash_len < _TAG_BYTES:
            return True
        return (made.memory_cost, made.time_cost) < (self._parameters.memory_kib, self._parameters.passes)

    def close(self) -> None:
        """Let the threads go; hashes under way come to their end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _matches(self, stored: str, password: str) -> bool:
        """Runs in a thread. A damaged hash matches nothing."""
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        """Do the work in a thread when one is free.

        A caller that goes away leaves its thread's place taken until the work is done: the memory is in use.
        """
        await self._take_slot()
        try:
            job = self._pool.submit(work)
        except RuntimeError:
            self._slots.release()
            raise Busy from None
        loop = asyncio.get_running_loop()
        job.add_done_callback(lambda done: self._give_back(loop, done))
        return await asyncio.shield(asyncio.wrap_future(job))

    async def _take_slot(self) -> None:
        """Wait for a thread, in a queue of fixed length and for a fixed time."""
        if self._waiting >= self._queue and self._slots.locked():
            raise Busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience):
                await self._slots.acquire()
        except TimeoutError:
            raise Busy from None
        finally:
            self._waiting -= 1

    def _give_back(self, loop: asyncio.AbstractEventLoop, _done: Future[T]) -> None:
        """Free the place, from the thread that did the work; a loop that has closed needs none."""
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._slots.release)


def _impossible_hash(parameters: HashParameters) -> str:
    """A well-formed hash that no password has, which costs to check what any other costs."""
    salt, tag = (
        base64.b64encode(secrets.token_bytes(size)).decode("ascii").rstrip("=")
        for size in (_SALT_BYTES, _TAG_BYTES)
    )
    cost = f"m={parameters.memory_kib},t={parameters.passes},p={parameters.lanes}"
    return f"$argon2id$v=19${cost}${salt}${tag}"
