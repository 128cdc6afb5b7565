"""Numbered menus: a stable order, words as well as numbers, and the same few answers everywhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, Leave
from tui.answers import NOT_DONE
from tui.words.refusals import Words

FOOT = "0 goes back, menu repeats the menu, h is help, q leaves the program."
"""What is said below every menu: in words, as a screen reader leaves a question mark out."""

FOOT_OF_TOP = "menu repeats the menu, h is help, q leaves the program."
"""The same where no menu is above."""

BACK = ("0", "back")
MENU = ("?", "menu")
HELP = ("h", "help")
QUIT = ("q", "quit", "leave", "exit")


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a menu; its number is its place, whatever else is offered."""

    words: str
    """What it does."""
    names: tuple[str, ...]
    """The words that choose it as well."""
    do: Callable[[], Awaitable[object]]
    """Does it."""
    why_not: str = ""
    """Why it cannot be done now; it is not read out then."""


Answer = Callable[[str], Awaitable[bool]]
"""Takes an answer that the menu does not know; False where nobody knows it."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What can be done at one place."""

    title: str
    items: Callable[[], Sequence[Item]]
    """What there is now; a number always means the same."""
    help: tuple[str, ...]
    """The help of the place."""
    tell: Callable[[], Awaitable[object]] | None = None
    """Says the state of the place, before the menu."""
    also: Answer | None = None
    """Takes answers that are no items, such as a code."""
    is_top: bool = False
    """No menu is above it."""
    closes: Callable[[], bool] = lambda: False
    """Whether there is nothing more to do here, after something was done."""


async def serve(talk: Talk, menu: Menu) -> None:
    """Stay at a menu until the person goes back.

    Raises:
        Turn: the person or the session went another way.
    """
    talk.say(menu.title)
    if menu.tell is not None:
        await menu.tell()
    _read_out(talk, menu)
    while True:
        try:
            said = (await talk.raw(f"{menu.title}, your choice: ")).strip()
        except Back:
            if not menu.is_top:
                raise
            talk.say("Press ctrl+c once more to leave, or type menu to hear the menu.")
            continue
        word = said.casefold()
        if word in BACK and not menu.is_top:
            return
        if word in QUIT:
            raise Leave
        if word in MENU or word in BACK:
            _read_out(talk, menu)
        elif word in HELP:
            talk.say(*menu.help)
        elif not word:
            talk.say("Type a number or a word; menu repeats the menu.")
        else:
            await _choose(talk, menu, said)
            if menu.closes():
                return


async def _choose(talk: Talk, menu: Menu, said: str) -> None:
    """Do what was chosen, and say where one is again."""
    word = said.casefold()
    chosen = next(
        (item for place, item in enumerate(menu.items(), 1) if word == str(place) or word in item.names), None
    )
    try:
        if chosen is None:
            if menu.also is None or not await menu.also(said):
                talk.refuse(Words("There is no such choice here.", "Type menu to hear what there is."))
        elif chosen.why_not:
            talk.not_done(chosen.why_not)
        else:
            await chosen.do()
    except Back:
        talk.say("Cancelled.")
    except NOT_DONE as answer:
        talk.tell(answer)


def _read_out(talk: Talk, menu: Menu) -> None:
    """Say the menu."""
    for place, item in enumerate(menu.items(), 1):
        if not item.why_not:
            talk.say(f"{place}. {item.words}")
    talk.say(FOOT_OF_TOP if menu.is_top else FOOT)
