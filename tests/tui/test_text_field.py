"""Fields: whole pastes or none, no clipboard for secrets."""

from __future__ import annotations

import pytest
from textual.app import ComposeResult
from textual.events import Paste
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

from tests.tui.rig_app import CANARY, door
from tui.keyed_app import KeyedApp
from tui.widgets.labelled_field import LabelledField
from tui.widgets.text_field import LINE_BREAKS, TextField


class Fields(Screen[None]):
    """A password, a name, a code."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        super().__init__()
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        """Build the fields."""
        yield LabelledField("Password", TextField(password=True, id="secret"), id="secret-row")
        yield LabelledField("Name", TextField(id="name", max_bytes=16), id="name-row")
        yield TextField(id="code", prepare_paste=lambda text: text.replace(" ", ""))

    def on_input_changed(self, event: Input.Changed) -> None:
        """Keep what the field tells."""
        self.told.append(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Keep what the field tells."""
        self.told.append(event.value)


class FieldsApp(KeyedApp):
    """Shows the fields."""

    def on_mount(self) -> None:
        """Show them."""
        self.push_screen(Fields())


async def focused(pilot: Pilot[int], name: str) -> TextField:
    """Focus a field."""
    field = pilot.app.screen.query_one(f"#{name}", TextField)
    field.focus()
    await pilot.pause()
    return field


async def paste(pilot: Pilot[int], text: str) -> None:
    """Paste as a terminal does."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()


@pytest.mark.parametrize("mark", LINE_BREAKS, ids=lambda mark: f"U+{ord(mark):04X}")
@pytest.mark.parametrize("name", ["secret", "name"])
async def test_a_paste_with_a_line_break_is_refused_with_words(name: str, mark: str) -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, name)
        await paste(pilot, f"first{mark}second")
        assert field.value == ""
        row = pilot.app.screen.query_one(f"#{name}-row", LabelledField)
        assert "line breaks" in row.error


async def test_the_stock_field_keeps_the_first_line_silently() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        stock = Input(id="stock")
        await pilot.app.screen.mount(stock)
        stock.focus()
        await pilot.pause()
        await paste(pilot, "first\x85second")
        assert stock.value == "first"


async def test_a_paste_into_a_password_is_taken_whole() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "secret")
        await paste(pilot, "  päss word\xa0 ")
        assert field.value == "  päss word\xa0 "


async def test_a_pasted_code_with_a_space_and_a_line_end_is_taken() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "code")
        await paste(pilot, "123 456\r\n")
        assert field.value == "123456"


@pytest.mark.parametrize("hostile", ["a\x1b[31mb", "a\u202eb", "a\u200bb", "a\x9bb"])
async def test_a_paste_of_what_cannot_be_shown_is_refused(hostile: str) -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "name")
        await paste(pilot, hostile)
        assert field.value == ""


async def test_more_than_the_cap_is_refused_whole() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "name")
        await paste(pilot, "€" * 5)
        await paste(pilot, "€€")
        assert field.value == "€" * 5
        row = pilot.app.screen.query_one("#name-row", LabelledField)
        assert "at most 16 bytes" in row.error
        await pilot.press("a")
        assert field.value == "€" * 5 + "a"
        assert row.error == ""


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+x", "super+c"])
async def test_a_password_reaches_no_clipboard(key: str) -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "secret")
        field.value = CANARY
        await pilot.press("ctrl+shift+a", key)
        assert pilot.app.clipboard == ""


async def test_a_password_field_tells_no_value() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "secret")
        await pilot.press("a", "b", "enter")
        assert field.value == "ab"
        screen = pilot.app.screen
        assert isinstance(screen, Fields)
        assert set(screen.told) == {""}


async def test_ctrl_v_pastes_nothing_of_the_programs_own() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        pilot.app._clipboard = CANARY
        field = await focused(pilot, "name")
        await pilot.press("ctrl+v")
        assert field.value == ""


async def test_the_cursor_does_not_blink() -> None:
    async with FieldsApp(door()).run_test() as pilot:
        field = await focused(pilot, "name")
        assert field.cursor_blink is False
