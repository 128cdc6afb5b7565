"""Work that must come to its end although the task that awaits it was cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")


async def see_through(work: Coroutine[object, object, T]) -> T:
    """Wait until `work` is done, however often this task is cancelled, then let the cancellation go on.

    What `work` raised is lost to a cancelled task, except as the cause of the CancelledError.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    raise cancelled from (None if task.cancelled() else task.exception())
