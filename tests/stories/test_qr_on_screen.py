"""The QR code as a phone would see it: taken from a real terminal's screen and read by two readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.authenticator import Authenticator, account_of, read_by_zbar, read_by_zxing
from tests.stories.conftest import Opens
from tests.stories.picture import cells, draw
from tests.stories.terminal import Terminal, need
from tests.stories.visitor import EMAIL, Visitor

SIZES = {"80x24": (80, 24, "off"), "80x23": (80, 24, "on"), "120x40": (120, 40, "off")}
"""Terminals by the room that the program has; at 80x23 tmux's own status line has the last row."""

COLOURS: dict[str, dict[str, str]] = {
    "truecolor": {"COLORTERM": "truecolor"},
    "256": {"COLORTERM": ""},
    "16": {"COLORTERM": "", "TERM": "xterm"},
    "no colour": {"NO_COLOR": "1"},
}


def shown(terminal: Terminal, folder: Path) -> tuple[str | None, str | None]:
    """What zxing-cpp and zbar read on the screen."""
    picture = draw(cells(terminal.styled(), terminal.columns, terminal.rows))
    return read_by_zxing(picture), read_by_zbar(picture, folder)


@pytest.mark.parametrize("colours", COLOURS)
@pytest.mark.parametrize("size", SIZES)
def test_both_readers_read_the_whole_uri_from_the_screen(
    opens: Opens, tmp_path: Path, size: str, colours: str
) -> None:
    need("zbarimg")
    columns, rows, status = SIZES[size]
    words = ["--color", "16"] if colours == "16" else ["--color", "256"] if colours == "256" else []
    terminal = opens(*words, columns=columns, rows=rows, status=status, env=COLOURS[colours])
    visitor = Visitor(terminal)
    visitor.found()
    phone = visitor.read_key()
    wanted = f"otpauth://totp/Acme:{EMAIL}?secret={phone.secret}&issuer=Acme"
    assert shown(terminal, tmp_path) == (wanted, wanted)
    assert account_of(wanted) == f"Acme:{EMAIL}"
    assert Authenticator.reading(wanted).secret == phone.secret


@pytest.mark.parametrize("theme", ["light", "high contrast", "terminal"])
@pytest.mark.parametrize(
    "colours",
    ["truecolor", *(pytest.param(depth, marks=pytest.mark.soak) for depth in ("16", "no colour"))],
)
def test_both_readers_read_it_in_every_theme(opens: Opens, tmp_path: Path, colours: str, theme: str) -> None:
    need("zbarimg")
    words = ["--color", "16"] if colours == "16" else []
    terminal = opens(*words, env=COLOURS[colours])
    visitor = Visitor(terminal)
    visitor.found()
    first = visitor.read_key()
    terminal.press("Escape")
    terminal.wait("Your account")
    terminal.press(":")
    terminal.wait("esc closes")
    terminal.type(f"theme: {theme}")
    terminal.press("Enter")
    terminal.gone("esc closes")
    visitor.open_tab("e Set up", steps=2)
    terminal.press("e")
    phone = visitor.read_key()
    assert phone.secret != first.secret
    wanted = f"otpauth://totp/Acme:{EMAIL}?secret={phone.secret}&issuer=Acme"
    assert shown(terminal, tmp_path) == (wanted, wanted)
