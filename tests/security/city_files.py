"""City files for tests: made by mmdb-writer, whole or spoilt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmdb_writer import MMDBWriter
from netaddr import IPSet

OSLO = {"city": {"names": {"en": "Oslo"}}, "country": {"iso_code": "NO", "names": {"en": "Norway"}}}
LIMA = {"city": {"names": {"en": "Lima"}}, "country": {"iso_code": "PE", "names": {"en": "Peru"}}}

NETWORKS = {"203.0.113.0/24": OSLO, "2001:db8::/32": LIMA}


def write_city_file(
    path: Path, networks: Mapping[str, Any] = NETWORKS, *, kind: str = "Test-City", ip_version: int = 6
) -> Path:
    """Write a file that knows these networks."""
    writer = MMDBWriter(
        ip_version, kind, languages=["en"], description="for tests", ipv4_compatible=ip_version == 6
    )
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(path))
    return path
