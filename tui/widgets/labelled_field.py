"""A label, a field of one row and, below it, what is wrong with it."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.widgets.text_field import TextField


class LabelledField(Widget):
    """One row, or two while there is an error; the error goes when the value changes."""

    DEFAULT_CSS = """
    LabelledField {
        height: auto;
        width: 1fr;
        margin: 0 0 1 0;
    }
    LabelledField > Horizontal {
        height: 1;
    }
    LabelledField .field--label {
        width: 22;
        color: $muted;
    }
    LabelledField .field--label.-focused {
        color: $ink;
        text-style: bold;
    }
    LabelledField .field--error {
        display: none;
        height: auto;
        padding: 0 0 0 22;
        color: $danger;
    }
    LabelledField.-wrong .field--error {
        display: block;
    }
    LabelledField.-wrong {
        margin: 0;
    }
    """

    error: reactive[str] = reactive("")
    """What is wrong, beside the field; empty where nothing is. Foreign text in it must be `SafeText`."""

    def __init__(self, label: str, field: TextField, *, id: str | None = None) -> None:
        """Put a label before a field."""
        super().__init__(id=id)
        self._label = label
        self.input = field
        """The field itself."""

    @property
    def value(self) -> str:
        """What was typed."""
        return self.input.value

    def compose(self) -> ComposeResult:
        """Build label and field; the row below them is made by the first error."""
        with Horizontal():
            yield Static(Content(self._label), classes="field--label")
            yield self.input

    def watch_error(self, error: str) -> None:
        """Show the error with its mark, or take its row away."""
        self.set_class(bool(error), "-wrong")
        shown = Content(f"✗ {error}" if error else "")
        if rows := self.query(".field--error"):
            rows.first(Static).update(shown)
        elif error and self.is_mounted:
            self.mount(Static(shown, classes="field--error", markup=False))

    def on_descendant_focus(self) -> None:
        """Make the label stand out."""
        self.query_one(".field--label").add_class("-focused")

    def on_descendant_blur(self) -> None:
        """Let the label step back."""
        self.query_one(".field--label").remove_class("-focused")

    @on(Input.Changed)
    def _changed(self) -> None:
        """A new value is not wrong yet."""
        self.error = ""

    @on(TextField.Refused)
    def _refused(self, event: TextField.Refused) -> None:
        """Say beside the field what was not taken."""
        event.stop()
        self.error = event.sentence
