"""`strongroom admin restore --in-place`: the replay windows of a store that was restored by other means."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime

from security.clock import Clock, SystemClock
from strongroom import ended_by_signals as signals
from strongroom.assembly import faults_told
from strongroom.commands.answer import Answer
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.proven_backup import NOTHING
from strongroom.replay_windows import close_windows, keys_put_back, unfinished, windows_answer
from strongroom.settings import Settings
from strongroom.speech import warn
from strongroom.standing import require_file


def restore_in_place(settings: Settings, clock: Clock | None = None, *, is_sure: bool = False) -> Answer:
    """Close the windows of a store that was restored by other means, or finish a restore that was cut off.

    Raises:
        Stopped: there is no such store, or it does not verify.
    """
    with ended_by_signals():
        return signals.run(_restore_in_place(settings, clock or SystemClock(), is_sure=is_sure))


async def _restore_in_place(settings: Settings, clock: Clock, *, is_sure: bool) -> Answer:
    """The closing of the windows within its event loop."""
    from store.backup import held
    from store.unfinished import Cut

    keys = keys_put_back(settings)
    if not settings.is_on_server:
        require_file(settings.store_path)
    with faults_told():
        async with held(settings.store) as mark:
            if mark is None:
                await _confirm(settings, is_sure=is_sure)
                await _mark(settings.store, clock.now())
            async with unfinished(settings.store, Cut.RESTORE) as store:
                closed, events = await close_windows(store, keys, clock, None)
    head = f"The windows of the store {settings.store_place} are closed."
    foot = "End every Strongroom that was running on it, and start it again."
    return windows_answer(settings, head, closed, events, None, foot=foot)


async def _confirm(settings: Settings, *, is_sure: bool) -> None:
    """Ask before sessions and codes of a store are ended that may be in use.

    Raises:
        Stopped: nobody said yes.
    """
    if is_sure:
        return
    warn(f"This ends every session of the store {settings.store_place} and voids every recovery code in it.")
    if sys.stdin is None or not sys.stdin.isatty():
        raise Stopped(
            "Nobody was there to confirm it.", ExitCode.CONFIRMATION_NEEDED, hint=f"Say --yes. {NOTHING}"
        )
    sys.stderr.write('Type "yes" to go on: ')
    sys.stderr.flush()
    if await _typed() != "yes":
        raise Stopped("It was not confirmed.", ExitCode.CONFIRMATION_NEEDED, hint=NOTHING)


async def _typed() -> str:
    """A line from the terminal; a key that interrupts is heard meanwhile."""
    is_there = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip()


async def _mark(url: str, at: datetime) -> None:
    """Keep everybody out of a store whose windows are open."""
    from security.lanes import act_in
    from store import unfinished
    from store.store import open_store

    store = await open_store(url)
    try:
        async with act_in(store, at, None) as tx:
            await unfinished.begin(tx, unfinished.Cut.RESTORE)
    finally:
        await store.close()
