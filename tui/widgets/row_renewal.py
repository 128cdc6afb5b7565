"""Reading a list again where the person is: what is in view, and on until the cursor finds its row."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TypeVar

from tui.widgets.row_pages import Page, Pages
from tui.widgets.row_view import RowView

R = TypeVar("R")
"""The type of a row."""


async def read_again(pages: Pages[R], view: RowView[R], limit: int) -> Page[R]:
    """Read what is in view and some rows before and after it.

    Where so many rows came before the cursor's that it is not among them, it is looked for from behind.
    """
    mark, begin = view.window.page_of(view.top)
    wanted = view.top - begin + 2 * view.room
    if mark is not None:
        prior = await pages.before(mark, view.room)
        mark = prior.before
        wanted += len(prior.rows)
    page = await (pages.first(wanted) if mark is None else pages.after(mark, wanted))
    known = _cursor_and_below(view)
    enough = min(wanted - view.room, len(view.window.rows) - begin)
    while len(page.rows) < enough and page.after is not None:
        more = await pages.after(page.after, limit)
        if not more.rows and more.after == page.after:
            break
        page = replace(page, rows=(*page.rows, *more.rows), after=more.after, note=more.note)
    if not _meets(page, known, view):
        behind = view.window.mark_after(view.cursor)
        around = await pages.before(behind, limit) if behind is not None else page
        if _meets(around, known, view):
            return around
    return page


def _cursor_and_below(view: RowView[R]) -> set[Hashable]:
    """The keys of the cursor's row and of those that followed it."""
    return {view.window.key(row) for row in view.window.rows[view.cursor :]}


def _meets(page: Page[R], known: set[Hashable], view: RowView[R]) -> bool:
    """Whether a page has one of these rows, or there are none to look for."""
    return not known or any(view.window.key(row) in known for row in page.rows)
