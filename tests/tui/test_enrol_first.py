"""Whose second factor was reset: the wizard at once with a sentence why, and no other way but out (R040)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest

from security.breach.screening import EmbeddedList, Screening
from security.bundle import build_operations
from security.facts import SignedIn
from security.hashing import SHOW_PARAMETERS, PasswordHasher
from security.keys import KeyRing
from security.refusals import SessionOver
from security.vocabulary import ChangeKind
from tests.tui.house import EMAIL, PASSWORD, House, Person, settled, shown, type_text
from tests.tui.two_factor_visits import Visit
from tui.app import StrongroomApp
from tui.messages import AccountChanged, GoTo, IdleReached, Place
from tui.screens.confirm import ConfirmScreen
from tui.screens.enrol_first import EnrolFirstScreen
from tui.screens.idle_lock import IdleLockScreen
from tui.screens.overview import OverviewScreen
from tui.screens.recovery_codes import RecoveryCodesScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.setup_steps import SetupSteps
from tui.words.two_factor import RESET

SIZES = [(60, 20), (80, 24), (120, 40)]


async def reset(house: House, person: Person) -> None:
    """Take the second factor away, as an operator does."""
    hasher = PasswordHasher(SHOW_PARAMETERS, is_for_show=True)
    operations = build_operations(
        house.store,
        KeyRing.generate(house.clock.now()),
        house.clock,
        hasher,
        Screening(None, EmbeddedList()),
        node="vault-1",
    )
    await operations.members.reset_two_factor(EMAIL, "Lost both", "ops", house.origin("shell"))
    hasher.close()


async def a_reset_person(house: House) -> Person:
    """Somebody who lost phone and codes, was helped, and signed in by the password alone."""
    person = await house.with_two_factor()
    await reset(house, person)
    answer = await house.services.sign_in.begin(EMAIL, PASSWORD, house.origin())
    assert isinstance(answer, SignedIn)
    person.signed_in = answer
    return person


@asynccontextmanager
async def visiting(house: House, person: Person, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Visit]:
    """Begin inside."""
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield Visit(house, person, app, pilot)


def beside_the_code(visit: Visit) -> str:
    """What stands on the right of the QR code, in one line."""
    region = visit.app.screen.query_one(SetupSteps).region
    lines = shown(visit.app).splitlines()[region.y : region.bottom]
    return " ".join(" ".join(line[region.x :] for line in lines).split())


async def scanned(visit: Visit) -> pyotp.TOTP:
    """An app that has the key of the wizard."""
    wizard = visit.app.screen
    assert isinstance(wizard, WizardScreen)
    assert wizard._enrolment is not None
    return pyotp.TOTP(wizard._enrolment.secret.reveal)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_wizard_comes_at_once_and_says_why(house: House, size: tuple[int, int]) -> None:
    async with visiting(house, await a_reset_person(house), size) as visit:
        assert visit.top() is WizardScreen
        assert RESET in beside_the_code(visit)


async def test_it_comes_after_the_password_too(house: House) -> None:
    person = await house.with_two_factor()
    await reset(house, person)
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("tab")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, WizardScreen)


async def test_setting_it_up_leads_past_the_codes_into_the_rooms(house: House) -> None:
    async with visiting(house, await a_reset_person(house)) as visit:
        totp = await scanned(visit)
        await visit.press(*totp.at(house.clock.now()))
        assert visit.top() is RecoveryCodesScreen
        await visit.press("escape", "tab", "enter")
        assert visit.top() is OverviewScreen
        assert not visit.app.visit.account.must_enrol
        assert (await visit.state()).is_on


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_leaving_it_offers_the_set_up_again_or_the_way_out(house: House, size: tuple[int, int]) -> None:
    async with visiting(house, await a_reset_person(house), size) as visit:
        await visit.press("escape")
        assert visit.top() is EnrolFirstScreen
        assert RESET in visit.text()
        assert "Set up" in visit.text()
        assert "Sign out" in visit.text()
        await visit.press("enter")
        assert visit.top() is WizardScreen
        await visit.press("escape")
        assert visit.top() is EnrolFirstScreen
        await visit.press("f3")
        assert visit.top() is SignInScreen
        with pytest.raises(SessionOver):
            await house.services.accounts.view(visit.person.signed_in.token)


async def test_no_room_is_opened_by_any_message_or_command(house: House) -> None:
    async with visiting(house, await a_reset_person(house)) as visit:
        await visit.press("escape")
        for place in Place:
            visit.app.post_message(GoTo(place))
            await settled(visit.pilot)
            assert visit.top() is EnrolFirstScreen
        await visit.press("1", "2", "left_square_bracket", "right_square_bracket", "s")
        assert visit.top() is EnrolFirstScreen
        await visit.press("ctrl+p")
        assert "Go to" not in visit.text().replace("Go to, do, theme", "")


async def test_quitting_the_wizard_asks_first(house: House) -> None:
    async with visiting(house, await a_reset_person(house)) as visit:
        await visit.press("ctrl+q")
        assert visit.top() is ConfirmScreen


async def test_the_lock_opens_into_the_set_up_again(house: House) -> None:
    async with visiting(house, await a_reset_person(house)) as visit:
        visit.app.post_message(IdleReached())
        await settled(visit.pilot)
        assert visit.top() is IdleLockScreen
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert visit.top() is WizardScreen


async def test_the_password_is_asked_for_where_the_sign_in_is_old(house: House) -> None:
    person = await a_reset_person(house)
    house.clock.advance(timedelta(minutes=6))
    async with visiting(house, person) as visit:
        assert "Step 1 of 4" in visit.text()
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert visit.top() is WizardScreen


async def test_another_terminal_that_sets_it_up_opens_this_one(house: House) -> None:
    person = await a_reset_person(house)
    async with visiting(house, person) as visit:
        await visit.press("escape")
        assert visit.top() is EnrolFirstScreen
        view = await house.services.accounts.view(visit.app.visit.token)
        visit.app.visit.renew_account(replace(view, must_enrol=False, has_two_factor=True))
        visit.app.screen.post_message(AccountChanged(ChangeKind.TWO_FACTOR_CHANGED))
        await settled(visit.pilot)
        assert visit.top() is OverviewScreen
