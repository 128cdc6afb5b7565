"""Ids sort by time and are valid UUIDs of version 7."""

from __future__ import annotations

from datetime import timedelta
from uuid import RFC_4122, UUID

from store.ids import new_id
from tests.store.samples import NOW


def test_an_id_is_a_uuid_of_version_7() -> None:
    value = UUID(new_id(NOW))
    assert (value.version, value.variant) == (7, RFC_4122)


def test_an_id_begins_with_its_millisecond() -> None:
    assert UUID(new_id(NOW)).int >> 80 == int(NOW.timestamp() * 1000)


def test_ids_a_microsecond_apart_sort_by_time() -> None:
    ids = [new_id(NOW + timedelta(microseconds=n)) for n in range(2000)]
    assert ids == sorted(ids)


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id(NOW) for _ in range(1000)}) == 1000
