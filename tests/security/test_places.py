"""Places: found in a city file, and a file that is of no use is told in words and never felt."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import struct
import threading
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from maxminddb.reader import Reader

from security.place_file import MAX_NAME_CELLS, NOWHERE, PlaceFile
from security.places import FilePlaces, NoPlaces, PlaceFileState, is_this_network, state
from tests.security.city_files import LIMA, OSLO, write_city_file
from tests.security.people import an_origin

KNOWN = ip_address("203.0.113.7")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A city file."""
    return write_city_file(tmp_path / "city.mmdb")


@pytest.fixture
async def places(path: Path) -> AsyncIterator[FilePlaces]:
    """Places of that file."""
    opened = FilePlaces(path)
    yield opened
    await opened.close()


async def where(places: FilePlaces, source_ip: str) -> tuple[str | None, str | None]:
    """City and country of an address."""
    placed = await places.placed(an_origin(source_ip=source_ip))
    return placed.city, placed.country


@pytest.mark.parametrize("source_ip", ["203.0.113.7", "::ffff:203.0.113.7"])
async def test_an_address_gets_its_city_and_country(places: FilePlaces, source_ip: str) -> None:
    assert await where(places, source_ip) == ("Oslo", "Norway")


async def test_an_ipv6_address_gets_its_city_and_country(places: FilePlaces) -> None:
    assert await where(places, "2001:db8::7334") == ("Lima", "Peru")


@pytest.mark.parametrize("source_ip", ["8.8.8.8", "unknown", "local", "", "\x1b[31m", "9" * 10_000])
async def test_what_is_in_no_file_is_nowhere(places: FilePlaces, source_ip: str) -> None:
    assert await where(places, source_ip) == (None, None)


async def test_a_place_that_the_door_gave_is_kept(places: FilePlaces) -> None:
    told = an_origin(country="Peru")
    assert await places.placed(told) is told


async def test_an_address_of_this_network_is_not_looked_up(tmp_path: Path) -> None:
    places = FilePlaces(write_city_file(tmp_path / "city.mmdb", {"10.0.0.0/8": OSLO}))
    assert await where(places, "10.1.2.3") == (None, None)
    await places.close()


@pytest.mark.parametrize(
    "source_ip",
    [
        *("local", "127.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1"),
        *("100.64.0.1", "::1", "fe80::1", "fd00::1", "::ffff:10.0.0.1"),
    ],
)
def test_this_machine_and_private_networks_are_this_network(source_ip: str) -> None:
    assert is_this_network(source_ip)


@pytest.mark.parametrize(
    "source_ip",
    [
        "203.0.113.7",
        "198.51.100.4",
        "2001:db8::1",
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "unknown",
        "",
        "x",
    ],
)
def test_other_addresses_are_not_this_network(source_ip: str) -> None:
    assert not is_this_network(source_ip)


async def test_without_a_file_every_place_is_unknown() -> None:
    origin = an_origin()
    assert await NoPlaces().placed(origin) is origin
    await NoPlaces().close()


async def test_a_hundred_sign_ins_at_once_find_their_places(places: FilePlaces) -> None:
    found = await asyncio.gather(*(where(places, f"203.0.113.{number}") for number in range(100)))
    assert set(found) == {("Oslo", "Norway")}


async def test_a_disk_that_hangs_holds_nobody_up(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hung = threading.Event()
    monkeypatch.setattr(PlaceFile, "find", lambda _self, _address: hung.wait(10) and NOWHERE)
    places = FilePlaces(path, deadline=0.05)
    async with asyncio.timeout(1):
        assert [await where(places, "203.0.113.7") for _ in range(3)] == [(None, None)] * 3
    hung.set()
    await places.close()


async def test_closing_twice_is_harmless(places: FilePlaces) -> None:
    await where(places, "203.0.113.7")
    await places.close()
    await places.close()


# The file.


def test_the_state_of_a_file_that_serves_names_it(path: Path) -> None:
    found = state(path)
    assert found.is_usable
    assert str(path) in found.sentence
    assert "Test-City" in found.sentence
    assert not found.mends


def test_without_a_setting_the_state_says_how_to_get_a_file() -> None:
    found = state(None)
    assert found.state is PlaceFileState.NOT_SET
    assert "GeoLite2" in found.mends
    assert "place_file" in found.mends


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert state(tmp_path / "none.mmdb").state is PlaceFileState.ABSENT
    assert state(tmp_path / "none" / "city.mmdb").state is PlaceFileState.ABSENT


def test_a_directory_is_told(tmp_path: Path) -> None:
    assert state(tmp_path).state is PlaceFileState.NOT_A_FILE


def test_a_pipe_that_nobody_writes_to_is_told_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "city.mmdb")
    assert state(tmp_path / "city.mmdb").state is PlaceFileState.NOT_A_FILE


def test_a_device_is_told() -> None:
    assert state(Path("/dev/null")).state is PlaceFileState.NOT_A_FILE


def test_a_link_that_leads_in_a_circle_is_told(tmp_path: Path) -> None:
    (tmp_path / "city.mmdb").symlink_to("city.mmdb")
    assert state(tmp_path / "city.mmdb").state is PlaceFileState.UNREADABLE


def test_a_closed_file_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> int:
        """Refuse, as the system refuses everybody but the superuser."""
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "open", refuse)
    found = state(path)
    assert found.state is PlaceFileState.UNREADABLE
    assert "Permission denied" in found.sentence


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b\x08packed", b"x" * 1_000_000, b"\xab\xcd\xefMaxMind.com"]
)
def test_a_file_in_another_format_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "city.mmdb").write_bytes(content)
    assert state(tmp_path / "city.mmdb").state is PlaceFileState.DAMAGED


def test_a_database_without_places_is_told_by_its_kind(tmp_path: Path) -> None:
    asn = {"203.0.113.0/24": {"autonomous_system_organization": "Example"}}
    found = state(write_city_file(tmp_path / "asn.mmdb", asn, kind="GeoLite2-ASN\x1b[31m"))
    assert found.state is PlaceFileState.OTHER_KIND
    assert "GeoLite2-ASN␛[31m" in found.sentence


def test_a_file_of_countries_gives_countries(tmp_path: Path) -> None:
    countries = {"203.0.113.0/24": {"country": {"iso_code": "NO"}}}
    file = PlaceFile(write_city_file(tmp_path / "c.mmdb", countries, kind="GeoLite2-Country"))
    found = file.find(KNOWN)
    file.close()
    assert (found.city, found.country) == (None, "NO")


def test_an_ipv6_address_is_nowhere_in_a_file_of_ipv4(tmp_path: Path) -> None:
    file = PlaceFile(write_city_file(tmp_path / "four.mmdb", {"203.0.113.0/24": OSLO}, ip_version=4))
    assert file.find(ip_address("2001:db8::1")) == NOWHERE
    assert file.find(KNOWN).city == "Oslo"
    file.close()


@pytest.mark.parametrize("keep", [0, 1, 100, 400, -100, -30])
def test_a_file_that_is_cut_short_is_told(path: Path, keep: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:keep])
    found = state(path)
    assert not found.is_usable
    assert found.mends


def test_a_file_that_is_cut_short_while_open_is_told_and_ends_nothing(path: Path) -> None:
    """A mapped file would end the process with SIGBUS here."""
    file = PlaceFile(path)
    assert file.find(KNOWN).city == "Oslo"
    for size in (300, 40, 0):
        os.truncate(path, size)
        assert file.find(KNOWN) == NOWHERE
        assert file.report.state is PlaceFileState.DAMAGED
    file.close()


def test_a_file_that_is_taken_away_while_open_is_told_and_taken_up_again(path: Path) -> None:
    file = PlaceFile(path)
    assert file.find(KNOWN).city == "Oslo"
    path.unlink()
    assert file.find(KNOWN) == NOWHERE
    assert file.report.state is PlaceFileState.ABSENT
    write_city_file(path)
    assert file.find(KNOWN).city == "Oslo"
    assert file.report.is_usable
    file.close()


def test_a_file_that_is_replaced_while_open_is_taken_up_at_once(path: Path) -> None:
    file = PlaceFile(path)
    assert file.find(KNOWN).city == "Oslo"
    os.replace(write_city_file(path.with_name("new.mmdb"), {"203.0.113.0/24": LIMA}), path)
    assert file.find(KNOWN).city == "Lima"
    file.close()


def test_a_file_that_is_written_over_while_open_is_taken_up_at_once(path: Path) -> None:
    file = PlaceFile(path)
    assert file.find(KNOWN).city == "Oslo"
    path.write_bytes(write_city_file(path.with_name("new.mmdb"), {"203.0.113.0/24": LIMA}).read_bytes())
    assert file.find(KNOWN).city == "Lima"
    file.close()


def test_a_look_up_during_which_the_file_changes_is_made_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = PlaceFile(path)
    file.find(KNOWN)
    look_up = PlaceFile._look_up

    def replaced_meanwhile(self: PlaceFile, address: object) -> object:
        """Look up, and replace the file before the answer is given."""
        monkeypatch.setattr(PlaceFile, "_look_up", look_up)
        found = look_up(self, address)  # type: ignore[arg-type]
        os.replace(write_city_file(path.with_name("new.mmdb"), {"203.0.113.0/24": LIMA}), path)
        return found

    monkeypatch.setattr(PlaceFile, "_look_up", replaced_meanwhile)
    assert file.find(KNOWN).city == "Lima"
    file.close()


def test_a_replaced_file_leaves_no_handle_open(path: Path) -> None:
    file = PlaceFile(path)
    before = None
    for _ in range(20):
        os.replace(write_city_file(path.with_name("new.mmdb")), path)
        file.find(KNOWN)
        before = before or len(os.listdir("/proc/self/fd"))
    assert len(os.listdir("/proc/self/fd")) == before
    file.close()


def test_a_file_of_no_use_is_read_once_and_not_at_every_look_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "city.mmdb").write_bytes(b"no database")
    file = PlaceFile(tmp_path / "city.mmdb")
    file.find(KNOWN)
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened again"))
    assert file.find(KNOWN) == NOWHERE
    assert file.report.state is PlaceFileState.DAMAGED


@pytest.mark.parametrize(
    "hostile",
    [
        "Os\x1b[31mlo",
        "Os\x9b1mlo",
        "a\u202eb",
        "nul\x00",
        "\x1b]0;title\x07",
        "\u200b",
        "e" + "\u0301" * 5000,
    ],
)
def test_a_hostile_name_in_the_file_is_inert(tmp_path: Path, hostile: str) -> None:
    record = {"city": {"names": {"en": hostile}}, "country": {"names": {"en": hostile}}}
    file = PlaceFile(write_city_file(tmp_path / "city.mmdb", {"203.0.113.0/24": record}))
    found = file.find(KNOWN)
    file.close()
    assert found.city
    assert found.city == found.country
    assert not set(found.city) & set("\x1b\x9b\u202e\x00\x07\u200b")
    assert len(found.city) < 5 * MAX_NAME_CELLS


def test_an_endless_name_in_the_file_is_cut(tmp_path: Path) -> None:
    record = {"city": {"names": {"en": "x" * 1_000_000}}}
    file = PlaceFile(write_city_file(tmp_path / "city.mmdb", {"203.0.113.0/24": record}))
    found = file.find(KNOWN)
    file.close()
    assert found.city is not None
    assert len(found.city) == MAX_NAME_CELLS


@pytest.mark.parametrize(
    ("record", "city"),
    [
        ("text", None),
        ([1, 2], None),
        ({"city": 7, "country": True}, None),
        ({"city": {"names": ["Oslo"]}}, None),
        ({"city": {"names": {"en": 5}}}, None),
        ({"city": {"names": {"en": "  "}}}, None),
        ({"city": {"names": {"no": "Oslo"}}}, "Oslo"),
        ({"city": "Oslo"}, "Oslo"),
        ({}, None),
    ],
)
def test_a_record_of_another_shape_is_nowhere_or_understood(
    tmp_path: Path, record: object, city: str | None
) -> None:
    file = PlaceFile(write_city_file(tmp_path / "city.mmdb", {"203.0.113.0/24": record}))
    assert file.find(KNOWN).city == city
    file.close()


def test_no_spoilt_file_gets_out_of_hand(path: Path) -> None:
    """Bytes changed, taken out and cut off at places that are always the same: 1,500 spoilt files."""
    whole, chance = path.read_bytes(), random.Random(20261121)
    for _ in range(1500):
        spoilt = bytearray(whole)
        for _ in range(chance.choice((1, 1, 2, 5, 20))):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        match chance.randrange(4):
            case 0:
                del spoilt[chance.randrange(len(spoilt)) :]
            case 1:
                at = chance.randrange(len(spoilt))
                del spoilt[at : at + chance.randrange(1, 30)]
        path.write_bytes(spoilt)
        found = state(path)
        assert found.is_usable != bool(found.mends)
        file = PlaceFile(path)
        for address in ("203.0.113.7", "2001:db8::1", "1.1.1.1"):
            file.find(ip_address(address))
        file.close()


def test_too_few_bytes_for_a_number_are_damage(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = PlaceFile(path)
    file.open()
    monkeypatch.setattr(Reader, "get", lambda *_: struct.unpack("!I", b"cut"))
    assert file.find(KNOWN) == NOWHERE
    assert file.report.state is PlaceFileState.DAMAGED
    file.close()
