"""A restore that kills itself at one of its steps, as a loss of power does."""

from __future__ import annotations

import importlib
import inspect
import os
import signal
from typing import Any

STEPS = {
    "sqlite": (
        "store.sqlite.backup:copy_in",
        "security.restoring:Restoring.verify",
        "security.restoring:Restoring._close",
        "security.restoring:Restoring._finish",
        "store.sqlite.backup:gather",
    ),
    "postgresql": (
        "store.postgresql.backup:_make_room",
        "store.postgresql.backup:_load",
        "security.restoring:Restoring.verify",
        "security.restoring:Restoring._close",
        "security.restoring:Restoring._finish",
    ),
}
"""The steps of a restore on each engine, in their order."""


def die_at(step: str, when: str) -> None:
    """Put death before or after a step."""
    module, _, name = step.partition(":")
    holder: Any = importlib.import_module(module)
    *owners, last = name.split(".")
    for owner in owners:
        holder = getattr(holder, owner)
    real = getattr(holder, last)

    async def slow(*given: Any, **named: Any) -> Any:
        """The step, if it is awaited."""
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        await real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    def quick(*given: Any, **named: Any) -> Any:
        """The step, if it is not."""
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        real(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, last, slow if inspect.iscoroutinefunction(real) else quick)
