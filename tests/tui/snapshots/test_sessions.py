"""The sessions as they are seen: who is signed in, what is asked before one ends, and every other state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from security.sessions import Sessions
from store.errors import Unavailable
from tests.tui.house import House
from tests.tui.session_visits import three_sessions
from tests.tui.snapshots.stage import at_every_size, on_stage
from tui.messages import Place
from tui.screens.confirm import ConfirmScreen
from tui.screens.device_name import DeviceNameScreen
from tui.screens.revoke import RevokeScreen
from tui.screens.session_details import SessionDetailsScreen
from tui.screens.session_lifetime import SessionLifetimeScreen
from tui.screens.sessions import SessionsScreen

Size = tuple[int, int]


async def test_each_session_tells_device_place_and_activity_and_this_one_is_marked(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        async for _ in stage.at_sizes():
            assert "●" in stage.row("Current")
            assert "now" in stage.row("Current")
            stage.says("Firefox 131 on Linux", "Bergen, Norway", "12 min")
            stage.says("Safari 18 on iPhone", "Lima, Peru", "3 d")
            stage.says("Sign out everywhere else", "Sessions 3", "● live")
            stage.keeps("sessions.list")


@at_every_size
async def test_a_page_that_is_opened_at_a_size_looks_like_one_that_was_given_it(
    house: House, size: Size
) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in, size) as stage:
        await stage.go(Place.SESSIONS)
        assert stage.app.size == size
        stage.keeps("sessions.list")


async def test_the_same_sessions_stand_in_the_room_of_the_person(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.GENERAL_SESSIONS)
        async for _ in stage.at_sizes():
            assert "●" in stage.row("Current")
            stage.says("Profile › General", "Firefox 131 on Linux", "Sign out everywhere else")
            stage.keeps("general_sessions.list")


async def test_a_filter_that_finds_nothing_says_so_and_the_way_back(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("slash")
        await stage.write("nowhere")
        async for _ in stage.at_sizes():
            stage.says("nowhere", "esc")
            assert "Firefox" not in stage.text
            stage.keeps("sessions.filter_empty")


async def test_sessions_that_cannot_be_read_say_what_failed_and_how_to_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*arguments: object) -> None:
        raise Unavailable("The store cannot be reached.")

    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        monkeypatch.setattr(Sessions, "view", fails)
        await stage.go(Place.SESSIONS)
        async for _ in stage.at_sizes():
            stage.says("The store cannot be reached.", "r tries again")
            stage.keeps("sessions.failed")


async def test_sessions_that_are_not_followed_say_since_when(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        stage.app.visit.not_live_since = house.clock.now()
        await stage.go(Place.SESSIONS)
        async for _ in stage.at_sizes():
            stage.says("Not live since 09:12")
            stage.keeps("sessions.stale")


async def test_revoking_names_device_place_and_activity_with_cancel_focused(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("down", "x")
        await stage.reach(RevokeScreen)
        async for _ in stage.at_sizes():
            stage.says(
                "Revoke this session?", "Firefox 131 on Linux", "Bergen, Norway", "last active 12 min ago"
            )
            assert stage.focused == "cancel"
            stage.keeps("revoke.plain")


async def test_revoking_a_strange_session_says_why_and_offers_a_new_password(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("end", "x")
        await stage.reach(RevokeScreen)
        async for _ in stage.at_sizes():
            stage.says("Safari 18 on iPhone", "Lima, Peru", "Revoke and change password")
            assert stage.focused == "cancel"
            stage.keeps("revoke.strange")


async def test_a_revoked_session_is_said_to_be_so_where_it_stood(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("down", "x")
        await stage.reach(RevokeScreen)
        await stage.press("tab", "enter")
        await stage.until(lambda: "revoked" in stage.row("Firefox"))
        async for _ in stage.at_sizes():
            stage.says("✓ Revoked: Firefox 131 on Linux, Bergen, Norway.", "Sessions 2")
            stage.keeps("sessions.revoked")


async def test_signing_out_everywhere_else_says_how_many_and_which_with_cancel_focused(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("o")
        await stage.reach(ConfirmScreen)
        async for _ in stage.at_sizes():
            stage.says(
                "End your 2 other sessions? Only this one stays.", "Firefox 131 on Linux (Bergen, Norway)"
            )
            assert stage.focused == "cancel"
            stage.keeps("confirm.others")


async def test_a_sessions_details_tell_all_of_it_and_close_has_the_focus(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("end", "enter")
        await stage.reach(SessionDetailsScreen)
        async for _ in stage.at_sizes():
            stage.says(
                "Safari 18 on iPhone", "2001:db8:85a3::7334", "Lima, Peru (approximate, by its address)"
            )
            stage.says("Not you? Revoke it.")
            assert stage.focused == "cancel"
            stage.keeps("session_details.strange")


async def test_naming_a_device_begins_in_the_field(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("down", "n")
        await stage.reach(DeviceNameScreen)
        await stage.write("Kitchen laptop")
        async for _ in stage.at_sizes():
            stage.says("Name this device", "Firefox 131 on Linux", "Kitchen laptop", "Only you see the name.")
            assert stage.focused == "device"
            stage.keeps("device_name.typed")


@at_every_size
async def test_a_shorter_lifetime_says_whom_it_signs_out_before_it_is_saved(house: House, size: Size) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in, size) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("d")
        await stage.reach(SessionLifetimeScreen)
        await stage.press("left", "left")
        stage.says("How long sessions live", "● 1 d", "Sessions end 1 day after they began.")
        stage.says("This one is older than that: you are signed out at once, and 1 other one too.")
        stage.keeps("session_lifetime.shorter")
        stage.app.screen.query_one("#act").focus()
        await stage.press("enter")
        await stage.reach(ConfirmScreen)
        stage.says("Save, and end 2 sessions now?")
        assert stage.focused == "cancel"
        stage.keeps("confirm.lifetime")


async def test_a_session_alone_says_that_there_is_no_other(house: House) -> None:
    person = await house.founder()
    house.clock.advance(timedelta(minutes=1))
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        async for _ in stage.at_sizes():
            assert type(stage.app.screen) is SessionsScreen
            stage.says("Sessions 1")
            stage.keeps("sessions.alone")
