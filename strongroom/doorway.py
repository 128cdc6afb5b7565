"""The doorway of this machine: what a visit is opened with, whether it is a screen or lines."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

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
    from tui.door import ColorDepth, Door, Keeper

_SHOWN = ("TERM", "COLORTERM", "NO_COLOR", "TERM_PROGRAM", "TMUX", "STY")
"""What a visit may know of the environment."""


class Shows(Protocol):
    """What leads a person through a visit: the screen, or lines."""

    def __call__(
        self,
        settings: Settings,
        origin: Origin,
        *,
        keeper: Keeper | None = None,
        is_first_run: bool = False,
    ) -> int:
        """Stay until the visit's end, and give the exit code."""


def open_here(settings: Settings, shows: Shows) -> int:
    """Open a visit on this machine's store, with what this machine remembers, and give the exit code.

    Raises:
        Stopped: the store, or what is remembered, cannot be used.
    """
    local = keeper_of_screen(settings, find_paths(os.environ).state)
    if settings.keep_signed_in:
        local.check()
    is_first_run = asyncio.run(needs_founding(settings))
    if settings.keep_signed_in:
        origin = find_origin(os.environ, local.read_device())
        code = shows(settings, origin, keeper=local, is_first_run=is_first_run)
    else:
        # Where several people share an account, a device's secret would stand for the wrong one too.
        local.forget()
        code = shows(settings, find_origin(os.environ), is_first_run=is_first_run)
    if local.trouble:
        warn(f"This machine could not remember the session: {local.trouble}")
    return code


class Opening:
    """What the door calls during one visit: opening, a crash, closing."""

    def __init__(self, settings: Settings, origin: Origin, *, is_first_run: bool) -> None:
        """Nothing is opened yet."""
        self._assembly = Assembly(settings, origin.node, may_found=is_first_run)
        self._origin = origin
        self._services: Services | None = None
        self._crash: tuple[str, str] | None = None
        self.read_token: Callable[[], Secret | None] = lambda: None
        """Gives the token of the session that the visit holds."""

    async def connect(self) -> Services:
        """Open the store, or close the door with the reason why not."""
        from tui.door import DoorClosed

        try:
            self._services = await self._assembly.connect()
        except Stopped as stopped:
            sentence = sanitise(f"{stopped.sentence} {stopped.hint}".strip(), max_cells=1000)
            raise DoorClosed(sentence, stopped.code) from stopped
        return self._services

    async def stand(self) -> None:
        """Close the door with the reason when the open store is not for this program any more."""
        from tui.door import DoorClosed

        if self._services is not None:
            try:
                await self._services.changes.stand()
            except StoreTrouble as trouble:
                raise DoorClosed(sanitise(str(trouble), max_cells=1000), ExitCode.UNAVAILABLE) from trouble

    def note_crash(self, incident: str, type_name: str) -> None:
        """Remember the fault that ended the visit, for `close` to audit."""
        self._crash = (incident, type_name)

    async def close(self) -> None:
        """Audit a crash and end its session (R085), then shut the store."""
        if self._crash is not None and self._services is not None:
            from security.refusals import Refusal

            with suppress(Refusal, StoreTrouble):
                await self._services.sessions.crashed(self.read_token(), *self._crash, self._origin)
        await self._assembly.close()


def door_of(
    settings: Settings,
    origin: Origin,
    opening: Opening,
    *,
    keeper: Keeper | None,
    is_first_run: bool,
    signed_in: SignedIn | None,
    command: str,
) -> Door:
    """Build the door by the settings; without `keeper` nothing is remembered."""
    from strongroom.twins import HELP
    from tui.door import Door, NoKeeper

    return Door(
        connect=opening.connect,
        stand=opening.stand,
        close=opening.close,
        on_crash=opening.note_crash,
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
        twins=HELP,
        name_client=lambda answer: client_named(os.environ, answer),
    )
