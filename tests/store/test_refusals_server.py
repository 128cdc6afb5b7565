"""What a server refuses is told by its kind, in a sentence without SQL, values or passwords."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from store import accounts, organisations
from store.errors import (
    Corrupt,
    Duplicate,
    Missing,
    Refused,
    Stale,
    StoreError,
    Unavailable,
)
from store.postgresql.translate import is_lost, is_worth_another_try, translate
from store.store import Store, open_store
from tests import postgresql
from tests.store.samples import ORG, account, fact, fact_written, opened, organisation, writing

PLACE = "postgresql://ada@db/strongroom"


@pytest.fixture
def url() -> Iterator[str]:
    """A database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    """A store on a server."""
    async with opened(url, create=True) as store:
        yield store


@pytest.mark.parametrize(
    ("statement", "kind", "words"),
    [
        (
            "INSERT INTO store_facts (name, value) VALUES ('a', 'b'), ('a', 'b')",
            Duplicate,
            "like this already",
        ),
        ("UPDATE accounts SET org_id = 'nowhere'", Stale, "changed in the meantime"),
        ("UPDATE accounts SET role = 'king'", Refused, "23514"),
        ("UPDATE accounts SET role = NULL", Refused, "23502"),
        ("SELECT nothing FROM nowhere", Missing, "no store at"),
        ("SELEC", Refused, "42601"),
        ("SELECT 1 / 0", Refused, "cannot hold a value"),
        ("SET LOCAL statement_timeout = 10; SELECT pg_sleep(5)", Unavailable, "took too long"),
        ("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", Unavailable, "Somebody else changed"),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", Unavailable, "Somebody else changed"),
        ("DO $$ BEGIN RAISE SQLSTATE '53200'; END $$", Unavailable, "busy or cannot be reached"),
        ("DO $$ BEGIN RAISE SQLSTATE '58030'; END $$", Unavailable, "busy or cannot be reached"),
        ("DO $$ BEGIN RAISE SQLSTATE 'XX002'; END $$", Corrupt, "damaged"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", Unavailable, "cannot be reached"),
    ],
)
async def test_each_error_of_the_server_has_its_kind_and_a_sentence_without_sql(
    store: Store, url: str, statement: str, kind: type[StoreError], words: str
) -> None:
    async with writing(store) as tx:
        await organisations.insert(tx, organisation())
        await accounts.insert(tx, account())

    async def act() -> None:
        async with writing(store) as tx:
            for part in statement.split("; ") if "$$" not in statement else [statement]:
                await tx.execute(part)

    with pytest.raises(kind, match=words) as caught:
        await act()
    assert "SELE" not in str(caught.value)
    assert ORG not in str(caught.value)
    assert await fact(store) is None
    await fact_written(store)


async def test_using_the_driver_wrongly_is_told_apart_from_a_lost_connection(store: Store) -> None:
    async def act() -> None:
        async with writing(store) as tx:
            await tx.execute("SELECT $1::text || $2::text")  # takes parameters, and is given none

    with pytest.raises(Refused):
        await act()
    misuse = asyncpg.InterfaceError("cannot perform operation: another operation is in progress")
    assert isinstance(translate(misuse, PLACE, is_cut=False), Refused)
    assert isinstance(translate(misuse, PLACE, is_cut=True), Unavailable)
    await fact_written(store)


def test_only_what_was_not_begun_and_may_go_well_elsewhere_is_tried_again() -> None:
    again = {state: _told(state) for state in ("40001", "40P01", "57P01", "08006", "08001", "25006", "57P03")}
    never = {state: _told(state) for state in ("23505", "42P01", "53100", "55P03", "57014", "28P01", "SR001")}
    assert {state for state, error in again.items() if not is_worth_another_try(error)} == set()
    assert {state for state, error in never.items() if is_worth_another_try(error)} == set()
    assert not is_worth_another_try(Unavailable("the store is closed"))


def _told(state: str) -> StoreError:
    """What an SQLSTATE becomes, as it is raised."""
    fault = asyncpg.PostgresError.new({"C": state, "M": "secret words", "S": "ERROR"})
    error = translate(fault, PLACE)
    error.__cause__ = fault
    assert "secret" not in str(error)
    assert is_lost(fault) == state.startswith(("08", "57P01"))
    return error


async def test_two_statements_of_one_block_run_one_after_the_other(store: Store) -> None:
    async with store.read() as tx:
        answers = await asyncio.gather(*(tx.fetch(f"SELECT {number} AS n") for number in range(20)))
    assert [rows[0]["n"] for rows in answers] == list(range(20))


async def test_no_sentence_and_no_name_of_a_store_holds_the_password(store: Store, url: str) -> None:
    secret = url.replace("postgres@", "postgres:s3same@")
    elsewhere = secret.replace("/t", "/nowhere", 1)
    for wrong in (
        elsewhere,
        secret.replace("host=", "host=%2Fnowhere"),
        secret.replace("postgres:", "mallory:"),
    ):
        with pytest.raises(StoreError) as caught:
            await open_store(wrong)
        fault: BaseException | None = caught.value
        while fault is not None:
            assert "s3same" not in str(fault) + repr(fault)
            fault = fault.__cause__ or fault.__context__
    async with opened(secret) as again:
        assert "s3same" not in again.place
        with pytest.raises(StoreError) as caught:
            async with again.look() as tx:
                await tx.fetch("SELEC")
        assert "s3same" not in str(caught.value)
