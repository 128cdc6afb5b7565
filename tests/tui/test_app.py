"""One visit: which screen when, keys that act everywhere, the idle lock, and what others do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from security.facts import Secret, SignedIn
from security.services import Services
from security.vocabulary import Appearance
from tests.tui.house import EMAIL, PASSWORD, House, type_text
from tui.app import StrongroomApp
from tui.door import Door
from tui.messages import AppearanceChosen, GoTo, IdleReached, LeaveRequested, Place, SignedOut
from tui.widgets.notice_line import NoticeLine
from tui.widgets.text_field import TextField


class MemoryKeeper:
    """Keeps a token in memory."""

    def __init__(self, token: Secret | None = None) -> None:
        """Begin with a token, or none."""
        self.token = token
        self.device: Secret | None = None

    def read_token(self) -> Secret | None:
        """Return what was kept."""
        return self.token

    def save(self, signed_in: SignedIn) -> None:
        """Keep the token."""
        self.token = signed_in.token

    def save_device(self, secret: Secret) -> None:
        """Keep the device."""
        self.device = secret

    def forget(self) -> None:
        """Keep no token."""
        self.token = None


async def until(pilot: Pilot[int], is_so: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to be so."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what is awaited is a screen, not an event
            await asyncio.sleep(0.02)


def shown(pilot: Pilot[int]) -> str:
    """Return the name of the screen on top."""
    return type(pilot.app.screen).__name__


async def on_screen(pilot: Pilot[int], name: str) -> None:
    """Wait for a screen."""
    await until(pilot, lambda: shown(pilot) == name and pilot.app.screen.is_mounted)
    await pilot.pause()


async def test_a_visit_begins_at_sign_in(house: House) -> None:
    async with StrongroomApp(house.door()).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")


async def test_without_a_store_it_begins_at_first_run(house: House) -> None:
    async with StrongroomApp(house.door(needs_founding=True)).run_test() as pilot:
        await on_screen(pilot, "FirstRunScreen")


async def test_somebody_who_is_signed_in_begins_inside(house: House) -> None:
    person = await house.founder()
    async with StrongroomApp(house.door(person.signed_in)).run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        assert pilot.app.theme == "strongroom-dark"


async def test_before_sign_in_it_looks_as_the_settings_say_and_then_as_the_account_does(house: House) -> None:
    person = await house.founder()
    await house.services.accounts.set_appearance(person.signed_in.token, Appearance.HIGH_CONTRAST)
    async with StrongroomApp(replace(house.door(), appearance="light")).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        assert pilot.app.theme == "strongroom-light"
        await type_text(pilot, EMAIL)
        await pilot.press("tab")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await on_screen(pilot, "OverviewScreen")
        assert pilot.app.theme == "strongroom-high-contrast"


async def kept(house: House) -> SignedIn:
    """Return a session that was to be kept on this machine."""
    origin = house.origin("kitchen")
    return await house.services.founding.found("Acme", "Amir Example", EMAIL, PASSWORD, origin, keep=True)


async def test_a_kept_session_is_resumed(house: House) -> None:
    keeper = MemoryKeeper((await kept(house)).token)
    app = StrongroomApp(replace(house.door(), keeper=keeper))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        assert keeper.token == app.visit.token
        assert app.visit.is_kept


async def test_a_kept_session_that_is_locked_is_resumed_behind_the_lock(house: House) -> None:
    signed_in = await kept(house)
    await house.services.sessions.lock(signed_in.token)
    app = StrongroomApp(replace(house.door(), keeper=MemoryKeeper(signed_in.token)))
    async with app.run_test() as pilot:
        await on_screen(pilot, "IdleLockScreen")


async def test_a_kept_session_that_is_over_leads_to_sign_in_and_is_forgotten(house: House) -> None:
    signed_in = await kept(house)
    keeper = MemoryKeeper(signed_in.token)
    await house.services.sign_in.sign_out(signed_in.token, house.origin())
    async with StrongroomApp(replace(house.door(), keeper=keeper)).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        assert keeper.token is None


async def test_a_revoked_session_is_shown_the_door_within_a_second(house: House) -> None:
    person = await house.founder()
    other = await house.sign_in_elsewhere(person)
    app = StrongroomApp(house.door(other))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        await pilot.pause(0.5)
        await house.services.sessions.revoke(
            person.signed_in.token, other.session_id, house.origin("kitchen")
        )
        await until(pilot, lambda: shown(pilot) == "SignInScreen", 1.0)
        await on_screen(pilot, "SignInScreen")
        assert app.visit.signed_in is None


async def test_a_read_that_met_our_own_change_of_token_signs_nobody_out(house: House) -> None:
    """Regression: under load a page's read raced with an enrolment and took the new codes off the screen."""
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        renewed = await house.services.reauthentication.prove(
            person.signed_in.token, PASSWORD, None, house.origin()
        )
        app.post_message(SignedOut("unknown"))
        await app.visit.adopt(renewed)
        await pilot.pause(0.5)
        assert shown(pilot) == "OverviewScreen"
        assert app.visit.token == renewed.token


async def test_while_an_act_is_under_way_an_unknown_token_is_not_yet_the_end(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        app.post_message(GoTo(Place.PASSWORD))
        await on_screen(pilot, "PasswordScreen")
        app.screen.saving = True  # type: ignore[attr-defined]
        renewed = await house.services.reauthentication.prove(
            person.signed_in.token, PASSWORD, None, house.origin()
        )
        await pilot.pause(1.5)
        assert shown(pilot) == "PasswordScreen"
        await app.visit.adopt(renewed)
        app.screen.saving = False  # type: ignore[attr-defined]
        await pilot.pause(0.5)
        assert shown(pilot) == "PasswordScreen"


async def test_a_token_that_somebody_else_replaced_is_the_end(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        await house.services.reauthentication.prove(person.signed_in.token, PASSWORD, None, house.origin())
        app.post_message(SignedOut("unknown"))
        await on_screen(pilot, "SignInScreen")


async def test_signing_out_ends_the_session_and_forgets_it(house: House) -> None:
    person = await house.founder()
    keeper = MemoryKeeper(person.signed_in.token)
    app = StrongroomApp(replace(house.door(person.signed_in), keeper=keeper))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        app.post_message(LeaveRequested())
        await on_screen(pilot, "SignInScreen")
        assert keeper.token is None


async def test_places_are_gone_to_by_message(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        for place, name in ((Place.PASSWORD, "PasswordScreen"), (Place.GENERAL, "GeneralScreen")):
            app.post_message(GoTo(place))
            await on_screen(pilot, name)


async def test_idleness_takes_everything_away_and_shows_the_lock(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        app.post_message(IdleReached())
        await on_screen(pilot, "IdleLockScreen")
        assert [type(screen).__name__ for screen in app.screen_stack] == ["IdleLockScreen"]


async def test_the_lock_comes_by_itself_and_a_key_puts_it_off(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), idle_lock_seconds=2.5))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        for _ in range(4):
            await pilot.pause(0.6)
            await pilot.press("down")
            assert shown(pilot) == "OverviewScreen"
        await until(pilot, lambda: shown(pilot) == "IdleLockScreen", 3.0)


async def test_too_little_room_names_the_size_and_enough_goes_on(house: House) -> None:
    async with StrongroomApp(house.door()).run_test(size=(80, 24)) as pilot:
        await on_screen(pilot, "SignInScreen")
        pilot.app.screen.query(TextField).first().value = "typed"
        await pilot.resize_terminal(59, 20)
        await on_screen(pilot, "TooSmallScreen")
        await pilot.resize_terminal(60, 20)
        await on_screen(pilot, "SignInScreen")
        assert pilot.app.screen.query(TextField).first().value == "typed"


async def test_a_visit_that_begins_too_small_says_so(house: House) -> None:
    async with StrongroomApp(house.door()).run_test(size=(40, 10)) as pilot:
        await on_screen(pilot, "TooSmallScreen")
        await pilot.resize_terminal(80, 24)
        await on_screen(pilot, "SignInScreen")


async def test_a_theme_is_kept_with_the_account(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        app.post_message(AppearanceChosen("strongroom-light"))
        await until(pilot, lambda: app.visit.account.appearance is Appearance.LIGHT)
        view = await house.services.accounts.view(app.visit.token)
        assert view.appearance is Appearance.LIGHT


async def test_help_shows_the_present_screens_keys_and_finds(house: House) -> None:
    async with StrongroomApp(house.door()).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        await pilot.press("f1")
        await on_screen(pilot, "HelpScreen")
        text = str(pilot.app.screen.query_one("#help-list").render())
        assert text.index("This screen") < text.index("Everywhere")
        await pilot.press(*"redraw")
        await pilot.pause()
        text = str(pilot.app.screen.query_one("#help-list").render())
        assert "Draw the whole screen again" in text
        assert "This screen" not in text
        await pilot.press("escape")
        await on_screen(pilot, "SignInScreen")


async def test_the_palette_has_our_commands_alone(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        await pilot.press("ctrl+p")
        await on_screen(pilot, "PaletteScreen")
        options = pilot.app.screen.query_one("OptionList")
        drawn = "\n".join(str(option.prompt) for option in options.options)  # type: ignore[attr-defined]
        assert "Go to Password" in drawn
        for absent in ("Screenshot", "screenshot", "Maximize", "textual", "dracula", "nord", "Keys"):
            assert absent not in drawn
        await pilot.press(*"go to pass", "enter")
        await on_screen(pilot, "PasswordScreen")


async def test_the_palette_does_what_keys_of_the_program_and_of_the_page_do(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        await pilot.press("ctrl+p", *"local time", "enter")
        await until(pilot, lambda: app.visit.uses_utc)
        await on_screen(pilot, "OverviewScreen")
        await pilot.press("ctrl+p", *"go to gen", "enter")
        await on_screen(pilot, "GeneralScreen")


async def test_a_screenshot_cannot_be_had(house: House, tmp_path: Path) -> None:
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        await app.run_action("screenshot")
        for refused in (app.save_screenshot, app.deliver_screenshot, app.export_screenshot):
            with pytest.raises(NotImplementedError):
                refused()


async def test_bare_letters_do_not_act_in_a_field(house: House) -> None:
    async with StrongroomApp(house.door()).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        field = pilot.app.screen.query(TextField).first()
        field.focus()
        await pilot.pause()
        field.value = ""
        await pilot.press("q", "t", "r", "question_mark", "colon")
        assert field.value == "qtr?:"
        assert shown(pilot) == "SignInScreen"


async def test_q_leaves_outside_fields_and_ctrl_q_everywhere(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await on_screen(pilot, "OverviewScreen")
        await pilot.press("q")
        await until(pilot, lambda: app._exit)
    assert app.return_code == 0
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app._exit)


async def test_nothing_quits_while_something_is_saved(house: House) -> None:
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        app.screen.saving = True  # type: ignore[attr-defined]
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert not app._exit


async def test_a_notification_becomes_a_line(house: House) -> None:
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        app.notify("[/red] said")
        await pilot.pause()
        assert app.screen.query_one(NoticeLine).sentence == "[/red] said"
        assert not app.screen.query("Toast")


async def test_the_clipboard_takes_at_most_4_kib_and_only_where_it_is_allowed(house: House) -> None:
    app = StrongroomApp(house.door())
    assert "paste to check" in app.send_to_clipboard("x" * 4096)
    assert "Nothing was sent" in app.send_to_clipboard("x" * 4097)
    closed = StrongroomApp(replace(house.door(), clipboard_allowed=False))
    assert "switched off" in closed.send_to_clipboard("x")


async def test_the_settings_remap_a_key(house: House) -> None:
    app = StrongroomApp(replace(house.door(), keys={"app.help": "f12"}))
    async with app.run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        await pilot.press("f12")
        await on_screen(pilot, "HelpScreen")


async def test_a_store_that_is_slow_does_not_hold_up_the_first_paint(house: House) -> None:
    opened = asyncio.Event()

    async def connect() -> Services:
        await opened.wait()
        return house.services

    door: Door = replace(house.door(), connect=connect)
    async with StrongroomApp(door).run_test() as pilot:
        await on_screen(pilot, "SignInScreen")
        opened.set()
