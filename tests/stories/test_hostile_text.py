"""Hostile text wherever foreign text comes from: shown inert, and no byte of it on the terminal."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.conftest import ROOT
from tests.tui.pty_rig import GRAMMAR, Rig

HOSTILE = {
    "markup": "[/red][bold]x[/] [@click=app.quit]y[/]",
    "title and clipboard": "a\x1b]0;owned\x07b\x1b]52;c;b3duZWQ=\x07c\x1b]8;;http://x\x1b\\d",
    "csi and c1": "a\x1b[2J\x1b[1;1Hb\x9b2Jc\x90q\x9cd\x00e\x7ff\x08\x0b\x0c",
    "bidi": "a\u202etxt.exe\u2066b\u2069\u200f\u061cc\u200b\u2060\ufeffd\U000e0041",
    "zalgo": "Z" + "\u0301\u0322\u0489" * 300,
    "ten thousand": "W" * 10_000,
}

FORBIDDEN = [
    *("\x1b]", "\x1bP", "\x9b", "\x90", "\x9d", "\x00", "\x07", "\x08", "\x0b", "\x0c", "\x7f"),
    *("\u202e", "\u2066", "\u2069", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\U000e0041"),
    *("\x1b[2J\x1b[1;1Hb", "\u0301" * 3),
]


def run(words: list[str], home: Path, **options: object) -> subprocess.CompletedProcess[str]:
    """One command of the program in a home of its own, without a terminal."""
    environment = {"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off", "PATH": "/usr/bin:/bin"}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [sys.executable, "-m", "strongroom", *words],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=False,
        **options,
    )


def credentials(folder: Path) -> dict[str, str]:
    """The owner's password and secret of a demo that was kept."""
    found = json.loads((folder / "credentials.json").read_text())
    people = found if isinstance(found, list) else found.get("people", [found])
    return next(person for person in people if person["email"] == "amir@acme.example")


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_stands_in_the_store_already_is_shown_inert(kind: str, tmp_path: Path) -> None:
    """Name, organisation, client, device, address and place, put into the rows by another program."""
    home = tmp_path / "home"
    assert run(["demo", "--keep", str(home)], tmp_path / "none").returncode == 0
    password = credentials(home)["password"]
    text = HOSTILE[kind]
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
        rig.read(0.5)
        rig.send(f"amir@acme.example\t{password}\r")
        rig.wait_for("Your account", seconds=30)
        rig.read(1)
        # Every room and tab; on the sessions one row, and what the program knows of it.
        for key in ("1", "]", "2", "]", "]", "]", "\r", "\x1b", "]"):
            rig.send(key)
            rig.read(1)
        rig.wait_for("events in 30 days", seconds=30)
        rig.send("?")
        rig.read(1)
        rig.send("\x1b")
        rig.read(0.5)
        rig.send("\x11")
        assert rig.exits() == 0
    assert "Sign out everywhere else" in rig.text()
    assert "events in 30 days" in rig.text()
    held_against_the_grammar(rig)


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_the_terminal_says_of_itself_is_shown_inert(kind: str, tmp_path: Path) -> None:
    """TERM_PROGRAM, LC_TERMINAL, SSH_CONNECTION and what is typed as an email."""
    home = tmp_path / "home"
    text = HOSTILE[kind].replace("\x00", "")
    environment = {
        "STRONGROOM_HOME": str(home),
        "STRONGROOM_BREACH_URL": "off",
        "TERM_PROGRAM": text,
        "TERM_PROGRAM_VERSION": text,
        "LC_TERMINAL": text,
        "LC_TERMINAL_VERSION": text,
        "SSH_CONNECTION": f"{text} 22 {text} 22",
    }
    made = run(
        [
            "admin",
            "init",
            "--org",
            "Acme",
            "--name",
            "Ada",
            "--email",
            "ada@acme.example",
            "--password-stdin",
        ],
        home,
        input="Lantern-Orchard 47 rivers\n",
    )
    assert made.returncode == 0, made.stderr
    with Rig("strongroom", environment=environment, size=(120, 40)) as rig:
        rig.wait_for("Forgot your password")
        rig.read(0.5)
        rig.send(b"\x1b[200~" + text.encode() + b"\x1b[201~")
        rig.read(0.5)
        rig.send("\x15ada@acme.example\tLantern-Orchard 47 rivers\r")
        rig.wait_for("Your account", seconds=30)
        rig.read(1)
        rig.send("1")
        rig.read(1)
        rig.send("\x11")
        assert rig.exits() == 0
    held_against_the_grammar(rig)


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("term", [True, False], ids=["TERM", "first account"])
def test_a_command_refuses_or_takes_it_without_repeating_it(kind: str, term: bool, tmp_path: Path) -> None:
    """As TERM, and as name, organisation and email of the first account."""
    text = HOSTILE[kind].replace("\x00", "")
    if term:
        with Rig("strongroom", environment={"STRONGROOM_HOME": str(tmp_path / "home"), "TERM": text}) as rig:
            rig.read(2)
            rig.send("\x11")
            rig.exits()
        held_against_the_grammar(rig)
        return
    for fields in (
        ("Acme", "Ada", text),
        ("Acme", text, "ada@acme.example"),
        (text, "Ada", "ada@acme.example"),
    ):
        words = [word for pair in zip(("--org", "--name", "--email"), fields, strict=True) for word in pair]
        done = run(
            ["admin", "init", *words, "--password-stdin"], tmp_path / "home", input="Lantern 47 rivers!\n"
        )
        said = done.stdout + done.stderr
        assert "Traceback" not in said
        assert not [bad for bad in FORBIDDEN if bad in said]


def held_against_the_grammar(rig: Rig) -> None:
    """Every byte that came is text, a colour, a move or a known mode; nothing of the hostile text."""
    seen = rig.seen
    assert GRAMMAR.fullmatch(seen), GRAMMAR.match(seen).end()  # type: ignore[union-attr]
    shown = seen.decode("utf-8", "replace")
    assert not [bad for bad in FORBIDDEN if bad in shown]
    assert b"Traceback" not in seen
