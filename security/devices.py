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
from store.ids import new_id
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SeenDevice:
    """The device of a session that begins."""

    id: str
    is_new: bool
    secret: Secret | None
    """The secret to keep on the device, where it is new."""


def secret_hash(origin: Origin) -> bytes:
    """The hash by which the origin's device is looked up; one that finds nothing where it has no secret."""
    return token_hash(origin.device_secret or new_token())


async def see_device(
    tx: Transaction, account: AccountRecord, origin: Origin, at: datetime, known_id: str | None
) -> SeenDevice:
    """Note that the account's known device was seen, or record the origin's under a new secret."""
    if known_id is not None:
        await device_rows.seen(tx, known_id, at)
        return SeenDevice(id=known_id, is_new=False, secret=None)
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
