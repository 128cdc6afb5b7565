"""Processes that start at the same instant, and what each of them said in the end."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import NoReturn

PATIENCE = 60.0
"""Seconds after which whoever waits for the others gives up; then some process has failed."""

Meet = Callable[[], None]
"""Waits until every process has come to the same place."""
Run = Callable[[Meet], Awaitable[object]]
"""What one process does, with everything of its own; it calls what it is given when it is at the start."""


def run_at_once(runs: Sequence[Run]) -> list[object]:
    """Run each in a process of its own, and give what each returned, which JSON can hold.

    Call it while no thread of a store is alive: it forks.
    """
    barrier = multiprocessing.get_context("fork").Barrier(len(runs))

    def meet() -> None:
        """Wait for the others, the whole process at once: nothing else runs in it."""
        barrier.wait(PATIENCE)

    pipes = []
    for run in runs:
        read, write = os.pipe()
        if os.fork() == 0:
            _be_one(partial(run, meet), write, barrier.abort)
        os.close(write)
        pipes.append(read)
    answers = []
    for pipe in pipes:
        with open(pipe) as answer:
            answers.append(answer.read())
    assert all(os.wait()[1] == 0 for _ in runs), answers
    return [json.loads(answer) for answer in answers]


def _be_one(run: Callable[[], Awaitable[object]], write: int, give_up: Callable[[], None]) -> NoReturn:
    """Be one of the processes, and nothing after it; where it fails the others need not wait for it."""
    status = 1
    try:
        with open(write, "w") as answer:
            json.dump(asyncio.run(_awaited(run)), answer)
        status = 0
    finally:
        if status:
            traceback.print_exc()
            sys.stderr.flush()
            give_up()
        os._exit(status)


async def _awaited(run: Callable[[], Awaitable[object]]) -> object:
    """Run one, as a coroutine."""
    return await run()
