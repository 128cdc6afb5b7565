"""Fields for codes: six digits in two groups that submit themselves, and a line for either kind of code."""

from __future__ import annotations

import re
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from tui.keys.keymap import bindings
from tui.widgets.text_field import TextField

LENGTH = 6
"""Digits of a code."""

SEPARATORS = " -"
"""What people type between the groups; it is passed over."""

HELP = "?"
"""Never part of a code, so help stays in reach."""

_WIDTH = 15
"""Cells: seven for each group and one between."""


def digits_of(pasted: str) -> str | None:
    """Find the code in pasted text: six ASCII digits, with spaces and one dash allowed, else None (R036)."""
    bare = re.sub(r"[ \t\r\n]", "", pasted).replace("-", "", 1)
    # fullmatch on ASCII: int() and isdigit() would take Arabic-Indic and superscript digits as well.
    return bare if re.fullmatch("[0-9]{6}", bare) else None


class CodeInput(Widget, can_focus=True):
    """Takes six ASCII digits, typed or pasted; its screen reads them, and no message carries them."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("code")

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    CodeInput {
        width: 15;
        height: 1;
    }
    """

    digits: reactive[str] = reactive("")
    """The digits so far."""

    class Completed(Message):
        """The sixth digit is there; the screen reads `digits`."""

    class Changed(Message):
        """A digit came or went."""

    class Unusable(Message):
        """What was typed or pasted is no part of a code; nothing was taken."""

    def __init__(self, *, id: str | None = None) -> None:
        """Build an empty field."""
        super().__init__(id=id)

    @property
    def is_complete(self) -> bool:
        """Whether all six digits are there."""
        return len(self.digits) == LENGTH

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Be as wide as two groups with a gap."""
        return _WIDTH

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Be one row high."""
        return 1

    def render(self) -> Content:
        """Draw a slot for each digit, the next one inverse while the field has the focus."""
        return Content.assemble(self._group(0), " ", self._group(LENGTH // 2))

    def validate_digits(self, digits: str) -> str:
        """Keep six at the most."""
        return digits[:LENGTH]

    def watch_digits(self) -> None:
        """Tell the screen, and move the terminal's cursor to the next slot."""
        self.post_message(self.Changed())
        self._place_cursor()

    def on_focus(self) -> None:
        """Show which slot is next."""
        self._place_cursor()
        self.refresh()

    def on_blur(self) -> None:
        """Show no next slot."""
        self.refresh()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Take every printable key but the one for help, so that no bare letter acts meanwhile."""
        return character is not None and character.isprintable() and character != HELP

    def on_key(self, event: events.Key) -> None:
        """Take a digit, pass over a space or a dash, and say of any other character that it is none."""
        if event.character is None or not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        if re.fullmatch("[0-9]", event.character):
            if len(self.digits) < LENGTH:
                self._take(self.digits + event.character)
        elif event.character not in SEPARATORS:
            self.post_message(self.Unusable())

    def on_paste(self, event: events.Paste) -> None:
        """Take a whole pasted code in place of what was there, or nothing of it."""
        event.stop()
        digits = digits_of(event.text)
        if digits is None:
            self.post_message(self.Unusable())
        else:
            self._take(digits)

    def action_submit(self) -> None:
        """Submit the six digits once more, or say that they are not six."""
        self.post_message(self.Completed() if self.is_complete else self.Unusable())

    def action_delete_last(self) -> None:
        """Take the last digit back."""
        self.digits = self.digits[:-1]

    def action_clear(self) -> None:
        """Take every digit back."""
        self.digits = ""

    def _take(self, digits: str) -> None:
        self.digits = digits
        if len(digits) == LENGTH:
            self.post_message(self.Completed())

    def _place_cursor(self) -> None:
        if self.has_focus:
            place = min(len(self.digits), LENGTH - 1)
            self.app.cursor_position = self.content_region.offset + Offset(_column(place), 0)

    def _group(self, start: int) -> Content:
        """Three slots: a digit, a line where one is missing, inverse where the next one goes."""
        cells: list[Content | tuple[str, str]] = [(" ", "on $field")]
        for place in range(start, start + LENGTH // 2):
            if place < len(self.digits):
                cells.append((self.digits[place], "bold $ink on $field"))
            elif place == len(self.digits) and self.has_focus:
                cells.append(("_", "bold $ground on $accent"))
            else:
                cells.append(("_", "$muted on $field"))
            cells.append((" ", "on $field"))
        return Content.assemble(*cells)


def _column(place: int) -> int:
    """Where the slot of a digit stands in the row."""
    return 1 + 2 * place + place // (LENGTH // 2)


class CodeField(TextField):
    """A line for six digits or a recovery code; its messages don't carry what was typed."""

    def __init__(self, *, placeholder: str = "") -> None:
        """Build an empty field that takes more than any code is long."""
        super().__init__(placeholder=placeholder, max_bytes=64)

    def post_message(self, message: Message) -> bool:
        """Post a message without the code."""
        if isinstance(message, (Input.Changed, Input.Submitted, Input.Blurred)):
            message.value = ""
        return super().post_message(message)
