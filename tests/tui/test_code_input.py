"""What the six-digit field takes, from keys and from pastes."""

from __future__ import annotations

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.binding import Binding

from tui.widgets.code_input import CodeInput, digits_of


class Desk(App[None]):
    """A code field and a record of what it said."""

    BINDINGS = [Binding("q", "strike", "Strike"), Binding("question_mark", "ask", "Ask")]  # noqa: RUF012

    def __init__(self) -> None:
        """Begin with nothing said."""
        super().__init__()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        """The field alone."""
        yield CodeInput()

    @on(CodeInput.Completed)
    @on(CodeInput.Unusable)
    def note(self, event: CodeInput.Completed | CodeInput.Unusable) -> None:
        """Keep what the field said."""
        self.said.append(type(event).__name__)

    def action_strike(self) -> None:
        """A bare letter that acts."""
        self.said.append("struck")

    def action_ask(self) -> None:
        """Help."""
        self.said.append("asked")


@pytest.mark.parametrize(
    "pasted",
    ["123456", "123 456", "123-456", " 123456 ", "123456\n", "1 2 3 4 5 6", "\t123 456\r\n", "123 - 456"],
)
def test_a_pasted_code_is_taken_with_spaces_and_one_dash(pasted: str) -> None:
    assert digits_of(pasted) == "123456"


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "12345",
        "1234567",
        "123--456",
        "12-34-56",
        "abcdef",
        "١٢٣٤٥٦",
        "１２３４５６",
        "¹²³⁴⁵⁶",
        "12345²",
        "+12345",
    ],
)
def test_nothing_but_six_ascii_digits_is_taken(pasted: str) -> None:
    assert digits_of(pasted) is None


async def test_six_digits_submit_themselves_once() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press(*"417", "space", *"905", "1")
        assert app.query_one(CodeInput).digits == "417905"
        assert app.said == ["Completed"]


async def test_a_code_pasted_as_the_app_shows_it_replaces_what_was_there() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("9", "9")
        app.query_one(CodeInput).post_message(events.Paste("123 456"))
        await pilot.pause()
        assert app.query_one(CodeInput).digits == "123456"
        assert app.said == ["Completed"]


async def test_an_unusable_paste_is_said_and_takes_nothing_away() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("9", "9")
        app.query_one(CodeInput).post_message(events.Paste("١٢٣٤٥٦"))
        await pilot.pause()
        assert app.query_one(CodeInput).digits == "99"
        assert app.said == ["Unusable"]


async def test_a_bare_letter_does_not_act_and_help_stays_in_reach() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("q", "question_mark")
        assert app.said == ["Unusable", "asked"]


async def test_backspace_takes_one_digit_back_and_delete_all() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("1", "2", "3", "backspace")
        assert app.query_one(CodeInput).digits == "12"
        await pilot.press("delete")
        assert app.query_one(CodeInput).digits == ""


async def test_the_digits_stand_in_two_groups_of_three() -> None:
    app = Desk()
    async with app.run_test() as pilot:
        await pilot.press("4", "1", "7", "9")
        assert app.query_one(CodeInput).render().plain == " 4 1 7   9 _ _ "
