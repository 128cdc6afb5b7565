"""Notices wait in the outbox, committed with what they tell of."""

from __future__ import annotations

import json
from contextlib import suppress

from security import notices
from security.clock import MovedClock
from security.vocabulary import NoticeKind
from store import outbox
from store.ids import new_id
from store.outbox import OutboxRecord
from store.store import Store
from tests.security.people import House


class ActFailed(Exception):
    """What an act raises after it told of itself."""


async def waiting(store: Store) -> list[OutboxRecord]:
    """The mail that waits."""
    async with store.read() as tx:
        return list(await outbox.list_waiting(tx))


async def test_a_notice_waits_for_the_stored_address_with_its_facts_made_safe(house: House) -> None:
    amir = await house.owner()
    at = house.clock.now()
    async with house.store.write(new_id(at), at) as tx:
        await notices.queue(
            tx,
            at,
            amir.account_id,
            "amir@acme.example",
            NoticeKind.NEW_DEVICE,
            {"client": "\x1b]0;x", "count": 3},
        )
    mail = (await waiting(house.store))[-1]
    assert (mail.kind, mail.address, mail.account_id) == ("new_device", "amir@acme.example", amir.account_id)
    assert json.loads(mail.facts) == {"client": "␛]0;x", "count": 3}
    assert (mail.created_at, mail.sent_at) == (at, None)


async def test_a_notice_of_an_act_that_failed_is_not_sent(house: House) -> None:
    amir = await house.owner()
    before = await waiting(house.store)
    at = house.clock.now()
    with suppress(ActFailed):
        async with house.store.write(new_id(at), at) as tx:
            await notices.queue(tx, at, amir.account_id, "a@acme.example", NoticeKind.PASSWORD_CHANGED, {})
            raise ActFailed
    assert await waiting(house.store) == before


def test_every_notice_has_a_name_of_its_own(clock: MovedClock) -> None:
    assert len({kind.value for kind in NoticeKind}) == len(NoticeKind)
