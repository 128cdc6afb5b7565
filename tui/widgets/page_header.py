"""The first row of every page: the program and the place on the left, the person on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from security.safe_text import SafeText

if TYPE_CHECKING:
    from security.facts import AccountView

MARK = "▣"
"""The program's sign."""


class PageHeader(Widget):
    """One row: sign, name and place; organisation, person and badge, or a word of the screen's own."""

    DEFAULT_CSS = """
    PageHeader {
        dock: top;
        height: 1;
        background: $panel;
        color: $ink;
    }
    """

    place: reactive[str] = reactive("")
    """Where the person is, "Profile › Security"; our own words."""
    account: reactive[AccountView | None] = reactive(None)
    """Who is signed in; None outside."""
    aside: reactive[str] = reactive("")
    """What stands on the right in place of the person ("step 2 of 4"); our own words."""

    def __init__(self, place: str = "", *, account: AccountView | None = None, aside: str = "") -> None:
        """Build the row."""
        super().__init__()
        self.set_reactive(PageHeader.place, place)
        self.set_reactive(PageHeader.account, account)
        self.set_reactive(PageHeader.aside, aside)

    def render(self) -> Content:
        """Draw the row, leaving out what there is no room for: first the organisation, then the person."""
        width = self.size.width
        title = Content.assemble(" ", (f"{MARK} Strongroom", "bold $accent"))
        place = Content.assemble("  ", (self.place, "$muted")) if self.place else Content("")
        for right in self._rights():
            room = width - title.cell_length - place.cell_length - right.cell_length
            if room >= 2:
                return Content.assemble(title, place, " " * room, right)
        right = self._rights()[-1]
        room = width - title.cell_length - right.cell_length
        return Content.assemble(title, " " * room, right) if room >= 1 else title

    def _rights(self) -> list[Content]:
        """Return the right side, fullest first."""
        if self.aside:
            return [Content.assemble((self.aside, "$muted"), " ")]
        if self.account is None:
            return [Content("")]
        badge = _two_factor_badge(self.account.has_two_factor)
        person = (_shortened(self.account.email, 34), "$ink")
        wide, narrow = ((_shortened(self.account.organisation, cells), "$muted") for cells in (24, 12))
        return [
            Content.assemble(wide, "   ", person, "  ", badge),
            Content.assemble(narrow, "   ", person, "  ", badge),
            Content.assemble(person, "  ", badge),
            badge,
        ]


def _two_factor_badge(is_on: bool) -> Content:
    """Return the word for the second factor, inverse."""
    if is_on:
        return Content.styled(" 2FA on ", "bold $ground on $well")
    return Content.styled(" 2FA off ", "bold $ground on $attention")


def _shortened(text: SafeText, cells: int) -> str:
    """Shorten a text to so many cells, with an ellipsis: after a whole word where there is one."""
    if cell_len(text) <= cells:
        return text
    words = text.split(" ")
    while len(words) > 1:
        words.pop()
        if words[0] and cell_len(" ".join(words)) < cells:
            return f"{SafeText(' '.join(words))}…"
    while cell_len(text) > cells - 1:
        text = SafeText(text[:-1])
    return f"{text}…"
