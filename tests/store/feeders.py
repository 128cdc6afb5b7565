"""Processes that write changes at once, some of which they take back."""

from __future__ import annotations

import asyncio

from store import changes
from store.store import Store, open_store
from tests.store.samples import NOW, writing

WRITERS = 5
"""Tasks of each process."""
ACTS = 6
"""Acts of each task, of which every third is undone."""
KEPT = WRITERS * ACTS * 2 * 2 // 3
"""Changes that one process leaves: two for each act that is kept."""


class TakenBackError(Exception):
    """What undoes an act that has told of itself."""


async def tell(store: Store, *kinds: str) -> None:
    """Commit changes of some kinds, each in an act of its own."""
    for kind in kinds:
        async with writing(store) as tx:
            await changes.append(tx, NOW, kind, account_id="ada")


async def feed(url: str, name: str) -> bool:
    """Write from several tasks at once."""
    store = await open_store(url)
    await asyncio.gather(*(_write(store, f"{name} {writer}") for writer in range(WRITERS)))
    await store.close()
    return True


async def _write(store: Store, name: str) -> None:
    """Write two changes in each act, and undo some acts."""
    for number in range(ACTS):
        try:
            async with writing(store) as tx:
                await changes.append(tx, NOW, f"{name} {number} a")
                await asyncio.sleep(0)
                await changes.append(tx, NOW, f"{name} {number} b")
                if number % 3 == 2:
                    raise TakenBackError
        except TakenBackError:
            pass


def feed_alone(url: str) -> None:
    """Be a process that writes."""
    asyncio.run(feed(url, "alone"))
