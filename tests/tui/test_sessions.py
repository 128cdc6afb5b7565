"""The sessions page over real flows: what stands there, what becomes of it, and what can be done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import cast

import pytest
from textual import events
from textual.pilot import Pilot

from security.refusals import SessionOver
from security.sessions import Sessions
from security.vocabulary import Measure
from store.errors import Unavailable
from tests.tui.house import House, settled, shown, type_text
from tests.tui.session_visits import CELLAR, LAPTOP, PHONE, at_desk, go_to, sign_in_at, three_sessions
from tui.app import StrongroomApp
from tui.messages import LiveChanged, Place
from tui.screens.general import GeneralScreen
from tui.screens.overview import OverviewScreen
from tui.screens.password import PasswordScreen
from tui.screens.revoke import RevokeScreen
from tui.screens.sessions import GeneralSessionsScreen, SessionsScreen
from tui.screens.sign_in import SignInScreen
from tui.session_watch import SessionRow
from tui.widgets.measure_list import MeasureList
from tui.widgets.row_list import RowList

SIZES = [(60, 20), (80, 24), (110, 30), (120, 40), (250, 80)]


async def until(pilot: Pilot[int], holds: Callable[[], bool]) -> None:
    """Wait for what comes by the feed of changes, without a key."""
    for _ in range(200):
        if holds():
            return
        await pilot.pause(0.05)
    raise AssertionError(shown(pilot.app))  # type: ignore[arg-type]


def line_of(app: StrongroomApp, words: str) -> str:
    """The line of the screen that has these words."""
    return next(line for line in shown(app).splitlines() if words in line)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("place", [Place.SESSIONS, Place.GENERAL_SESSIONS])
async def test_every_row_has_device_address_place_and_last_activity_at_every_size(
    house: House, size: tuple[int, int], place: Place
) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        await go_to(pilot, place)
        screen = shown(app)
        for words in ("OpenSSH, kitty 0.35", "203.0.113.7", "Oslo, Norway", "Current", "now"):
            assert words in screen
        for words in ("Firefox 131 on Linux", "198.51.100.4", "Bergen, Norway", "12 min"):
            assert words in screen
        for words in ("Safari 18 on iPhone", "7334", "Lima, Peru", "3 d"):
            assert words in screen
        assert "Sign out everywhere else" in screen
        assert "Sessions 3" in screen
        assert "● live" in screen


async def test_below_110_columns_a_session_takes_two_lines_and_above_it_one(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(109, 30)) as pilot:
        await go_to(pilot)
        assert "198.51.100.4" not in line_of(app, "Firefox")
        await pilot.resize_terminal(110, 30)
        await settled(pilot)
        assert "198.51.100.4" in line_of(app, "Firefox")
        assert "Last active" in shown(app)


async def test_an_unknown_place_and_a_private_network_are_said_in_words(house: House) -> None:
    person = await at_desk(house)
    await sign_in_at(house, CELLAR)
    await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        assert "192.168.7.9  ·  this network" in shown(app)
        assert "203.0.113.7  ·  place unknown" in shown(app)


async def test_revoking_asks_with_device_place_and_activity_and_cancel_has_the_focus(house: House) -> None:
    person, _, phone = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("end", "x")
        await settled(pilot)
        screen = shown(app)
        assert isinstance(app.screen, RevokeScreen)
        for words in ("Safari 18 on iPhone", "2001:db8:85a3::7334", "Lima, Peru", "last active 3 d ago"):
            assert words in screen
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await pilot.press("enter")
        await settled(pilot)
        await house.services.sessions.touch(phone.token)


async def test_a_revoked_row_says_so_for_five_seconds_and_its_terminal_is_out(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down", "delete")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        await until(pilot, lambda: "revoked" in line_of(app, "Firefox"))
        assert "✓ Revoked: Firefox 131 on Linux, Bergen, Norway." in shown(app)
        assert "Sessions 2" in shown(app)
        with pytest.raises(SessionOver):
            await house.services.sessions.touch(laptop.token)
        house.clock.advance(timedelta(seconds=5))
        await pilot.press("r")
        await settled(pilot)
        assert "Firefox" not in shown(app)


async def test_the_revoked_row_leaves_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.session_watch.SHOWN_ENDED", timedelta(seconds=0.2))
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await until(pilot, lambda: "revoked" in shown(app))
        house.clock.advance(timedelta(seconds=1))
        await until(pilot, lambda: "Firefox" not in shown(app))


async def test_nothing_can_be_done_with_a_row_that_has_ended(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down")
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await until(pilot, lambda: "revoked" in shown(app))
        for key in ("x", "n", "enter"):
            cast(SessionsScreen, app.screen).frame.notice.clear()
            await pilot.press(key)
            await settled(pilot)
            assert isinstance(app.screen, SessionsScreen)
            assert "This session has ended" in shown(app)


async def test_a_session_that_ended_meanwhile_is_said_to_have_ended_already(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down", "x")
        await settled(pilot)
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "That session had ended already." in shown(app)


async def test_a_device_whose_session_ended_meanwhile_is_said_to_be_named_later(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down", "n")
        await settled(pilot)
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await pilot.press("x", "enter")
        await until(pilot, lambda: "This session has ended." in shown(app))


async def test_an_act_that_takes_long_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from asyncio import Event

    released, whole = Event(), Sessions.revoke

    async def slow(self: Sessions, *arguments: object) -> None:
        await released.wait()
        await whole(self, *arguments)  # type: ignore[arg-type]

    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        monkeypatch.setattr(Sessions, "revoke", slow)
        await pilot.press("down", "x")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await until(pilot, lambda: "One moment…" in shown(app))
        released.set()
        await until(pilot, lambda: "Revoked: Firefox" in shown(app))
        assert "One moment" not in shown(app)


async def test_revoking_the_current_session_asks_and_then_is_a_sign_out(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "It is the one you are using" in shown(app)
        await pilot.press("tab", "enter")
        await settled(pilot)
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert "You signed out." in shown(app)
    await house.services.sessions.touch(laptop.token)


@pytest.mark.parametrize("way", ["key", "button"])
async def test_signing_out_everywhere_else_says_how_many_before_and_after(house: House, way: str) -> None:
    person, laptop, phone = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        if way == "key":
            await pilot.press("o")
        else:
            await pilot.click("#sessions-others")
        await settled(pilot)
        assert "End your 2 other sessions? Only this one stays." in shown(app)
        assert "Each goes back to sign-in" in " ".join(shown(app).replace("│", " ").split())
        assert app.focused is not None
        assert app.focused.id == "cancel"
        await pilot.press("tab", "enter")
        await settled(pilot)
        await until(pilot, lambda: "2 other sessions were signed out." in shown(app))
        assert "1 session " in shown(app)
        assert ("Missing a device?" in shown(app)) == ("terminal keeps." in shown(app))
        for gone in (laptop, phone):
            with pytest.raises(SessionOver):
                await house.services.sessions.touch(gone.token)


async def test_of_one_other_session_is_not_spoken_as_of_many(house: House) -> None:
    person = await at_desk(house)
    await sign_in_at(house, LAPTOP)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("o")
        await settled(pilot)
        assert "It goes back to sign-in" in " ".join(shown(app).replace("│", " ").split())


async def test_one_session_alone_has_nothing_to_sign_out_elsewhere(house: House) -> None:
    person = await at_desk(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        assert "You are signed in nowhere else." in shown(app)
        assert "Sign out everywhere else" not in shown(app)
        assert "terminal keeps." in shown(app)
        await pilot.press("o")
        await settled(pilot)
        assert isinstance(app.screen, SessionsScreen)


async def test_a_session_that_begins_elsewhere_appears_without_a_key_and_says_new(house: House) -> None:
    person = await at_desk(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await sign_in_at(house, PHONE)
        await until(pilot, lambda: "Safari" in shown(app))
        assert " NEW " in line_of(app, "Safari")
        assert "new country" in line_of(app, "Safari")
        assert "2 sessions" in shown(app)
        await pilot.press("r")
        await settled(pilot)
        assert " NEW " not in line_of(app, "Safari")


async def test_the_cursor_stays_on_its_session_when_others_come_and_go(house: House) -> None:
    person, laptop, phone = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("end")
        rows: RowList[SessionRow] = app.screen.query_one(RowList)
        await sign_in_at(house, CELLAR)
        await until(pilot, lambda: "foot" in shown(app))
        assert rows.current is not None
        assert rows.current.session.id == phone.session_id
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await until(pilot, lambda: "revoked" in shown(app))
        assert rows.current is not None
        assert rows.current.session.id == phone.session_id


async def test_the_tabs_of_a_page_that_reads_no_sessions_count_them_too(house: House) -> None:
    person = await at_desk(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot, Place.GENERAL)
        assert "Sessions 1" in shown(app)
        await sign_in_at(house, LAPTOP)
        await until(pilot, lambda: "Sessions 2" in shown(app))


async def test_a_strange_session_says_why_and_leads_to_a_new_password(house: House) -> None:
    person, _, phone = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("end")
        await settled(pilot)
        assert "! First session from Peru. Enter: what to do." in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        assert "Your account never had a session from Peru before." in " ".join(shown(app).split())
        await pilot.press("tab", "tab", "enter")
        await settled(pilot)
        assert "change your password too" in shown(app)
        await pilot.press("tab", "tab", "enter")
        await settled(pilot)
        await until(pilot, lambda: isinstance(app.screen, PasswordScreen))
        with pytest.raises(SessionOver):
            await house.services.sessions.touch(phone.token)


async def test_an_ordinary_session_offers_no_change_of_the_password(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("x")
        await settled(pilot)
        assert "Revoke and change password" not in shown(app)


async def test_the_details_have_everything_and_lead_on(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down", "enter")
        await settled(pilot)
        screen = " ".join(shown(app).replace("│", " ").split())
        for words in (
            "Client Firefox 131 on Linux",
            "Address 198.51.100.4",
            "Place Bergen, Norway (approximate, by its address)",
            "with password",
            "Last active 12 min ago",
            "or after 7 days without activity",
        ):
            assert words in screen
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "Name this device" in shown(app)


async def test_a_device_gets_a_name_and_loses_it_again(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("down", "n")
        await settled(pilot)
        await type_text(pilot, "Kitchen laptop")
        await pilot.press("enter")
        await settled(pilot)
        await until(pilot, lambda: "Kitchen laptop" in shown(app))
        assert "198.51.100.4 · Bergen, Norway · Firefox 131 on Linux" in shown(app)
        assert "The device's name was saved." in shown(app)
        await pilot.press("n")
        await settled(pilot)
        await pilot.press("ctrl+u", "enter")
        await settled(pilot)
        await until(pilot, lambda: "Kitchen laptop" not in shown(app))
        assert "Firefox 131 on Linux" in shown(app)


async def test_a_name_that_cannot_be_taken_says_why_beside_it(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("n")
        await settled(pilot)
        await type_text(pilot, "x" * 300)
        await pilot.press("enter")
        await settled(pilot)
        assert "✗ The device's name is too long." in shown(app)
        assert app.focused is not None
        assert app.focused.id == "device"


async def test_a_shorter_lifetime_says_what_it_ends_and_does_it(house: House) -> None:
    person, laptop, phone = await three_sessions(house)
    app = StrongroomApp(house.door(laptop))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("d")
        await settled(pilot)
        assert "Sessions end 30 days after they began" in " ".join(shown(app).split())
        await pilot.press("left", "left")
        await settled(pilot)
        words = " ".join(shown(app).replace("│", " ").split())
        assert "Sessions end 1 day after they began." in words
        assert "2 other sessions are older and are signed out at once." in words
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "Save, and end 2 sessions now?" in shown(app)
        await pilot.press("enter")  # Cancel has the focus
        await settled(pilot)
        assert len(await house.services.sessions.list(laptop.token)) == 3
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "Your sessions now live 1 day at most." in shown(app)
        for gone in (person.signed_in, phone):
            with pytest.raises(SessionOver):
                await house.services.sessions.touch(gone.token)


async def test_a_lifetime_that_ends_the_own_session_says_so_and_signs_out(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("d")
        await settled(pilot)
        await pilot.press("left", "left")
        await settled(pilot)
        assert "This one is older than that" in " ".join(shown(app).replace("│", " ").split())
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "you are signed out at once" in " ".join(shown(app).replace("│", " ").split())
        await pilot.press("tab", "enter")
        await settled(pilot)
        await until(pilot, lambda: isinstance(app.screen, SignInScreen))
        assert "reached its longest lifetime" in shown(app)


async def test_a_filter_shows_only_what_has_its_words_and_escape_shows_all(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("slash")
        await type_text(pilot, "peru new")
        await settled(pilot)
        assert "1 of 3 sessions" in shown(app)
        assert "Firefox" not in shown(app)
        await type_text(pilot, "zzz")
        await settled(pilot)
        assert "No session has these words." in shown(app)
        await pilot.press("enter")
        await settled(pilot)
        footer = shown(app).splitlines()[-1]
        assert "Filter" in footer
        assert not [act for act in ("Open", "Revoke", "Name") if act in footer]
        await pilot.press("escape")
        await settled(pilot)
        assert "3 sessions" in shown(app)
        assert isinstance(app.focused, RowList)
        assert isinstance(app.screen, SessionsScreen)
        assert "x Revoke" in shown(app).splitlines()[-1]


async def test_a_filter_says_what_it_does_not_take(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("slash")
        app.post_message(events.Paste("two\nlines"))
        await settled(pilot)
        assert "✗ The pasted text has line breaks. Nothing was taken." in shown(app)


async def test_a_filter_counts_the_sessions_that_are_alive(house: House) -> None:
    person, laptop, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        await pilot.press("slash")
        await type_text(pilot, "firefox")
        await house.services.sessions.revoke(person.signed_in.token, laptop.session_id, house.origin())
        await until(pilot, lambda: "revoked" in shown(app))
        assert "0 of 2 sessions" in shown(app)


async def test_a_store_that_cannot_be_read_is_said_and_r_reads_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise Unavailable("The store cannot be reached.")

    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        with monkeypatch.context() as broken:
            broken.setattr(Sessions, "view", fails)
            await go_to(pilot)
            assert "✗ Your sessions could not be read." in shown(app)
            assert shown(app).count("The store cannot be") == 1
            assert "tries again" in shown(app)
        await pilot.press("r")
        await settled(pilot)
        assert "3 sessions" in shown(app)
        assert "could not be read" not in shown(app)
        with monkeypatch.context() as broken:
            broken.setattr(Sessions, "view", fails)
            await pilot.press("r")
            await settled(pilot)
            assert "! Not live since" in shown(app)
            assert "Firefox" in shown(app)
            assert "r reads the sessions again" in shown(app)
            assert "The store cannot be reached." in shown(app)
        app.screen.post_message(LiveChanged())
        await settled(pilot)
        assert "● live" in shown(app)
        assert "cannot be reached" not in shown(app)


async def test_times_are_told_the_other_way_while_nothing_can_be_read(
    house: House, monkeypatch: pytest.MonkeyPatch, tokyo: None
) -> None:
    async def fails(*_: object) -> None:
        raise Unavailable("The store cannot be reached.")

    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        monkeypatch.setattr(Sessions, "view", fails)
        app.visit.not_live_since = house.clock.now()
        app.screen.post_message(LiveChanged())
        await settled(pilot)
        assert "! Not live since 18:12" in shown(app)
        await pilot.press("down", "t")
        await settled(pilot)
        assert "! Not live since 09:12" in shown(app)
        await pilot.press("t")
        await settled(pilot)
        assert "! Not live since 18:12" in shown(app)


async def test_since_when_it_is_not_live_is_said_until_it_is_again(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        app.visit.uses_utc = True
        app.visit.not_live_since = house.clock.now()
        app.screen.post_message(LiveChanged())
        await settled(pilot)
        assert f"! Not live since {house.clock.now():%H:%M}" in shown(app)
        assert "● live" not in shown(app)
        app.visit.not_live_since = None
        app.screen.post_message(LiveChanged())
        await settled(pilot)
        assert "Not live" not in shown(app)
        assert "● live" in shown(app)


async def test_reading_that_takes_long_is_said_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from asyncio import Event

    released, whole = Event(), Sessions.view

    async def slow(self: Sessions, *arguments: object) -> object:
        await released.wait()
        return await whole(self, *arguments)  # type: ignore[arg-type]

    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(Sessions, "view", slow)
        await pilot.press("]", "]", "]")
        await until(pilot, lambda: "Reading your sessions…" in shown(app))
        released.set()
        await until(pilot, lambda: "3 sessions" in shown(app))
        assert "Reading" not in shown(app)


async def test_last_activity_is_told_anew_when_its_words_change(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.session_watch.READ_AGAIN_SECONDS", 0.3)
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await go_to(pilot)
        assert "12 min" in line_of(app, "Firefox")
        house.clock.advance(timedelta(minutes=1))
        await until(pilot, lambda: "13 min" in line_of(app, "Firefox"))


async def test_the_overview_leads_to_the_sessions(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.screen.query_one(MeasureList).post_message(MeasureList.Started(Measure.SESSIONS))
        await settled(pilot)
        await settled(pilot)
        assert type(app.screen) is SessionsScreen


async def test_general_has_tabs_and_escape_leads_up(house: House) -> None:
    person, _, _ = await three_sessions(house)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        for key, screen in (
            ("1", GeneralScreen),
            ("]", GeneralSessionsScreen),
            ("escape", GeneralScreen),
            ("escape", OverviewScreen),
        ):
            await pilot.press(key)
            await settled(pilot)
            await settled(pilot)
            assert type(app.screen) is screen
