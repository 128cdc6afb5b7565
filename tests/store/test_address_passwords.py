"""A password that the URL does not hold comes from PGPASSWORD or from a file that is private."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest

from store.errors import BadPermissions, StoreError, Unavailable
from store.postgresql.address import address_of
from store.postgresql.hosts import Host
from store.postgresql.passwords import entries, password_for
from tests import postgresql
from tests.postgresql import SealedServer
from tests.store.impostors import answering

pytestmark = pytest.mark.xdist_group("passwords")  # so that one worker makes the server

PASSWORD = "Zq7x:\\@/é"
"""What the guest proves who it is with."""


@pytest.fixture(scope="module")
def server() -> Iterator[SealedServer]:
    """A server that lets a guest in by a password, over TLS."""
    server, _ = postgresql.new_sealed_server()
    server.sql(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    yield server
    postgresql.discard(server)


def url_of(server: SealedServer, password: str | None = None, **named: object) -> str:
    """The URL of the guest."""
    login = "guest" if password is None else f"guest:{quote(password, safe='')}"
    more = "".join(f"&{name}={quote(str(value))}" for name, value in named.items())
    return (
        f"postgresql://{login}@127.0.0.1:{server.port}/postgres"
        f"?sslmode=verify-full&sslrootcert={server.authority}{more}"
    )


async def who(url: str) -> str:
    """Connect, and tell as whom."""
    connection = await address_of(url).connect()
    name = await connection.fetchval("SELECT current_user")
    await connection.close()
    return str(name)


def private(path: Path, *lines: str, mode: int = 0o600) -> Path:
    """Write a password file."""
    path.write_text("\n".join(lines))
    path.chmod(mode)
    return path


def escaped(text: str) -> str:
    """Write a value as a password file has it."""
    return text.replace("\\", "\\\\").replace(":", "\\:")


async def test_the_password_is_the_urls_before_all_others(
    server: SealedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPASSWORD", "wrong")
    assert await who(url_of(server, PASSWORD)) == "guest"


async def test_else_it_is_that_of_the_environment(
    server: SealedServer, monkeypatch: pytest.MonkeyPatch, own_home: Path
) -> None:
    private(own_home / ".pgpass", "*:*:*:*:wrong")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert await who(url_of(server)) == "guest"


async def test_else_it_stands_in_the_password_file_of_the_home(server: SealedServer, own_home: Path) -> None:
    private(own_home / ".pgpass", "# ours", f"127.0.0.1:{server.port}:postgres:guest:{escaped(PASSWORD)}")
    assert await who(url_of(server)) == "guest"


async def test_or_in_one_that_is_named(
    server: SealedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, own_home: Path
) -> None:
    private(own_home / ".pgpass", "*:*:*:*:wrong")
    right = private(tmp_path / "our pass", f"*:*:*:*:{escaped(PASSWORD)}")
    monkeypatch.setenv("PGPASSFILE", str(right))
    assert await who(url_of(server)) == "guest"
    monkeypatch.setenv("PGPASSFILE", str(own_home / ".pgpass"))
    assert await who(url_of(server, passfile=right)) == "guest"


async def test_without_any_password_it_is_said_where_one_is_looked_for(server: SealedServer) -> None:
    address = address_of(url_of(server))
    with pytest.raises(BadPermissions) as refusal:
        await address.connect()
    assert str(refusal.value) == (
        f"The server of the store {address.place} wants a password for this user, and there is none."
        " Write it into ~/.pgpass, with the mode 0600."
    )


async def test_a_wrong_password_is_refused_and_told_nowhere(server: SealedServer) -> None:
    address = address_of(url_of(server, "Zq7xZq7x"))
    with pytest.raises(asyncpg.InvalidPasswordError) as refusal:
        await address.connect()
    assert "Zq7x" not in f"{refusal.value} {refusal.value!r} {address!r}"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o601])
def test_a_password_file_that_others_can_touch_is_refused(own_home: Path, mode: int) -> None:
    path = private(own_home / ".pgpass", "*:*:*:*:Zq7x", mode=mode)
    with pytest.raises(BadPermissions) as refusal:
        entries({})
    assert str(refusal.value) == (
        f"The password file {path} can be read or changed by others. Mend it with: chmod 600 {path}"
    )


async def test_a_server_is_not_even_asked_with_such_a_file(own_home: Path) -> None:
    private(own_home / ".pgpass", "*:*:*:*:Zq7x", mode=0o644)
    async with answering(None) as impostor:
        with pytest.raises(BadPermissions):
            await address_of(f"postgresql://ann@127.0.0.1:{impostor.port}/kept").connect()
        assert impostor.heard == []


def test_a_missing_file_holds_no_password_and_one_that_was_named_is_missed(tmp_path: Path) -> None:
    assert entries({}) == []
    with pytest.raises(Unavailable) as refusal:
        entries({"passfile": str(tmp_path / "none")})
    assert str(refusal.value) == f"There is no password file {tmp_path}/none."


def test_what_is_no_file_is_no_password_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path, words in ((tmp_path / "pipe", "is not a file."), (tmp_path, "is not a file.")):
        with pytest.raises(Unavailable) as refusal:
            entries({"passfile": str(path)})
        assert str(refusal.value) == f"The password file {path} {words}"
    (tmp_path / "bytes").touch(0o600)
    (tmp_path / "bytes").write_bytes(b"*:*:*:*:Zq7x\xff")
    with pytest.raises(StoreError) as refusal_of_bytes:
        entries({"passfile": str(tmp_path / "bytes")})
    assert str(refusal_of_bytes.value) == f"The password file {tmp_path}/bytes is not UTF-8 text."


@pytest.mark.parametrize(
    ("line", "password"),
    [
        ("h:5432:kept:ann:Zq7x", "Zq7x"),
        ("*:*:*:*:Zq7x", "Zq7x"),
        ("h:*:kept:*:Zq7x:what follows", "Zq7x"),
        ("h:5432:kept:ann:a\\:b\\\\c", "a:b\\c"),
        ("h:5432:kept:ann:a b\r", "a b"),
        ("h:5433:kept:ann:Zq7x", ""),
        ("g:5432:kept:ann:Zq7x", ""),
        ("h:5432:other:ann:Zq7x", ""),
        ("h:5432:kept:bob:Zq7x", ""),
        ("\\*:*:*:*:Zq7x", ""),
        ("#*:*:*:*:Zq7x", ""),
        ("h:5432:kept:Zq7x", ""),
        ("", ""),
    ],
)
def test_a_line_is_read_as_libpq_reads_it(tmp_path: Path, line: str, password: str) -> None:
    named = {"passfile": str(private(tmp_path / "pass", "x:1:y:z:other", line))}
    assert password_for(Host("h", 5432), "kept", "ann", entries(named)) == password


def test_a_socket_file_goes_by_its_directory_and_the_usual_ones_by_localhost(tmp_path: Path) -> None:
    listed = entries({"passfile": str(private(tmp_path / "pass", "/own:*:*:*:one", "localhost:*:*:*:two"))})
    assert password_for(Host("/own", 5432), "kept", "ann", listed) == "one"
    assert password_for(Host("/run/postgresql", 5432), "kept", "ann", listed) == "two"
    assert password_for(Host("/elsewhere", 5432), "kept", "ann", listed) == ""
