"""The palette: everything that can be done, from anywhere inside, by what people call it."""

from __future__ import annotations

import pytest
from textual.widgets import OptionList

from security.vocabulary import Appearance
from tests.tui.house import House, settled, shown
from tests.tui.two_factor_visits import Visit, visiting
from tui.acts_anywhere import ACTS, ENFORCED, ONLY_ONE
from tui.keyed_app import SAVING
from tui.keys.keymap import KEYMAP
from tui.messages import GoTo, Place
from tui.screens.activity import ActivityScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.disable import DisableScreen
from tui.screens.general import GeneralScreen
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.idle_lock import IdleLockScreen
from tui.screens.palette import NO_MATCH, PaletteScreen
from tui.screens.password import PasswordScreen
from tui.screens.regenerate import RegenerateScreen
from tui.screens.revoke import RevokeScreen
from tui.screens.session_lifetime import SessionLifetimeScreen
from tui.screens.sessions import SessionsScreen
from tui.screens.wizard import WizardScreen

pytestmark = pytest.mark.filterwarnings("error")


async def search(visit: Visit, typed: str) -> list[str]:
    """Open the palette, type, and return what it offers."""
    await visit.press("ctrl+p")
    assert visit.top() is PaletteScreen
    await visit.type(typed)
    options = visit.app.screen.query_one(OptionList).options
    return [" ".join(str(option.prompt).split()) for option in options]


async def do(visit: Visit, typed: str) -> None:
    """Do the first thing that the palette finds."""
    await search(visit, typed)
    await visit.press("enter")
    await settled(visit.pilot)


FIRST = (
    ("sign out", "Sign out "),
    ("logout", "Sign out "),
    ("out sign", "Sign out "),
    ("everyone", "Sign out everywhere else"),
    ("2fa on", "Set up two-factor"),
    ("codes", "Go to Two-factor"),
    ("password change", "Change the password"),
    ("passphrase", "Change the password"),
    ("rename", "Change your name"),
    ("utc", "Times: local or UTC"),
    ("dark", "Theme: Dark"),
    ("contrast", "Theme: High contrast"),
    ("mouse", "Mouse on or off"),
    ("garbled", "Redraw the screen"),
    ("lock", "Lock the screen"),
    ("csv", "Export the activity"),
    ("kick", "Revoke a session"),
    ("lifetime", "Session lifetime"),
    ("exit", "Quit"),
    ("help", "Help"),
)
"""What people type, and what they mean by it."""


async def test_the_best_match_comes_first_whatever_people_call_it(house: House) -> None:
    async with visiting(house, await house.founder(), size=(120, 40)) as visit:
        found = {}
        for typed, _ in FIRST:
            found[typed] = (await search(visit, typed))[0]
            await visit.press("escape")
        missed = {typed: found[typed] for typed, first in FIRST if not found[typed].startswith(first)}
        assert missed == {}


async def test_it_says_how_much_there_is_and_what_to_do_where_nothing_matches(house: House) -> None:
    async with visiting(house, await house.founder(), size=(60, 20)) as visit:
        everything = await search(visit, "")
        assert f"{len(everything)} things that can be done from here" in visit.text()
        await visit.type("lifetime")
        assert "1 match" in visit.text()
        await visit.type("xyzzy")
        assert " ".join(NO_MATCH.split()[:6]) in visit.text()
        await visit.press("enter")
        assert visit.top() is PaletteScreen


async def test_what_was_used_last_comes_first(house: House) -> None:
    async with visiting(house, await house.founder(), size=(120, 40)) as visit:
        await do(visit, "utc")
        await do(visit, "redraw")
        offered = await search(visit, "")
        assert [line.split()[0] for line in offered[:2]] == ["Redraw", "Times:"]
        assert len(set(offered)) == len(offered)


async def test_two_factor_is_set_up_from_any_page(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.press("1")
        await do(visit, "set up two-factor")
        assert visit.top() is WizardScreen
        await visit.press("escape")
        assert "Regenerate" not in " ".join(await search(visit, "regenerate"))


@pytest.mark.parametrize(("typed", "opens"), [("regenerate", RegenerateScreen), ("disable", DisableScreen)])
async def test_what_two_factor_allows_begins_from_any_page_and_still_asks(
    house: House, typed: str, opens: type
) -> None:
    async with visiting(house, await house.with_two_factor()) as visit:
        assert not await search(visit, "set up two-factor")
        await visit.press("escape")
        await do(visit, typed)
        assert visit.top() is opens
        await visit.press("escape")
        assert (await visit.state()).is_on


async def test_signing_out_everywhere_else_begins_from_any_page_and_cancel_has_the_focus(
    house: House,
) -> None:
    person = await house.founder()
    await house.sign_in_elsewhere(person)
    async with visiting(house, person) as visit:
        await visit.press("1")
        await do(visit, "everywhere else")
        assert visit.top() is ConfirmScreen
        assert visit.app.focused is not None
        assert visit.app.focused.id == "cancel"
        await visit.press("enter")
        assert len(await house.services.sessions.list(visit.app.visit.token)) == 2
        await do(visit, "everywhere else")
        await visit.press("right", "enter")
        assert "1 other session was signed out" in visit.text()


async def test_what_cannot_be_done_says_why(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await do(visit, "everywhere else")
        assert visit.top() is SessionsScreen
        assert " ".join(ONLY_ONE.split()[:6]) in visit.text()
        assert ENFORCED.endswith(".")


async def test_what_begins_late_comes_over_nothing_that_was_opened_meanwhile(house: House) -> None:
    person = await house.founder()
    await house.sign_in_elsewhere(person)
    async with visiting(house, person) as visit:
        visit.app.post_message(GoTo(Place.SESSIONS))
        await settled(visit.pilot)
        page = visit.app.screen
        assert isinstance(page, SessionsScreen)
        await visit.press("question_mark")
        page.errand = GoTo(Place.SESSIONS, begin="others")
        page.load()
        await settled(visit.pilot)
        assert visit.top() is HelpScreen
        await visit.press("escape")
        assert visit.top() is SessionsScreen


async def test_what_is_chosen_while_something_is_saved_is_answered(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        page = visit.app.screen
        assert isinstance(page, HomeScreen)
        page.saving = True
        await do(visit, "go to sessions")
        assert visit.app.screen is page
        assert SAVING in visit.text()


@pytest.mark.parametrize(
    ("typed", "key"), [("revoke a", "x revokes it"), ("name a device", "n names its device")]
)
async def test_what_needs_a_chosen_session_leads_there_and_says_how_to_go_on(
    house: House, typed: str, key: str
) -> None:
    person = await house.founder()
    await house.sign_in_elsewhere(person)
    async with visiting(house, person) as visit:
        await do(visit, typed)
        assert visit.top() is SessionsScreen
        assert f"Choose a session; {key}." in visit.text()
        await visit.press("down")
        await do(visit, "revoke a")
        assert visit.top() is RevokeScreen


@pytest.mark.parametrize(
    ("typed", "screen", "focused"),
    [
        ("change password", PasswordScreen, "current"),
        ("your name", GeneralScreen, "name"),
        ("search activity", ActivityScreen, "filter"),
        ("filter sessions", SessionsScreen, "sessions-filter"),
    ],
)
async def test_what_begins_with_a_field_has_the_focus_there(
    house: House, typed: str, screen: type, focused: str
) -> None:
    async with visiting(house, await house.founder()) as visit:
        await do(visit, typed)
        assert visit.top() is screen
        assert visit.app.focused is not None
        assert visit.app.focused.id == focused


async def test_the_lifetime_of_sessions_is_chosen_from_any_page(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await do(visit, "session lifetime")
        assert visit.top() is SessionLifetimeScreen


async def test_the_screen_is_locked_at_once_says_that_it_was_meant_and_locks_the_session(
    house: House,
) -> None:
    async with visiting(house, await house.founder()) as visit:
        await do(visit, "lock")
        assert visit.top() is IdleLockScreen
        assert "You locked this terminal. Your password opens it again." in visit.text()
        assert "Nobody touched" not in visit.text()
        await visit.type("Correct horse, 7 battery")
        await visit.press("enter")
        assert "Overview" in visit.text()


@pytest.mark.parametrize("appearance", Appearance)
async def test_every_theme_is_chosen_by_its_name(house: House, appearance: Appearance) -> None:
    async with visiting(house, await house.founder()) as visit:
        await do(visit, f"theme: {appearance.value.replace('-', ' ')}")
        assert visit.app.theme == f"strongroom-{appearance}"


async def test_the_acts_are_those_of_the_table_and_the_places_have_their_actions(house: House) -> None:
    ids = {row.id for row in KEYMAP}
    assert {act.binding_id for act in ACTS if act.binding_id} <= ids
    async with visiting(house, await house.founder()) as visit:
        for act in ACTS:
            visit.app.post_message(GoTo(act.place))
            await settled(visit.pilot)
            assert not act.begin or hasattr(visit.app.screen, f"action_{act.begin}")


async def test_at_60_columns_names_and_keys_are_whole(house: House) -> None:
    async with visiting(house, await house.founder(), size=(60, 20)) as visit:
        await search(visit, "sign out")
        assert "Sign out everywhere else" in shown(visit.app)
        await visit.press("escape")
        await search(visit, "redraw")
        assert "Redraw the screen" in shown(visit.app)
        assert "^l" in shown(visit.app)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 40)])
async def test_the_palette_fits_the_terminal(house: House, size: tuple[int, int]) -> None:
    async with visiting(house, await house.founder(), size=size) as visit:
        await search(visit, "")
        assert visit.app.screen.max_scroll_y == 0
        assert "esc Close" in shown(visit.app)
        assert "…" not in shown(visit.app)
