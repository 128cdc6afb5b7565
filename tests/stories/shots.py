"""Draw the pictures of the README and of docs/: the real program in a real terminal. `make shots`."""

from __future__ import annotations

import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.stories.authenticator import Authenticator
from tests.stories.conftest import PROGRAM, ROOT
from tests.stories.picture import cells, draw
from tests.stories.terminal import Terminal
from tests.stories.visitor import Visitor

SIZES = ((80, 24), (120, 40), (60, 20))
THEMES = ("dark", "light")


class Album:
    """The pictures of one size and one theme."""

    def __init__(self, folder: Path, theme: str, columns: int, rows: int) -> None:
        """Draw into the folder; the names end in theme and size."""
        self._folder = folder
        self._theme = theme
        self._size = f"{columns}x{rows}"

    def shoot(self, terminal: Terminal, name: str) -> None:
        """Draw the screen as it stands."""
        picture = draw(cells(terminal.styled(), terminal.columns, terminal.rows))
        path = self._folder / f"{name}-{self._theme}-{self._size}.png"
        picture.quantize(64).save(path, optimize=True)
        print(path)


def open_demo(home: str, columns: int, rows: int, *words: str) -> Terminal:
    """The demo in a terminal of that size."""
    where = {"STRONGROOM_HOME": home, "STRONGROOM_BREACH_URL": "off", "PYTHONPATH": str(ROOT), "TZ": "UTC"}
    return Terminal([*PROGRAM, "demo", *words], columns=columns, rows=rows, env=where)


def choose_theme(terminal: Terminal, theme: str) -> None:
    """Choose a theme in the palette."""
    terminal.press(":")
    terminal.wait("Type a part of its name")
    terminal.type(f"strongroom-{theme}")
    terminal.press("Enter")
    terminal.gone("Type a part of its name")
    time.sleep(2)  # the colours are no text that could be waited for


def inside(album: Album, terminal: Terminal) -> None:
    """The rooms, the help and the palette."""
    visitor = Visitor(terminal)
    album.shoot(terminal, "overview")
    terminal.press("1")
    terminal.wait("who you are")
    album.shoot(terminal, "general")
    visitor.open_tab("Confirm new password", steps=1)
    visitor.fill_passwords("", "Copper-Lantern 58 orchard")
    album.shoot(terminal, "password")
    terminal.press("Escape")
    terminal.wait("Your account")
    visitor.open_tab("backup codes remaining", steps=2)
    album.shoot(terminal, "two-factor")
    visitor.open_sessions("live")
    terminal.press("Down")
    time.sleep(0.5)
    album.shoot(terminal, "sessions")
    terminal.press("?")
    terminal.wait("Search the keys")
    album.shoot(terminal, "help")
    terminal.press("Escape")
    terminal.wait("Sign out everywhere else")
    terminal.press("Down", "Enter")
    time.sleep(1)
    album.shoot(terminal, "session-details")
    terminal.press("Escape")
    terminal.gone("Name this device")
    terminal.press("x")
    terminal.wait("Revoke this session")
    album.shoot(terminal, "revoke")
    terminal.press("Escape")
    terminal.gone("Revoke this session")
    terminal.press("C-NPage")
    terminal.wait("events in 30 days")
    time.sleep(0.5)
    album.shoot(terminal, "activity")


def around(album: Album, terminal: Terminal) -> None:
    """Sign-in in two steps, disabling, the wizard and the codes."""
    screen = terminal.wait("Press Enter to open")
    secret = re.search(r"secret\s+([A-Z2-7]{32})", screen)
    password = re.search(r"Password\s+(\S.*)", screen)
    assert secret is not None
    assert password is not None
    phone, typed = Authenticator(secret[1]), password[1].strip()
    terminal.press("Enter")
    visitor = Visitor(terminal)
    terminal.wait("Forgot your password")
    album.shoot(terminal, "sign-in")
    visitor.give_password(typed)
    terminal.wait("Type the six digits")
    album.shoot(terminal, "second-step")
    terminal.type(phone.code())
    terminal.wait("Your account")
    choose_theme(terminal, album._theme)
    visitor.open_tab("backup codes remaining", steps=2)
    visitor.disable(phone, typed)
    album.shoot(terminal, "two-factor-off")
    terminal.press("e")
    terminal.wait("step 2 of 4")
    fresh = visitor.read_key() if terminal.columns >= 80 else None
    album.shoot(terminal, "wizard")
    if fresh is not None:
        visitor.verify(fresh)
        album.shoot(terminal, "recovery-codes")


def main() -> None:
    """Draw every picture into the folder that is named, at the sizes that follow it or at all."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    scenes: list[tuple[Callable[[Album, Terminal], None], tuple[str, ...]]] = [
        (inside, ()),
        (around, ("--sign-in",)),
    ]
    chosen = [size for size in SIZES if not sys.argv[2:] or f"{size[0]}x{size[1]}" in sys.argv[2:]]
    for columns, rows in chosen:
        for theme in THEMES:
            album = Album(folder, theme, columns, rows)
            for scene, words in scenes:
                with (
                    tempfile.TemporaryDirectory() as home,
                    open_demo(home, columns, rows, *words) as terminal,
                ):
                    if scene is inside:
                        terminal.wait("Your account")
                        choose_theme(terminal, theme)
                        terminal.wait("Your account")
                    scene(album, terminal)


if __name__ == "__main__":
    main()
