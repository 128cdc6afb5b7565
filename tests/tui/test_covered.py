"""Screens that something else comes over: their answers and questions are not lost."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from security.facts import Enrolment
from tests.tui.house import PASSWORD, House, settled, shown
from tests.tui.two_factor_visits import Visit, visiting
from tui.help.entries import OUTSIDE_FIELDS, PRESENT
from tui.keys.scopes import EVERYWHERE, MOVING
from tui.messages import GoTo, IdleReached, Place
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpScreen
from tui.screens.idle_lock import IdleLockScreen
from tui.screens.palette import PaletteScreen
from tui.screens.recovery_codes import RecoveryCodesScreen
from tui.screens.regenerate import RegenerateScreen
from tui.screens.saved_proof import SavedProofScreen
from tui.screens.too_small import TooSmallScreen
from tui.screens.wizard import WizardScreen

pytestmark = pytest.mark.filterwarnings("error")


async def open_codes(visit: Visit) -> None:
    """Lead a person with two-factor on to fresh recovery codes."""
    await visit.press("2", "right_square_bracket", "right_square_bracket")
    await visit.press("g")
    assert visit.top() is RegenerateScreen
    visit.app.screen.query_one("#act").focus()
    await visit.press("enter")
    assert visit.top() is RecoveryCodesScreen


def first_code(enrolment: Enrolment, house: House) -> str:
    """What the authenticator shows for a key."""
    return pyotp.TOTP(enrolment.secret.reveal).at(house.clock.now())


async def verify_under(visit: Visit, house: House) -> WizardScreen:
    """Open the wizard as the page does, and type the right code; the caller covers it meanwhile."""
    await visit.press("2", "right_square_bracket", "right_square_bracket", "e")
    wizard = visit.app.screen
    assert isinstance(wizard, WizardScreen)
    assert wizard._enrolment is not None
    wizard.steps.code.digits = first_code(wizard._enrolment, house)
    return wizard


async def test_codes_are_shown_after_help_was_opened_while_the_first_code_was_verified(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        wizard = await verify_under(visit, house)
        visit.app.action_help()
        wizard._verify()
        await settled(visit.pilot)
        assert visit.top() is HelpScreen
        await visit.press("escape")
        assert visit.top() is RecoveryCodesScreen
        assert not [s for s in visit.app.screen_stack if isinstance(s, WizardScreen)]
        assert "Save these backup codes" in visit.text()


async def test_codes_are_shown_after_the_terminal_was_too_small_meanwhile(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        wizard = await verify_under(visit, house)
        await visit.pilot.resize_terminal(50, 15)
        await settled(visit.pilot)
        assert visit.top() is TooSmallScreen
        wizard._verify()
        await settled(visit.pilot)
        assert visit.top() is TooSmallScreen
        await visit.pilot.resize_terminal(80, 24)
        await settled(visit.pilot)
        assert visit.top() is RecoveryCodesScreen
        assert len(visit.app.screen_stack) == 2


async def test_a_question_that_comes_while_it_is_too_small_is_there_afterwards(house: House) -> None:
    person = await house.founder()
    house.clock.advance(timedelta(minutes=6))
    async with visiting(house, person) as visit:
        await visit.pilot.resize_terminal(50, 15)
        visit.app.push_screen(WizardScreen())
        await settled(visit.pilot)
        assert visit.top() is TooSmallScreen
        await visit.pilot.resize_terminal(80, 24)
        await settled(visit.pilot)
        assert "Confirm that it is you" in visit.text()
        assert not [s for s in visit.app.screen_stack if isinstance(s, TooSmallScreen)]


async def test_the_lock_that_comes_while_it_is_too_small_is_there_afterwards(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.pilot.resize_terminal(50, 15)
        visit.app.post_message(IdleReached())
        await settled(visit.pilot)
        assert visit.top() is TooSmallScreen
        await visit.pilot.resize_terminal(80, 24)
        await settled(visit.pilot)
        assert visit.top() is IdleLockScreen


async def test_where_it_is_too_small_no_help_and_no_palette_come_over_the_sentence(house: House) -> None:
    async with visiting(house, await house.founder(), size=(50, 15)) as visit:
        await visit.press("f1", "ctrl+p", "question_mark", "colon")
        assert visit.top() is TooSmallScreen


async def test_leaving_where_codes_are_covered_takes_a_second_press(house: House) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        await open_codes(visit)
        await visit.pilot.resize_terminal(50, 15)
        await visit.press("ctrl+q")
        assert visit.app.is_running
        assert "again" in visit.text()
        await visit.press("ctrl+q")
        assert visit.app.return_code == 0


@pytest.mark.parametrize("key", ["f6", "f7"])
async def test_leaving_from_a_dialog_over_the_codes_asks_too(house: House, key: str) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        await open_codes(visit)
        await visit.press(key)
        assert visit.top() is not RecoveryCodesScreen
        await visit.press("ctrl+q", "ctrl+q")
        assert visit.top() is ConfirmScreen
        await visit.press("escape", "escape")
        assert visit.top() is RecoveryCodesScreen


async def test_the_palette_of_wizard_codes_and_lock_leads_nowhere_else(house: House) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        await open_codes(visit)
        await visit.press("ctrl+p")
        assert visit.top() is PaletteScreen
        assert "Go to" not in visit.text().replace("Go to, do, theme", "")
        assert "Sign out" not in visit.text()
        await visit.press("escape")
        visit.app.post_message(GoTo(Place.GENERAL))
        await settled(visit.pilot)
        assert visit.top() is RecoveryCodesScreen
        visit.app.post_message(IdleReached())
        await settled(visit.pilot)
        await visit.press("ctrl+p")
        assert visit.text().count("Sign out") == 1
        assert "Go to Overview" not in visit.text()
        await visit.press("escape")
        visit.app.post_message(GoTo(Place.GENERAL))
        await settled(visit.pilot)
        assert visit.top() is IdleLockScreen


async def test_the_palette_of_a_page_offers_signing_out_once_and_does_it(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.press("1")
        await visit.press("ctrl+p")
        await visit.type("sign out")
        lines = [line for line in shown(visit.app).splitlines() if "Sign out " in line]
        assert len([line for line in lines if "everywhere" not in line]) == 1
        await visit.press("enter")
        assert "You signed out" in visit.text()


async def test_help_lists_no_letter_that_a_field_would_take(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        visit.app.post_message(GoTo(Place.PASSWORD))
        await settled(visit.pilot)
        visit.app.screen.query_one("#current").focus()
        await visit.press("f1")
        page = visit.app.screen
        assert isinstance(page, HelpScreen)
        acting = [entry for entry in page._entries if entry.section in (PRESENT, MOVING, EVERYWHERE)]
        keys = {key for entry in acting for key in entry.keys.split(", ")}
        assert "F1" in keys
        assert not keys & {"q", "t", "r", "s", "1", "2", "?", "[", "]", ":"}
        kept = {entry.keys for entry in page._entries if entry.section == OUTSIDE_FIELDS}
        assert {"q", "t", "r", "s"} <= kept
        await visit.press("escape")
        assert PASSWORD not in visit.text()


async def test_a_dialog_answers_after_help_that_stood_over_it(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await open_codes(visit)
        codes = visit.app.screen
        assert isinstance(codes, RecoveryCodesScreen)
        assert codes._codes is not None
        code = codes._codes.codes[0].reveal
        await visit.press("f7")
        proof = visit.app.screen
        assert isinstance(proof, SavedProofScreen)
        await visit.type(code)
        visit.app.action_help()
        proof._confirmed()
        await settled(visit.pilot)
        await visit.press("escape")
        assert len(visit.app.screen_stack) == 1
        assert (await visit.state()).codes_acknowledged


async def test_a_dialog_shows_its_own_keys_and_has_help(house: House) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        await visit.press("s")
        assert visit.top() is ConfirmScreen
        last = shown(visit.app).splitlines()[-1]
        assert "? Help" in last
        assert "esc Cancel" in last
        assert "Refresh" not in last
        await visit.press("question_mark")
        assert visit.top() is HelpScreen
        assert "Close without doing anything" in visit.text()
        await visit.press("escape", "escape")
        assert len(visit.app.screen_stack) == 1
