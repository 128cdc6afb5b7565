"""Over a network a server proves who it is, and what is said of one that cannot (R108)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
from cryptography.hazmat.primitives import serialization

from store import facts
from store.errors import BadPermissions, Unavailable
from store.postgresql.address import Address, address_of
from store.store import open_store
from tests import postgresql
from tests.postgresql import Authority, Pair, SealedServer
from tests.store.impostors import SSL_REQUEST, answering
from tests.store.samples import writing

pytestmark = pytest.mark.xdist_group("tls")  # so that one worker makes the server

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def sealed() -> Iterator[tuple[SealedServer, Authority]]:
    """Debian's PostgreSQL with TLS, and who vouches for it."""
    server, authority = postgresql.new_sealed_server()
    yield server, authority
    postgresql.discard(server)


@pytest.fixture
def server(sealed: tuple[SealedServer, Authority]) -> Iterator[SealedServer]:
    """The same, with the right certificate before and after the test."""
    server = sealed[0]
    right = Pair(server.directory / "server.crt", server.directory / "server.key")
    yield server
    server.show(right)


@pytest.fixture
def authority(sealed: tuple[SealedServer, Authority]) -> Authority:
    """Who vouches for the server."""
    return sealed[1]


def reached(server: SealedServer, host: str = "127.0.0.1", **named: object) -> Address:
    """The address of the server over TLS, with other parameters than the right ones; None leaves one out."""
    right = {
        "sslmode": "verify-full",
        "sslrootcert": server.authority,
        "sslcert": server.directory / "client.crt",
        "sslkey": server.directory / "client.key",
    }
    told = {name: value for name, value in {**right, **named}.items() if value is not None}
    query = "&".join(f"{name}={quote(str(value), safe='/')}" for name, value in told.items())
    return address_of(f"postgresql://postgres@{host}:{server.port}/postgres?{query}")


async def refused(address: Address) -> str:
    """Why a connection cannot be had, after the words that say so of every store."""
    with pytest.raises(Unavailable) as refusal:
        await address.connect()
    before = f"The store {address.place} cannot be reached now: "
    assert str(refusal.value).startswith(before)
    return str(refusal.value).removeprefix(before)


async def seen_by_the_server(address: Address) -> asyncpg.Record:
    """What the server says of how it was reached."""
    connection = await address.connect()
    row = await connection.fetchrow("SELECT * FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    await connection.close()
    assert row is not None
    return row


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_server_that_proves_its_name_is_spoken_to_by_new_tls(server: SealedServer, host: str) -> None:
    row = await seen_by_the_server(reached(server, host))
    assert row["ssl"]
    assert row["version"] in ("TLSv1.2", "TLSv1.3")
    assert row["client_dn"] == "/CN=postgres"


async def test_a_store_is_kept_over_tls(server: SealedServer) -> None:
    server.sql("CREATE DATABASE kept")
    store = await open_store(server.url("kept"), create=True)
    async with writing(store) as tx:
        await facts.put(tx, "name", "kept")
    assert server.sql("SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                      " WHERE application_name = 'strongroom'") == "t"  # fmt: skip
    await store.close()


async def test_a_certificate_of_another_name_is_refused(server: SealedServer, authority: Authority) -> None:
    server.show(authority.vouch("db.example.org", "127.0.0.2", file="other"))
    for host in ("127.0.0.1", "localhost"):
        told = await refused(reached(server, host))
        assert told == f"the certificate of {host}:{server.port} is for another name."


async def test_a_certificate_of_an_unknown_authority_is_refused(server: SealedServer, tmp_path: Path) -> None:
    other = Authority(tmp_path, "other")
    told = await refused(reached(server, sslrootcert=other.file))
    assert told == f"the certificate of 127.0.0.1:{server.port} is not from an authority in {other.file}."


async def test_an_impostor_with_the_right_name_and_another_authority_is_refused(
    server: SealedServer, tmp_path: Path
) -> None:
    server.show(Authority(tmp_path, "authority").vouch("127.0.0.1"))
    told = await refused(reached(server))
    assert (
        told == f"the certificate of 127.0.0.1:{server.port} is not from an authority in {server.authority}."
    )


@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [(-2 * HOUR, -HOUR, "has expired"), (HOUR, 2 * HOUR, "is not good yet")],
)
async def test_a_certificate_out_of_its_time_is_refused(
    server: SealedServer, authority: Authority, begins: timedelta, ends: timedelta, words: str
) -> None:
    server.show(authority.vouch("127.0.0.1", file="timed", begins=begins, ends=ends))
    assert await refused(reached(server)) == f"the certificate of 127.0.0.1:{server.port} {words}."


async def test_a_certificate_that_was_revoked_is_refused(server: SealedServer, authority: Authority) -> None:
    pair = authority.vouch("127.0.0.1", file="revoked")
    server.show(pair)
    address = reached(server, sslcrl=authority.revoke(pair))
    assert await refused(address) == f"the certificate of 127.0.0.1:{server.port} was revoked."


async def test_a_list_of_the_revoked_beside_the_default_authorities_is_heeded(
    server: SealedServer, authority: Authority, own_home: Path
) -> None:
    pair = authority.vouch("127.0.0.1", file="revoked")
    server.show(pair)
    (own_home / ".postgresql").mkdir()
    (own_home / ".postgresql" / "root.crl").write_bytes(authority.revoke(pair).read_bytes())
    assert await refused(reached(server)) == f"the certificate of 127.0.0.1:{server.port} was revoked."


async def test_a_server_without_tls_is_refused(tmp_path: Path) -> None:
    plain = postgresql.new_server(listen="127.0.0.1")
    try:
        address = address_of(
            f"{plain.tcp_url('postgres')}?sslmode=verify-full&sslrootcert={Authority(tmp_path).file}"
        )
        told = await refused(address)
        assert told == f"127.0.0.1:{plain.port} has no TLS, and without it nobody can tell who answers."
    finally:
        postgresql.discard(plain)


@pytest.mark.parametrize("answer", [b"N", b"E\0\0\0\x05\0", b"SS", b"R\0\0\0\x08\0\0\0\0"])
async def test_whoever_answers_the_wish_for_tls_otherwise_hears_nothing_more(
    answer: bytes, tmp_path: Path
) -> None:
    """A man in the middle that says "no TLS here" is told neither user nor password."""
    async with answering(answer) as impostor:
        address = address_of(
            f"postgresql://ann:Zq7x@127.0.0.1:{impostor.port}/kept"
            f"?sslmode=verify-full&sslrootcert={Authority(tmp_path).file}"
        )
        await refused(address)
        await impostor.left.wait()
        assert impostor.heard == [SSL_REQUEST]


async def test_old_tls_is_refused(tmp_path: Path) -> None:
    old = SealedServer(postgresql.new_directory())
    old.settings = {
        **old.settings,
        "ssl_min_protocol_version": "TLSv1",
        "ssl_max_protocol_version": "TLSv1.1",
    }
    try:
        postgresql.make_sealed(old)
        told = await refused(reached(old))
        assert told == f"127.0.0.1:{old.port} and this program agree on no TLS of version 1.2 or newer."
    finally:
        postgresql.discard(old)


async def test_the_authorities_are_those_in_the_home_where_none_are_named(
    server: SealedServer, own_home: Path, tmp_path: Path
) -> None:
    folder = own_home / ".postgresql"
    folder.mkdir()
    (folder / "root.crt").write_bytes(server.authority.read_bytes())
    assert (await seen_by_the_server(reached(server, sslrootcert=None)))["ssl"]
    other = Authority(tmp_path, "other")
    (folder / "root.crt").write_bytes(other.file.read_bytes())
    told = await refused(reached(server, sslrootcert=None))
    assert (
        told == f"the certificate of 127.0.0.1:{server.port} is not from an authority in {folder}/root.crt."
    )


@pytest.mark.parametrize("named", [None, "system"])
async def test_the_authorities_are_the_systems_where_there_are_no_others_or_they_are_named(
    server: SealedServer, own_home: Path, monkeypatch: pytest.MonkeyPatch, named: str | None
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.authority))
    if named:
        (own_home / ".postgresql").mkdir()
        (own_home / ".postgresql" / "root.crt").write_bytes(server.authority.read_bytes())
    told = await refused(reached(server, sslrootcert=named))
    assert told == f"the certificate of 127.0.0.1:{server.port} is not from the system's authorities."


async def test_authorities_that_are_missing_or_none_are_told(server: SealedServer, tmp_path: Path) -> None:
    missing, empty = tmp_path / "no root.crt", tmp_path / "empty.crt"
    empty.write_text("nothing\n")
    with pytest.raises(Unavailable) as refusal:
        await reached(server, sslrootcert=missing).connect()
    assert str(refusal.value) == (
        f"The file '{missing}' of authorities (sslrootcert) is not there, so nobody can tell whether"
        " the server is the right one."
    )
    with pytest.raises(Unavailable) as refusal:
        await reached(server, sslrootcert=empty).connect()
    assert str(refusal.value) == (
        f"The file {empty} of authorities (sslrootcert) holds none that can be read."
    )


async def test_a_key_that_others_can_read_is_refused(server: SealedServer, authority: Authority) -> None:
    pair = authority.vouch(file="open", common="postgres")
    pair.key.chmod(0o640)
    with pytest.raises(BadPermissions) as refusal:
        await reached(server, sslcert=pair.certificate, sslkey=pair.key).connect()
    assert str(refusal.value) == (
        f"The key {pair.key} can be read or changed by others. Mend it with: chmod 600 {pair.key}"
    )


async def test_a_key_that_is_locked_or_anothers_is_refused_without_asking_at_the_terminal(
    server: SealedServer, authority: Authority
) -> None:
    pair = authority.vouch(file="locked", common="postgres")
    key = serialization.load_pem_private_key(pair.key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"locked")
    pair.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    )
    other = authority.vouch(file="unlike", common="postgres").key
    for wrong in (pair.key, other):
        with pytest.raises(Unavailable) as refusal:
            await reached(server, sslcert=pair.certificate, sslkey=wrong).connect()
        assert str(refusal.value) == (
            f"The certificate {pair.certificate} and the key {wrong} cannot be used:"
            " they are not a pair in PEM, or the key is encrypted."
        )


async def test_our_certificate_is_the_one_in_the_home_where_none_is_named(
    server: SealedServer, own_home: Path
) -> None:
    folder = own_home / ".postgresql"
    folder.mkdir()
    for source, name in (("client.crt", "postgresql.crt"), ("client.key", "postgresql.key")):
        (folder / name).write_bytes((server.directory / source).read_bytes())
        (folder / name).chmod(0o600)
    row = await seen_by_the_server(reached(server, sslcert=None, sslkey=None))
    assert row["client_dn"] == "/CN=postgres"


async def test_no_variable_of_the_environment_changes_where_or_how_safely_we_connect(
    server: SealedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.log"
    for name, value in {
        "PGSSLMODE": "disable",
        "PGSSLROOTCERT": "/nowhere/root.crt",
        "PGSSLCERT": "/nowhere/client.crt",
        "PGSSLKEY": "/nowhere/client.key",
        "PGSSLCRL": "/nowhere/root.crl",
        "PGSSLNEGOTIATION": "direct",
        "PGSSLMINPROTOCOLVERSION": "TLSv1",
        "PGSSLMAXPROTOCOLVERSION": "TLSv1.2",
        "PGHOST": "127.0.0.2",
        "PGPORT": "1",
        "PGUSER": "mallory",
        "PGDATABASE": "elsewhere",
        "PGSERVICE": "elsewhere",
        "PGSERVICEFILE": "/nowhere/services",
        "PGOPTIONS": "-c search_path=elsewhere",
        "PGTARGETSESSIONATTRS": "standby",
        "PGKRBSRVNAME": "elsewhere",
        "PGGSSLIB": "elsewhere",
        "SSLKEYLOGFILE": str(keys),
    }.items():
        monkeypatch.setenv(name, value)
    row = await seen_by_the_server(reached(server))
    assert row["ssl"]
    assert row["version"] == "TLSv1.3"
    assert not keys.exists()
    assert os.environ["PGHOST"] == "127.0.0.2"


async def test_whom_the_server_does_not_let_in_is_told_so(server: SealedServer, authority: Authority) -> None:
    stranger = authority.vouch(file="stranger", common="mallory")
    store_url = reached(server, sslcert=stranger.certificate, sslkey=stranger.key)
    with pytest.raises(asyncpg.InvalidAuthorizationSpecificationError):
        await store_url.connect()
    with pytest.raises(
        BadPermissions, match="does not let this user use the store postgresql://postgres@127"
    ):
        await open_store(f"postgresql://postgres@127.0.0.1:{server.port}/postgres?sslmode=disable")
