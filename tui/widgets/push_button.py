"""Buttons one row high; the one that has the focus stands between arrows, so that colour is not alone."""

from __future__ import annotations

from typing import Literal

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size
from textual.widgets import Button

Kind = Literal["primary", "plain", "danger"]
"""What a button is for: the way on, anything else, or what destroys."""


class PushButton(Button, inherit_css=False):
    """A button of one row; posts `Button.Pressed` like the stock one."""

    DEFAULT_CSS = """
    PushButton {
        width: auto;
        min-width: 6;
        height: 1;
        margin: 0 2 0 0;
        background: $button;
        color: $ink;
        pointer: pointer;
        &.-primary {
            background: $accent;
            color: $ground;
            text-style: bold;
        }
        &.-danger {
            color: $danger;
        }
        &:focus {
            text-style: bold;
        }
        &:hover {
            text-style: bold underline;
        }
        &.-danger:focus {
            background: $danger;
            color: $ground;
        }
        &:disabled {
            background: $panel;
            color: $muted;
            opacity: 1;
        }
    }
    """

    def __init__(
        self,
        label: str,
        kind: Kind = "plain",
        *,
        id: str | None = None,
        disabled: bool = False,
        action: str | None = None,
    ) -> None:
        """Build a button; the label is plain text, never markup."""
        super().__init__(Content(label), id=id, disabled=disabled, action=action, classes=f"-{kind}")

    def watch_label(self) -> None:
        """Measure again for another label."""
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Return the label's width with room for the arrows."""
        return cell_len(self._words) + 4

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one row."""
        return 1

    def render(self) -> Content:
        """Draw the label, between arrows while it has the focus."""
        return Content(f"▸ {self._words} ◂" if self.has_focus else f"  {self._words}  ")

    @property
    def _words(self) -> str:
        """The label as plain text."""
        return str(self.label.plain) if isinstance(self.label, Content) else str(self.label)
