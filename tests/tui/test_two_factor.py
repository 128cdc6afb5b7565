"""The Two-factor tab: what the store says is what stands there, before and after every act."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from textual.app import App, ComposeResult

from security.facts import TwoFactorView
from tests.stories.picture import cells, draw
from tests.tui.house import PASSWORD, START, House, a_house, settled
from tests.tui.qr_readers import zxing_reads
from tests.tui.two_factor_visits import Visit, visiting
from tui.screens.disable import DisableScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.screens.recovery_codes import RecoveryCodesScreen
from tui.screens.regenerate import RegenerateScreen
from tui.screens.two_factor import TwoFactorScreen
from tui.screens.wizard import WizardScreen
from tui.themes import STRONGROOM_DARK
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.two_factor_pane import TwoFactorPane

ON = TwoFactorView(
    is_on=True, enrolled_at=START, codes_left=6, codes_in_batch=8, codes_acknowledged=True, is_enforced=False
)
OFF = TwoFactorView(
    is_on=False, enrolled_at=None, codes_left=0, codes_in_batch=0, codes_acknowledged=False, is_enforced=False
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house of its own for each test."""
    async with a_house(tmp_path) as built:
        yield built


class Desk(App[None]):
    """Nothing but the pane."""

    def __init__(self, view: TwoFactorView) -> None:
        """Show a state."""
        super().__init__()
        self._view = view

    def compose(self) -> ComposeResult:
        """The pane alone."""
        yield TwoFactorPane()

    def get_css_variables(self) -> dict[str, str]:
        """Have our meanings for colours."""
        return super().get_css_variables() | STRONGROOM_DARK.variables

    def on_mount(self) -> None:
        """Hand the state to the pane."""
        self.query_one(TwoFactorPane).view = self._view


async def pane_text(view: TwoFactorView) -> str:
    """What the pane says of a state."""
    app = Desk(view)
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause()
        lines = app.screen._compositor.render_strips()
        return " ".join(" ".join(strip.text for strip in lines).split())


async def test_off_shows_the_banner_one_button_and_why() -> None:
    text = await pane_text(OFF)
    assert "Two-factor authentication significantly reduces the risk of unauthorized access" in text
    assert "Authenticator App" in text
    assert "Set up two-factor" in text
    assert "Owners, managers and whoever touches money first." in text
    assert "does not resist a SIM swap" in text
    assert "Disable 2FA" not in text


async def test_on_shows_the_pill_the_time_the_codes_and_both_acts() -> None:
    text = await pane_text(ON)
    for words in ("Enabled", "2 March 2026", "6 of 8 backup codes remaining"):
        assert words in text
    for words in ("Regenerate recovery codes", "Disable 2FA"):
        assert words in text
    assert "Set up two-factor" not in text


@pytest.mark.parametrize(("left", "is_warned"), [(8, False), (4, False), (3, True), (1, True)])
async def test_three_codes_left_are_a_warning(left: int, is_warned: bool) -> None:
    text = await pane_text(replace(ON, codes_left=left))
    assert f"{left} of 8 backup codes remaining" in text
    assert ("Few backup codes are left." in text) is is_warned


async def test_no_code_left_is_said_as_what_it_means() -> None:
    assert "without your phone there is no quick way in" in await pane_text(replace(ON, codes_left=0))


async def test_codes_that_were_never_proved_are_told() -> None:
    assert "never confirmed as saved" in await pane_text(replace(ON, codes_acknowledged=False))


async def test_enforced_has_no_button_and_the_sentence_why() -> None:
    text = await pane_text(replace(ON, is_enforced=True))
    assert "Disable 2FA" not in text
    assert "Your organisation enforces two-factor authentication" in text
    assert "Regenerate recovery codes" in text


async def test_from_off_to_enabled_and_back_the_state_is_read_from_the_store(house: House) -> None:
    person = await house.founder()
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("enter")
        assert visit.top() is WizardScreen
        secret = await _set_up(visit)
        assert "2FA is Enabled" in visit.text()
        assert "8 of 8 backup codes remaining" in visit.text()
        assert "2FA on" in visit.text()
        house.clock.advance(timedelta(seconds=31))
        await visit.press("d")
        await _prove(visit, pyotp.TOTP(secret).at(house.clock.now()))
        assert "2FA is Disabled" in visit.text()
        assert "2FA off" in visit.text()
        assert not (await visit.state()).is_on


async def _set_up(visit: Visit) -> str:
    """Scan, verify, prove that the codes are saved; returns the key."""
    strips = visit.app.screen._compositor.render_strips()
    lines = [strip.render(visit.app.console) for strip in strips]
    (uri,) = zxing_reads(draw(cells("\n".join(lines), visit.app.size.width, len(lines))))
    totp = pyotp.parse_uri(uri)
    assert isinstance(totp, pyotp.TOTP)
    await visit.press(*totp.at(visit.house.clock.now()))
    screen = visit.app.screen
    assert isinstance(screen, RecoveryCodesScreen)
    assert screen._codes is not None
    code = screen._codes.codes[3].reveal
    await visit.press("f7")
    await visit.type(code)
    await visit.press("enter")
    return str(totp.secret)


async def _prove(visit: Visit, code: str) -> None:
    """Fill the two fields of a dialog and confirm."""
    password, second = visit.app.screen.query(TextField)
    password.value, second.value = PASSWORD, code
    second.focus()
    await visit.press("enter")


async def test_disable_asks_in_the_known_words_with_cancel_focused(house: House) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("d")
        assert visit.top() is DisableScreen
        assert (
            "Are you sure you want to disable two-factor authentication? "
            "This will make your account less secure" in visit.text()
        )
        assert visit.app.focused is visit.app.screen.query_one("#cancel")
        await visit.press("enter")
        assert (await visit.state()).is_on


@pytest.mark.parametrize(
    ("password", "code", "sentence"),
    [("not this one", None, "Current password is incorrect"), (PASSWORD, "000000", "Code not accepted")],
)
async def test_disable_with_a_wrong_proof_changes_nothing_and_says_which(
    house: House, password: str, code: str | None, sentence: str
) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(DisableScreen())
        first, second = visit.app.screen.query(TextField)
        first.value, second.value = password, code or house.code(person)
        second.focus()
        await visit.press("enter")
        assert sentence in visit.text()
        assert (await visit.state()).is_on


async def test_disable_ends_the_other_sessions_and_says_how_many(house: House) -> None:
    person = await house.with_two_factor()
    await house.sign_in_elsewhere(person)
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("d")
        await _prove(visit, house.code(person))
        assert "2FA is Disabled. 1 other session signed out." in visit.text()


async def test_regenerate_says_that_the_old_batch_is_void_and_cancel_keeps_it(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("g")
        assert visit.top() is RegenerateScreen
        assert "Every recovery code you have stops working at once." in visit.text()
        assert "[✓] Sign out my other sessions" in visit.text()
        await visit.press("enter")
        assert (await visit.state()).codes_acknowledged


async def test_regenerated_codes_are_shown_and_the_old_ones_refused(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("g")
        await visit.press("tab", "enter")
        assert visit.top() is RecoveryCodesScreen
        assert not any(code in visit.text() for code in person.codes)
        await visit.press("f7")
        await visit.type(person.codes[0])
        await visit.press("enter")
        assert "That is none of these codes." in visit.text()


async def test_an_old_sign_in_is_asked_who_it_is_before_codes_are_regenerated(house: House) -> None:
    person = await house.with_two_factor()
    house.clock.advance(timedelta(minutes=6))
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await visit.press("g")
        await visit.press("tab", "enter")
        assert visit.top() is ReauthenticationScreen
        await _prove(visit, house.code(person))
        assert visit.top() is RecoveryCodesScreen


async def test_a_state_changed_elsewhere_is_shown_after_a_refresh(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(TwoFactorScreen())
        await house.services.two_factor.disable(
            (await house.sign_in_elsewhere(person)).token,
            PASSWORD,
            house.code(person),
            house.origin("elsewhere"),
            end_others=False,
        )
        await visit.press("r")
        assert "Set up two-factor" in visit.text()


async def test_only_the_acts_that_the_state_allows_have_a_key(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        screen = TwoFactorScreen()
        await visit.open(screen)
        assert screen.check_action("enable", ())
        assert not screen.check_action("disable", ())
        await visit.press("d", "g")
        assert visit.app.screen is screen


async def test_a_second_press_while_saving_does_not_disable_twice(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        dialog = DisableScreen()
        await visit.open(dialog)
        first, second = dialog.query(TextField)
        first.value, second.value = PASSWORD, house.code(person)
        await visit.pilot.pause()
        button = dialog.query_one("#act", PushButton)
        button.press()
        button.press()
        await settled(visit.pilot)
        assert len(visit.answers) == 1
        assert not (await visit.state()).is_on
