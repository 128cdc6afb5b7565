"""A burst of keys finds each field in its turn."""

from __future__ import annotations

import asyncio

from textual import events, on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widgets import Input

from tests.tui.pty_rig import Rig
from tests.tui.rig_app import door
from tui.keyed_app import KeyedApp
from tui.widgets.page_frame import PageFrame
from tui.widgets.text_field import TextField


class Form(Screen[None]):
    """Three fields; enter goes on from the first."""

    def compose(self) -> ComposeResult:
        """Build the fields within a frame, as deep as those of real screens."""
        with PageFrame("Form", is_centred=True):
            yield TextField(id="one")
            yield TextField(id="two", password=True)
            yield TextField(id="three")

    @on(Input.Submitted, "#one")
    def _go_on(self) -> None:
        """Go to the second."""
        self.query_one("#two").focus()

    def values(self) -> list[str]:
        """Return what is in the fields."""
        return [self.query_one(f"#{name}", Input).value for name in ("one", "two", "three")]


class FormApp(KeyedApp):
    """Shows the form."""

    def on_mount(self) -> None:
        """Show it."""
        self.push_screen(Form())


def key(character: str) -> events.Key:
    """Return the key of a character."""
    names = {"\t": "tab", "\r": "enter"}
    return events.Key(names.get(character, character), None if character in names else character)


async def typed(burst: str) -> list[str]:
    """Type all at once and return what the fields hold then."""
    app = FormApp(door())
    async with app.run_test() as pilot:
        await pilot.pause()
        for character in burst:
            app.post_message(key(character))
        screen = app.screen
        assert isinstance(screen, Form)
        async with asyncio.timeout(20):
            while sum(map(len, screen.values())) < sum(map(str.isalnum, burst)):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return screen.values()


async def test_tab_in_a_burst_moves_before_the_next_key() -> None:
    assert await typed("amir\tsecret\tthird") == ["amir", "secret", "third"]


async def test_enter_in_a_burst_moves_before_the_next_key() -> None:
    assert await typed("amir\rsecret\tthird") == ["amir", "secret", "third"]


async def test_a_paste_waits_for_the_tab_before_it() -> None:
    app = FormApp(door())
    async with app.run_test() as pilot:
        await pilot.pause()
        for event in (key("a"), key("\t"), events.Paste("secret"), key("\t"), key("c")):
            app.post_message(event)
        screen = app.screen
        assert isinstance(screen, Form)
        async with asyncio.timeout(20):
            while not screen.values()[2]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert screen.values() == ["a", "secret", "c"]


async def test_a_widget_that_is_busy_holds_keys_up_for_a_moment_only() -> None:
    app = FormApp(door())
    async with app.run_test() as pilot:
        await pilot.pause()
        app.screen.query_one("#one").call_later(asyncio.sleep, 3)
        app.post_message(key("a"))
        app.post_message(events.Key("ctrl+q", None))
        await asyncio.sleep(1)
        assert app._exit


async def test_what_is_typed_on_for_a_screen_that_went_away_is_dropped_until_a_pause() -> None:
    app = FormApp(door())
    async with app.run_test() as pilot:
        await pilot.pause()
        app.screen.query_one("#one").call_later(asyncio.sleep, 0.3)
        for character in "secret":
            app.post_message(key(character))
        await asyncio.sleep(0.1)
        app.key_order.drop_typed()
        for character in "more":
            app.post_message(key(character))
        await asyncio.sleep(1.4)
        app.post_message(key("z"))
        screen = app.screen
        assert isinstance(screen, Form)
        async with asyncio.timeout(20):
            while "z" not in screen.values()[0]:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert screen.values()[0] in ("z", "sz")  # the first key was already on its way


async def test_who_leaves_is_not_held_up_by_what_was_dropped() -> None:
    app = FormApp(door())
    async with app.run_test() as pilot:
        await pilot.pause()
        app.post_message(key("a"))
        await pilot.pause()
        app.key_order.drop_typed()
        app.post_message(events.Key("ctrl+q", None))
        await asyncio.sleep(0.5)
        assert app._exit


def test_a_burst_before_the_first_paint_is_not_lost() -> None:
    with Rig("tests.tui.rig_app", "ours") as rig:
        rig.wait_for("\x1b[?2004h")
        rig.send("abc\tde")
        rig.wait_for("lengths-3-2.")
