"""Work for a connection's thread: what is asked for while it works goes there together."""

from __future__ import annotations

import asyncio
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")

TOGETHER = 100
"""How many jobs go to the thread at once; more would make the first of them wait for the last."""


class Task(Protocol):
    """A job, whatever comes of it."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Do it, in the thread."""

    def tell(self) -> None:
        """Tell what came of it, on the event loop."""


class Job(ABC, Generic[T]):
    """One piece of work, and the future that takes what comes of it."""

    __slots__ = ("_fault", "_result", "future")

    def __init__(self) -> None:
        """Make the future; whoever waits for the work awaits it."""
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        """Takes the result or the fault; cancelling it does not stop the work."""
        self._result: T
        self._fault: BaseException | None = None

    @abstractmethod
    def work(self, connection: sqlite3.Connection) -> T:
        """Do the work itself, in the thread."""

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work, in the thread, and keep what comes of it."""
        try:
            self._result = self.work(connection)
        except StopIteration as fault:  # no future takes it, and the jobs after it would never be told
            self._fault = RuntimeError(f"work ended by {fault!r}")
        except BaseException as fault:  # noqa: BLE001 - the edge of a thread
            self._fault = fault

    def tell(self) -> None:
        """Tell what came of it, on the event loop; nobody is told who went away."""
        if self.future.done():
            return
        if self._fault is None:
            self.future.set_result(self._result)
        else:
            self.future.set_exception(self._fault)


class Call(Job[T]):
    """The call of one function."""

    __slots__ = ("_function",)

    def __init__(self, function: Callable[[sqlite3.Connection], T]) -> None:
        """Hold the function."""
        super().__init__()
        self._function = function

    def work(self, connection: sqlite3.Connection) -> T:
        """Call it."""
        return self._function(connection)


class Line:
    """The jobs of one connection: run one after another, in the order in which they were asked for.

    A hop to the thread and back costs more than a look-up does, so whatever is asked for during one
    shares the next.
    """

    def __init__(self, connection: sqlite3.Connection, send: Callable[[Callable[[], None]], None]) -> None:
        """Keep the connection, and what calls a function in its thread."""
        self.connection = connection
        """The connection; the thread alone uses it."""
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Task] = []
        self._is_away = False

    @property
    def is_busy(self) -> bool:
        """Whether a job runs or waits."""
        return self._is_away

    def ask(self, *jobs: Task) -> None:
        """Have jobs done; they are, whether or not anybody waits for them."""
        self._waiting += jobs
        if not self._is_away:
            self._go()

    def _go(self) -> None:
        """Send what waits to the thread."""
        self._is_away = True
        jobs, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        self._send(partial(self._work, jobs))

    def _work(self, jobs: Sequence[Task]) -> None:
        """Do the jobs, in the thread."""
        for job in jobs:
            job.run(self.connection)
        self._loop.call_soon_threadsafe(self._come_back, jobs)

    def _come_back(self, jobs: Sequence[Task]) -> None:
        """Tell what came of the jobs, once the thread has the next ones."""
        self._is_away = False
        if self._waiting:
            self._go()
        for job in jobs:
            job.tell()
