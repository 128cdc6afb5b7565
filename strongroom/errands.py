"""An errand: one command that needs the services and no screen, from opening the store to closing it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from strongroom.assembly import Assembly, faults_told
from strongroom.ended_by_signals import ended_by_signals, run
from strongroom.refused import refusals_told
from strongroom.settings import Settings
from strongroom.terminal_origin import find_origin

if TYPE_CHECKING:
    from security.origin import Origin
    from strongroom.wiring import Wired

T = TypeVar("T")

Errand = Callable[["Wired", "Origin"], Awaitable[T]]
"""What a command does with the services, and what comes of it."""


def run_errand(settings: Settings, errand: Errand[T], *, may_found: bool = False) -> T:
    """Open the store, do the errand, and close it whatever happened; one is made only with `may_found`.

    Whoever is asked something has the terminal back as it was, also where a signal ends the command.

    Raises:
        Stopped: what was refused, or what is wrong with store or keys.
    """
    with ended_by_signals():
        return run(_run(settings, errand, may_found=may_found))


async def _run(settings: Settings, errand: Errand[T], *, may_found: bool) -> T:
    """The errand within its own event loop."""
    origin = find_origin(os.environ)
    assembly = Assembly(settings, origin.node, may_found=may_found)
    try:
        wired = await assembly.wire()
        with refusals_told(assembly.clock.now()), faults_told():
            return await errand(wired, origin)
    finally:
        await assembly.close()
