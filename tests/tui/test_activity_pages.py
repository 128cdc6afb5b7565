"""The activity as a list reads it: through the visit's own session, and nothing once that is left behind."""

from __future__ import annotations

from datetime import datetime

import pytest

from security.activity_facts import ActivityQuery, ActivityTerm
from security.refusals import SessionOver
from tests.tui.house import House
from tui.activity_pages import NOTHING, ActivityPages
from tui.visit import Visit


def words(at: datetime) -> str:
    """A date, as a note tells it."""
    return f"{at:%d.%m.}"


async def test_every_way_through_the_pages_gives_the_same_events(house: House) -> None:
    person = await house.founder()
    pages = ActivityPages(Visit(house.door(person.signed_in)), ActivityQuery(), words)
    first = await pages.first(2)
    following = await pages.after(first.after, 100)
    total = await pages.total()
    everything = (*first.rows, *following.rows)
    assert len(everything) == total
    assert (first.before, first.index, following.after, following.index) == (None, 0, None, 2)
    assert (await pages.before(following.before, 100)).rows == first.rows
    assert (await pages.last(3)).rows == everything[-3:]
    there = await pages.at(1, 2)
    assert there is not None
    assert (there.rows, there.index) == (everything[1:3], 1)


async def test_a_query_cannot_be_counted_and_tells_no_place(house: House) -> None:
    person = await house.founder()
    query = ActivityQuery(terms=(ActivityTerm("created"),))
    pages = ActivityPages(Visit(house.door(person.signed_in)), query, words)
    assert await pages.total() is None
    assert await pages.at(0, 5) is None
    assert (await pages.first(5)).index is None


async def test_whoever_has_signed_out_reads_nothing(house: House) -> None:
    person = await house.founder()
    visit = Visit(house.door(person.signed_in))
    pages = ActivityPages(visit, ActivityQuery(), words)
    await house.services.sign_in.sign_out(visit.token, visit.origin)
    with pytest.raises(SessionOver):
        await pages.first(5)
    await visit.forget()
    assert await pages.first(5) == NOTHING
    assert await pages.total() == 0


async def test_a_mark_that_is_not_of_the_activity_is_a_mistake_of_the_program(house: House) -> None:
    person = await house.founder()
    pages = ActivityPages(Visit(house.door(person.signed_in)), ActivityQuery(), words)
    with pytest.raises(TypeError):
        await pages.after("a mark", 5)
