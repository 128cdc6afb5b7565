"""Hostile text wherever foreign text comes from: shown inert, and no byte of it on the terminal."""

from __future__ import annotations

import json
import sqlite3
import time
from pathlib import Path

import pytest

from tests.strongroom.running import PASSWORD, init, strongroom
from tests.tui.pty_rig import GRAMMAR, Rig

HOSTILE = {
    "markup": "[/red][bold]x[/] [@click=app.quit]y[/]",
    "title and clipboard": "a\x1b]0;owned\x07b\x1b]52;c;b3duZWQ=\x07c\x1b]8;;http://x\x1b\\d",
    "csi and c1": "a\x1b[2J\x1b[1;1Hb\x9b2Jc\x90q\x9cd\x00e\x7ff\x08\x0b\x0c",
    "bidi": "a\u202etxt.exe\u2066b\u2069\u200f\u061cc\u200b\u2060\ufeffd\U000e0041",
    "zalgo": "Z" + "\u0301\u0322\u0489" * 300,
    "ten thousand": "W" * 10_000,
}

AT_ONCE = {
    "signs": "a\x1b]0;o\x07\x9b2J\x90q\x9c\u202e\u2066[/red][@click=app.quit]y[/]"
    + "".join(HOSTILE[kind] for kind in ("markup", "title and clipboard", "csi and c1", "bidi")),
    "lengths": HOSTILE["zalgo"] + HOSTILE["ten thousand"],
}
"""All of them in two texts; what is worst comes first, so that it stands in the narrowest column too."""

VISITS = [*AT_ONCE, *(pytest.param(kind, marks=pytest.mark.soak) for kind in HOSTILE)]
"""Each of them alone is for `make soak`: a visit costs seconds."""

TEXTS = HOSTILE | AT_ONCE

FORBIDDEN = [
    *("\x1b]", "\x1bP", "\x9b", "\x90", "\x9d", "\x00", "\x07", "\x08", "\x0b", "\x0c", "\x7f"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\U000e0041"),
    *("\x1b[2J\x1b[1;1Hb", "\u0301" * 3),
]


def credentials(folder: Path) -> dict[str, str]:
    """The owner's password and secret of a demo that was kept."""
    found = json.loads((folder / "credentials.json").read_text())
    people = found if isinstance(found, list) else found.get("people", [found])
    return next(person for person in people if person["email"] == "amir@acme.example")


def settle(rig: Rig) -> None:
    """Read until nothing more comes."""
    before = -1
    while len(rig.seen) != before:
        before = len(rig.seen)
        rig.read(0.5)


def press(rig: Rig, keys: str | bytes) -> None:
    """Type, and wait until that is on the screen."""
    rig.read(0)
    before, end = len(rig.seen), time.monotonic() + 30
    rig.send(keys)
    while len(rig.seen) == before:
        assert time.monotonic() < end, f"nothing came of {keys!r}"
        rig.read(0.1)
    settle(rig)


@pytest.mark.parametrize("kind", VISITS)
def test_what_stands_in_the_store_already_is_shown_inert(kind: str, tmp_path: Path) -> None:
    """Name, organisation, client, device, address and place, put into the rows by another program."""
    home = tmp_path / "home"
    tmp_path.chmod(0o700)
    assert strongroom(tmp_path, "demo", "--keep", str(home)).code == 0
    password = credentials(home)["password"]
    text = TEXTS[kind]
    with sqlite3.connect(home / "strongroom.db") as store:
        store.execute("UPDATE organisations SET name = ?, short_name = ?", (text, text[:10]))
        store.execute("UPDATE accounts SET name = ?", (text,))
        store.execute("DELETE FROM totp_secrets")
        store.execute("UPDATE sessions SET client = ?, source_ip = ?, city = ?, country = ?", (text,) * 4)
        store.execute("UPDATE devices SET name = ?, client = ?", (text,) * 2)
    store.close()
    environment = {"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off"}
    with Rig("strongroom", environment=environment, size=(120, 40)) as rig:
        rig.wait_for("Forgot your password")
        settle(rig)
        rig.send(f"amir@acme.example\t{password}\r")
        rig.wait_for("Your account", seconds=30)
        settle(rig)
        # Every room and tab; on the sessions one row, and what the program knows of it.
        for key in ("1", "]", "2", "]", "]", "]", "\r", "\x1b", "]"):
            press(rig, key)
        rig.wait_for("events in 30 days", seconds=30)
        press(rig, "?")
        press(rig, "\x1b")
        rig.send("\x11")
        assert rig.exits() == 0
    assert "Sign out everywhere else" in rig.text()
    assert "events in 30 days" in rig.text()
    held_against_the_grammar(rig)


@pytest.mark.parametrize("kind", VISITS)
def test_what_the_terminal_says_of_itself_is_shown_inert(kind: str, tmp_path: Path) -> None:
    """TERM_PROGRAM, LC_TERMINAL, SSH_CONNECTION and what is typed as an email."""
    home = tmp_path / "home"
    text = TEXTS[kind].replace("\x00", "")
    environment = {
        "STRONGROOM_HOME": str(home),
        "STRONGROOM_BREACH_URL": "off",
        "TERM_PROGRAM": text,
        "TERM_PROGRAM_VERSION": text,
        "LC_TERMINAL": text,
        "LC_TERMINAL_VERSION": text,
        "SSH_CONNECTION": f"{text} 22 {text} 22",
    }
    home.mkdir(mode=0o700)
    assert init(home, owner=("--org", "Acme", "--name", "Ada", "--email", "ada@acme.example")).code == 0
    with Rig("strongroom", environment=environment, size=(120, 40)) as rig:
        rig.wait_for("Forgot your password")
        settle(rig)
        press(rig, b"\x1b[200~" + text.encode() + b"\x1b[201~")
        rig.send(f"\x15ada@acme.example\t{PASSWORD}\r")
        rig.wait_for("Your account", seconds=30)
        settle(rig)
        press(rig, "1")
        rig.send("\x11")
        assert rig.exits() == 0
    held_against_the_grammar(rig)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_name_of_a_terminal_is_not_repeated(kind: str, tmp_path: Path) -> None:
    text = HOSTILE[kind].replace("\x00", "")
    with Rig("strongroom", environment={"STRONGROOM_HOME": str(tmp_path / "home"), "TERM": text}) as rig:
        while not rig.seen and rig.process.poll() is None:
            rig.read(0.1)
        settle(rig)
        rig.send("\x11")
        rig.exits()
    held_against_the_grammar(rig)


def test_a_first_account_refuses_or_takes_it_without_repeating_it(tmp_path: Path) -> None:
    """As name, organisation and email."""
    tmp_path.chmod(0o700)
    for text in (hostile.replace("\x00", "") for hostile in HOSTILE.values()):
        for fields in (
            ("Acme", "Ada", text),
            ("Acme", text, "ada@acme.example"),
            (text, "Ada", "ada@acme.example"),
        ):
            words = [
                word for pair in zip(("--org", "--name", "--email"), fields, strict=True) for word in pair
            ]
            done = strongroom(
                tmp_path, "admin", "init", *words, "--password-stdin", given="Lantern 47 rivers!\n"
            )
            said = done.out + done.err
            assert said
            assert not [bad for bad in FORBIDDEN if bad in said]


def held_against_the_grammar(rig: Rig) -> None:
    """Every byte that came is text, a colour, a move or a known mode; nothing of the hostile text."""
    seen = rig.seen
    assert GRAMMAR.fullmatch(seen), GRAMMAR.match(seen).end()  # type: ignore[union-attr]
    shown = seen.decode("utf-8", "replace")
    assert not [bad for bad in FORBIDDEN if bad in shown]
    assert b"Traceback" not in seen
