"""Hosts are asked one after the other, each has its time, and the first that takes writes serves (R108)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest

from store.errors import ReadOnly, Unavailable
from store.postgresql.address import CONNECT_TIMEOUT, STATEMENT_TIMEOUT, Address, address_of
from store.postgresql.connections import Connection
from store.statements import Statement
from tests import postgresql
from tests.postgresql import Server
from tests.store.impostors import answering, dropping, fatal, unused_port

pytestmark = pytest.mark.xdist_group("hosts")  # so that one worker makes the two servers


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    """A server that takes writes."""
    server = postgresql.new_server(listen="127.0.0.1")
    yield server
    postgresql.discard(server)


@pytest.fixture(scope="module")
def standby(primary: Server) -> Iterator[Server]:
    """A server that follows it and takes none."""
    server = postgresql.new_standby(primary, is_synchronous=False)
    yield server
    postgresql.discard(server)


def at(*ports: int, patience: float = 0.3) -> Address:
    """The address of servers at these ports, with little patience."""
    hosts = ",".join(f"127.0.0.1:{port}" for port in ports)
    return replace(address_of(f"postgresql://postgres@{hosts}/postgres"), connect_timeout=patience)


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection, closed at the end."""
    connection = await address.connect()
    try:
        yield connection
    finally:
        await connection.close()


async def port_of(address: Address) -> int:
    """The port of whoever serves."""
    async with connected(address) as connection:
        return int(await connection.fetchval("SHOW port"))


def test_the_times_are_those_of_the_rule() -> None:
    assert (CONNECT_TIMEOUT, STATEMENT_TIMEOUT) == (3.0, 5.0)
    assert address_of("postgresql://h/kept").connect_timeout == 3.0


async def test_the_server_itself_ends_a_statement_after_five_seconds(primary: Server) -> None:
    async with connected(at(primary.port)) as connection:
        assert await connection.fetchval("SHOW statement_timeout") == "5s"
        assert await connection.fetchval("SHOW lock_timeout") == "4s"
        assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "5s"
        assert await connection.fetchval("SHOW synchronous_commit") == "on"
        assert await connection.fetchval("SHOW search_path") == "strongroom"


async def test_a_statement_that_takes_too_long_is_ended_by_the_server_and_the_connection_stays(
    primary: Server,
) -> None:
    address = replace(at(primary.port), statement_timeout=0.1)
    async with connected(address) as driver:
        connection = Connection(driver, address)
        with pytest.raises(Unavailable):
            await connection.run([Statement("SELECT pg_sleep(60)", {}, True)])
        assert await driver.fetchval("SELECT 1") == 1


async def test_the_host_that_stands_first_serves(primary: Server) -> None:
    other = postgresql.new_server(listen="127.0.0.1")
    try:
        assert await port_of(at(primary.port, other.port)) == primary.port
        assert await port_of(at(other.port, primary.port)) == other.port
    finally:
        postgresql.discard(other)


async def test_a_standby_is_passed_over(primary: Server, standby: Server) -> None:
    assert await port_of(at(standby.port, primary.port)) == primary.port


async def test_standbys_alone_are_no_store_to_write_to(standby: Server) -> None:
    address = at(standby.port)
    with pytest.raises(ReadOnly) as refusal:
        await address.connect()
    assert str(refusal.value) == (
        f"The store {address.place} is read-only, so nothing was changed. Its server may be a standby."
    )
    assert isinstance(refusal.value.__cause__, asyncpg.exceptions.TargetServerAttributeNotMatched)


async def test_a_server_that_was_told_to_take_no_writes_is_passed_over(primary: Server) -> None:
    frozen = postgresql.new_server(
        {**postgresql.QUICK, "default_transaction_read_only": "on"}, listen="127.0.0.1"
    )
    try:
        assert await port_of(at(frozen.port, primary.port)) == primary.port
    finally:
        postgresql.discard(frozen)


async def test_a_promoted_standby_serves_when_its_primary_is_gone() -> None:
    first = postgresql.new_server(listen="127.0.0.1")
    second = postgresql.new_standby(first)
    try:
        address = at(first.port, second.port, patience=CONNECT_TIMEOUT)
        assert await port_of(address) == first.port
        first.kill()
        with pytest.raises(Unavailable, match=r"nobody answers at .*; .* takes no writes, as a standby"):
            await address.connect()
        second.promote()
        assert await port_of(address) == second.port
    finally:
        postgresql.discard(first)
        postgresql.discard(second)


async def test_hosts_that_hang_or_drop_what_comes_or_refuse_cost_their_time_and_no_more(
    primary: Server,
) -> None:
    async with answering(None) as silent, answering(fatal("57P03")) as starting:
        with dropping() as full:
            others = (silent.port, full, unused_port(), starting.port)
            assert await port_of(at(*others, primary.port)) == primary.port


async def test_when_all_hosts_are_down_one_sentence_says_why_of_each() -> None:
    async with answering(None) as silent, answering(fatal("57P03")) as starting, answering(b"") as mute:
        with dropping() as full:
            gone = unused_port()
            address = at(silent.port, full, gone, starting.port)
            with pytest.raises(Unavailable) as refusal:
                await address.connect()
            assert str(refusal.value) == (
                f"The store {address.place} cannot be reached now:"
                f" 127.0.0.1:{silent.port} did not answer within 0.3 seconds;"
                f" 127.0.0.1:{full} did not answer within 0.3 seconds;"
                f" nobody answers at 127.0.0.1:{gone};"
                f" 127.0.0.1:{starting.port} is starting or stopping."
                " Try again in a moment."
            )
            assert len(silent.heard) == len(starting.heard) == 1
            assert mute.heard == []


async def test_no_host_is_waited_for_longer_than_its_time() -> None:
    """Three hosts of which none answers: the time of each, counted by the loop that waits."""
    async with answering(None) as silent:
        address = at(silent.port, silent.port, silent.port, patience=0.2)
        with pytest.raises(Unavailable):
            async with asyncio.timeout(address.connect_timeout * 3 + 5):
                await address.connect()


async def test_a_refusal_by_one_host_is_not_asked_of_the_next(primary: Server) -> None:
    """A wrong password or a missing database is an answer; the next host would hear the password too."""
    async with answering(fatal("28P01")) as refusing, answering(None) as next_one:
        address = replace(at(refusing.port, next_one.port), password="Zq7x")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await address.connect()
        assert next_one.heard == []


async def test_a_host_that_failed_is_not_waited_for_again_while_another_serves(primary: Server) -> None:
    async with answering(None) as silent:
        address = at(silent.port, primary.port)
        assert [await port_of(address) for _ in range(3)] == [primary.port] * 3
        assert len(silent.heard) == 1


async def test_a_host_is_left_behind_also_where_waiting_for_it_was_given_up(primary: Server) -> None:
    async with answering(None) as silent:
        address = at(silent.port, primary.port, patience=60)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await address.connect()
        await silent.left.wait()
        assert await port_of(address) == primary.port
