"""Ends by signal: what was begun is put away before the process goes."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

_mains: list[asyncio.Task[Any]] = []
"""The task that `run` waits for, while its loop runs."""

_late: list[list[int]] = []
"""The signals heard while a loop, whose task is over, puts itself away."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM, SIGHUP and SIGQUIT unwind, so that what is thrown away is thrown away then too.

    One that is ignored stays so: whoever starts a command with nohup means it.
    """
    heard: list[int] = []

    def end(number: int, _frame: object) -> None:
        """Leave by the way of every `finally`; a loop goes on until what was under way is put away."""
        heard.append(number)
        if _late:
            _late[-1].append(number)
            return
        if not _mains:
            raise SystemExit(128 + number)
        main = _mains[-1]
        main.cancel()
        main.get_loop().call_soon_threadsafe(lambda: None)  # wakes a loop that waits

    before = {
        number: signal.signal(number, end) for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield
    except asyncio.CancelledError:
        if heard:
            raise SystemExit(128 + heard[0]) from None
        raise
    finally:
        for number, handler in before.items():
            with suppress(ValueError):
                signal.signal(number, handler)


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run to its end in a loop of its own, and let a signal cancel it where it waits.

    An exception that a signal raises in the midst of a driver's work could break that driver, and one that
    is raised while the loop is closed breaks the loop: what is heard then waits until that is over.
    """

    late: list[int] = []

    async def known() -> T:
        """The same, known to whoever hears a signal."""
        task = asyncio.ensure_future(main)
        _mains.append(task)
        try:
            return await task
        finally:
            _late.append(late)
            _mains.remove(task)

    try:
        done = asyncio.run(known())
    finally:
        _late.clear()
    if late:
        raise SystemExit(128 + late[0])
    return done
