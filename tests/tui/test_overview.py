"""The Overview and the keys that lead through the rooms, over real flows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from security.facts import EventView, MeasureState, Overview, TwoFactorView
from security.safe_text import SafeText, sanitise
from security.vocabulary import BreachOutcome, EventName, Measure, RiskLevel
from tests.tui.house import START, House, settled, shown
from tests.tui.test_session_words import SESSION
from tui.app import StrongroomApp
from tui.screens.general import GeneralScreen
from tui.screens.overview import OverviewScreen
from tui.screens.password import PasswordScreen
from tui.screens.two_factor import TwoFactorScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.lately_list import LatelyList
from tui.widgets.measure_list import MeasureList
from tui.words.measures import OFF_BANNER, measure_lines

SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


async def test_without_two_factor_the_banner_stands_and_the_measures_name_their_minutes(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        text = shown(app)
        assert OFF_BANNER in text
        assert "high" in text
        assert "! Two-factor" in text
        assert "min ↵" in text
        assert "to negligible" in text
        assert "SIM swap" in text


async def test_with_everything_on_nothing_is_left_to_do(house: House) -> None:
    person = await house.with_two_factor()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        text = shown(app)
        assert "negligible" in text
        assert "Every measure is on" in text
        assert OFF_BANNER[:30] not in text
        assert "on since 2 March 2026" in text
        assert "8 of 8 remaining" in text
        assert "2FA on" in text


async def test_enter_on_the_first_measure_that_is_off_starts_it(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await settled(pilot)
        assert app.focused is app.screen.query_one(MeasureList)
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, WizardScreen)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


async def test_numbers_and_brackets_lead_through_rooms_and_tabs(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        for key, screen in [
            ("right_square_bracket", PasswordScreen),
            ("ctrl+pagedown", TwoFactorScreen),
            ("left_square_bracket", PasswordScreen),
            ("ctrl+pageup", OverviewScreen),
            ("1", GeneralScreen),
            ("escape", OverviewScreen),
        ]:
            await settled(pilot)
            await pilot.press(key)
            await settled(pilot)
            assert isinstance(app.screen, screen), key
        await pilot.press("up", "enter")
        await settled(pilot)
        assert isinstance(app.screen, (PasswordScreen, OverviewScreen))


async def test_lately_tells_the_newest_event_first_in_words(house: House) -> None:
    person = await house.founder()
    house.clock.advance(timedelta(minutes=40))
    await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        happenings = app.screen.query_one(LatelyList).happenings
        assert happenings[0].at >= happenings[-1].at
        assert "Signed in" in shown(app)
        assert "Firefox on Linux · 203.0.113.7" in shown(app)


async def test_what_another_terminal_does_is_shown_here_without_a_key(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert "this one only" in shown(app)
        await house.sign_in_elsewhere(person)
        for _ in range(200):
            await pilot.pause(0.02)
            if "Firefox on Linux" in shown(app):
                break
        assert "Firefox on Linux" in shown(app)


async def test_reading_again_leaves_the_cursor_where_it_is(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("down")
        measures = app.screen.query_one(MeasureList)
        chosen = measures.chosen
        await pilot.press("r")
        await settled(pilot)
        assert measures.chosen == chosen != 1


async def test_times_are_told_in_utc_or_locally(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("t")
        await settled(pilot)
        assert "09:00" in shown(app)


async def test_a_session_that_is_over_leads_to_sign_in_with_the_reason(house: House) -> None:
    person = await house.founder()
    other = await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await house.services.sessions.revoke(
            other.token, person.signed_in.session_id, house.origin("elsewhere")
        )
        for _ in range(200):
            await pilot.pause(0.02)
            if "revoked" in shown(app):
                break
        assert "This session was revoked from another one." in shown(app)


async def test_a_store_that_fails_is_told_and_r_tries_again(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await house.store.close()
        await pilot.press("r")
        await settled(pilot)
        assert "✗" in shown(app)
        assert isinstance(app.screen, OverviewScreen)


async def test_the_reminder_to_change_the_password_can_be_put_away(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        screen.overview = an_overview(is_rotation_due=True)
        await pilot.pause()
        assert "It is time for a new password" in shown(app)
        screen.query_one("#close-reminder").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert "It is time for a new password" not in shown(app)


async def test_codes_that_were_never_confirmed_as_saved_are_named(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        screen.overview = an_overview(two_factor=TwoFactorView(True, START, 8, 8, False, False))
        await pilot.pause()
        assert "never confirmed as saved. Regenerate them" in shown(app)


async def test_hostile_text_in_an_event_is_shown_inert(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    hostile = sanitise("[/red]\x1b]52;c;AAAA\x07 [b]bold")
    async with app.run_test(size=(250, 80)) as pilot:
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, OverviewScreen)
        event = EventView("id", START, EventName.SIGNED_IN, True, SafeText(""), hostile, SafeText("local"))
        screen.overview = an_overview(lately=(event,))
        await pilot.pause()
        assert "[/red]␛]52;c;AAAA␇ [b]bold" in shown(app)


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_is_lost_at_any_size(house: House, size: tuple[int, int]) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        first = shown(app)
        await pilot.press(*["pagedown"] * 4)
        await pilot.pause()
        both = first + shown(app)
        for words in ("Risk", "Two-factor", "Recovery codes", "Sessions", "Lately", "Account created"):
            assert words in both


def test_a_strange_session_is_named() -> None:
    lines = {line.measure: line for line in measure_lines(an_overview())}
    assert lines[Measure.RECOVERY_CODES].state == "come with two-factor"
    assert lines[Measure.SESSIONS].state == "this one only"


@pytest.mark.parametrize(
    ("marks", "words"),
    [
        ([{}, {}], "2, all from places you know"),
        ([{"is_new_network": True}, {}], "2, 1 from a new network"),
        ([{"is_new_network": True, "is_new_device": True}] * 2, "2, 2 from new devices"),
        ([{"is_new_country": True}, {}], "2, 1 from a new country"),
        ([{"is_new_country": True, "is_new_network": True}] * 12, "12, 12 from new countries"),
    ],
)
def test_the_gravest_thing_that_is_new_about_sessions_is_said(
    marks: list[dict[str, bool]], words: str
) -> None:
    sessions = tuple(replace(SESSION, **of_one) for of_one in marks)  # type: ignore[arg-type]
    lines = measure_lines(replace(an_overview(), sessions=sessions))
    assert [line.state for line in lines if line.measure is Measure.SESSIONS] == [words]


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (BreachOutcome.CLEAR_ONLINE, "in no known breach"),
        (BreachOutcome.CLEAR_OFFLINE, "in no known breach (offline)"),
        (BreachOutcome.CLEAR_EMBEDDED, "not common; breaches not asked"),
        (BreachOutcome.FOUND_ONLINE, "stands in a known breach"),
        (BreachOutcome.FOUND_OFFLINE, "stands in a known breach"),
        (BreachOutcome.FOUND_EMBEDDED, "on the list of common passwords"),
        (BreachOutcome.NOT_CHECKED, "not checked against breaches"),
    ],
)
def test_the_password_says_which_check_it_passed(outcome: BreachOutcome, words: str) -> None:
    overview = replace(an_overview(), breach=outcome)
    assert [line.state for line in measure_lines(overview) if line.measure is Measure.PASSWORD] == [words]


def an_overview(
    *,
    is_rotation_due: bool = False,
    two_factor: TwoFactorView | None = None,
    lately: tuple[EventView, ...] = (),
) -> Overview:
    """An overview with nothing remarkable in it."""
    return Overview(
        risk=RiskLevel.HIGH,
        measures=tuple(MeasureState(measure, measure is Measure.PASSWORD, 1) for measure in Measure),
        breach=BreachOutcome.CLEAR_ONLINE,
        password_changed_at=START,
        is_rotation_due=is_rotation_due,
        two_factor=two_factor or TwoFactorView(False, None, 0, 0, True, False),
        sessions=(),
        lately=lately,
    )
