"""The wizard with real flows: what the camera reads turns two-factor authentication on, nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from rich.console import Console
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from security.facts import Enrolment, RecoveryCodes
from store import two_factor as two_factor_rows
from store.errors import Unavailable
from tests.tui.house import PASSWORD, House, Person, a_house, settled, shown, type_text
from tests.tui.qr_readers import picture_of, zbar_reads, zxing_reads
from tui.app import StrongroomApp
from tui.door import ColorDepth
from tui.screens.confirm import ConfirmScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.screens.wizard import WizardScreen
from tui.themes import NAMES
from tui.widgets.code_input import CodeInput
from tui.widgets.qr_code import QrCode
from tui.widgets.setup_steps import SetupSteps

SIZES = [(80, 24), (80, 23), (100, 30), (120, 40)]
TRUECOLOR = Console(force_terminal=True, color_system="truecolor")


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house of its own for each test."""
    async with a_house(tmp_path) as built:
        yield built


@dataclass
class Visit:
    """A person in front of the wizard."""

    house: House
    person: Person
    app: StrongroomApp
    pilot: Pilot[int]
    answers: list[RecoveryCodes | None] = field(default_factory=list)

    @property
    def wizard(self) -> WizardScreen:
        """The wizard, wherever it is in the stack."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, WizardScreen))

    def screen(self) -> str:
        """What the person sees."""
        return shown(self.app)

    def words(self) -> str:
        """What stands beside the code, in one line."""
        region = self.wizard.query_one(SetupSteps).region
        lines = self.screen().splitlines()[region.y : region.bottom]
        return " ".join(" ".join(line[region.x :] for line in lines).split())

    def photographed(self) -> str:
        """What a camera reads of the whole screen."""
        strips = self.app.screen._compositor.render_strips()
        picture = picture_of([strip.render(TRUECOLOR) for strip in strips])
        (text,) = zxing_reads(picture)
        assert zbar_reads(picture) == [text]
        return text

    def authenticator(self) -> pyotp.TOTP:
        """An app that has scanned the code."""
        totp = pyotp.parse_uri(self.photographed())
        assert isinstance(totp, pyotp.TOTP)
        return totp

    async def press(self, *keys: str) -> None:
        """Press keys and wait for what follows."""
        await self.pilot.press(*keys)
        await settled(self.pilot)

    async def type_code(self, totp: pyotp.TOTP, later: timedelta = timedelta()) -> None:
        """Type what the app shows, now or at another time."""
        await self.press(*totp.at(self.house.clock.now() + later))

    async def is_on(self) -> bool:
        """Whether the store says that two-factor authentication is on."""
        assert self.app.visit.signed_in is not None
        return (await self.house.services.two_factor.state(self.app.visit.token)).is_on

    async def has_pending_key(self) -> bool:
        """Whether a pending enrolment is stored."""
        async with self.house.store.read() as tx:
            return await two_factor_rows.get_enrolment(tx, self.person.signed_in.account.id) is not None


@asynccontextmanager
async def visiting(
    house: House,
    *,
    size: tuple[int, int] = (80, 24),
    after: timedelta = timedelta(),
    color: ColorDepth = "truecolor",
) -> AsyncIterator[Visit]:
    """Open the wizard so long after the sign-in."""
    person = await house.founder()
    house.clock.advance(after)
    app = StrongroomApp(replace(house.door(person.signed_in), color=color))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        visit = Visit(house, person, app, pilot)
        app.push_screen(WizardScreen(), visit.answers.append)
        await settled(pilot)
        yield visit


@pytest.mark.parametrize("size", SIZES)
async def test_what_the_camera_reads_beside_the_text_turns_two_factor_on(
    house: House, size: tuple[int, int]
) -> None:
    async with visiting(house, size=size) as visit:
        await visit.type_code(visit.authenticator())
        assert await visit.is_on()
        (codes,) = visit.answers
        assert codes is not None
        assert len(codes.codes) == 8


@pytest.mark.parametrize("color", ["truecolor", "256", "16", "none"])
async def test_a_camera_reads_it_in_every_theme_and_colour_depth(house: House, color: ColorDepth) -> None:
    async with visiting(house, color=color) as visit:
        for theme in NAMES:
            visit.app.theme = theme
            await settled(visit.pilot)
            assert visit.photographed().startswith("otpauth://totp/Acme:amir@acme.example?secret="), theme


async def test_the_key_in_groups_of_four_is_the_one_in_the_code(house: House) -> None:
    async with visiting(house) as visit:
        secret = parse_qs(urlsplit(visit.photographed()).query)["secret"][0]
        groups = [secret[start : start + 4] for start in range(0, 32, 4)]
        assert " ".join(groups[:4]) in visit.screen()
        assert " ".join(groups[4:]) in visit.screen()


@pytest.mark.parametrize("size", SIZES)
async def test_nothing_lies_over_the_code(house: House, size: tuple[int, int]) -> None:
    async with visiting(house, size=size) as visit:
        code = visit.wizard.query_one(QrCode)
        for widget in visit.wizard.query(Widget):
            if not widget.children and widget is not code and widget.display and widget.region.area:
                assert not widget.region.overlaps(code.region), widget


@pytest.mark.parametrize(("size", "margin"), [((80, 24), 2), ((80, 23), 2), ((120, 40), 4)])
async def test_the_margin_is_the_widest_that_the_terminal_has_room_for(
    house: House, size: tuple[int, int], margin: int
) -> None:
    async with visiting(house, size=size) as visit:
        assert visit.wizard.query_one(QrCode).margin == margin


async def test_f4_widens_the_margin_by_the_frames_own_rows_and_then_starts_over(house: House) -> None:
    async with visiting(house) as visit:
        await visit.press("f4")
        assert visit.wizard.query_one(QrCode).margin == 4
        assert "Strongroom" not in visit.screen()
        visit.photographed()
        await visit.press("f4")
        assert visit.wizard.query_one(QrCode).margin == 2
        assert "Strongroom" in visit.screen()


async def test_f4_says_where_no_larger_margin_fits(house: House) -> None:
    async with visiting(house, size=(80, 20)) as visit:
        await visit.press("f4")
        assert "No larger margin fits 80x20" in visit.words()


async def test_f3_turns_the_code_over_and_back(house: House) -> None:
    async with visiting(house) as visit:
        uri = visit.photographed()
        await visit.press("f3")
        with pytest.raises(ValueError, match="not enough values"):
            visit.photographed()
        await visit.press("f3")
        assert visit.photographed() == uri


async def test_f5_sends_the_key_and_says_so_inline(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async with visiting(house) as visit:
        sent: list[str] = []

        def send(text: str) -> str:
            sent.append(text)
            return "Sent, paste"

        monkeypatch.setattr(visit.app, "send_to_clipboard", send)
        secret = visit.authenticator().secret
        await visit.press("f5")
        assert sent == [secret]
        assert "Sent, paste" in visit.screen()


async def test_a_terminal_too_small_gets_the_key_and_the_size_that_the_code_needs(house: House) -> None:
    async with visiting(house, size=(60, 20)) as visit:
        text = visit.words()
        assert "The QR code needs a terminal of 74x20; this one has 60x20." in text
        assert not visit.wizard.query_one(QrCode).display
        assert visit.app.focused is visit.wizard.query_one(CodeInput)


async def test_a_growing_terminal_brings_the_code_back(house: House) -> None:
    async with visiting(house, size=(60, 20)) as visit:
        await visit.pilot.resize_terminal(80, 24)
        await settled(visit.pilot)
        assert visit.photographed().startswith("otpauth://totp/")


async def test_an_old_sign_in_is_confirmed_first_and_a_wrong_password_leads_no_further(house: House) -> None:
    async with visiting(house, after=timedelta(minutes=6)) as visit:
        assert isinstance(visit.app.screen, ReauthenticationScreen)
        await type_text(visit.pilot, "not this one")
        await visit.press("enter")
        assert "Current password is incorrect" in visit.screen()
        assert not await visit.has_pending_key()
        await type_text(visit.pilot, PASSWORD)
        await visit.press("enter")
        await visit.type_code(visit.authenticator())
        assert await visit.is_on()


async def test_leaving_the_first_step_leaves_the_wizard(house: House) -> None:
    async with visiting(house, after=timedelta(minutes=6)) as visit:
        await visit.press("escape")
        assert visit.answers == [None]


async def test_a_wrong_code_is_said_inline_and_the_field_waits_for_the_next(house: House) -> None:
    async with visiting(house) as visit:
        totp = visit.authenticator()
        now = house.clock.now()
        near = {totp.at(now + timedelta(seconds=30 * steps)) for steps in range(-12, 13)}
        await visit.press(*next(guess for guess in ("000000", "111111", "222222") if guess not in near))
        assert "Is the phone's clock right?" in visit.words()
        field = visit.wizard.query_one(CodeInput)
        assert (field.digits, visit.app.focused) == ("", field)
        assert not await visit.is_on()


async def test_a_code_of_a_slow_clock_names_the_drift(house: House) -> None:
    async with visiting(house) as visit:
        await visit.type_code(visit.authenticator(), timedelta(minutes=-3))
        assert "3 minutes behind" in visit.words()
        assert not await visit.is_on()


async def test_what_is_no_code_is_not_sent(house: House) -> None:
    async with visiting(house) as visit:
        await visit.press("1", "2", "enter")
        assert "six digits" in visit.screen()
        await visit.press("a")
        assert visit.wizard.query_one(CodeInput).digits == "12"


async def test_the_key_counts_down_and_when_it_is_over_it_is_gone(house: House) -> None:
    async with visiting(house) as visit:
        secret = visit.authenticator().secret
        house.clock.advance(timedelta(seconds=19))
        visit.wizard._tick()
        await settled(visit.pilot)
        assert "Key expires in 9:41" in visit.screen()
        house.clock.advance(timedelta(minutes=10))
        visit.wizard._tick()
        await settled(visit.pilot)
        assert "This key has expired." in visit.screen()
        assert secret[:4] not in visit.screen()
        assert visit.wizard.query_one(QrCode).matrix == ()
        assert visit.app.focused is visit.wizard.query_one("#regenerate")


async def test_regenerate_makes_a_fresh_key_and_the_old_one_is_refused(house: House) -> None:
    async with visiting(house) as visit:
        old = visit.authenticator()
        await visit.press("f6")
        fresh = visit.authenticator()
        assert fresh.secret != old.secret
        await visit.type_code(old)
        assert not await visit.is_on()
        await visit.type_code(fresh)
        assert await visit.is_on()


async def test_a_wizard_left_open_too_long_asks_who_it_is_before_a_fresh_key(house: House) -> None:
    async with visiting(house) as visit:
        house.clock.advance(timedelta(minutes=11))
        visit.wizard._tick()
        await visit.press("enter")
        assert isinstance(visit.app.screen, ReauthenticationScreen)
        await type_text(visit.pilot, PASSWORD)
        await visit.press("enter")
        assert visit.photographed()


async def test_too_many_tries_are_counted_down(house: House) -> None:
    async with visiting(house) as visit:
        totp = visit.authenticator()
        for _ in range(6):
            await visit.type_code(totp, timedelta(minutes=20))
        assert "Too many tries" in visit.screen()
        house.clock.advance(timedelta(seconds=60))
        visit.wizard._tick()
        await settled(visit.pilot)
        assert "answered in 4:00" in visit.words()


async def test_escape_erases_the_pending_key(house: House) -> None:
    async with visiting(house) as visit:
        assert await visit.has_pending_key()
        await visit.press("escape")
        assert visit.answers == [None]
        assert not await visit.has_pending_key()


async def test_ctrl_q_asks_and_stay_has_the_focus(house: House) -> None:
    async with visiting(house) as visit:
        await visit.press("ctrl+q")
        assert isinstance(visit.app.screen, ConfirmScreen)
        await visit.press("enter")
        assert isinstance(visit.app.screen, WizardScreen)
        assert await visit.has_pending_key()


async def test_ctrl_q_and_leave_erase_the_key_and_end_the_program(house: House) -> None:
    async with visiting(house) as visit:
        await visit.press("ctrl+q")
        await visit.press("right", "enter")
        assert visit.app.return_code == 0
        assert not await visit.has_pending_key()


async def test_a_saving_wizard_is_not_left(house: House) -> None:
    async with visiting(house) as visit:
        visit.wizard.saving = True
        await visit.press("escape")
        await visit.press("f6")
        assert isinstance(visit.app.screen, WizardScreen)
        visit.wizard.saving = False


async def test_the_other_sessions_end_unless_the_box_is_cleared(house: House) -> None:
    async with visiting(house) as visit:
        await house.sign_in_elsewhere(visit.person)
        totp = visit.authenticator()
        await visit.press("tab", "space", "shift+tab")
        await visit.type_code(totp)
        (codes,) = visit.answers
        assert codes is not None
        assert codes.sessions_ended == 0


async def test_once_it_is_left_no_widget_holds_the_key(house: House) -> None:
    async with visiting(house) as visit:
        wizard, secret = visit.wizard, visit.authenticator().secret
        code, statics = wizard.query_one(QrCode), list(wizard.query(Static))
        assert any(secret[:4] in str(static.content) for static in statics)
        await visit.press("escape")
        assert code.matrix == ()
        assert not any(secret[:4] in str(static.content) for static in statics)


async def test_a_session_that_was_revoked_meanwhile_ends_the_wizard(house: House) -> None:
    async with visiting(house) as visit:
        totp = visit.authenticator()
        other = await house.sign_in_elsewhere(visit.person)
        await house.services.sessions.revoke_others(other.token, house.origin("elsewhere"))
        await visit.type_code(totp)
        assert type(visit.app.screen).__name__ == "SignInScreen"


async def test_without_the_store_it_says_why_there_is_no_key_and_blames_nothing_else(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is nothing to type into an app, no name that is too long, and no terminal that is too small."""
    tried = asyncio.Event()

    async def begin(*_: object) -> Enrolment:
        await tried.wait()
        raise Unavailable("The store cannot be reached.")

    app = StrongroomApp(house.door((await house.founder()).signed_in))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        monkeypatch.setattr(house.services.two_factor, "begin", begin)
        app.push_screen(WizardScreen())
        await pilot.pause()
        tried.set()
        await settled(pilot)
        words = " ".join(shown(app).split())
        assert "The store cannot be reached." in words
        assert "Regenerate" in words
        for blamed in ("Type this key", "too long", "needs a terminal"):
            assert blamed not in words
