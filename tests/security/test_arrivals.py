"""What a session is told to come from: browser, terminal, address and place, hostile or not (R055)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from security.bundle import build_services
from security.facts import SecondStepNeeded, SessionView, SignedIn
from security.origin import Origin
from security.places import FilePlaces
from security.safe_text import SafeText, is_showable
from security.services import Services
from tests.security.city_files import write_city_file
from tests.security.people import PASSWORD, House, Person, an_origin
from tests.security.test_clients import HOSTILE, ON_IPHONE, ON_LINUX


@pytest.fixture
async def placing(house: House, tmp_path: Path) -> AsyncIterator[Services]:
    """The flows over the same store, with a city file."""
    places = FilePlaces(write_city_file(tmp_path / "city.mmdb"))
    yield build_services(
        house.store,
        house.keys,
        house.clock,
        house.hasher,
        house.screening,
        node="test",
        places=places,
        refusal_floor_ms=0,
        refusal_jitter_ms=0,
    )
    await places.close()


async def view_of(person: Person, signed_in: SignedIn) -> SessionView:
    """A session as its owner sees it."""
    listed = await person.house.services.sessions.list(person.token)
    return next(session for session in listed if session.id == signed_in.session_id)


async def every_text(house: House) -> list[str]:
    """Every text in the rows that a sign-in writes."""
    async with house.store.read() as tx:
        tables = [
            await tx.fetch(f"SELECT * FROM {table}")  # noqa: S608 - names of ours
            for table in ("sessions", "devices", "audit_events", "outbox", "changes")
        ]
    values: list[object] = []
    for rows in tables:
        for row in rows:
            values.extend(tuple(row))  # type: ignore[arg-type]
    return [value for value in values if isinstance(value, str)]


def browsing(user_agent: str, source_ip: str = "198.51.100.4") -> Origin:
    """An origin that another program makes of a request."""
    return replace(an_origin(client="", source_ip=source_ip), user_agent=user_agent)


async def test_a_browsers_session_is_called_by_its_user_agent(house: House) -> None:
    owner = await house.owner()
    signed_in = await owner.sign_in(browsing(ON_LINUX))
    assert (await view_of(owner, signed_in)).client == "Firefox 131 on Linux"


async def test_the_second_step_calls_it_so_too(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    signed_in = await owner.sign_in(browsing(ON_IPHONE))
    assert (await view_of(owner, signed_in)).client == "Safari 18 on iPhone"


async def test_the_audit_and_the_notice_of_a_new_device_name_the_browser(house: House) -> None:
    owner = await house.owner()
    await owner.sign_in(browsing(ON_LINUX))
    assert (await owner.events())[-1].client == "Firefox 131 on Linux"
    assert any("Firefox 131 on Linux" in str(mail) for mail in await house.mail())


async def test_a_session_gets_the_place_of_its_address(house: House, placing: Services) -> None:
    owner = await house.owner()
    answer = await placing.sign_in.begin(owner.email, PASSWORD, an_origin(source_ip="203.0.113.9"))
    assert isinstance(answer, SignedIn)
    view = await view_of(owner, answer)
    assert (view.city, view.country, view.is_this_network) == ("Oslo", "Norway", False)


async def test_a_session_of_two_steps_gets_the_place_of_its_address(house: House, placing: Services) -> None:
    owner = await house.owner()
    await owner.enrol()
    origin = an_origin(source_ip="2001:db8::9")
    answer = await placing.sign_in.begin(owner.email, PASSWORD, origin)
    assert isinstance(answer, SecondStepNeeded)
    signed_in = await placing.sign_in.finish(answer.half, owner.app.next_code(), origin)
    assert (await view_of(owner, signed_in)).city == "Lima"


async def test_a_founder_gets_the_place_of_their_address(house: House, placing: Services) -> None:
    signed_in = await placing.founding.found("Acme", "Ada", "ada@acme.example", PASSWORD, an_origin())
    (view,) = await placing.sessions.list(signed_in.token)
    assert view.country == "Norway"


@pytest.mark.parametrize("source_ip", ["local", "10.1.2.3", "fd00::1"])
async def test_an_address_of_this_network_has_no_place_and_says_so(
    house: House, placing: Services, source_ip: str
) -> None:
    owner = await house.owner()
    answer = await placing.sign_in.begin(owner.email, PASSWORD, an_origin(source_ip=source_ip))
    assert isinstance(answer, SignedIn)
    view = await view_of(owner, answer)
    assert (view.city, view.country, view.is_this_network) == (None, None, True)


@pytest.mark.parametrize("field", ["client", "source_ip", "city", "country", "user_agent"])
async def test_a_hostile_origin_is_kept_and_shown_inert(house: House, field: str) -> None:
    owner = await house.owner()
    for hostile in HOSTILE:
        signed_in = await owner.sign_in(replace(an_origin(), **{field: hostile}))  # type: ignore[arg-type]
        view = await view_of(owner, signed_in)
        for text in (view.client, view.source_ip, view.city, view.country):
            assert text is None or type(text) is SafeText, ascii(hostile[:40])
            assert all(map(is_showable, text or "")), ascii(hostile[:40])
        kept = await every_text(house)
        assert view.client in kept, ascii(hostile[:40])
        assert not set("".join(kept)) & set("\x1b\x9b\x07\x00\u202e\u2066"), ascii(hostile[:40])
        assert max(map(len, kept)) < 5_000
