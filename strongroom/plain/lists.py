"""Lists in pages of ten: numbered lines, m for more, a number for all that is known of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from strongroom.plain.menus import BACK, HELP, MENU, QUIT
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, Leave
from tui.answers import NOT_DONE
from tui.words.refusals import Words

T = TypeVar("T")

PAGE = 10
"""Lines of one page."""

MORE = ("m", "more")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some lines in a row."""

    rows: list[T]
    is_last: bool
    """Whether there are no more."""


class Listing(Generic[T]):
    """A list that a person walks through; its numbers go on from page to page."""

    def __init__(
        self,
        talk: Talk,
        title: str,
        more: Callable[[], Awaitable[Page[T]]],
        words: Callable[[T], str],
        opened: Callable[[T], Awaitable[object]],
    ) -> None:
        """Keep how pages are read, told, and opened."""
        self._talk = talk
        self._title = title
        self._more = more
        self._words = words
        self._opened = opened
        self._rows: list[T] = []
        self._is_whole = False

    async def stay(self) -> None:
        """Tell the first page, and stay until the person goes back."""
        talk = self._talk
        talk.say(self._title)
        await self._next_page()
        talk.say(self._foot())
        while self._rows or not self._is_whole:
            said = (await talk.raw(f"{self._title}, number or choice: ")).strip().casefold()
            if said in BACK:
                return
            if said in QUIT:
                raise Leave
            if said in MENU or said in HELP or not said:
                talk.say(self._foot())
            elif said in MORE:
                await self._next_page()
            elif said.isascii() and said.isdecimal() and 1 <= int(said[:9]) <= len(self._rows):
                await self._open(self._rows[int(said) - 1])
            else:
                talk.refuse(Words("There is no such line here.", self._foot()))

    async def _next_page(self) -> None:
        """Tell the next lines."""
        talk = self._talk
        if self._is_whole:
            talk.say("That was all.")
            return
        try:
            page = await self._more()
        except NOT_DONE as answer:
            talk.tell(answer)
            return
        for number, row in enumerate(page.rows, len(self._rows) + 1):
            talk.say(f"{number}. {self._words(row)}")
        self._rows += page.rows
        self._is_whole = page.is_last
        if page.is_last:
            talk.say("That was all." if self._rows else "Nothing.")

    async def _open(self, row: T) -> None:
        """Do what can be done with one line."""
        try:
            await self._opened(row)
        except Back:
            return
        except NOT_DONE as answer:
            self._talk.tell(answer)

    def _foot(self) -> str:
        """What can be answered."""
        details = "A number tells all of a line" if self._rows else "Nothing to choose"
        return f"{details}{'' if self._is_whole else ', m is more'}, 0 goes back, q leaves the program."


def in_pages(rows: list[T]) -> Callable[[], Awaitable[Page[T]]]:
    """A list that is there already, page by page."""
    rest = list(rows)

    async def more() -> Page[T]:
        """The next page."""
        page, rest[:] = rest[:PAGE], rest[PAGE:]
        return Page(page, is_last=not rest)

    return more
