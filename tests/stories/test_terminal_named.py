"""A real terminal is called by its own name, also behind a real sshd, where only its answer tells it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.stories.conftest import Opens
from tests.stories.visitor import EMAIL, PASSWORD, Visitor
from tests.strongroom.running import init

OWNER = ("--org", "Acme", "--name", "Amir Haddad", "--email", EMAIL)


def test_tmux_is_named_with_its_version_at_either_door(door: Opens, home: Path) -> None:
    """Here tmux sets TERM_PROGRAM as well; through `ssh -t` only TERM comes along, and the answer."""
    assert init(home, owner=OWNER, password=PASSWORD + "\n").code == 0
    terminal = door()
    visitor = Visitor(terminal)
    visitor.give_password()
    terminal.wait("Your account")
    terminal.press("q")
    assert terminal.ended() == 0
    with closing(sqlite3.connect(home / "strongroom.db")) as store:
        client, source_ip = store.execute(
            "SELECT client, source_ip FROM sessions ORDER BY id DESC LIMIT 1"
        ).fetchone()
    name = client.removeprefix("OpenSSH, ")
    assert name.startswith("tmux ")
    assert name.removeprefix("tmux ")[0].isdecimal()
    assert (source_ip == "local") == (name == client)
