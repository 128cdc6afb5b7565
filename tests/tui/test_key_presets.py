"""Each preset: no clash, no lock-out, and a session revoked by its own keys alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tui.house import House, settled, shown
from tests.tui.two_factor_visits import Visit
from tui.app import StrongroomApp
from tui.keys.keymap import KeysNow
from tui.keys.names import shown_key, types_text
from tui.keys.presets import PRESETS
from tui.keys.table import KEYMAP
from tui.screens.help import HelpScreen
from tui.screens.palette import PaletteScreen
from tui.screens.revoke import RevokeScreen
from tui.screens.sessions import SessionsScreen

pytestmark = pytest.mark.filterwarnings("error")

TO_SESSIONS = {
    "standard": ("right_square_bracket",) * 3,
    "vim": ("L",) * 3,
    "emacs": ("ctrl+pagedown",) * 3,
    "function-keys": ("f12",) * 3,
}
"""From the Overview to the sessions."""

REVOKING = {
    "standard": ("down", "x", "right", "enter"),
    "vim": ("j", "x", "l", "enter"),
    "emacs": ("ctrl+n", "x", "ctrl+f", "enter"),
    "function-keys": ("down", "f8", "right", "enter"),
}
"""From the first row to the second one revoked."""


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_has_neither_clash_nor_lock_out_nor_an_unknown_binding(preset: str) -> None:
    keys = KeysNow(preset)
    assert set(PRESETS[preset].keys) <= {row.id for row in KEYMAP}
    assert all(keys.of(row.id) or keys.of("rows.up") for row in KEYMAP)
    assert PRESETS[preset].sentence.endswith(".")


def test_function_keys_have_no_key_that_types_something_but_space() -> None:
    keys = KeysNow("function-keys")
    typing = {row.id: key for row in KEYMAP for key in keys.of(row.id) if types_text(key) and key != "space"}
    assert typing == {}


def test_only_moves_that_the_arrows_make_too_are_without_a_key() -> None:
    for preset in PRESETS:
        assert {row.id for row in KEYMAP if not KeysNow(preset).of(row.id)} <= {"list.up", "list.down"}


@pytest.mark.parametrize("preset", PRESETS)
async def test_a_session_is_revoked_by_the_keys_of_a_preset(house: House, preset: str) -> None:
    person = await house.founder()
    await house.sign_in_elsewhere(person)
    app = StrongroomApp(replace(house.door(person.signed_in), preset=preset))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        visit = Visit(house, person, app, pilot)
        for key in TO_SESSIONS[preset]:
            await visit.press(key)
        assert visit.top() is SessionsScreen
        row, revoke, across, press = REVOKING[preset]
        await visit.press(row)
        last = shown(app).splitlines()[-1]
        assert f"{shown_key(revoke)} Revoke" in last
        await visit.press(revoke)
        assert visit.top() is RevokeScreen
        await visit.press(across, press)
        assert "Revoked: " in visit.text()
        assert len(await house.services.sessions.list(app.visit.token)) == 1


async def test_letters_do_nothing_where_function_keys_were_chosen(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), preset="function-keys"))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        before = app.screen
        await pilot.press(*"qtrs12xo", "question_mark", "colon", "left_square_bracket")
        await settled(pilot)
        assert app.screen is before
        assert not app._exit
        visit = Visit(house, person, app, pilot)
        await visit.press("f9")
        assert visit.top() is PaletteScreen
        await visit.press("escape", "f1")
        assert visit.top() is HelpScreen


async def test_what_was_moved_from_a_letter_to_a_function_key_acts_in_a_field(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), keys={"home.sign_out": "f8"}))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        visit = Visit(house, person, app, pilot)
        await visit.press("1")
        app.screen.query_one("#name").focus()
        await visit.press("f8")
        assert "End this session and go back to sign-in?" in visit.text()


async def test_ctrl_c_says_the_key_that_leaves_in_this_visit(house: House) -> None:
    app = StrongroomApp(replace(house.door(), keys={"app.quit_now": "ctrl+x"}))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        app.action_hint_quit()
        await pilot.pause()
        assert "^x leaves the program." in shown(app)
        await pilot.press("ctrl+x")
        await settled(pilot)
        assert app.return_code == 0
