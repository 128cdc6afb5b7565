"""Moving a store: everything arrives as it was, whatever engine it comes from and goes to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from store.store import open_store
from tests import postgresql
from tests.store.moved_rows import fill, held, move

WAYS = [(one, two) for one in ("sqlite", "postgresql") for two in ("sqlite", "postgresql")]


@pytest.fixture
def urls(tmp_path: Path) -> Iterator[dict[str, list[str]]]:
    """Two places of each engine where no store is."""
    with ExitStack() as stack:
        yield {
            "sqlite": [f"sqlite://{tmp_path / name / 'strongroom.db'}" for name in ("here", "there")],
            "postgresql": [stack.enter_context(postgresql.new_database()) for _ in range(2)],
        }


@pytest.mark.parametrize(("one", "two"), WAYS)
async def test_every_row_of_every_shape_arrives(urls: dict[str, list[str]], one: str, two: str) -> None:
    source, target = urls[one][0], urls[two][1]
    store = await open_store(source, create=True)
    await fill(store)
    await store.close()
    before = await held(source)
    assert all(before.values())
    compared = await move(source, target)
    after = await held(target)
    acts = before.pop("acts"), after.pop("acts")
    assert after == before
    assert set(acts[0]) < set(acts[1])
    assert {each.table: each.rows for each in compared} == {
        **{name: len(rows) for name, rows in before.items()},
        "acts": len(acts[0]),
    }
