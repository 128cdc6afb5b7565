"""How a QR code finds room beside its text: with which quiet zone, and what header and footer give up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from textual.geometry import Size

from security.facts import Secret
from tui.qr_matrix import MARGINS, Form, TooMuchForCode, matrix_of
from tui.terminal.guarded_app import GuardedApp
from tui.widgets.qr_code import QrCode, best_margin, next_margin, size_of
from tui.words.two_factor import NO_ROOM

TEXT_COLUMNS = 35
"""What the text beside the code needs."""

ROOMY_TEXT = Size(39, 24)
"""With a column so broad, or a terminal so high, every hint has room beside the code."""

FRAME_ROWS = 2
"""Header and footer."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A quiet zone that there is room for."""

    margin: int
    """The quiet zone, in modules."""
    hides_header: bool = False
    """The header's row is needed."""
    hides_footer: bool = False
    """The footer's row is needed as well."""
    form: Form = "halves"
    """How modules become cells."""


def fit(modules: int, terminal: Size, wanted: int | None = None, form: Form = "halves") -> Fit | None:
    """Choose the widest quiet zone of the standard, or the wanted one, and keep what frame can be kept."""
    for given in range(FRAME_ROWS + 1):
        room = _room(terminal, given)
        if wanted is None:
            margin = best_margin(modules, room, form)
        else:
            size = size_of(modules, wanted, form)
            margin = wanted if size.width <= room.width and size.height <= room.height else None
        if margin is not None:
            return Fit(margin, given >= 1, given == FRAME_ROWS, form)
    return None


def larger(modules: int, terminal: Size, margin: int, form: Form = "halves") -> int | None:
    """Choose the next larger quiet zone that the whole terminal has room for, None where there is none."""
    return next_margin(modules, _room(terminal, FRAME_ROWS), margin, form)


def size_needed(modules: int, form: Form = "halves") -> Size:
    """Tell the smallest terminal that shows the code beside its text."""
    smallest = size_of(modules, min(MARGINS), form)
    return Size(smallest.width + TEXT_COLUMNS, smallest.height)


def _room(terminal: Size, given: int) -> Size:
    """What is left for the code when the frame gives up so many of its rows."""
    return Size(max(0, terminal.width - TEXT_COLUMNS), max(0, terminal.height - FRAME_ROWS + given))


class FittedQrCode(QrCode):
    """A QR code that chooses its own quiet zone, and hides where even the narrowest has no room."""

    def __init__(self) -> None:
        """Begin with no pattern and no wish."""
        super().__init__()
        self._wanted: int | None = None

    @property
    def _forms(self) -> tuple[Form, ...]:
        """How it can be drawn on this terminal, the surest form first."""
        app: object = self.app
        return app.code_forms if isinstance(app, GuardedApp) else ("halves",)

    async def show(self, uri: Secret) -> None:
        """Draw a URI; nothing where it is too long for any code that a small terminal shows."""
        try:
            self.matrix = await asyncio.to_thread(matrix_of, uri)
        except TooMuchForCode:
            self.matrix = ()

    def drop(self) -> None:
        """Forget the pattern."""
        self.matrix = ()

    def widen(self, terminal: Size) -> bool:
        """Wish for the next larger quiet zone, after the widest for none; False where none is larger."""
        before = self._wanted
        self._wanted = larger(len(self.matrix), terminal, self.margin, self.form)
        return self._wanted is not None or before is not None

    def fit_into(self, terminal: Size) -> Fit | None:
        """Take what room there is in a terminal of that size, and tell what it costs the frame."""
        modules = len(self.matrix)
        fits = (
            fit(modules, terminal, wanted, form) for form in self._forms for wanted in (self._wanted, None)
        )
        found = next((one for one in fits if one is not None), None) if modules else None
        self.display = found is not None
        if found is not None:
            self.margin, self.form = found.margin, found.form
        return found

    def is_tight(self, terminal: Size) -> bool:
        """Whether the text beside the code has neither a broad column nor many rows."""
        is_narrow = self.columns_beside(terminal) < ROOMY_TEXT.width
        return self.display and is_narrow and terminal.height < ROOMY_TEXT.height

    def columns_beside(self, terminal: Size) -> int:
        """Tell how many columns are left for the text."""
        code = size_of(len(self.matrix), self.margin, self.form).width if self.display else 0
        return terminal.width - code

    def need(self, terminal: Size) -> str:
        """Say why there is no code, and what it needs; empty where there is one."""
        if self.display:
            return ""
        if not self.matrix:
            return NO_ROOM
        size = size_needed(len(self.matrix), self._forms[-1])
        font = " with this font" if "halves" not in self._forms else ""
        return (
            f"The QR code needs a terminal{font} of {size.width}x{size.height}; "
            f"this one has {terminal.width}x{terminal.height}. The key does the same."
        )
