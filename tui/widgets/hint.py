"""A hint: quiet words below a control."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Hint(Static):
    """Muted text that wraps; foreign text in it must be `SafeText`."""

    DEFAULT_CSS = """
    Hint {
        height: auto;
        width: 1fr;
        color: $muted;
    }
    """

    def __init__(
        self, words: str | Content = "", *, id: str | None = None, classes: str | None = None
    ) -> None:
        """Build a hint; a str is plain text, never markup."""
        super().__init__(words if isinstance(words, Content) else Content(words), id=id, classes=classes)

    def say(self, words: str | Content) -> None:
        """Say something else."""
        self.update(words if isinstance(words, Content) else Content(words))
