"""A visit in lines: who comes in, through which rooms they go, and how it ends."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from security.refusals import AlreadyFounded, Refusal
from security.trouble import StoreTrouble
from strongroom.doorway import Opening, door_of, open_here
from strongroom.ended_by_signals import ended_by_signals
from strongroom.ended_by_signals import run as run_until_signal
from strongroom.exits import ExitCode, Stopped
from strongroom.lines import EndOfInput
from strongroom.settings import Settings

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from strongroom.plain.console import Console
    from strongroom.plain.talk import Talk
    from tui.door import Door, Keeper

BEGINS = "Strongroom in lines. Type h for help, q to leave."
"""The first line."""


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Open a visit in lines on this machine's store, and give the exit code.

    Raises:
        Stopped: there is no terminal, or the store cannot be used.
    """
    require_lines()
    return open_here(settings, show_lines)


def require_lines() -> None:
    """Refuse to ask where nobody could answer.

    Raises:
        Stopped: with exit code 2.
    """
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise Stopped(
            "Lines and questions need a terminal, and this is none.",
            ExitCode.USAGE,
            hint="Commands for scripts: strongroom --help",
        )


def show_lines(
    settings: Settings,
    origin: Origin,
    *,
    keeper: Keeper | None = None,
    is_first_run: bool = False,
    signed_in: SignedIn | None = None,
    command: str = "strongroom",
) -> int:
    """Talk until the visit's end; `signed_in` begins inside, without `keeper` nothing is remembered.

    Raises:
        Stopped: store or keys cannot be opened.
    """
    from tui.door import DoorClosed
    from tui.terminal.environment import scrub

    scrub()
    opening = Opening(settings, origin, is_first_run=is_first_run)
    door = door_of(
        settings,
        origin,
        opening,
        keeper=keeper,
        is_first_run=is_first_run,
        signed_in=signed_in,
        command=command,
    )
    # Keys are the screen's; wrong ones in the settings keep nobody out who needs none.
    door = replace(door, keys={}, preset="standard")
    try:
        with ended_by_signals():
            return run_until_signal(_LinesOpened(door, opening, uses_utc=not settings.local_time).talk())
    except DoorClosed as closed:
        raise Stopped(closed.sentence, ExitCode(closed.exit_code)) from closed


class _LinesOpened:
    """One visit within its event loop."""

    def __init__(self, door: Door, opening: Opening, *, uses_utc: bool) -> None:
        """Take the door; nothing is opened yet."""
        from tui.visit import Visit

        self._door = door
        self._visit = visit = Visit(door)
        visit.uses_utc = uses_utc
        opening.read_token = lambda: None if visit.signed_in is None else visit.signed_in.token
        self._insists = False

    async def talk(self) -> int:
        """Talk to the end, whatever that is, and shut the store."""
        from strongroom.plain.console import INTERRUPTED, Console

        main = asyncio.current_task()

        def leave_at_once() -> None:
            """End what is under way: a flow that is cancelled changes nothing by halves."""
            if main is not None and not self._insists:
                self._insists = True  # once: what is put away at the end is not cut short
                main.cancel()

        console = Console(leave_at_once)
        asyncio.get_running_loop().set_exception_handler(_handler(console))
        try:
            with console.opened():
                return await self._talk(console)
        except asyncio.CancelledError:
            if self._insists:
                return INTERRUPTED
            raise
        finally:
            await self._close()

    async def _talk(self, console: Console) -> int:
        """Talk, and end an unkept session at the end; a fault ends it with one line (R085)."""
        from strongroom.plain.turns import Faulty, Leave
        from tui.door import DoorClosed

        try:
            await self._stay(console)
        except Leave as leave:
            return leave.code
        except (EndOfInput, DoorClosed, Stopped) as end:
            if isinstance(end, EndOfInput):
                return ExitCode.DONE
            raise
        except Exception as fault:  # noqa: BLE001  the edge of the visit: no traceback, no locals
            self._tell_fault(console, fault.fault if isinstance(fault, Faulty) else fault)
            return ExitCode.FAILED
        return ExitCode.DONE

    async def _stay(self, console: Console) -> None:
        """Come in, be inside, come in again; until the person leaves."""
        from strongroom.plain.talk import Talk
        from strongroom.plain.turns import Leave
        from strongroom.plain.watch import standing

        console.say(BEGINS)
        talk = Talk(console, self._visit, await self._visit.ready())
        try:
            async with standing(talk):
                await _come_and_go(talk)
        except (Leave, EndOfInput, asyncio.CancelledError):
            # A fault is left to the door: it ends the session under the fault's number.
            await _end_unkept(talk)
            raise

    def _tell_fault(self, console: Console, fault: BaseException) -> None:
        """Say one line, and let the door audit the fault and end the session."""
        from tui.terminal.crash import incident_of, report

        incident = incident_of(fault if isinstance(fault, Exception) else RuntimeError())
        report(self._door, incident)
        with suppress(EndOfInput):
            console.say(incident.line)

    async def _close(self) -> None:
        """Shut the store, within bounds."""
        from tui.door import CLOSE_SECONDS

        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._door.close()


def _handler(console: Console) -> Callable[[asyncio.AbstractEventLoop, dict[str, object]], None]:
    """What the loop does with a fault that nobody waits for: the visit ends by it."""
    from strongroom.plain.turns import Faulty

    def hear(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        """Break the question off."""
        fault = context.get("exception")
        if isinstance(fault, BaseException):
            console.break_off(Faulty(fault))

    return hear


async def _come_and_go(talk: Talk) -> None:
    """Let the person in by whichever way there is, for as often as they come back.

    Raises:
        Leave: they leave.
    """
    from strongroom.plain import sign_in
    from strongroom.plain.rooms import be_inside
    from strongroom.plain.turns import Ended, SignedOff
    from strongroom.plain.watch import watched

    arrives: Callable[[Talk], Awaitable[object]] | None = _arrive
    while True:
        try:
            if arrives is not None:
                first, arrives = arrives, None
                await first(talk)
            if talk.visit.signed_in is None:
                await sign_in.come_in(talk)
            talk.idle.touched()
            async with watched(talk):
                await be_inside(talk)
            await _sign_out(talk)
        except SignedOff:
            await _sign_out(talk)
        except Ended as ended:
            await talk.forget()
            sign_in.tell_end(talk, ended.reason)


async def _arrive(talk: Talk) -> None:
    """Begin with the first run, with the session that was kept, or with nothing."""
    from strongroom.plain import first_run, sign_in

    if talk.visit.door.needs_founding:
        try:
            await first_run.found(talk)
        except AlreadyFounded as founded:
            talk.tell(founded)
    else:
        is_inside = talk.visit.signed_in is not None or await sign_in.resume(talk)
        if is_inside and talk.visit.signed_in is not None:
            sign_in.welcome(talk, talk.visit.signed_in)


async def _sign_out(talk: Talk) -> None:
    """End the session in the store, then here, and say so."""
    from strongroom.plain import sign_in
    from tui.words.refusals import NOT_ENDED

    reason = "signed_out"
    try:
        await talk.services.sign_in.sign_out(talk.visit.token, talk.visit.origin)
    except Refusal as refusal:
        reason = getattr(refusal, "reason", reason)
    except StoreTrouble:
        reason = NOT_ENDED
    await talk.forget()
    sign_in.tell_end(talk, reason)


async def _end_unkept(talk: Talk) -> None:
    """End a session that nobody could go on with."""
    visit = talk.visit
    if not visit.has_session:
        return
    if visit.is_kept:
        with suppress(EndOfInput):
            talk.say("You stay signed in on this machine.")
        return
    with suppress(Refusal, StoreTrouble):
        await talk.services.sign_in.sign_out(visit.token, visit.origin)
        with suppress(EndOfInput):
            talk.say("You were signed out.")
