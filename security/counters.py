"""Counters: what tries are counted for, how many in how long a window, and what is one source (R019)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from store.throttles import Names

FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a window; the last of them locks for one window more."""

    tries: int
    window: timedelta


PASSWORD_OF_ACCOUNT = (Limit(10, FIVE_MINUTES),)
PASSWORD_OF_SOURCE = (Limit(10, FIVE_MINUTES),)
PASSWORD_OF_ALL = (Limit(1000, FIVE_MINUTES),)
SECOND_STEP_OF_ACCOUNT = (Limit(5, FIVE_MINUTES), Limit(20, HOUR), Limit(50, DAY))
SECOND_STEP_OF_SOURCE = (Limit(10, FIVE_MINUTES), Limit(50, HOUR))


@dataclass(frozen=True, slots=True)
class Counter:
    """One thing that tries are counted for, under every version of the names key, the newest first."""

    names: tuple[bytes, ...]
    limits: tuple[Limit, ...]
    is_of_account: bool
    is_of_all: bool = False
    """It is everybody's, and nobody waits for it."""


def network_of(source_ip: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 of an IPv6 one (R019)."""
    try:
        address = ipaddress.ip_address(source_ip.partition("%")[0])
    except ValueError:
        return source_ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def limits_of(counters: Iterable[Counter]) -> list[tuple[Counter, Limit]]:
    """Every limit of some counters."""
    return [(counter, limit) for counter in counters for limit in counter.limits]


def windows_of(counters: Iterable[Counter], now: datetime) -> list[tuple[Names, datetime]]:
    """The names and the beginning of each limit's window."""
    return [(counter.names, now - limit.window) for counter, limit in limits_of(counters)]
