"""Draw the pictures of the README and of docs/: the real program in a real terminal. `make shots`.

Five screens in every theme at three sizes. Words that follow the folder choose among sizes and themes:
`python -m tests.stories.shots docs/pictures 80x24 light`.
"""

from __future__ import annotations

import re
import sys
import tempfile
import time
from itertools import product
from pathlib import Path

from rich.terminal_theme import TerminalTheme

from tests.stories.authenticator import Authenticator
from tests.stories.conftest import PROGRAM, ROOT
from tests.stories.picture import PAPER, XTERM, cells, draw, few_shades
from tests.stories.terminal import Terminal
from tests.stories.visitor import Visitor

SIZES = ("80x24", "120x40", "60x20")
THEMES = {"dark": XTERM, "light": XTERM, "high-contrast": XTERM, "terminal": PAPER}
"""The themes with the terminal that each is drawn in; only the last takes that one's colours."""


class Album:
    """The pictures of one theme at one size."""

    def __init__(self, folder: Path, theme: str, size: str) -> None:
        """Draw into the folder; the names end in theme and size."""
        self._folder = folder
        self.theme = theme
        """How the theme is called in the names of the files."""
        self.size = size
        """Columns and rows."""

    def shoot(self, terminal: Terminal, name: str) -> None:
        """Draw the screen as it stands."""
        colors: TerminalTheme = THEMES[self.theme]
        grid = cells(terminal.styled(), terminal.columns, terminal.rows, colors)
        path = self._folder / f"{name}-{self.theme}-{self.size}.png"
        few_shades(draw(grid), grid).save(path, optimize=True)
        print(path)


def choose_theme(terminal: Terminal, theme: str) -> None:
    """Choose a theme in the palette."""
    terminal.press(":")
    terminal.wait("What do you want to do")
    terminal.type(f"theme: {theme.replace('-', ' ')}")
    terminal.press("Enter")
    terminal.gone("What do you want to do")
    time.sleep(2)  # the colours are no text that could be waited for


def sign_in(terminal: Terminal) -> tuple[Authenticator, str]:
    """Sign in as the demo says; return the authenticator and the password."""
    screen = terminal.wait("Press Enter to open")
    secret = re.search(r"secret\s+([A-Z2-7]{32})", screen)
    password = re.search(r"Password\s+(\S.*)", screen)
    assert secret is not None
    assert password is not None
    phone, typed = Authenticator(secret[1]), password[1].strip()
    terminal.press("Enter")
    visitor = Visitor(terminal)
    visitor.give_password(typed)
    terminal.wait("Type the six digits")
    terminal.type(phone.code())
    terminal.wait("Your account")
    return phone, typed


def shoot_all(album: Album, terminal: Terminal) -> None:
    """Overview, sessions, activity; then two-factor anew: the wizard and the codes."""
    phone, password = sign_in(terminal)
    visitor = Visitor(terminal)
    choose_theme(terminal, album.theme)
    terminal.wait("Your account")
    album.shoot(terminal, "overview")
    visitor.open_sessions("live")
    terminal.press("Down")
    time.sleep(1)  # nor is the ground of the row
    album.shoot(terminal, "sessions")
    terminal.press("C-NPage")
    terminal.wait("events in 30 days")
    time.sleep(1)
    album.shoot(terminal, "activity")
    visitor.open_tab("backup codes remaining", steps=2)
    visitor.disable(phone, password)
    terminal.press("e")
    terminal.wait("step 2 of 4")
    fresh = visitor.read_key()
    album.shoot(terminal, "wizard")
    visitor.verify(fresh)
    terminal.wait(
        "(?s)I've Saved My Codes.*I've Saved My Codes"
    )  # the button and its key: laid out for the size
    album.shoot(terminal, "recovery-codes")


def main() -> None:
    """Draw the pictures into the folder that is named, and leave no other there where all are drawn."""
    folder, chosen = Path(sys.argv[1]), set(sys.argv[2:])
    unknown = chosen - {*SIZES, *THEMES}
    if unknown:
        raise SystemExit(f"Neither a size nor a theme: {', '.join(sorted(unknown))}")
    folder.mkdir(parents=True, exist_ok=True)
    began = time.time()
    sizes = [size for size in SIZES if size in chosen] or SIZES
    themes = [theme for theme in THEMES if theme in chosen] or THEMES
    for size, theme in product(sizes, themes):
        draw_one(Album(folder, theme, size))
    if not chosen:
        for picture in folder.glob("*.png"):
            if picture.stat().st_mtime < began - 1:
                picture.unlink()


def draw_one(album: Album) -> None:
    """Open the demo in a terminal of the album's size and draw its pictures."""
    columns, rows = (int(part) for part in album.size.split("x"))
    with tempfile.TemporaryDirectory() as home:
        where = {
            **{"STRONGROOM_HOME": home, "STRONGROOM_BREACH_URL": "off"},
            **{"PYTHONPATH": str(ROOT), "TZ": "UTC"},
        }
        with Terminal([*PROGRAM, "demo", "--sign-in"], columns=columns, rows=rows, env=where) as terminal:
            shoot_all(album, terminal)


if __name__ == "__main__":
    main()
