"""Moves in processes of their own, which are killed or kept from writing."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from store.errors import Full, Unavailable
from store.moving import copying
from store.moving.postgresql_side import PostgresqlSide
from store.moving.side import Side
from store.moving.sqlite_side import SqliteSide
from tests.store.children import processes
from tests.store.moved_rows import move

PAGE = 5
"""Rows of a page in these moves, so that there are many."""
NO_ROOM = 3
"""How a move ends that had no room."""
ACTS = (
    "ask",
    "add",
    "page",
    "freeze",
    "lock",
    "begin_reading",
    "end_reading",
    "settle_down",
    "set_feed_place",
)
"""What a side does; a move is killed before any of it."""


def run(child: Callable[..., None], *arguments: object) -> int | None:
    """Run something in a process of its own and give how it ended."""
    process = processes().Process(target=child, args=arguments)
    process.start()
    process.join(60)
    return process.exitcode


def die_before(source: str, target: str, number: int) -> None:
    """Move, and be killed before one of the things that are done to either side."""
    copying.PAGE = PAGE
    left = [number]
    for kind in (SqliteSide, PostgresqlSide):
        for name in ACTS:
            _count(kind, name, left)
    asyncio.run(_moved(source, target))


def _count(kind: type[Side], name: str, left: list[int]) -> None:
    """Count one thing that a side does, and be killed when it is time."""
    does: Callable[..., Awaitable[Any]] = getattr(kind, name)

    async def counted(*given: object) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return await does(*given)

    setattr(kind, name, counted)


def without_room(source: str, target: str, size: int) -> None:
    """Move, where no file can be longer than some bytes; that there was no room is told by the exit code."""
    copying.PAGE = PAGE
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        asyncio.run(_moved(source, target))
    except (Full, Unavailable):
        sys.exit(NO_ROOM)


async def _moved(source: str, target: str) -> None:
    """Move from beginning to end."""
    await move(source, target)
