"""First run, over real flows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.tui.house import EMAIL, NEW_PASSWORD, House, settled, shown, type_text
from tui.app import StrongroomApp
from tui.screens.confirm import ConfirmScreen
from tui.screens.overview import OverviewScreen
from tui.screens.wizard import WizardScreen

SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


async def fill(pilot: Pilot[int], email: str = EMAIL, password: str = NEW_PASSWORD, again: str = "") -> None:
    """Fill the form by keyboard and submit it."""
    await settled(pilot)
    for text in ("Acme", "Amir Example", email, password, again or password):
        await type_text(pilot, text)
        await pilot.press("enter")
        await pilot.pause()


async def found(pilot: Pilot[int], app: StrongroomApp) -> None:
    """Wait until the wizard has a key to show."""
    for _ in range(300):
        await pilot.pause(0.02)
        if isinstance(app.screen, WizardScreen) and not app.screen.saving:
            return
    raise AssertionError(f"the wizard was not shown, but\n{shown(app)}")


async def test_the_first_owner_goes_on_to_two_factor_and_can_leave_it_for_later(house: House) -> None:
    app = StrongroomApp(replace(house.door(needs_founding=True), appearance="light"))
    async with app.run_test(size=(120, 40)) as pilot:
        await fill(pilot)
        await found(pilot, app)
        for _ in range(100):  # while the wizard still makes its key it stays, and the key does nothing
            if isinstance(app.screen, OverviewScreen):
                break
            await pilot.press("escape")
            await pilot.pause(0.05)
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        assert app.visit.account.role == "owner"
        assert app.visit.account.organisation == "Acme"
        assert app.visit.account.appearance == "light"
        assert app.theme == "strongroom-light"
    assert not await house.services.founding.is_needed()


@pytest.mark.parametrize(
    ("email", "password", "again", "sentence", "focused"),
    [
        ("no address", NEW_PASSWORD, "", "is not an email address", "email"),
        (EMAIL, "Sunset!42", "", "breaks a rule", "candidate"),
        (EMAIL, NEW_PASSWORD, "something else", "not the same as the password above", "confirmation"),
        (EMAIL, "Password1234!", "", "common", "candidate"),
    ],
)
async def test_each_refusal_stands_beside_its_field_and_makes_nothing(
    house: House, email: str, password: str, again: str, sentence: str, focused: str
) -> None:
    app = StrongroomApp(house.door(needs_founding=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await fill(pilot, email, password, again)
        await settled(pilot)
        assert sentence in shown(app)
        assert app.focused is not None
        assert app.focused.id == focused
    assert await house.services.founding.is_needed()


async def test_an_empty_form_names_what_is_needed(house: House) -> None:
    app = StrongroomApp(house.door(needs_founding=True))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.screen.query_one("#create").focus()
        await pilot.press("enter")
        await settled(pilot)
        assert shown(app).count("This is needed.") == 3
        assert "Choose a password." in shown(app)
        assert app.focused is not None
        assert app.focused.id == "organisation"


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_and_seen_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    app = StrongroomApp(house.door(needs_founding=True))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for name in ("organisation", "name", "email", "candidate", "confirmation", "create"):
            assert app.focused is not None
            assert app.focused.id == name
            assert app.screen.region.contains_region(app.focused.region)
            await pilot.press("tab")
            await pilot.pause()


async def test_escape_asks_before_a_form_that_was_begun_is_lost(house: House) -> None:
    app = StrongroomApp(house.door(needs_founding=True))
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, "Acme")
        await pilot.press("escape")
        await settled(pilot)
        assert isinstance(app.screen, ConfirmScreen)
        await pilot.press("enter")
        await settled(pilot)
        assert "Acme" in shown(app)
        await pilot.press("backspace", "backspace", "backspace", "backspace", "escape")
        await settled(pilot)
        assert app.return_code == 0
