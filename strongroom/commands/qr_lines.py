"""The QR code in lines of a terminal, on request: plain half blocks, no colour, no control sequence."""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import suppress

from security.secret import Secret
from strongroom.commands.asking import Asking
from strongroom.exits import ExitCode, Stopped
from strongroom.speech import warn
from tui.qr_matrix import GREATEST_VERSION, MARGINS, Form, TooMuchForCode, cells_of, lines_of, matrix_of
from tui.words.two_factor import NO_ROOM

_LIGHT_GROUND = "Will not scan? On a light ground it needs --qr-inverted."

_BELOW = 2
"""Rows below it: what helps where it is not read, and the question."""


def require_room(asking: Asking) -> None:
    """Refuse to draw where no camera could read it, before anything is begun.

    Raises:
        Stopped: with exit code 2.
    """
    columns, rows = cells_of(17 + 4 * GREATEST_VERSION, min(MARGINS), _form())
    rows += _BELOW
    if not asking.converses:
        raise Stopped("A QR code is drawn on a terminal alone, and this is none.", ExitCode.USAGE)
    if not (sys.stdout.encoding or "").lower().startswith("utf"):
        raise Stopped("A QR code needs a terminal that shows UTF-8.", ExitCode.USAGE)
    room = _room()
    if room.columns < columns or room.lines < rows:
        raise Stopped(
            f"The QR code needs a terminal of {columns}x{rows}; this one has {room.columns}x{room.lines}.",
            ExitCode.USAGE,
            hint="Leave --qr out: the key does the same.",
        )


async def qr_lines(uri: Secret, *, is_inverted: bool) -> list[str]:
    """Draw it with the widest quiet zone that the terminal has room for; nothing where it is too long."""
    try:
        matrix = await asyncio.to_thread(matrix_of, uri)
    except TooMuchForCode:
        warn(NO_ROOM)
        return []
    room, form = _room(), _form()
    sizes = {margin: cells_of(len(matrix), margin, form) for margin in MARGINS}
    margin = next(
        (
            margin
            for margin, (columns, rows) in sizes.items()
            if columns <= room.columns and rows <= room.lines - _BELOW
        ),
        min(MARGINS),
    )
    lines = lines_of(matrix, margin, form=form, is_inverted=is_inverted)
    return [*lines, *([] if is_inverted else [_LIGHT_GROUND])]


def _form() -> Form:
    """Half blocks, or whole cells on a Linux console whose font lacks them."""
    from tui.terminal.console_glyphs import form_for_lines  # needed here alone

    return form_for_lines(os.environ, 1)


def _room() -> os.terminal_size:
    """Columns and rows of the terminal; some tell none."""
    with suppress(OSError):
        found = os.get_terminal_size(1)
        if found.columns and found.lines:
            return found
    return os.terminal_size((80, 24))
