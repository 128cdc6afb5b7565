"""A field of one row that takes text: whole pastes or none, a cap in bytes, and no clipboard for secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.actions import SkipAction
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import var
from textual.widgets import Input

from security.safe_text import sanitise
from tui.visit import send_to_clipboard

LINE_BREAKS = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""Characters at which `str.splitlines` would cut a paste."""

MAX_BYTES = 4096
"""More than this is never taken into a field, in UTF-8 (R002)."""


class TextField(Input, inherit_bindings=False, inherit_css=False):
    """An Input that refuses rather than cuts, and says so."""

    BINDINGS: ClassVar[list[BindingType]] = [*Input.BINDINGS]
    """An Input's own keys, without those of scrolling, which would hide ctrl+pgup and ctrl+pgdn."""

    COMPONENT_CLASSES: ClassVar[set[str]] = Input.COMPONENT_CLASSES
    """An Input's own parts; of its sheet nothing is left, most of it is about borders and stock themes."""

    DEFAULT_CSS = """
    TextField {
        height: 1;
        width: 1fr;
        padding: 0 1;
        overflow: auto auto;
        scrollbar-size-horizontal: 0;
        background: $field;
        color: $ink;
        pointer: text;
        &:disabled {
            opacity: 1;
            color: $muted;
        }
        &>.input--cursor {
            background: $input-cursor-background;
            color: $input-cursor-foreground;
            text-style: $input-cursor-text-style;
        }
        &>.input--selection {
            background: $input-selection-background;
            color: $input-selection-foreground;
        }
        &>.input--placeholder, &>.input--suggestion {
            color: $muted;
        }
    }
    """

    max_bytes: var[int] = var(MAX_BYTES)
    """The longest value, in bytes of UTF-8."""

    class Refused(Message):
        """Something typed or pasted was not taken; nothing of it is in the field."""

        def __init__(self, field: TextField, sentence: str) -> None:
            """Keep the field and the sentence."""
            super().__init__()
            self.field = field
            """The field that refused."""
            self.sentence = sentence
            """Why, in words for the person; holds nothing of the text."""

        @property
        def control(self) -> TextField:
            """The field that refused."""
            return self.field

    def __init__(
        self,
        *,
        placeholder: str = "",
        password: bool = False,
        max_bytes: int = MAX_BYTES,
        value: str = "",
        prepare_paste: Callable[[str], str] | None = None,
        id: str | None = None,
        disabled: bool = False,
    ) -> None:
        """Build a field; `prepare_paste` makes "417263" of a pasted "417 263" before it is inserted."""
        super().__init__(
            value=value,
            placeholder=placeholder,
            password=password,
            id=id,
            disabled=disabled,
            select_on_focus=False,
        )
        self.max_bytes = max_bytes
        self.cursor_blink = False
        self._prepare_paste = prepare_paste

    def post_message(self, message: Message) -> bool:
        """Post a message; what a password field tells of itself never carries the text."""
        if self.password and isinstance(message, (Input.Changed, Input.Submitted, Input.Blurred)):
            message.value = ""
        return super().post_message(message)

    def replace(self, text: str, start: int, end: int) -> None:
        """Put text in place of a part of the value, or refuse where it would be too long."""
        low, high = sorted((max(0, start), min(len(self.value), end)))
        candidate = f"{self.value[:low]}{text}{self.value[high:]}"
        if text and len(candidate.encode("utf-8", "surrogatepass")) > self.max_bytes:
            self.post_message(
                self.Refused(self, f"Too long: at most {self.max_bytes} bytes. Nothing was taken.")
            )
            return
        super().replace(text, start, end)

    def _on_paste(self, event: events.Paste) -> None:
        """Take a paste whole, or refuse it with a sentence; never the first line alone (R013)."""
        event.stop()
        event.prevent_default()
        text = event.text.rstrip("\r\n") if self._prepare_paste is not None else event.text
        if any(mark in text for mark in LINE_BREAKS):
            self.post_message(self.Refused(self, "The pasted text has line breaks. Nothing was taken."))
            return
        if not self.password and sanitise(text, max_cells=len(text) * 8) != text:
            self.post_message(
                self.Refused(self, "The pasted text has invisible characters. Nothing was taken.")
            )
            return
        if self._prepare_paste is not None:
            text = self._prepare_paste(text)
        if text:
            self.replace(text, *self.selection)

    def restricted(self) -> None:
        """Say that a character was not taken, without the bell."""
        self.post_message(self.Refused(self, "That does not belong here. Nothing was taken."))

    def action_copy(self) -> None:
        """Send the selection to the terminal's clipboard; of a password nothing, ever."""
        if self.password or not self.selected_text:
            raise SkipAction()
        send_to_clipboard(self, self.selected_text)

    def action_cut(self) -> None:
        """Cut the selection; of a password it is only deleted."""
        if not self.password and self.selected_text:
            send_to_clipboard(self, self.selected_text)
        self.delete_selection()

    def action_paste(self) -> None:
        """Do nothing: the terminal pastes, the program keeps no clipboard of its own."""
