"""The frame around every page: header, navigation, body, notice line, footer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widget import Widget

from tui.keys.keymap import bindings
from tui.widgets.footer import Footer
from tui.widgets.notice_line import NoticeLine
from tui.widgets.page_header import PageHeader

if TYPE_CHECKING:
    from security.facts import AccountView
    from tui.widgets.navigation import Navigation

NARROW = 72
"""Below this width the navigation is one line."""


class PageBody(VerticalScroll, can_focus=False, inherit_bindings=False):
    """What scrolls within the frame; unlike the stock one it leaves ctrl+pgup and ctrl+pgdn to the tabs."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("body")


class PageFrame(Container):
    """Put a screen's widgets into it with `with PageFrame(...):`; they become the body."""

    DEFAULT_CSS = """
    PageFrame {
        width: 1fr;
        height: 1fr;
        background: $ground;
        color: $ink;
    }
    PageFrame > #frame-middle {
        width: 1fr;
        height: 1fr;
        layout: horizontal;
    }
    PageFrame.-narrow > #frame-middle {
        layout: vertical;
    }
    PageFrame #frame-body {
        width: 1fr;
        height: 1fr;
        padding: 1 2 0 2;
        scrollbar-size-vertical: 1;
    }
    PageFrame.-narrow #frame-body {
        padding: 0 1;
    }
    PageFrame.-bare #frame-body {
        padding: 0;
        overflow: hidden;
    }
    PageFrame > #frame-foot {
        dock: bottom;
        height: auto;
    }
    PageFrame.-centred #frame-body {
        align: center middle;
    }
    """

    account: reactive[AccountView | None] = reactive(None)
    """Who is signed in; None outside."""
    place: reactive[str] = reactive("")
    """Where the person is."""
    aside: reactive[str] = reactive("")
    """What stands on the right of the header in place of the person."""
    room: reactive[str] = reactive("")
    """The room that the navigation marks."""

    def __init__(
        self,
        place: str = "",
        *,
        room: str | None = None,
        account: AccountView | None = None,
        aside: str = "",
        is_centred: bool = False,
        is_bare: bool = False,
        id: str | None = None,
    ) -> None:
        """Build the frame; without `room` there is no navigation, `is_bare` leaves the body no padding."""
        super().__init__(id=id)
        self._inside: list[Widget] = []
        self._has_rooms = room is not None
        self._navigation: Navigation | None = None
        self.set_reactive(PageFrame.place, place)
        self.set_reactive(PageFrame.room, room or "")
        self.set_reactive(PageFrame.account, account)
        self.set_reactive(PageFrame.aside, aside)
        self.set_class(is_centred, "-centred")
        self.set_class(is_bare, "-bare")

    @property
    def notice(self) -> NoticeLine:
        """The line above the footer that tells how things went."""
        return self.query_one("#frame-notice", NoticeLine)

    def compose_add_child(self, widget: Widget) -> None:
        """Take a widget of the screen into the body."""
        self._inside.append(widget)

    def compose(self) -> ComposeResult:
        """Build header, middle, notice line and footer, narrow from the first layout where they are."""
        self.set_class(self.app.size.width < NARROW, "-narrow")
        yield PageHeader(self.place, account=self.account, aside=self.aside).data_bind(
            PageFrame.place, PageFrame.account, PageFrame.aside
        )
        with Container(id="frame-middle"):
            if self._has_rooms:
                from tui.widgets.navigation import Navigation

                self._navigation = Navigation(self.room).data_bind(PageFrame.room)
                yield self._navigation
            with PageBody(id="frame-body"):
                yield from self._inside
        with Vertical(id="frame-foot"):
            yield NoticeLine(id="frame-notice")
            yield Footer()

    def on_resize(self, event: events.Resize) -> None:
        """Turn the navigation into one line where there is little room."""
        is_narrow = event.size.width < NARROW
        self.set_class(is_narrow, "-narrow")
        if self._navigation is not None:
            self._navigation.is_line = is_narrow
