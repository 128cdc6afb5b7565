"""Devices: what counts as the same network."""

from __future__ import annotations

import pytest

from security.devices import network_prefix


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.200", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::7334", "2001:db8:1::/48"),
        ("local", "local"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_have_one_name(source: str, network: str) -> None:
    assert network_prefix(source) == network
