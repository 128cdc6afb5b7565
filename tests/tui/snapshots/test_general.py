"""The person's own room as it is seen, and what comes over every page: the way out, help and the palette."""

from __future__ import annotations

from tests.tui.house import EMAIL, House
from tests.tui.session_visits import three_sessions
from tests.tui.snapshots.stage import on_stage
from tui.messages import Place
from tui.screens.confirm import ConfirmScreen
from tui.screens.help import HelpScreen
from tui.screens.palette import PaletteScreen


async def test_general_tells_who_you_are_and_how_it_looks(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.GENERAL)
        async for size in stage.at_sizes():
            stage.says("Name", "Amir Example", EMAIL, "Organisation", "Acme", "Role", "owner", "Save name")
            if size[1] > 20:
                stage.says("Appearance · kept with your account", "Dark", "Light")
            stage.keeps("general.page")


async def test_a_name_that_cannot_be_taken_says_why_beside_it(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.GENERAL)
        stage.app.screen.query_one("#name").focus()
        await stage.press("end", "ctrl+u", "enter")
        async for _ in stage.at_sizes():
            stage.says("The name is missing.")
            assert stage.focused == "name"
            stage.keeps("general.wrong")


async def test_signing_out_asks_with_cancel_focused(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await stage.press("s")
        await stage.reach(ConfirmScreen)
        async for _ in stage.at_sizes():
            stage.says("End this session and go back to sign-in?", "Your other sessions go on.", "Sign out")
            assert stage.focused == "cancel"
            stage.keeps("confirm.sign_out")


async def test_help_begins_with_the_keys_of_the_present_screen(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("question_mark")
        await stage.reach(HelpScreen)
        async for _ in stage.at_sizes():
            stage.says("Help", "This screen", "x, del", "End the chosen session at once; asks")
            assert stage.focused == "help-search"
            stage.keeps("help.sessions")


async def test_help_finds_a_key_by_a_word(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("question_mark")
        await stage.reach(HelpScreen)
        await stage.write("mouse")
        async for _ in stage.at_sizes():
            stage.says("Switch the mouse on or off")
            assert "End the chosen session" not in stage.text
            stage.keeps("help.found")


async def test_the_palette_offers_places_acts_and_themes(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.SESSIONS)
        await stage.press("ctrl+p")
        await stage.reach(PaletteScreen)
        async for _ in stage.at_sizes():
            stage.says("Go to, do, theme", "Go to Overview")
            assert stage.focused == "palette-search"
            stage.keeps("palette.sessions")
