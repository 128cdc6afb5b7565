"""The Activity: events as a list, found by word and kind, told in full, and read again by difference."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from security.activity_facts import ActivityMark, ActivityPage, ActivityQuery
from security.facts import Secret
from security.refusals import WrongCredentials
from security.vocabulary import ChangeKind, EventName
from store.errors import Unavailable
from tests.tui.house import EMAIL, PASSWORD, House, Person, settled, shown, type_text
from tui.app import StrongroomApp
from tui.messages import AccountChanged, GoTo, LiveChanged, Place
from tui.screens.activity import NO_MATCH, RESTING_SECONDS, TYPING_SECONDS, ActivityScreen
from tui.screens.event_details import EventDetailsScreen
from tui.screens.overview import OverviewScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.activity_chart import ActivityChart
from tui.widgets.activity_rows import under_words
from tui.widgets.text_field import TextField
from tui.widgets.turn_choice import TurnChoice

SIZES = [(60, 20), (80, 24), (120, 40)]
HOSTILE = "evil\x1b]52;c;ZXZpbA==\x07\u202e[/red]"
"""A device's name that would do harm."""


async def at_activity(pilot: Pilot[int]) -> ActivityScreen:
    """Go to the page and wait until it is read."""
    await settled(pilot)
    pilot.app.screen.post_message(GoTo(Place.ACTIVITY))
    await settled(pilot)
    assert isinstance(pilot.app.screen, ActivityScreen)
    await settled(pilot)
    return pilot.app.screen


async def rested(pilot: Pilot[int], seconds: float = TYPING_SECONDS) -> None:
    """Wait until what waits for a rest has been done."""
    await pilot.pause(seconds + 0.1)
    await settled(pilot)


async def rename(house: House, person: Person, *names: str) -> None:
    """Change the person's name, a minute apart."""
    for name in names:
        house.clock.advance(timedelta(minutes=1))
        await house.services.accounts.rename(person.signed_in.token, name, house.origin())


def names(screen: ActivityScreen) -> list[EventName]:
    """What the list holds, newest first."""
    return [event.name for event in screen.rows.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_the_page_shows_time_event_address_and_a_month_in_words(
    house: House, size: tuple[int, int]
) -> None:
    person = await house.founder()
    await rename(house, person, "Amir A", "Amir B")
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        screen = await at_activity(pilot)
        text = shown(app)
        total = len(screen.rows.rows)
        assert f"{total} events in 30 days, most on 2 March ({total})" in text
        assert text.count("Name changed") == 2
        assert "Account created" in text
        assert "203.0.113.7" in text
        assert "Kind ◂ Everything ▸" in text
        assert screen.focused is screen.rows


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_by_tab_and_is_in_view(
    house: House, size: tuple[int, int]
) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        screen = await at_activity(pilot)
        reached = set()
        for _ in range(12):
            await pilot.press("tab")
            assert screen.focused is not None
            assert screen.region.contains_region(screen.focused.region)
            reached.add(screen.focused.id)
        assert {"filter", "kind", "events"} <= reached


async def test_with_room_for_it_every_row_has_device_and_name(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(140, 40)) as pilot:
        await at_activity(pilot)
        row = next(line for line in shown(app).splitlines() if "Account created" in line)
        for part in ("Today", "OpenSSH, kitty", "203.0.113.7", "account.created"):
            assert part in row


async def test_without_room_name_and_device_of_the_row_stand_below_the_list(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await pilot.press("G")
        await rested(pilot, RESTING_SECONDS)
        current = screen.rows.current
        assert current is screen.rows.rows[-1]
        assert f"{current.name.value} · OpenSSH, kitty" in shown(app)
        assert under_words(current).startswith(current.name.value)


async def test_a_word_of_the_screen_finds_what_it_stands_for(house: House) -> None:
    person = await house.founder()
    await rename(house, person, "Amir A")
    await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        everything = names(screen)
        await pilot.press("slash")
        await type_text(pilot, "name chan")
        await rested(pilot)
        assert names(screen) == [EventName.ACCOUNT_RENAMED]
        screen.query_one("#filter", TextField).value = "firefox SIGNED"
        await rested(pilot)
        assert names(screen) == [EventName.SIGNED_IN]
        await pilot.press("enter")
        assert screen.focused is screen.rows
        await pilot.press("escape")
        await settled(pilot)
        assert names(screen) == everything
        assert screen.query_one("#filter", TextField).value == ""
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


async def test_f_goes_through_the_kinds_and_a_failure_says_so_without_its_colour(house: House) -> None:
    person = await house.founder()
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(EMAIL, "Not the battery, 9", house.origin("stranger"))
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        seen = []
        for _ in range(7):
            await pilot.press("f")
            await settled(pilot)
            seen.append(screen.query_one(TurnChoice).chosen)
            if screen.query_one(TurnChoice).chosen == 6:
                assert names(screen) == [EventName.SIGN_IN_FAILED]
                assert "! Sign-in failed" in shown(app)
                assert "Kind ◂ Refused or failed ▸" in shown(app)
        assert seen == [1, 2, 3, 4, 5, 6, 0]


async def test_a_pointer_and_arrows_turn_the_kind_too(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        choice = screen.query_one(TurnChoice)
        await pilot.click(choice, offset=(0, 0))
        assert choice.chosen == 6
        choice.focus()
        await pilot.press("right", "right")
        assert choice.chosen == 1
        await pilot.press("down")
        assert screen.focused is screen.rows


async def test_nothing_found_says_so_and_what_next(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await pilot.press("slash")
        await type_text(pilot, "nowhere")
        await rested(pilot)
        assert names(screen) == []
        assert NO_MATCH.format(back="esc") in shown(app)
        await pilot.press("down")
        assert screen.focused is screen.rows


async def test_escape_shows_everything_again_from_the_filter_too_where_nothing_matches(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await pilot.press("slash")
        await type_text(pilot, "nowhere")
        await rested(pilot)
        assert "enter Open" not in shown(app)
        await pilot.press("escape")
        await rested(pilot)
        assert names(screen)
        assert screen.focused is screen.rows
        await pilot.press("slash")
        await type_text(pilot, "created")
        await rested(pilot)
        found = names(screen)
        await pilot.press("escape")
        await rested(pilot)
        assert names(screen) == found


async def test_a_filter_of_too_many_words_is_refused_in_words(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        screen.query_one("#filter", TextField).value = "a b c d e f g h i"
        await rested(pilot)
        assert "The filter is too long" in shown(app)


async def test_enter_tells_everything_of_an_event(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, EventDetailsScreen)
        event = screen.rows.rows[0]
        text = shown(app)
        for part in (event.name.value, "2 March 2026, 09:00:00 UTC", "It was done", event.client, event.id):
            assert part in text
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, ActivityScreen)


async def test_hostile_text_of_an_event_is_inert_in_list_and_details(house: House) -> None:
    person = await house.founder()
    origin = house.origin("stranger", client=HOSTILE)
    await house.services.sign_in.begin(EMAIL, PASSWORD, origin)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        screen = await at_activity(pilot)
        assert any("evil" in event.client for event in screen.rows.rows)
        await pilot.press("enter")
        await settled(pilot)
        text = shown(app)
        assert "evil" in text
        assert not set(text) & set("\x1b\x07\u202e")


async def test_what_happens_elsewhere_comes_without_a_key_and_the_cursor_keeps_its_row(house: House) -> None:
    person = await house.founder()
    await rename(house, person, "Amir A", "Amir B")
    other = await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await pilot.press("down", "down")
        await settled(pilot)
        held, before = screen.rows.current, len(screen.rows.rows)
        await house.services.accounts.rename(other.token, "Amir C", house.origin("elsewhere"))
        for _ in range(40):
            await rested(pilot, 0)
            if len(screen.rows.rows) > before:
                break
        assert names(screen)[0] is EventName.ACCOUNT_RENAMED
        assert len(screen.rows.rows) == before + 1
        assert screen.rows.current == held
        await settled(pilot)
        days = screen.query_one(ActivityChart).days
        assert days is not None
        assert days.total == before + 1


async def test_times_are_told_in_utc_or_local_time(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        if app.visit.uses_utc:
            await pilot.press("t")
        await settled(pilot)
        local = screen.rows.rows[0].at.astimezone()
        assert f"Today {local:%H:%M}" in shown(app) or f"{local:%b %H:%M}" in shown(app)
        await pilot.press("t")
        await settled(pilot)
        assert "Today 09:00" in shown(app)


async def test_a_store_that_fails_is_told_and_r_tries_again(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        await settled(pilot)

        async def gone(*arguments: object) -> ActivityPage:
            raise Unavailable("The store is gone.")

        with pytest.MonkeyPatch.context() as patch:
            for reading in ("newest", "older", "newer", "oldest", "at"):
                patch.setattr(house.services.activity, reading, gone)
            await pilot.press("r")
            await settled(pilot)
            assert "The store is gone." in shown(app)
        await pilot.press("r")
        await settled(pilot)
        assert "The store is gone." not in shown(app)
        assert names(screen)


async def test_where_the_session_is_over_the_page_gives_way_to_sign_in(house: House) -> None:
    person = await house.founder()
    other = await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await at_activity(pilot)
        await house.services.sessions.revoke(
            other.token, person.signed_in.session_id, house.origin("elsewhere")
        )
        await pilot.press("r")
        for _ in range(40):
            await settled(pilot)
            if isinstance(app.screen, SignInScreen):
                break
        assert isinstance(app.screen, SignInScreen)


async def test_where_nothing_is_told_any_more_the_page_says_since_when(house: House, tokyo: None) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        app.visit.uses_utc = True
        app.visit.not_live_since = house.clock.now()
        screen.post_message(LiveChanged())
        await settled(pilot)
        assert "! Not live since 09:00; r reads again" in shown(app)
        await pilot.press("t")
        await settled(pilot)
        assert "! Not live since 18:00; r reads again" in shown(app)
        assert "2 March UTC (" in shown(app)
        await pilot.press("t")
        await settled(pilot)
        assert "2 March (" in shown(app)
        app.visit.not_live_since = None
        screen.post_message(LiveChanged())
        await settled(pilot)
        assert "Not live" not in shown(app)


async def test_a_search_over_many_steps_says_how_far_it_is(house: House) -> None:
    """Each answer is of a bounded step; the list goes on by itself until it has filled the screen."""
    person = await house.founder()
    await rename(house, person, *(f"Amir {chr(65 + turn)}" for turn in range(12)))
    activity = house.services.activity
    older = activity.older
    steps = 0
    go_on = asyncio.Event()

    async def by_ones(
        token: Secret, query: ActivityQuery, below: ActivityMark | None, limit: int
    ) -> ActivityPage:
        """One event at a time, of which only the oldest is a find."""
        nonlocal steps
        steps += 1
        if steps == 5:
            await go_on.wait()
        page = await older(token, ActivityQuery(), below, 1)
        return replace(page, events=page.events if page.older is None else (), index=None, total=None)

    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        everything = len(screen.rows.rows)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(activity, "older", by_ones)
            screen.query_one("#filter", TextField).value = "founding"
            for _ in range(1000):
                await pilot.pause(0.02)
                if steps == 5 and "Searching…" in shown(app):
                    break
            assert steps == 5
            assert "Searching… back to 2 March 2026" in shown(app)
            go_on.set()
            await settled(pilot)
        assert steps == everything
        assert len(names(screen)) == 1


async def test_escape_ends_a_search_from_the_filter_too(house: House) -> None:
    person = await house.founder()
    await rename(house, person, *(f"Amir {chr(65 + turn)}" for turn in range(12)))
    older = house.services.activity.older
    never = asyncio.Event()

    async def by_ones(
        token: Secret, query: ActivityQuery, below: ActivityMark | None, limit: int
    ) -> ActivityPage:
        """One event, which is no find, and then no end."""
        if below is not None:
            await never.wait()
        page = await older(token, ActivityQuery(), below, 1)
        return replace(page, events=(), index=None, total=None)

    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(house.services.activity, "older", by_ones)
            await pilot.press("slash")
            await type_text(pilot, "nowhere")
            await pilot.pause(TYPING_SECONDS + 0.5)
            assert "(esc stops)" in shown(app)
            await pilot.press("escape")
            await settled(pilot)
            assert "Searched back to 2 March 2026" in shown(app)
            assert screen.query_one("#filter", TextField).value == "nowhere"


async def test_a_long_search_is_made_anew_only_at_the_persons_wish(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tui.screens.activity.SOON_SEARCHED", 1)
            screen.query_one("#filter", TextField).value = "name"
            await rested(pilot)
            assert names(screen) == []
            await rename(house, person, "Amir A")
            screen.post_message(AccountChanged(ChangeKind.ACCOUNT_CHANGED))
            await settled(pilot)
            assert names(screen) == []
            await pilot.press("r")
            await settled(pilot)
            assert names(screen) == [EventName.ACCOUNT_RENAMED]


async def test_what_nobody_tells_of_is_looked_for_from_time_to_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.screens.activity.LOOK_SECONDS", 0.2)
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        screen = await at_activity(pilot)
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(EMAIL, "Not the battery, 9", house.origin("stranger"))
        await rested(pilot, 0.5)
        assert names(screen)[0] is EventName.SIGN_IN_FAILED
