"""Opening a connection whose settings are asserted: what lies in between may have left them out (R101)."""

from __future__ import annotations

import asyncpg

from store.errors import Unavailable
from store.postgresql.address import SCHEMA, Address
from store.postgresql.connections import Connection
from store.postgresql.translate import translated
from store.schema import Known

SCHEMA_VERSION = f"SELECT COALESCE(max(version), 0) AS version FROM {SCHEMA}.schema_migrations"  # noqa: S608 - a name of ours
"""Asks how far the store has been migrated."""
_ASKED = "SELECT lower(name) AS name, setting FROM pg_settings WHERE lower(name) = ANY($1::text[])"


async def opened(address: Address, known: Known | None = None) -> Connection:
    """Open a connection and ask it for its settings, and for the schema of the store where one is `known`.

    Raises Unavailable where one is not as it should be, NewerSchema where the schema is not that one, and
    what else keeps it from being opened.
    """
    with translated(address.place):
        driver = await address.connect()
        try:
            await _require_settings(driver, address)
            if known is not None:
                known.note(await driver.fetchval(SCHEMA_VERSION))
        except BaseException:
            driver.terminate()
            raise
    return Connection(driver, address)


async def _require_settings(driver: asyncpg.Connection, address: Address) -> None:
    """Refuse a connection that did not take a setting: a commit that does not wait would be no commit."""
    rows = await driver.fetch(_ASKED, list(address.settings))
    found = {row["name"]: row["setting"] for row in rows}
    for name, wanted in address.settings.items():
        if found.get(name) != wanted:
            raise Unavailable(
                f"The server of the store {address.place} did not accept {name}={wanted}."
                " A pooler in between must hand it on."
            )
