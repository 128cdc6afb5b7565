"""The collector of cycles around the start of the program."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from tui.collector import collect_again


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """Leave the collector on, with nothing kept from it."""
    yield
    gc.enable()
    gc.unfreeze()


def test_a_start_without_the_collector_ends_with_it_and_keeps_what_stands() -> None:
    gc.disable()
    collect_again()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_where_it_was_on_nothing_is_kept_from_it() -> None:
    collect_again()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
