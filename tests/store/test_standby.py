"""A store with a synchronous standby: nothing is called done that the standby does not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from store import facts
from store.errors import InDoubt
from store.ids import new_id
from store.postgresql import doubt
from store.postgresql.address import address_of
from store.postgresql.store import PostgresqlStore
from store.store import open_store
from tests import postgresql
from tests.postgresql import Server
from tests.store.samples import NOW, fact


@pytest.fixture
def pair() -> Iterator[tuple[Server, Server]]:
    """A primary, and the standby that it waits for."""
    primary = postgresql.new_server(listen="127.0.0.1")
    standby = postgresql.new_standby(primary)
    yield primary, standby
    postgresql.discard(standby)
    postgresql.discard(primary)


async def put(store: PostgresqlStore, name: str) -> None:
    """Write one fact as an act of its own."""
    async with store.write(new_id(NOW), NOW) as tx:
        await facts.put(tx, name, "new")


async def test_an_act_that_no_standby_has_is_never_called_done(
    pair: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubt, "PATIENCE", 1.0)
    primary, standby = pair
    url = primary.tcp_url("postgres")
    await (await open_store(url, create=True)).close()
    address = replace(address_of(url), statement_timeout=0.5, answer_timeout=1.0)
    store = PostgresqlStore(url, address, 3)
    await put(store, "with standby")
    standby.kill()
    with pytest.raises(InDoubt):
        await put(store, "without standby")
    primary.sql("ALTER SYSTEM RESET synchronous_standby_names")
    primary.sql("SELECT pg_reload_conf()")
    await put(store, "once the operator has said so")
    assert await fact(store, "with standby") == "new"
    assert await fact(store, "once the operator has said so") == "new"
    await store.close()
