"""The sessions: how many, whether live, the list, and a line about the one under the cursor."""

from __future__ import annotations

from datetime import datetime, tzinfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.widgets import Button, Input, Static

from security.facts import SessionsView, SessionView
from tui.session_watch import READ_AGAIN_SECONDS, SessionRow, SessionWatch
from tui.visit import key_name
from tui.widgets.hint import Hint
from tui.widgets.push_button import PushButton
from tui.widgets.quiet_line import QuietLine
from tui.widgets.row_list import RowList
from tui.widgets.session_rows import Shape, lines_of, painter, shape_for
from tui.widgets.text_field import TextField
from tui.words.refusals import counted
from tui.words.sessions import MISSING_HINT, foot_words, missing_words

SLOW_SECONDS = 0.2
"""How long reading may take before a word is said about it."""

NO_MATCH = "No session has these words. {back} shows all of them."
"""In place of the rows, where a filter leaves none."""

HEAD_LINES = 2
"""The lines above the list."""

FOOT_LINES = 2
"""The lines below it that are always there."""

BETWEEN_LINES = 2
"""What the filter takes while it is open, and the word that it is not live."""


class SessionTable(Vertical):
    """A person's sessions; the screen reads them and does what is asked for."""

    DEFAULT_CSS = """
    SessionTable {
        height: 1fr;
        width: 1fr;
        max-width: 132;
        #sessions-slow, #sessions-filter, #sessions-stale, #sessions-missing {
            display: none;
        }
        #sessions-head, QuietLine, #sessions-others {
            display: none;
        }
        #sessions-head {
            height: 1;
            margin: 0 0 1 0;
            padding: 0 2 0 0;
        }
        #sessions-count {
            width: 1fr;
        }
        #sessions-others {
            margin: 0;
        }
        #sessions-filter, #sessions-stale {
            margin: 0 0 1 0;
        }
        #sessions-stale {
            color: $attention;
        }
        #sessions-missing, QuietLine {
            margin: 1 0 0 0;
        }
        RowList {
            height: 1;
        }
        &.-slow #sessions-slow, &.-read QuietLine, &.-several #sessions-others {
            display: block;
        }
        &.-filtering #sessions-filter, &.-stale #sessions-stale, &.-roomy #sessions-missing {
            display: block;
        }
        &.-read #sessions-head {
            display: block;
            layout: horizontal;
        }
    }
    """

    view: reactive[SessionsView | None] = reactive(None)
    """What was read last; None before that."""
    zone: reactive[tzinfo | None] = reactive(None)
    """Where times are told: None is local time."""
    stale_since: reactive[datetime | None] = reactive(None)
    """Since when what is shown may be out of date; None while it is live."""

    class Opened(Message):
        """The person wants the details of a session."""

        def __init__(self, session: SessionView) -> None:
            """Keep the session."""
            super().__init__()
            self.session = session
            """Which one, as it was read."""

    class OthersPressed(Message):
        """The person wants to sign out everywhere else."""

    class Due(Message):
        """Some words have become out of date: read again."""

    def __init__(self) -> None:
        """Build the table; nothing was read yet."""
        super().__init__()
        self._held = SessionWatch()
        self._counts = 0, 0
        self._shape = Shape.SPACED
        self._clock: Timer | None = None

    @property
    def rows(self) -> RowList[SessionRow]:
        """The list."""
        return self.query_one(RowList)

    @property
    def current(self) -> SessionRow | None:
        """The row under the cursor, alive or just ended."""
        return self.rows.current

    def compose(self) -> ComposeResult:
        """Build head, list and foot."""
        yield Hint("Reading your sessions…", id="sessions-slow")
        with Horizontal(id="sessions-head"):
            yield Static(id="sessions-count")
            yield PushButton("Sign out everywhere else", "primary", id="sessions-others")
        yield Hint(id="sessions-stale")
        yield TextField(placeholder="Words of a device, address or place", id="sessions-filter")
        yield RowList(painter(self._shape), key=lambda row: row.session.id, empty="")
        yield QuietLine()
        yield Hint(MISSING_HINT, id="sessions-missing")

    def on_mount(self) -> None:
        """Speak of the reading where it takes long; the focus is there before anything is painted."""
        self.screen.set_focus(self.rows)
        self.set_timer(SLOW_SECONDS, lambda: self.set_class(self.view is None, "-slow"))

    def on_resize(self) -> None:
        """Take the room that there is."""
        self._fit()

    def show(self, view: SessionsView) -> None:
        """Show what was read: what began since is new, what ended since says so for a moment."""
        self._held.take(view)
        self.view = view
        self.mutate_reactive(SessionTable.view)

    def show_trouble(self, sentence: str) -> None:
        """Say why nothing could be read, or since when what stands here may be out of date."""
        if self.view is None:
            self.remove_class("-slow")
            again = f"{key_name(self, 'page.refresh')} tries again."
            words = f"Your sessions could not be read. {sentence} {again}"
            self.query_one("#sessions-slow", Hint).say(Content.assemble(("✗ ", "bold $danger"), words))
            self.add_class("-slow")
        else:
            self.stale_since = self.view.read_at
            self._read_again_in(READ_AGAIN_SECONDS)

    def acknowledge(self) -> None:
        """Take what was new as seen."""
        self._held.acknowledge()

    def open_filter(self) -> None:
        """Let the person type words that rows must have."""
        self.add_class("-filtering")
        self._fit()
        self.query_one("#sessions-filter", TextField).focus()

    def close_filter(self) -> bool:
        """Show all rows again; False where no filter was open."""
        if not self.has_class("-filtering"):
            return False
        self.remove_class("-filtering")
        self.query_one("#sessions-filter", TextField).value = ""
        self._draw()
        self.rows.focus()
        return True

    def watch_view(self, view: SessionsView | None) -> None:
        """Draw what was read, and set the clock for when its words are out of date."""
        if view is None:
            return
        self.remove_class("-slow")
        self.add_class("-read")
        self.rows.empty = NO_MATCH.format(back=key_name(self, "page.back"))
        self.set_class(len(view.sessions) > 1, "-several")
        self._draw()
        self._read_again_in(self._held.seconds_left(view))

    def watch_zone(self) -> None:
        """Tell the times the other way."""
        self.watch_stale_since(self.stale_since)

    def watch_stale_since(self, since: datetime | None) -> None:
        """Say that it is not live, and since when."""
        self.set_class(since is not None, "-stale")
        if since is not None:
            at = f"{since.astimezone(self.zone):%H:%M}"
            key = key_name(self, "page.refresh")
            self.query_one("#sessions-stale", Hint).say(
                f"! Not live since {at}. {key} reads the sessions again."
            )
        self._draw()

    @on(RowList.Highlighted)
    def _highlighted(self, event: RowList.Highlighted) -> None:
        """Tell more of the row under the cursor."""
        event.stop()
        self._draw_foot(event.row)

    @on(RowList.Opened)
    def _opened(self, event: RowList.Opened) -> None:
        """Ask for the details of a session."""
        event.stop()
        self.post_message(self.Opened(event.row.session))

    @on(Button.Pressed, "#sessions-others")
    def _others_pressed(self, event: Button.Pressed) -> None:
        """Ask to sign out everywhere else."""
        event.stop()
        self.post_message(self.OthersPressed())

    @on(Input.Changed, "#sessions-filter")
    def _filter_changed(self, event: Input.Changed) -> None:
        """Show the rows that have the words."""
        event.stop()
        self._draw()

    @on(Input.Submitted, "#sessions-filter")
    def _filter_submitted(self, event: Input.Submitted) -> None:
        """Go on in the list."""
        event.stop()
        self.rows.focus()

    def _draw(self) -> None:
        """Draw head, rows and foot as they are now."""
        view = self.view
        if view is None:
            return
        rows = self._held.rows(view, self.zone)
        shown = tuple(row for row in rows if row.has(self.query_one("#sessions-filter", TextField).value))
        alive = sum(not row.is_over for row in shown)
        self._draw_head(len(view.sessions), alive if len(shown) < len(rows) else None)
        self._counts = len(rows), len(shown)
        self._fit()
        self.rows.show_rows(shown)
        self._draw_foot(self.rows.current)

    def _draw_head(self, alive: int, found: int | None) -> None:
        """How many there are, and whether that is followed as it happens."""
        words = counted(alive, "session") if found is None else f"{found} of {counted(alive, 'session')}"
        live = ("   ● live", "$well") if self.stale_since is None else ""
        self.query_one("#sessions-count", Static).update(Content.assemble((words, "bold"), live))
        self.query_one("#sessions-missing", Hint).say(missing_words(alive))

    def _draw_foot(self, row: SessionRow | None) -> None:
        """One line about the row under the cursor."""
        line, view = self.query_one(QuietLine), self.view
        if row is None or view is None:
            line.words = ""
        else:
            line.words = foot_words(row.session, view.read_at, self.zone)

    def _fit(self) -> None:
        """Choose how rows are drawn, and what else there is room for."""
        if self.view is None or not self.size.height:
            return
        rows, shown = self._counts
        between = sum(self.has_class(name) for name in ("-filtering", "-stale"))
        room = self.size.height - HEAD_LINES - FOOT_LINES - between * BETWEEN_LINES
        shape = shape_for(self.app.size.width, rows, room)
        if shape is not self._shape:
            self._shape = shape
            self.rows.painter = painter(shape)
        needed = lines_of(shape, max(1, shown))
        self.rows.styles.height = max(1, min(needed, room))
        hint = Content(missing_words(len(self.view.sessions))).wrap(self.size.width)
        self.set_class(needed + 1 + len(hint) <= room, "-roomy")

    def _read_again_in(self, seconds: float) -> None:
        """Ask to be read again then, and not before."""
        if self._clock is not None:
            self._clock.stop()
        self._clock = self.set_timer(seconds, lambda: self.post_message(self.Due()))
