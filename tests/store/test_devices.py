"""Devices: known by their secret, to their own account."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store import devices, session_ends, sessions
from store.devices import DeviceRecord
from store.errors import Duplicate
from store.ids import new_id
from store.store import Store
from tests.store.samples import ADA, MINUTE, NOW, hashed, session, settle, writing

DEVICE = DeviceRecord(
    id=new_id(NOW),
    account_id=ADA,
    secret_hash=hashed("device"),
    client="xterm",
    name=None,
    first_seen_at=NOW,
    last_seen_at=NOW,
)


@pytest.fixture(autouse=True)
async def kept(store: Store) -> None:
    """Ada signed in from her device."""
    await settle(store)
    async with writing(store) as tx:
        await devices.insert(tx, DEVICE)


async def test_a_device_is_known_to_its_own_account_only(store: Store) -> None:
    async with store.read() as tx:
        assert await devices.find(tx, ADA, hashed("device")) == DEVICE
        assert await devices.find(tx, "somebody else", hashed("device")) is None
        assert await devices.find(tx, ADA, hashed("other")) is None
        assert await devices.count(tx, ADA) == 1
        assert await devices.ids(tx, ADA) == [DEVICE.id]
        assert await devices.ids(tx, "somebody else") == []
        assert await devices.count(tx, "somebody else") == 0


async def test_a_device_is_seen_again_and_never_backwards(store: Store) -> None:
    async with writing(store) as tx:
        assert await devices.seen(tx, DEVICE.id, NOW + MINUTE)
        assert not await devices.seen(tx, DEVICE.id, NOW)
        assert await devices.find(tx, ADA, hashed("device")) == replace(DEVICE, last_seen_at=NOW + MINUTE)


async def test_a_device_is_named_once_and_loses_its_name(store: Store) -> None:
    async with writing(store) as tx:
        assert not await devices.set_name(tx, DEVICE.id, None)
        assert await devices.set_name(tx, DEVICE.id, "Desk")
        assert not await devices.set_name(tx, DEVICE.id, "Desk")
        assert not await devices.set_name(tx, "no such device", "Desk")
        assert await devices.find(tx, ADA, hashed("device")) == replace(DEVICE, name="Desk")
        assert await devices.set_name(tx, DEVICE.id, None)
        assert await devices.find(tx, ADA, hashed("device")) == DEVICE


async def test_names_are_told_of_devices_with_sessions_that_are_open_or_ended_lately(store: Store) -> None:
    on_it = replace(session("a"), device_id=DEVICE.id)
    async with writing(store) as tx:
        await devices.set_name(tx, DEVICE.id, "Desk")
        assert await devices.names(tx, ADA, NOW) == {}
        await sessions.insert(tx, on_it)
        await sessions.insert(tx, replace(session("b"), device_id=DEVICE.id))
        assert await devices.names(tx, ADA, NOW) == {DEVICE.id: "Desk"}
        assert await devices.names(tx, "somebody else", NOW) == {}
        await session_ends.end_others(tx, ADA, None, NOW + MINUTE, "revoked")
        assert await devices.names(tx, ADA, NOW) == {DEVICE.id: "Desk"}
        assert await devices.names(tx, ADA, NOW + MINUTE) == {}
        await devices.set_name(tx, DEVICE.id, None)
        assert await devices.names(tx, ADA, NOW) == {}


async def test_two_devices_never_share_a_secret(store: Store) -> None:
    with pytest.raises(Duplicate):
        async with writing(store) as tx:
            await devices.insert(tx, replace(DEVICE, id=new_id(NOW)))


def test_the_hash_of_a_device_secret_is_in_no_repr() -> None:
    assert "secret_hash" not in repr(DEVICE)
