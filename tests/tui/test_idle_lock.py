"""The idle lock, over real flows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from textual.pilot import Pilot

from security.facts import SignedIn
from security.refusals import SessionLocked
from tests.tui.house import EMAIL, PASSWORD, House, settled, shown, type_text
from tui.app import StrongroomApp
from tui.messages import IdleReached
from tui.screens.idle_lock import IdleLockScreen
from tui.screens.overview import OverviewScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.text_field import TextField


async def locked(pilot: Pilot[int], app: StrongroomApp) -> None:
    """Let the app believe that nobody touched the terminal."""
    await settled(pilot)
    app.post_message(IdleReached())
    await settled(pilot)
    assert isinstance(app.screen, IdleLockScreen)


def an_app(house: House, signed_in: SignedIn) -> StrongroomApp:
    """An app that begins inside."""
    return StrongroomApp(house.door(signed_in))


async def test_it_comes_by_itself_when_nobody_touches_the_terminal(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), idle_lock_seconds=0.3))
    async with app.run_test() as pilot:
        for _ in range(200):
            await pilot.pause(0.02)
            if isinstance(app.screen, IdleLockScreen):
                break
        assert isinstance(app.screen, IdleLockScreen)


@pytest.fixture
def sleep(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the machine sleep for some seconds: the clock that counts them goes on, timers stand still."""
    slept, real = 0.0, time.clock_gettime

    def clock(number: int) -> float:
        return real(number) + (slept if number == time.CLOCK_BOOTTIME else 0.0)

    def sleep(seconds: float) -> None:
        nonlocal slept
        slept += seconds

    monkeypatch.setattr(time, "clock_gettime", clock)
    return sleep


async def test_the_first_key_after_the_machine_slept_only_locks(
    house: House, sleep: Callable[[float], None]
) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await settled(pilot)
        sleep(3600.0)
        await pilot.press("s")
        await settled(pilot)
        assert isinstance(app.screen, IdleLockScreen)
        assert app.screen.query(TextField).first().value == ""
        await pilot.press("s")
        assert app.screen.query(TextField).first().value == "s", "the lock itself takes keys"


async def test_it_comes_without_a_key_soon_after_the_machine_slept(
    house: House, sleep: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.idle.LOOK_SECONDS", 0.2)
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        sleep(3600.0)
        for _ in range(200):
            await pilot.pause(0.02)
            if isinstance(app.screen, IdleLockScreen):
                break
        assert isinstance(app.screen, IdleLockScreen)


async def test_sleeping_for_less_than_the_limit_locks_nothing(
    house: House, sleep: Callable[[float], None]
) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await settled(pilot)
        for _ in range(3):
            sleep(400.0)
            await pilot.press("down")
            await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


async def test_nothing_of_what_was_shown_is_left(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        assert EMAIL not in shown(app)
        assert "Acme" not in shown(app)
        assert len(app.screen_stack) == 1


async def test_while_it_is_locked_the_token_opens_nothing(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        with pytest.raises(SessionLocked):
            await house.services.sessions.list(person.signed_in.token)


async def test_the_password_opens_it_under_a_new_token(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        assert app.visit.token.reveal != person.signed_in.token.reveal
        await house.services.sessions.list(app.visit.token)


async def test_six_digits_open_it_where_two_factor_is_on(house: House) -> None:
    person = await house.with_two_factor()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        await pilot.press("f2")
        await type_text(pilot, house.code(person))
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


async def test_without_two_factor_no_code_is_offered(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        assert "code" not in shown(app)
        await pilot.press("f2")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, IdleLockScreen)
        assert screen.uses_code is False


async def test_a_wrong_password_is_said_and_not_left_in_the_field(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        await type_text(pilot, "not this one")
        await pilot.press("enter")
        await settled(pilot)
        assert "Current password is incorrect" in shown(app)
        assert app.screen.query_one(TextField).value == ""
        assert app.focused is app.screen.query_one(TextField)


async def test_no_key_leads_past_it(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        await pilot.press("escape", "tab", "1", "2", "right_square_bracket", "r")
        await settled(pilot)
        assert isinstance(app.screen, IdleLockScreen)


async def test_signing_out_is_possible_from_it(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await locked(pilot, app)
        await pilot.press("f3")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
