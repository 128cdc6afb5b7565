"""Devices: what counts as the same network."""

from __future__ import annotations

from dataclasses import replace

import pytest

from security.devices import network_prefix
from tests.security.people import House, an_origin


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7334", "2001:db8:1::/48"),
        ("local", "local"),
        ("fe80::1%eth0", "fe80::/48"),
        ("fe80::%eth0", "fe80::/48"),
        ("2001:db8::%\x1b[2J", "2001:db8::/48"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_have_one_name(source: str, network: str) -> None:
    assert network_prefix(source) == network


@pytest.mark.parametrize("begin", ["", "fe80::%"])
async def test_a_terminal_of_any_bytes_and_any_length_can_sign_in_and_fills_no_store(
    house: House, begin: str
) -> None:
    owner = await house.owner()
    hostile = begin + "\udcff\x1b]0;" + "y" * 1_000_000
    origin = replace(an_origin(client=hostile, source_ip=hostile), city=hostile, country=hostile)
    await house.services.sign_in.begin(owner.email, owner.password, origin)
    kept = repr(await house.dump())
    assert "\\udcff" not in kept
    assert "y" * 300 not in kept
