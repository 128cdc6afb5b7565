"""The activity as it is seen: a month in words, the events, one event, the export, and the other states."""

from __future__ import annotations

from datetime import timedelta

import pytest

from security.activity import Activity
from security.refusals import WrongCredentials
from store.errors import Unavailable
from tests.tui.house import EMAIL, House, Person
from tests.tui.session_visits import LAPTOP, Spot, three_sessions
from tests.tui.snapshots.stage import Stage, on_stage
from tui.messages import Place
from tui.screens.event_details import EventDetailsScreen
from tui.screens.export import ExportScreen

HERE = Spot("xterm", "local")
"""No network between person and program."""


async def a_past(house: House) -> Person:
    """Three days: two sign-ins, one that failed, a name and a lifetime changed."""
    person, laptop, _ = await three_sessions(house)
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(EMAIL, "wrong wrong", LAPTOP.origin())
    house.clock.advance(timedelta(minutes=3))
    await house.services.accounts.rename(laptop.token, "Amir E.", HERE.origin())
    house.clock.advance(timedelta(minutes=5))
    await house.services.sessions.set_lifetime(laptop.token, timedelta(days=7), LAPTOP.origin())
    return person


async def at_activity(stage: Stage) -> None:
    """Go to the page and wait for what is said of the row under the cursor."""
    await stage.go(Place.ACTIVITY)
    await stage.until(lambda: bool(stage.part("#under")))


async def test_events_stand_newest_first_below_a_month_in_words(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        async for _ in stage.at_sizes():
            stage.says("events in 30 days, most on", "Kind ◂ Everything ▸")
            stage.says("! Sign-in failed", "Name changed")
            assert "this machine" in stage.row("Name changed")
            rows = stage.rows
            assert rows.index(stage.row("Name changed")) < rows.index(stage.row("Sign-in failed"))
            stage.keeps("activity.list")


async def test_one_kind_alone_is_named_with_what_was_refused(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press(*["f"] * 6)
        await stage.until(lambda: stage.part("#under").startswith("auth.sign_in_failed"))
        async for _ in stage.at_sizes():
            assert "Name changed" not in stage.text
            stage.says("Kind ◂ Refused or failed ▸", "! Sign-in failed")
            stage.keeps("activity.kind")


async def test_a_filter_that_finds_no_event_says_so_and_the_way_back(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press("slash")
        await stage.write("nowhere")
        await stage.until(lambda: "Nothing matches." in stage.text and not stage.part("#under"))
        async for _ in stage.at_sizes():
            stage.says("nowhere")
            stage.keeps("activity.filter_empty")


async def test_events_that_cannot_be_read_say_what_failed_and_how_to_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*arguments: object, **named: object) -> None:
        raise Unavailable("The store cannot be reached.")

    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        for flow in ("newest", "total", "days"):
            monkeypatch.setattr(Activity, flow, fails)
        await stage.go(Place.ACTIVITY)
        await stage.until(lambda: "cannot be reached" in stage.text)
        async for _ in stage.at_sizes():
            stage.says("The store cannot be reached.", "r")
            stage.keeps("activity.failed")


async def test_events_that_are_not_followed_say_since_when(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        stage.app.visit.not_live_since = house.clock.now()
        await at_activity(stage)
        async for _ in stage.at_sizes():
            stage.says("! Not live since 09:20; r reads again")
            stage.keeps("activity.stale")


async def test_an_event_tells_everything_that_is_known_of_it(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press("enter")
        await stage.reach(EventDetailsScreen)
        details = stage.app.screen
        assert isinstance(details, EventDetailsScreen)
        event = details.event
        stage.secrets.update({event.id: "id", event.session or "": "session"})
        async for _ in stage.at_sizes():
            stage.says("Session lifetime changed", "It was done", "198.51.100.4")
            stage.says("5 March 2026, 09:20:00")
            assert stage.focused == "close"
            stage.keeps("event_details.done")


async def test_an_event_that_failed_says_so_and_why(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press("down", "down", "enter")
        await stage.reach(EventDetailsScreen)
        async for _ in stage.at_sizes():
            details = stage.app.screen
            assert isinstance(details, EventDetailsScreen)
            stage.secrets[details.event.id] = "id"
            stage.says("Sign-in failed", "It was refused or failed", "Firefox 131 on Linux")
            stage.keeps("event_details.failed")


async def test_an_export_says_how_much_of_the_activity_and_where_to_before_it_writes(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press("e")
        await stage.reach(ExportScreen)
        await stage.until(lambda: "vault-1" in stage.text)
        async for _ in stage.at_sizes():
            stage.says("Export your activity", "11 events", "Save as CSV", "Save as JSON Lines", "Cancel")
            assert stage.focused == "csv"
            stage.keeps("export.question")


async def test_where_nothing_matches_there_is_nothing_to_export_and_no_button_for_it(house: House) -> None:
    person = await a_past(house)
    async with on_stage(house, person.signed_in) as stage:
        await at_activity(stage)
        await stage.press("slash")
        await stage.write("nowhere")
        await stage.until(lambda: "Nothing matches." in stage.text)
        await stage.press("down", "e")
        await stage.reach(ExportScreen)
        await stage.until(lambda: stage.focused == "cancel")
        async for _ in stage.at_sizes():
            assert stage.app.screen.query_one("#csv").disabled
            stage.keeps("export.nothing")
