"""Makes the demo's city file: `python -m tests.strongroom.make_demo_places strongroom/demo/places.mmdb`.

It knows networks that are kept for documentation (RFC 5737, RFC 3849) and nothing else, so nobody
can take it for the truth. The same program makes the same bytes.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from mmdb_writer import MMDBWriter
from netaddr import IPSet

BUILT_AT = datetime(2026, 11, 1, tzinfo=UTC)
"""The moment that stands in the file; not the present one, which would be another each time."""

_PLACES = (
    ("198.51.100.0/27", "Oslo", "NO", "Norway"),
    ("198.51.100.64/28", "Minsk", "BY", "Belarus"),
    ("198.51.100.80/28", "Lima", "PE", "Peru"),
    ("198.51.100.112/28", "Lima", "PE", "Peru"),
    ("198.51.100.192/28", "Utrecht", "NL", "Netherlands"),
    ("203.0.113.0/27", "Oslo", "NO", "Norway"),
    ("203.0.113.32/27", "Bergen", "NO", "Norway"),
    ("203.0.113.64/27", "Bengaluru", "IN", "India"),
    ("203.0.113.128/27", "Osaka", "JP", "Japan"),
    ("203.0.113.192/27", "Gdańsk", "PL", "Poland"),
    ("2001:db8:40::/48", "Tromsø", "NO", "Norway"),
    ("2001:db8:77::/48", "Lagos", "NG", "Nigeria"),
    ("2001:db8:1157::/48", "Lisbon", "PT", "Portugal"),
    ("2001:db8:bee::/48", "Bergen", "NO", "Norway"),
    ("2001:db8:feed::/48", "Lima", "PE", "Peru"),
    ("2001:db8:85a3::/48", "Oslo", "NO", "Norway"),
)
"""Networks of the demo's people, and where they are."""


def make(path: Path) -> None:
    """Write the file."""
    writer = MMDBWriter(
        6,
        "Strongroom-Demo-City",
        languages=["en"],
        description="Addresses for documentation, and where the demo's people would be",
        ipv4_compatible=True,
    )
    for network, city, code, country in _PLACES:
        record = {"city": {"names": {"en": city}}, "country": {"iso_code": code, "names": {"en": country}}}
        writer.insert_network(IPSet([network]), record)
    with patch("time.time", return_value=BUILT_AT.timestamp()):
        writer.to_db_file(str(path))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
