"""A card: some widgets that belong together, under a title, within a quiet border."""

from __future__ import annotations

from textual.containers import Vertical
from textual.content import Content

from tui.widgets.tone import Tone


class Card(Vertical):
    """A titled box; never put one into another."""

    DEFAULT_CSS = """
    Card {
        height: auto;
        width: 1fr;
        padding: 0 2;
        margin: 0 0 1 0;
        border: round $line;
        border-title-color: $muted;
        border-title-style: bold;
        border-subtitle-color: $muted;
        &.-focused {
            border-title-color: $ink;
        }
        &.-attention {
            border: round $attention;
            border-title-color: $attention;
        }
        &.-danger {
            border: round $danger;
            border-title-color: $danger;
        }
    }
    """

    def __init__(
        self,
        title: str,
        *,
        subtitle: str = "",
        tone: Tone | None = None,
        id: str | None = None,
        classes: str = "",
    ) -> None:
        """Build a card; a tone of attention or danger colours its border."""
        super().__init__(id=id, classes=classes)
        self.title = title
        self.subtitle = subtitle
        if tone is not None:
            self.add_class(f"-{tone}")

    def on_descendant_focus(self) -> None:
        """Make the title stand out."""
        self._mark(has_focus=True)

    def on_descendant_blur(self) -> None:
        """Let the title step back, unless the focus only went to a neighbour."""
        focused = self.screen.focused
        self._mark(has_focus=focused is not None and self in focused.ancestors)

    def _mark(self, *, has_focus: bool) -> None:
        """Style the card alone: `:focus-within` would style everything in it anew at each change of focus."""
        if self.has_class("-focused") != has_focus:
            self.set_class(has_focus, "-focused", update=False)
            self.app.stylesheet.apply(self)
            self.refresh()

    @property
    def title(self) -> str:
        """The words on the upper border; foreign text in it must be `SafeText`."""
        return self._title

    @title.setter
    def title(self, title: str) -> None:
        """Write other words on the upper border."""
        self._title = title
        self.border_title = Content(title)

    @property
    def subtitle(self) -> str:
        """The words on the lower border; foreign text in it must be `SafeText`."""
        return self._subtitle

    @subtitle.setter
    def subtitle(self, subtitle: str) -> None:
        """Write other words on the lower border; none at all where it is empty."""
        self._subtitle = subtitle
        self.border_subtitle = Content(subtitle) if subtitle else None
