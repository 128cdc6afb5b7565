"""The second step of sign-in, over real flows."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from textual.pilot import Pilot

from security.facts import SecondStepNeeded
from tests.tui.house import EMAIL, PASSWORD, House, settled, shown, type_text
from tui.app import StrongroomApp
from tui.screens.overview import OverviewScreen
from tui.screens.second_step import SecondStepScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.code_input import CodeField, CodeInput
from tui.widgets.text_field import TextField
from tui.widgets.trouble import Trouble

SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


async def reach(pilot: Pilot[int]) -> None:
    """Give the right password by keyboard, up to the question for a code."""
    await settled(pilot)
    await type_text(pilot, EMAIL)
    await pilot.press("enter")
    await type_text(pilot, PASSWORD)
    await pilot.press("enter")
    await asked(pilot)


async def asked(pilot: Pilot[int]) -> None:
    """Wait until the second step is shown and does nothing."""
    for _ in range(200):
        await pilot.pause(0.01)
        screen = pilot.app.screen
        if isinstance(screen, SecondStepScreen) and not screen.saving:
            return
    raise AssertionError("the second step was not shown")


async def test_six_digits_submit_themselves(house: House) -> None:
    person = await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await type_text(pilot, house.code(person))
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        assert app.visit.account.email == EMAIL


async def test_asked_before_it_is_built_whether_it_is_saving_it_says_no(house: House) -> None:
    """The app asks the screen on top whenever something happens elsewhere, as while it is being built."""
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        half = await house.services.sign_in.begin(EMAIL, PASSWORD, app.visit.origin)
        assert isinstance(half, SecondStepNeeded)
        screen = SecondStepScreen(half, keep=False)
        shown = app.push_screen(screen)
        async with asyncio.timeout(20):
            while not screen.is_running:  # noqa: ASYNC110 - no event tells of it
                await asyncio.sleep(0)
        assert not screen.is_mounted
        assert not screen.saving
        await shown
        await settled(pilot)
        assert app.focused is screen.query_one(CodeInput)


async def test_a_refused_code_names_the_phones_clock(house: House) -> None:
    person = await house.with_two_factor()
    wrong = f"{(int(house.code(person)) + 1) % 1_000_000:06}"
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await type_text(pilot, wrong)
        await asked(pilot)
        assert "Code not accepted." in shown(app)
        assert "phone's clock" in shown(app)
        assert app.screen.query_one(CodeInput).digits == ""
        assert app.focused is app.screen.query_one(CodeInput)


async def test_a_code_of_another_minute_says_how_far_the_clock_is_off(house: House) -> None:
    person = await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await type_text(pilot, house.code(person, timedelta(minutes=2)))
        await asked(pilot)
        words = app.screen.query_one(Trouble).words
        assert words is not None
        assert "about 2 minutes ahead" in words.sentence
        assert "date and time to automatic" in words.hint


async def test_a_code_that_was_used_says_so(house: House) -> None:
    person = await house.with_two_factor()
    used = house.code(person)
    await house.sign_in_elsewhere(person)
    house.clock.advance(timedelta(seconds=-31))
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await type_text(pilot, used)
        await asked(pilot)
        assert "This code was used already." in shown(app)


async def test_a_backup_code_with_blanks_and_in_lower_case_leads_inside(house: House) -> None:
    person = await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        await pilot.press("f2")
        await type_text(pilot, person.codes[1].lower().replace("-", " "))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        assert "7 remaining" in shown(app)
        assert "7 of 8 remaining" in shown(app)


async def test_a_refused_backup_code_says_that_nothing_was_spent(house: House) -> None:
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await pilot.press("f2")
        await type_text(pilot, "ABCD-ABCD-ABCD-ABCD")
        await pilot.press("enter")
        await asked(pilot)
        assert "Failed tries spend nothing." in shown(app)
        assert app.screen.query_one(CodeField).value == ""


async def test_escape_goes_back_and_keeps_the_email(house: House) -> None:
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        fields = {one.id: one.value for one in app.screen.query(TextField)}
        assert fields == {"email": EMAIL, "password": ""}
        assert app.focused is not None
        assert app.focused.id == "password"


async def test_after_five_minutes_it_goes_back_to_the_password_and_says_why(house: House) -> None:
    person = await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        house.clock.advance(timedelta(minutes=5))
        await type_text(pilot, house.code(person))
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "no longer waiting" in shown(app)


async def test_five_refusals_lock_the_second_step_with_a_countdown(house: House) -> None:
    person = await house.with_two_factor()
    wrong = f"{(int(house.code(person)) + 1) % 1_000_000:06}"
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        for _ in range(6):
            await type_text(pilot, wrong)
            await asked(pilot)
        assert "answered in 5:00" in shown(app)


async def test_a_letter_is_not_taken_and_said_so(house: House) -> None:
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await reach(pilot)
        await pilot.press("1", "x")
        await pilot.pause()
        assert "A code has six digits" in shown(app)
        assert app.screen.query_one(CodeInput).digits == "1"


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_and_seen_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test(size=size) as pilot:
        await reach(pilot)
        seen = []
        for _ in range(3):
            assert app.focused is not None
            assert app.screen.region.contains_region(app.focused.region)
            seen.append(app.focused)
            await pilot.press("tab")
        assert len(set(seen)) == 3
