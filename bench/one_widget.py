"""The floor that a first paint is measured against: a Textual app of one widget."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class OneWidget(App[None]):
    """One line of text."""

    def compose(self) -> ComposeResult:
        yield Static("ready-for-keys")


if __name__ == "__main__":
    OneWidget().run()
