"""A terminal that says what it is: asked for, believed within bounds, and never taken for keys."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.security.city_files import write_city_file
from tests.strongroom.running import PASSWORD
from tests.tui.pty_rig import GRAMMAR, Rig

QUESTION = b"\x1b[>q"
ANSWER = "\x1bP>|kitty(0.35.2)\x1b\\"
EMAIL = "ada@harbour.example"


def begun(home: Path, **more: str) -> Rig:
    """The program at its sign-in screen, in a terminal."""
    environment = {"STRONGROOM_HOME": str(home), "STRONGROOM_BREACH_URL": "off", **more}
    rig = Rig("strongroom", environment=environment)
    rig.wait_for("Forgot your password")
    rig.read(0.3)
    return rig


def sign_in(rig: Rig, keys: str = f"{EMAIL}\t{PASSWORD}\r") -> None:
    """Type these keys, which sign the owner in, and leave the program."""
    rig.send(keys)
    rig.wait_for("Your account", seconds=30)
    rig.read(0.3)
    rig.send("\x11")
    assert rig.exits() == 0
    assert GRAMMAR.fullmatch(rig.seen)


def newest(home: Path, columns: str = "client") -> tuple[str | None, ...]:
    """What stands in the row of the session that began last."""
    with closing(sqlite3.connect(home / "strongroom.db")) as store:
        found: tuple[str | None, ...] = store.execute(
            f"SELECT {columns} FROM sessions ORDER BY id DESC LIMIT 1"  # noqa: S608
        ).fetchone()
    return found


def test_the_session_is_called_by_what_the_terminal_answers(founded: Path) -> None:
    with begun(founded) as rig:
        assert rig.seen.count(QUESTION) == 1
        rig.send(ANSWER)
        sign_in(rig)
    assert newest(founded) == ("kitty 0.35.2",)


def test_over_ssh_the_connection_is_named_too(founded: Path) -> None:
    with begun(founded, SSH_CONNECTION="203.0.113.7 51000 10.0.0.1 22") as rig:
        rig.send(ANSWER)
        sign_in(rig)
    assert newest(founded, "client, source_ip") == ("OpenSSH, kitty 0.35.2", "203.0.113.7")


def test_an_answer_counts_more_than_the_environment(founded: Path) -> None:
    with begun(founded, TERM_PROGRAM="tmux", TERM_PROGRAM_VERSION="3.4") as rig:
        rig.send(ANSWER)
        sign_in(rig)
    assert newest(founded) == ("kitty 0.35.2",)


def test_without_an_answer_the_environment_says_what_it_is(founded: Path) -> None:
    with begun(founded, TERM_PROGRAM="iTerm.app", TERM_PROGRAM_VERSION="3.5.4") as rig:
        sign_in(rig)
    assert newest(founded) == ("iTerm2 3.5.4",)


@pytest.mark.parametrize("term", ["linux", "screen-256color", pytest.param("vt220", marks=pytest.mark.soak)])
def test_a_terminal_that_might_print_the_question_is_not_asked(founded: Path, term: str) -> None:
    with begun(founded, TERM=term) as rig:
        assert QUESTION not in rig.seen
        sign_in(rig)
    assert newest(founded)[0] in (term, "screen")


def test_an_answer_that_comes_while_somebody_types_changes_nothing_of_it(founded: Path) -> None:
    with begun(founded) as rig:
        sign_in(rig, f"{EMAIL[:5]}{ANSWER}{EMAIL[5:]}\t{PASSWORD[:3]}{ANSWER}{PASSWORD[3:]}\r")
    assert newest(founded) == ("kitty 0.35.2",)


HOSTILE = {
    "title": "\x1bP>|evil\x1b]0;owned\x07(1)\x1b\\",
    "markup": "\x1bP>|[/red][@click=app.quit]x[/](1)\x1b\\",
    "controls": "\x1bP>|a\x9b2J\x00\x08(1)\x1b\\",
    "bidi": "\x1bP>|\u202eevil(1)\x1b\\",
    "somebody else": "\x1bP>|OpenSSH, kitty(1)\x1b\\",
    "ten thousand": "\x1bP>|" + "W" * 10_000 + "(1)\x1b\\",
    "several": "\x1bP>|\x1b\\" * 50,
}


@pytest.mark.parametrize(
    "kinds", [[*HOSTILE], *(pytest.param([kind], marks=pytest.mark.soak) for kind in HOSTILE)]
)
def test_a_hostile_answer_is_inert(founded: Path, kinds: list[str]) -> None:
    """All of them, one after the other; each alone is for `make soak`."""
    with begun(founded) as rig:
        for kind in kinds:
            rig.send(HOSTILE[kind])
            rig.read(0.5)
            # What follows an answer that broke off is keys, as it was before: they are taken back.
            rig.send("\x15")
        sign_in(rig)
        shown = rig.seen.decode("utf-8", "replace")
    assert newest(founded) == ("xterm-256color",)
    assert not [bad for bad in ("\x1b]", "\x1bP", "\x9b", "\x00", "\x07", "\u202e") if bad in shown]


def test_an_answer_without_an_end_gives_the_keys_back(founded: Path) -> None:
    with begun(founded) as rig:
        rig.send("\x1bP>|kitty(0.35.2)")
        rig.read(2.5)
        sign_in(rig)
    assert newest(founded) == ("xterm-256color",)


def test_the_place_of_a_session_comes_from_the_city_file(founded: Path) -> None:
    city = write_city_file(founded / "city.mmdb")
    remote = {"SSH_CONNECTION": "203.0.113.7 51000 10.0.0.1 22", "STRONGROOM_PLACE_FILE": str(city)}
    with begun(founded, **remote) as rig:
        sign_in(rig)
    assert newest(founded, "city, country") == ("Oslo", "Norway")


@pytest.mark.parametrize(
    "spoil", ["cut", "pipe", *(pytest.param(spoil, marks=pytest.mark.soak) for spoil in ("none", "other"))]
)
def test_a_city_file_that_is_of_no_use_keeps_nobody_out(founded: Path, spoil: str) -> None:
    city = founded / "city.mmdb"
    match spoil:
        case "cut":
            write_city_file(city)
            os.truncate(city, 300)
        case "pipe":
            os.mkfifo(city)
        case "other":
            write_city_file(city, {"203.0.113.0/24": {"autonomous_system_number": 1}}, kind="GeoLite2-ASN")
    remote = {"SSH_CONNECTION": "203.0.113.7 51000 10.0.0.1 22", "STRONGROOM_PLACE_FILE": str(city)}
    with begun(founded, **remote) as rig:
        sign_in(rig)
    assert newest(founded, "city, country") == (None, None)


def test_hostile_names_in_a_city_file_do_not_reach_the_terminal(founded: Path) -> None:
    evil = "Os\x1b]0;owned\x07\x1b[2J\x9b2Jlo\u202e[/red]"
    record = {"city": {"names": {"en": evil}}, "country": {"names": {"en": evil}}}
    city = write_city_file(founded / "city.mmdb", {"203.0.113.0/24": record})
    remote = {"SSH_CONNECTION": "203.0.113.7 51000 10.0.0.1 22", "STRONGROOM_PLACE_FILE": str(city)}
    with begun(founded, **remote) as rig:
        rig.send(f"{EMAIL}\t{PASSWORD}\r")
        rig.wait_for("Your account", seconds=30)
        for key in ("]", "]", "]", "1"):
            rig.send(key)
            rig.read(0.7)
        rig.send("\x11")
        assert rig.exits() == 0
        assert GRAMMAR.fullmatch(rig.seen)
    assert not set(newest(founded, "city")[0] or "") & set("\x1b\x07\x9b\u202e")
