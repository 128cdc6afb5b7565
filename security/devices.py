"""Devices: whether a terminal was seen before, by the secret that an earlier sign-in left there (R026)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime

from security.facts import Secret
from security.origin import Origin
from security.safe_text import sanitise
from security.tokens import new_token, token_hash
from store import devices as device_rows
from store.accounts import AccountRecord
from store.devices import DeviceRecord
from store.ids import NIL_ID, new_id
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SeenDevice:
    """The device of a session that begins."""

    id: str
    is_new: bool
    secret: Secret | None
    """The secret to keep on the device, where it is new."""


async def known_device_id(tx: Transaction, account_id: str | None, origin: Origin) -> str | None:
    """The device's id where this account signed in from it before; the same statement where there is none."""
    secret = origin.device_secret or new_token()
    device = await device_rows.find(tx, account_id or NIL_ID, token_hash(secret))
    return None if device is None else device.id


async def see_device(tx: Transaction, account: AccountRecord, origin: Origin, at: datetime) -> SeenDevice:
    """Recognise the origin's device or record it under a new secret."""
    device_id = await known_device_id(tx, account.id, origin)
    if device_id is not None:
        await device_rows.seen(tx, device_id, at)
        return SeenDevice(id=device_id, is_new=False, secret=None)
    secret = new_token()
    device = DeviceRecord(
        id=new_id(at),
        account_id=account.id,
        secret_hash=token_hash(secret),
        client=sanitise(origin.client),
        name=None,
        first_seen_at=at,
        last_seen_at=at,
    )
    await device_rows.insert(tx, device)
    return SeenDevice(id=device.id, is_new=True, secret=secret)


def network_prefix(source_ip: str) -> str:
    """The network that an address belongs to: /24 of IPv4, /48 of IPv6; other words stand for themselves.

    The zone of an address of one link is any text, and none of the network's.
    """
    try:
        address = ipaddress.ip_address(source_ip.partition("%")[0])
    except ValueError:
        return sanitise(source_ip)
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    prefix = 24 if isinstance(address, ipaddress.IPv4Address) else 48
    return str(ipaddress.ip_network((address, prefix), strict=False))
