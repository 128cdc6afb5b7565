"""The list of sessions: whole, of one's own account only, made safe, with what is new and what just ended."""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from security.facts import SessionsView, SessionView, SignedIn
from security.origin import Origin
from security.policy import STANDARD
from security.refusals import SessionOver
from security.safe_text import MAX_CELLS, SafeText
from security.vocabulary import EndReason, SignInMethod
from store import sessions as session_rows
from tests.security.people import PASSWORD, House, Person, an_origin

NASTY = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b[2J\x1b[H",
    "\x9b31m",
    "[bold red]x[/]",
    "a\nb\r\tc\x00\x7f",
    "\u202egnp.exe",
    "\u200b\u2066\u2069",
    "e" + "\u0301" * 500,
    "x" * 100_000,
    "\udc80",
)
"""Text that a client may send for anything that it says of itself."""


async def view_of(house: House, signed_in: SignedIn) -> SessionsView:
    """The sessions page of a terminal."""
    return await house.services.sessions.view(signed_in.token)


def is_inert(text: str) -> bool:
    """Whether nothing of a text acts on a terminal or hides in it."""
    kinds = {unicodedata.category(char) for char in text}
    return kinds.isdisjoint({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def texts(session: SessionView) -> list[object]:
    """Every value of a session that a client had a hand in."""
    return [session.client, session.source_ip, session.city, session.country, session.device_name]


async def test_the_page_has_every_field_of_every_session_and_the_limits(house: House) -> None:
    owner = await house.owner(keep=True)
    owner.wait(minutes=2)
    other = await owner.sign_in(an_origin("OpenSSH, foot 1.16", "198.51.100.9", "Oslo", "Norway"))
    view = await view_of(house, owner.signed_in)
    assert [session.is_current for session in view.sessions] == [True, False]
    found = view.sessions[1]
    assert found == SessionView(
        id=other.session_id,
        client=SafeText("OpenSSH, foot 1.16"),
        device_name=None,
        source_ip=SafeText("198.51.100.9"),
        is_this_network=False,
        city=SafeText("Oslo"),
        country=SafeText("Norway"),
        created_at=house.clock.now(),
        authenticated_at=house.clock.now(),
        methods=(SignInMethod.PASSWORD,),
        last_active_at=house.clock.now(),
        expires_at=house.clock.now() + timedelta(days=30),
        is_current=False,
        is_new_device=True,
        is_new_network=True,
        is_new_country=False,
        is_kept=False,
        is_locked=False,
    )
    assert view.sessions[0].is_kept
    assert (view.lifetime, view.longest, view.idle, view.limit) == (
        timedelta(days=30),
        timedelta(days=30),
        timedelta(days=7),
        20,
    )
    assert (view.just_ended, view.read_at) == ((), house.clock.now())


async def test_the_current_session_is_first_and_the_others_follow_by_last_activity(house: House) -> None:
    owner = await house.owner()
    others = []
    for _ in range(3):
        owner.wait(minutes=2)
        others.append(await owner.sign_in())
    owner.wait(minutes=2)
    await house.services.sessions.touch(others[0].token)
    view = await view_of(house, owner.signed_in)
    expected = [owner.signed_in, others[0], others[2], others[1]]
    assert [session.id for session in view.sessions] == [one.session_id for one in expected]


async def test_methods_and_lock_of_a_session_are_told(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    other = await owner.sign_in()
    await house.services.sessions.lock(other.token)
    views = {session.id: session for session in (await view_of(house, owner.signed_in)).sessions}
    assert views[other.session_id].methods == (SignInMethod.PASSWORD, SignInMethod.TOTP)
    assert views[other.session_id].is_locked
    assert not views[owner.signed_in.session_id].is_locked


@pytest.mark.parametrize("source_ip", ["local", "10.1.2.3", "192.168.0.9", "::1", "fe80::1", "127.0.0.1"])
async def test_a_private_source_is_this_network_and_a_public_one_is_not(house: House, source_ip: str) -> None:
    owner = await house.owner()
    near = await owner.sign_in(an_origin(source_ip=source_ip))
    views = {session.id: session for session in (await view_of(house, owner.signed_in)).sessions}
    assert views[near.session_id].is_this_network
    assert not views[owner.signed_in.session_id].is_this_network


@pytest.mark.parametrize("nasty", NASTY, ids=ascii)
async def test_nothing_that_a_client_says_of_itself_acts_on_a_terminal(house: House, nasty: str) -> None:
    owner = await house.owner()
    await owner.sign_in(replace(an_origin(nasty, nasty, nasty, nasty), node=nasty))
    browser = await owner.sign_in(replace(an_origin(), user_agent=nasty))
    await house.services.sessions.revoke(owner.token, browser.session_id, owner.origin)
    view = await view_of(house, owner.signed_in)
    for session in (*view.sessions, *view.just_ended):
        for text in texts(session):
            assert text is None or (isinstance(text, SafeText) and len(text) <= MAX_CELLS * 2)
            assert is_inert(str(text))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=40))
async def test_no_text_at_all_gets_through_as_more_than_text(house: House, client: str, place: str) -> None:
    if await house.services.founding.is_needed():
        await house.owner()
    origin = an_origin(client, place, place, place)
    signed_in = await house.services.sign_in.begin("amir@acme.example", PASSWORD, origin)
    assert isinstance(signed_in, SignedIn)
    view = await view_of(house, signed_in)
    assert all(is_inert(str(text)) for text in texts(view.sessions[0]))


async def test_even_a_row_that_another_program_wrote_is_made_safe(house: House) -> None:
    owner = await house.owner()
    async with house.store.write("other program", house.clock.now()) as tx:
        await tx.execute("UPDATE sessions SET client = :x, city = :x, country = :x", x="\x1b[2J")
        await tx.execute("UPDATE devices SET name = :x", x="\x1b]0;x\x07")
    session = (await view_of(house, owner.signed_in)).sessions[0]
    assert all(is_inert(str(text)) for text in texts(session))
    assert session.device_name is not None


async def test_nobody_sees_sessions_of_another_person(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    ended = await bea.sign_in()
    await house.services.sessions.revoke(bea.token, ended.session_id, bea.origin)
    mine, theirs = await view_of(house, owner.signed_in), await view_of(house, bea.signed_in)
    assert [session.id for session in mine.sessions] == [owner.signed_in.session_id]
    assert mine.just_ended == ()
    assert [session.id for session in theirs.sessions] == [bea.signed_in.session_id]
    assert [session.id for session in theirs.just_ended] == [ended.session_id]


async def revoked(house: House, owner: Person, other: SignedIn) -> None:
    """End the other session from the owner's terminal."""
    await house.services.sessions.revoke(owner.token, other.session_id, owner.origin)


async def signed_out(house: House, owner: Person, other: SignedIn) -> None:
    """End the other session by its own person."""
    await house.services.sign_in.sign_out(other.token, owner.origin)


async def crashed(house: House, owner: Person, other: SignedIn) -> None:
    """End the other session by an error in it."""
    await house.services.sessions.crashed(other.token, "INC-1", "ValueError", owner.origin)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (revoked, EndReason.REVOKED),
        (signed_out, EndReason.SIGNED_OUT),
        (crashed, EndReason.CRASHED),
    ],
)
async def test_an_end_is_told_with_its_reason_for_ten_seconds(
    house: House, end: Callable[[House, Person, SignedIn], Awaitable[None]], reason: EndReason
) -> None:
    owner = await house.owner()
    other = await owner.sign_in(an_origin("OpenSSH, foot"))
    await end(house, owner, other)
    ended_at = house.clock.now()
    owner.wait(seconds=10, microseconds=-1)
    view = await view_of(house, owner.signed_in)
    assert [session.id for session in view.sessions] == [owner.signed_in.session_id]
    assert [(one.id, one.client, one.ended_at, one.end_reason) for one in view.just_ended] == [
        (other.session_id, "OpenSSH, foot", ended_at, reason)
    ]
    owner.wait(microseconds=1)
    assert (await view_of(house, owner.signed_in)).just_ended == ()


async def test_the_newest_end_is_told_first_and_a_clock_that_falls_back_hides_none(house: House) -> None:
    owner = await house.owner()
    first, second = await owner.sign_in(), await owner.sign_in()
    await revoked(house, owner, first)
    owner.wait(seconds=1)
    await revoked(house, owner, second)
    owner.wait(seconds=-5)
    view = await view_of(house, owner.signed_in)
    assert [session.id for session in view.just_ended] == [second.session_id, first.session_id]


async def test_what_is_over_by_age_or_rest_is_in_no_list_at_exactly_its_moment(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, lifetime_seconds=86400, idle_seconds=3600))
    resting = await owner.sign_in()
    for _ in range(3):
        owner.wait(minutes=19)
        await house.services.sessions.touch(owner.token)
    owner.wait(minutes=3, microseconds=-1)
    assert resting.session_id in {one.id for one in (await view_of(house, owner.signed_in)).sessions}
    owner.wait(microseconds=1)
    assert [one.id for one in (await view_of(house, owner.signed_in)).sessions] == [
        owner.signed_in.session_id
    ]


async def test_a_country_is_new_once_and_only_where_another_one_is_known(house: House) -> None:
    owner = await house.owner()
    places: list[str | None] = ["Norway", None, "Norway", "Chile", "Chile", "Norway", "Peru"]
    marks = []
    for country in places:
        owner.wait(seconds=1)
        signed_in = await owner.sign_in(an_origin(country=country))
        marks.append((await view_of(house, signed_in)).sessions[0].is_new_country)
    assert marks == [False, False, False, True, False, False, True]
    told = [event for event in await owner.events() if "new_country" in event.details]
    assert len(told) == 2


async def test_a_country_that_ended_sessions_came_from_is_known(house: House) -> None:
    owner = await house.owner()
    await owner.sign_in(an_origin(country="Norway"))
    await owner.sign_in(an_origin(country="Chile"))
    await house.services.sessions.revoke_others(owner.token, owner.origin)
    again = await owner.sign_in(an_origin(country="Chile"))
    assert not (await view_of(house, again)).sessions[0].is_new_country


async def test_the_countries_of_others_are_not_ones_own(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await owner.sign_in(an_origin(country="Norway"))
    await bea.sign_in(an_origin(country="Chile"))
    theirs = await bea.sign_in(an_origin(country="Norway"))
    assert (await view_of(house, theirs)).sessions[0].is_new_country


class Atlas:
    """Knows one place, and cannot be asked where a transaction is open."""

    def __init__(self, house: House) -> None:
        """Watch the store of a house."""
        self._house = house
        self.asked: list[str] = []

    async def placed(self, origin: Origin) -> Origin:
        """The origin in Oslo."""
        self.asked.append(origin.client)
        at = self._house.clock.now()
        async with self._house.store.write(f"atlas {len(self.asked)}", at):
            pass  # waits for ever, or is refused, where the asking task holds a transaction open
        return replace(origin, city="Oslo", country="Norway")

    async def close(self) -> None:
        """Nothing is held open."""


async def test_the_place_is_found_before_the_transaction_of_each_way_in(house: House) -> None:
    atlas = Atlas(house)
    house.services = house.build(house.store, places=atlas)
    owner = await house.owner()
    again = await owner.sign_in()
    await owner.enrol()
    both = await owner.sign_in()
    views = {one.id: one for one in (await view_of(house, both)).sessions}
    assert {views[one.session_id].city for one in (owner.signed_in, both)} == {"Oslo"}
    assert again.session_id not in views
    assert len(atlas.asked) == 4


async def test_the_client_of_a_session_that_another_program_made_is_put_in_words(house: House) -> None:
    owner = await house.owner()
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
    signed_in = await owner.sign_in(replace(an_origin("gateway"), user_agent=firefox))
    assert (await view_of(house, signed_in)).sessions[0].client == "Firefox 131 on Linux"
    event = [event for event in await owner.events() if event.name == "auth.signed_in"][-1]
    assert event.client == "Firefox 131 on Linux"


async def test_an_ended_session_reads_no_list(house: House) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    await revoked(house, owner, other)
    with pytest.raises(SessionOver):
        await view_of(house, other)


async def test_no_hash_and_no_token_is_in_the_page(house: House) -> None:
    owner = await house.owner()
    view = await view_of(house, owner.signed_in)
    async with house.store.read() as tx:
        record = await session_rows.get(tx, owner.signed_in.session_id)
    assert record is not None
    shown = repr(view)
    for secret in (owner.token.reveal, record.token_hash.hex(), repr(record.token_hash)):
        assert secret not in shown
    assert {field.name for field in fields(SessionView)}.isdisjoint({"token", "token_hash", "device_id"})
