"""Places: the city and the country of an address, where the operator has a file that knows them."""

from __future__ import annotations

import asyncio
import ipaddress
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from security.origin import Origin
from security.place_file import Address, Place, PlaceFile, state
from security.place_state import PlaceFileReport, PlaceFileState

__all__ = [
    "FilePlaces",
    "NoPlaces",
    "PlaceFileReport",
    "PlaceFileState",
    "Places",
    "is_this_network",
    "state",
]

DEADLINE = 1.0
"""Seconds that a sign-in waits for a place; a file on a disk that hangs holds nobody up."""

_PRIVATE = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
"""Networks of one house, one machine or one link. Addresses for documentation are not among them: Python's
`is_private` counts those too, and a place may be known of them."""


class Places(Protocol):
    """Something that knows where addresses are."""

    async def placed(self, origin: Origin) -> Origin:
        """The origin with city and country, where its door did not give them and they are known.

        Never inside a transaction: it may wait for a file.
        """
        ...

    async def close(self) -> None:
        """Let go of what is held open."""
        ...


class NoPlaces:
    """Knows no place."""

    async def placed(self, origin: Origin) -> Origin:
        """The origin as it is."""
        return origin

    async def close(self) -> None:
        """Nothing is held open."""


class FilePlaces:
    """Asks a city file, in a thread of its own, which alone ever touches the file."""

    def __init__(self, path: Path, *, deadline: float = DEADLINE) -> None:
        """Name the file; it is opened in the background, so that the first sign-in need not wait for it."""
        self._file = PlaceFile(path)
        self._deadline = deadline
        self._thread = ThreadPoolExecutor(1, "places")
        self._thread.submit(self._file.open)
        self._is_closed = False

    async def placed(self, origin: Origin) -> Origin:
        """The origin with city and country, where its door did not give them and the file knows them."""
        if self._is_closed or origin.city is not None or origin.country is not None:
            return origin
        address = _address(origin.source_ip)
        if address is None or _is_private(address):
            return origin
        place = await self._find(address)
        return origin if place is None else replace(origin, city=place.city, country=place.country)

    async def close(self) -> None:
        """Close the file and end the thread, waiting for neither; again is harmless."""
        if self._is_closed:
            return
        self._is_closed = True
        self._thread.submit(self._file.close)
        self._thread.shutdown(wait=False)

    async def _find(self, address: Address) -> Place | None:
        """Look up one address, or None where that takes too long."""
        asked = asyncio.get_running_loop().run_in_executor(self._thread, self._file.find, address)
        try:
            async with asyncio.timeout(self._deadline):
                return await asked
        except TimeoutError:
            return None


def is_this_network(source_ip: str) -> bool:
    """Whether an address is of this machine or of a private network, so that it has no place to be known."""
    if source_ip == "local":
        return True
    address = _address(source_ip)
    return address is not None and _is_private(address)


def _is_private(address: Address) -> bool:
    """Whether an address is of one house, one machine or one link."""
    return any(address in network for network in _PRIVATE if network.version == address.version)


def _address(source_ip: str) -> Address | None:
    """The address in a text; an IPv4 one that is written as IPv6 is IPv4."""
    try:
        address = ipaddress.ip_address(source_ip)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
