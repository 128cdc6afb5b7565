"""The local terminal's door: the screen on this terminal, for one unix account."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, cast

from security.safe_text import sanitise
from security.trouble import StoreTrouble
from strongroom.assembly import Assembly, needs_founding
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import keeper_of_screen
from strongroom.paths import find_paths
from strongroom.settings import Settings
from strongroom.speech import warn
from strongroom.terminal_origin import client_named, find_origin

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from security.secret import Secret
    from security.services import Services
    from tui.door import ColorDepth, Keeper

_SHOWN = ("TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "TMUX")
"""What the screen may know of the environment."""


def require_terminal(environment: Mapping[str, str]) -> None:
    """Refuse to draw where there is no terminal that could show it.

    Raises:
        Stopped: with exit code 2.
    """
    hint = "Commands for scripts: strongroom --help"
    if not all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout)):
        raise Stopped("The screen needs a terminal, and this is none.", ExitCode.USAGE, hint=hint)
    if environment.get("TERM", "") in ("", "dumb", "unknown"):
        named = environment.get("TERM", "") or "not set"
        raise Stopped(
            f"The screen needs more than this terminal shows: TERM is {named}.", ExitCode.USAGE, hint=hint
        )


def open_screen(settings: Settings) -> int:
    """Open the screen on this machine's store and give the exit code."""
    require_terminal(os.environ)
    local = keeper_of_screen(settings, find_paths(os.environ).state)
    if settings.keep_signed_in:
        local.check()
    is_first_run = asyncio.run(needs_founding(settings))
    if settings.keep_signed_in:
        origin = find_origin(os.environ, local.read_device())
        code = show(settings, origin, keeper=local, is_first_run=is_first_run)
    else:
        # Where several people share an account, a device's secret would stand for the wrong one too.
        local.forget()
        code = show(settings, find_origin(os.environ), is_first_run=is_first_run)
    if local.trouble:
        warn(f"This machine could not remember the session: {local.trouble}")
    return code


class _Visit:
    """What the door calls during one visit: opening, a crash, closing."""

    def __init__(self, settings: Settings, origin: Origin, *, is_first_run: bool) -> None:
        """Nothing is opened yet."""
        self._assembly = Assembly(settings, origin.node, may_found=is_first_run)
        self._origin = origin
        self._services: Services | None = None
        self._crash: tuple[str, str] | None = None
        self.read_token: Callable[[], Secret | None] = lambda: None
        """Gives the token of the session that the screen holds."""

    async def connect(self) -> Services:
        """Open the store, or close the door with the reason why not."""
        from tui.door import DoorClosed

        try:
            self._services = await self._assembly.connect()
        except Stopped as stopped:
            sentence = sanitise(f"{stopped.sentence} {stopped.hint}".strip(), max_cells=1000)
            raise DoorClosed(sentence, stopped.code) from stopped
        return self._services

    def note_crash(self, incident: str, type_name: str) -> None:
        """Remember the fault that ended the screen, for `close` to audit."""
        self._crash = (incident, type_name)

    async def close(self) -> None:
        """Audit a crash and end its session (R085), then shut the store."""
        if self._crash is not None and self._services is not None:
            from security.refusals import Refusal

            with suppress(Refusal, StoreTrouble):
                await self._services.sessions.crashed(self.read_token(), *self._crash, self._origin)
        await self._assembly.close()


def show(
    settings: Settings,
    origin: Origin,
    *,
    keeper: Keeper | None = None,
    is_first_run: bool = False,
    signed_in: SignedIn | None = None,
    command: str = "strongroom",
) -> int:
    """Show the screen until its end; `signed_in` begins inside, without `keeper` nothing is remembered."""
    from tui.terminal.environment import scrub

    scrub()
    from tui.app import StrongroomApp
    from tui.door import Door, NoKeeper
    from tui.keymap import KeysRefused
    from tui.terminal.run import run_guarded

    visit = _Visit(settings, origin, is_first_run=is_first_run)
    door = Door(
        connect=visit.connect,
        close=visit.close,
        on_crash=visit.note_crash,
        origin=origin,
        keeper=keeper or NoKeeper(),
        keeps_sessions=settings.keep_signed_in and keeper is not None,
        needs_founding=is_first_run,
        signed_in=signed_in,
        machine=sanitise(origin.node),
        support_contact=None if settings.support_contact is None else sanitise(settings.support_contact),
        color=cast("ColorDepth", settings.color),
        appearance=settings.appearance,
        environment={name: os.environ[name] for name in _SHOWN if name in os.environ},
        mouse=settings.mouse,
        idle_lock_seconds=settings.idle_lock_minutes * 60.0,
        command=command,
        keys=settings.keymap,
        preset=settings.keymap_preset,
        name_client=lambda answer: client_named(os.environ, answer),
    )
    try:
        app = StrongroomApp(door)
    except KeysRefused as wrong:
        from strongroom.keymap_lines import brought_by

        raise Stopped(
            f"The keys of the settings cannot be used: {wrong}.",
            ExitCode.USAGE,
            hint=brought_by(settings, wrong.brought_by),
        ) from wrong
    app.visit.uses_utc = not settings.local_time
    visit.read_token = lambda: None if app.visit.signed_in is None else app.visit.signed_in.token
    code = run_guarded(app)
    if app.closed_by is not None:
        warn(app.closed_by.sentence)
    return code
