"""`strongroom admin move` as an operator sees it: words, exit codes, the bar, and going on after a cut."""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from store.store import open_store
from strongroom.exits import ExitCode
from tests import postgresql
from tests.strongroom.running import environment_of, strongroom

MANY = 30_000
"""Rows that take a moment to move."""


@pytest.fixture
def target() -> Iterator[str]:
    """A database on a server where no store is."""
    with postgresql.new_database() as url:
        yield url


def store_of(home: Path) -> str:
    """The address of the store of a home."""
    return f"sqlite://{home / 'strongroom.db'}"


def swell(url: str) -> None:
    """Put many rows into a store."""

    async def write() -> None:
        store = await open_store(url)
        at = 1_700_000_000_000_000
        async with store.read() as tx:
            account = (await tx.fetch("SELECT id FROM accounts"))[0]["id"]
        from store.ids import new_id
        from store.times import from_micros

        async with store.write(new_id(from_micros(at)), from_micros(at)) as tx:
            await tx.execute(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :many)"
                " INSERT INTO outbox (id, account_id, address, kind, facts, created_at)"
                " SELECT 'mail ' || i, :account, 'ada@harbour.example', 'new_device', '{}', i FROM n",
                many=MANY,
                account=str(account),
            )
        await store.close()

    asyncio.run(write())


def test_a_store_goes_to_a_server_and_back(founded: Path, target: str) -> None:
    there = strongroom(founded, "admin", "move", "--to", target)
    assert there.code == ExitCode.DONE, there.err
    assert re.search(r"accounts +1 rows  sha256 [0-9a-f]{64}", there.out)
    assert f'store = "{target}"' in there.out
    assert f"The same keys go with the store: {founded / 'keys.json'}" in there.out
    assert "Copying" in there.err
    assert "Comparing" in there.err
    assert strongroom(founded, "audit", "verify", "--store", target).code == ExitCode.DONE
    back = f"sqlite://{founded / 'back' / 'strongroom.db'}"
    keys = ("--keys", str(founded / "keys.json"))
    again = strongroom(founded, "admin", "move", "--from", target, "--to", back, *keys)
    assert again.code == ExitCode.DONE, again.err
    assert strongroom(founded, "audit", "verify", "--store", back, *keys).code == ExitCode.DONE


def test_what_has_moved_is_frozen_and_moves_no_more(founded: Path, target: str) -> None:
    assert strongroom(founded, "admin", "move", "--to", target).code == ExitCode.DONE
    keys = (founded / "keys.json").read_bytes()
    refused = strongroom(founded, "admin", "keys", "rotate", "--purpose", "names")
    assert refused.code == ExitCode.UNAVAILABLE
    assert "has moved to" in refused.err
    assert (founded / "keys.json").read_bytes() == keys
    for more in ((), ("--cancel",)):
        refused = strongroom(founded, "admin", "move", "--to", target, *more)
        assert refused.code == ExitCode.CONFLICT
        assert "has moved to" in refused.err
        assert "Without --to" not in refused.err


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((), "Say where to"),
        (("--to", "postgresql://ada:Copper7@host/strongroom"), "holds a password"),
        (("--to", "mysql://host/strongroom"), "--to"),
        (("--to", "sqlite://relative.db"), "--to"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(founded: Path, given: tuple[str, ...], says: str) -> None:
    ended = strongroom(founded, "admin", "move", *given)
    assert ended.code == ExitCode.USAGE
    assert says in ended.err
    assert "Copper7" not in ended.err


def test_the_place_where_the_store_is_already_is_refused(founded: Path) -> None:
    ended = strongroom(founded, "admin", "move", "--to", store_of(founded))
    assert ended.code == ExitCode.USAGE
    assert "already" in ended.err


def test_a_place_with_a_store_is_a_conflict(founded: Path, target: str) -> None:
    assert strongroom(founded, "admin", "move", "--to", target).code == ExitCode.DONE
    other = f"sqlite://{founded / 'other' / 'strongroom.db'}"
    keys = ("--keys", str(founded / "keys.json"))
    assert strongroom(founded, "admin", "move", "--from", target, "--to", other, *keys).code == ExitCode.DONE
    ended = strongroom(founded, "admin", "move", "--from", other, "--to", target, *keys)
    assert ended.code == ExitCode.CONFLICT
    assert "Nothing was changed" in ended.err


def test_a_database_that_is_not_there_leaves_the_store_open(founded: Path, target: str) -> None:
    gone = re.sub(r"/t[0-9_]+\?", "/nowhere?", target)
    ended = strongroom(founded, "admin", "move", "--to", gone)
    assert ended.code == ExitCode.UNAVAILABLE
    assert "frozen" not in ended.err
    assert strongroom(founded, "admin", "keys", "rotate", "--purpose", "names").code == ExitCode.DONE


def test_a_store_of_a_newer_program_is_not_moved(founded: Path, target: str) -> None:
    import sqlite3

    with sqlite3.connect(founded / "strongroom.db") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    ended = strongroom(founded, "admin", "move", "--to", target)
    assert ended.code == ExitCode.UNAVAILABLE
    assert "Install the newer Strongroom" in ended.err


def begin(home: Path, target: str, *more: str) -> pexpect.spawn[bytes]:
    """Begin a move in a terminal."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "strongroom", "admin", "move", "--to", target, *more],
        env=environment_of(home),
        cwd=str(home),
        dimensions=(24, 100),
        timeout=60,
    )


def ended(move: pexpect.spawn[bytes]) -> int:
    """Wait for the end and give the exit code."""
    move.expect(pexpect.EOF)
    move.close()
    return int(move.exitstatus) if move.exitstatus is not None else -int(move.signalstatus)


def test_a_terminal_shows_a_bar_with_table_and_rows(founded: Path, target: str) -> None:
    swell(store_of(founded))
    move = begin(founded, target)
    move.expect(rb"Copying outbox.*[0-9]+/30[0-9]{3}")
    move.expect(rb"Comparing")
    move.expect(rb"Moved to")
    assert b"\x1b[?25h" in move.before  # the cursor is back
    assert ended(move) == ExitCode.DONE


@pytest.mark.parametrize(
    ("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_a_move_that_goes_on(founded: Path, target: str, sent: int, code: int) -> None:
    swell(store_of(founded))
    move = begin(founded, target)
    move.expect(rb"Copying outbox")
    move.kill(sent)
    move.expect(rb"To go on: strongroom admin move --to [^\r]*")
    assert ended(move) == code
    again = strongroom(founded, "admin", "move", "--to", target)
    assert again.code == ExitCode.DONE, again.err
    assert re.search(rf"outbox +{MANY} rows", again.out)


def test_a_move_that_was_cut_off_is_given_up(founded: Path, target: str) -> None:
    swell(store_of(founded))
    move = begin(founded, target)
    move.expect(rb"Copying outbox")
    move.kill(signal.SIGKILL)
    assert ended(move) == -signal.SIGKILL
    refused = strongroom(founded, "admin", "keys", "rotate", "--purpose", "names")
    assert "is being moved to" in refused.err
    unfinished = strongroom(founded, "audit", "verify", "--store", target)
    assert unfinished.code == ExitCode.UNAVAILABLE
    assert "--cancel" in unfinished.err
    elsewhere = strongroom(
        founded, "admin", "move", "--to", f"sqlite://{founded / 'other' / 'strongroom.db'}"
    )
    assert elsewhere.code == ExitCode.CONFLICT
    assert "give it up with --cancel" in elsewhere.err
    assert "To go on" not in elsewhere.err
    given_up = strongroom(founded, "admin", "move", "--to", target, "--cancel")
    assert given_up.code == ExitCode.DONE, given_up.err
    assert "can be written again" in given_up.out
    assert strongroom(founded, "admin", "keys", "rotate", "--purpose", "names").code == ExitCode.DONE
    assert strongroom(founded, "admin", "move", "--to", target).code == ExitCode.DONE
