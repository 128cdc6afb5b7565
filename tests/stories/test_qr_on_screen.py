"""The QR code as a phone would see it: taken from a real terminal's screen and read by two readers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.stories.authenticator import Authenticator, account_of, read_by_zbar, read_by_zxing
from tests.stories.conftest import Opens
from tests.stories.picture import cells, draw
from tests.stories.terminal import Terminal, need
from tests.stories.visitor import EMAIL, Visitor

SIZES = {"120x40": (120, 40, "off"), "80x24": (80, 24, "off"), "80x23": (80, 24, "on")}
"""Terminals by the room that the program has; at 80x23 tmux's own status line has the last row."""

LAST_LINE = r"esc Cancel[^\n]*\n?\Z"
"""The footer where it belongs: the program has painted all of the screen."""

THEMES = ("light", "high contrast", "terminal")

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
def test_both_readers_read_the_whole_uri_from_the_screen(opens: Opens, tmp_path: Path, colours: str) -> None:
    """At one size after the other: each has less room, so that what was there before cannot be read."""
    need("zbarimg")
    words = ["--color", "16"] if colours == "16" else ["--color", "256"] if colours == "256" else []
    (columns, rows, status), *others = SIZES.values()
    terminal = opens(*words, columns=columns, rows=rows, status=status, env=COLOURS[colours])
    visitor = Visitor(terminal)
    visitor.found()
    phone = visitor.read_key()
    wanted = f"otpauth://totp/Acme:{EMAIL}?secret={phone.secret}&issuer=Acme"
    assert shown(terminal, tmp_path) == (wanted, wanted)
    for columns, rows, status in others:
        terminal.resize(columns, rows, status=status)
        terminal.wait(LAST_LINE)
        assert visitor.read_key().secret == phone.secret
        assert shown(terminal, tmp_path) == (wanted, wanted), (columns, rows, status)
    assert account_of(wanted) == f"Acme:{EMAIL}"
    assert Authenticator.reading(wanted).secret == phone.secret


@pytest.mark.parametrize(
    "colours",
    ["truecolor", *(pytest.param(depth, marks=pytest.mark.soak) for depth in ("16", "no colour"))],
)
def test_both_readers_read_it_in_every_theme(opens: Opens, tmp_path: Path, colours: str) -> None:
    """In one theme after the other, with a new key each time."""
    need("zbarimg")
    words = ["--color", "16"] if colours == "16" else []
    terminal = opens(*words, env=COLOURS[colours])
    visitor = Visitor(terminal)
    visitor.found()
    secrets = {visitor.read_key().secret}
    for theme in THEMES:
        terminal.press("Escape")
        terminal.wait("Your account|e Set up")
        terminal.press(":")
        terminal.wait("Go to, do, theme")
        terminal.type(f"theme: {theme}")
        terminal.press("Enter")
        terminal.gone("Go to, do, theme")
        visitor.open_tab("e Set up", steps=2)
        terminal.press("e")
        phone = visitor.read_key()
        wanted = f"otpauth://totp/Acme:{EMAIL}?secret={phone.secret}&issuer=Acme"
        assert shown(terminal, tmp_path) == (wanted, wanted), theme
        secrets.add(phone.secret)
    assert len(secrets) == 1 + len(THEMES)
