"""The local terminal's door: the screen on this terminal, for one unix account."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from strongroom.doorway import Opening, door_of, open_here
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import warn

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from tui.door import Keeper


def require_terminal(environment: Mapping[str, str]) -> None:
    """Refuse to draw where there is no terminal that could show it.

    Raises:
        Stopped: with exit code 2.
    """
    hint = "Line by line, for any terminal: strongroom --plain. Commands for scripts: strongroom --help"
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
    return open_here(settings, show)


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
    from tui.keys.keymap import KeysRefused
    from tui.terminal.run import run_guarded

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
    try:
        app = StrongroomApp(door)
    except KeysRefused as wrong:
        from strongroom.keymap_lines import told

        raise told(settings, wrong) from wrong
    app.visit.uses_utc = not settings.local_time
    opening.read_token = lambda: None if app.visit.signed_in is None else app.visit.signed_in.token
    code = run_guarded(app)
    if app.closed_by is not None:
        warn(app.closed_by.sentence)
    return code
