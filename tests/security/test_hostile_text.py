"""Text that a server cannot keep, through every entry that looks something up: it finds nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from security.activity_facts import ActivityQuery, ActivityTerm
from security.facts import Secret
from security.refusals import NotFound, Refusal, SessionOver, WrongCredentials
from security.storable import SUBSTITUTE, storable
from tests.security.people import PASSWORD, House, Person, an_origin

HOSTILE = [
    "a\0b",
    "\0amir@acme.example",
    "amir\0@acme.example",
    "\ud800x",
    "x\udfff",
    "'; DROP TABLE acts; --",
    "$1 :org_id %s",
    "\\",
    "x" * 100_000,
]
"""NUL, halves of surrogate pairs, pieces of statements, and a great deal of anything."""


async def test_a_hostile_name_is_unknown_and_counted_like_any_other(house: House) -> None:
    await house.owner()
    for number, hostile in enumerate(HOSTILE):
        origin = an_origin(source_ip=f"198.51.100.{number}")
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(hostile, PASSWORD, origin)
    async with house.store.read() as tx:
        (row,) = await tx.fetch("SELECT count(DISTINCT id) AS tries FROM attempts")
        assert row["tries"] == len(HOSTILE)


LOOK_UPS: dict[str, tuple[type[Refusal], Callable[[Person, str], Awaitable[object]]]] = {
    "a session to end": (
        NotFound,
        lambda who, text: who.house.services.sessions.revoke(who.token, text, who.origin),
    ),
    "a device": (
        NotFound,
        lambda who, text: who.house.services.sessions.name_device(who.token, text, "x", who.origin),
    ),
    "a member": (
        NotFound,
        lambda who, text: who.house.services.accounts.suspend(who.token, text, who.origin),
    ),
    "a token": (SessionOver, lambda who, text: who.house.services.accounts.view(Secret(text))),
    "a token that was kept": (
        SessionOver,
        lambda who, text: who.house.services.sign_in.resume(Secret(text), who.origin),
    ),
}
"""What is looked up by a text from outside, and how it is said that there is none."""


@pytest.mark.parametrize("what", LOOK_UPS)
async def test_hostile_text_finds_nothing(house: House, what: str) -> None:
    owner = await house.owner()
    kind, look_up = LOOK_UPS[what]
    for hostile in HOSTILE:
        with pytest.raises(kind):
            await look_up(owner, hostile)


async def test_a_search_for_hostile_text_finds_nothing(house: House) -> None:
    owner = await house.owner()
    for hostile in HOSTILE:
        query = ActivityQuery(terms=(ActivityTerm(hostile[:100]),))
        page = await house.services.activity.newest(owner.token, query, 10)
        assert page.events == ()


def test_what_can_be_looked_up_stays_as_it_is() -> None:
    assert storable("Zoë 🦊 ־ \\ '") == "Zoë 🦊 ־ \\ '"
    assert storable("a\0\ud800b") == f"a{SUBSTITUTE * 2}b"
