"""A person in front of a screen at one of three sizes, and what is kept of what they see."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen
from textual.worker import WorkerCancelled

from security import policy
from security.facts import SignedIn
from security.policy import Policy
from store import accounts
from tests.snapshots import kept_as, masked
from tests.tui.house import House, Person, type_text
from tests.tui.snapshots import planes
from tui.app import StrongroomApp
from tui.door import Door
from tui.messages import GoTo, Place
from tui.widgets.qr_code import QrCode

KEPT = Path(__file__).parent / "kept"
"""Where the snapshots are."""

SIZES = ((60, 20), (80, 24), (120, 40))
"""The least that every page works at, the usual one, and one with room."""


def size_words(size: tuple[int, int]) -> str:
    """A size as people write it."""
    return f"{size[0]}x{size[1]}"


at_every_size = pytest.mark.parametrize("size", SIZES, ids=size_words)
"""For a test of a screen that is opened at each size; most are opened at one and given the others in turn."""

ASKING = ("sign in", "make the first account")
"""Workers that wait for a screen which they opened."""

FRAMES = str.maketrans(dict.fromkeys("│╭╮╰╯─▏▕▎┃╻╹━╸╺▌▐", " "))
"""Strokes that stand between words."""


@dataclass
class Stage:
    """An app that runs, and the words that are others in each run."""

    house: House
    app: StrongroomApp
    pilot: Pilot[int]
    size: tuple[int, int]
    secrets: dict[str, str] = field(default_factory=dict)
    """What a snapshot masks: the value and what it is."""

    async def settle(self) -> None:
        """Wait until no screen reads or writes, and everything that follows was drawn."""
        for _ in range(3):
            await self.pilot.pause()
            for worker in [*self.app.workers]:
                goes_on = worker.group in ("live", "ask", "stand") or worker.description in ASKING
                if not (goes_on or worker.is_finished):
                    with suppress(WorkerCancelled):  # by a later read that takes its place
                        await self.app.workers.wait_for_complete([worker])
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        """Press keys and wait for what follows."""
        await self.pilot.press(*keys)
        await self.settle()

    async def write(self, text: str) -> None:
        """Type a text key by key and wait for what follows."""
        await type_text(self.pilot, text)
        await self.settle()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for what no worker is waited for."""
        for _ in range(1000):
            if holds():
                await self.settle()
                return
            await self.pilot.pause(0.02)
        raise AssertionError("\n".join(self.rows))

    async def go(self, place: Place) -> None:
        """Go to a place and wait until it was read."""
        self.app.screen.post_message(GoTo(place))
        await self.until(lambda: getattr(self.app.screen, "PLACE", None) is place)

    async def reach(self, screen: type[Screen[Any]]) -> None:
        """Wait until a screen is on top."""
        await self.until(lambda: type(self.app.screen) is screen)

    @property
    def rows(self) -> list[str]:
        """What stands there, row by row; of a page behind a dialog nothing, it has snapshots of its own."""
        return self._planes()[0]

    @property
    def text(self) -> str:
        """What can be read, in one line."""
        return " ".join(" ".join(self.rows).translate(FRAMES).split())

    @property
    def focused(self) -> str:
        """The id of what has the focus, or its kind where it has none."""
        widget = self.app.focused
        return "" if widget is None else widget.id or type(widget).__name__

    def part(self, selector: str) -> str:
        """What can be read of one widget, in one line."""
        region = self.app.screen.query_one(selector).region
        rows = [row[region.x : region.right] for row in self.rows[region.y : region.bottom]]
        return " ".join(" ".join(rows).translate(FRAMES).split())

    def row(self, words: str) -> str:
        """The row that has some words."""
        found = [row for row in self.rows if words in row]
        assert found, f"no row says {words!r}:\n" + "\n".join(self.rows)
        return found[0]

    def says(self, *words: str) -> None:
        """Hold the screen against words that a person must be able to read there."""
        for each in words:
            assert each in self.text, f"nothing says {each!r}:\n" + "\n".join(self.rows)

    async def at_sizes(self) -> AsyncIterator[tuple[int, int]]:
        """What stands there, looked at in one terminal that is given each size in its turn."""
        for size in sorted(SIZES, key=lambda one: one != self.size):
            if size != self.size:
                self.size = size
                await self.pilot.resize_terminal(*size)
                await self.settle()
            yield size

    def _planes(self) -> tuple[list[str], list[str]]:
        """The characters and the letters of their colours."""
        rows, letters = planes.characters(self.app), planes.tones(self.app)
        if isinstance(self.app.screen, ModalScreen):
            return planes.in_front(rows, letters), planes.in_front(letters, letters)
        return rows, letters

    def keeps(self, name: str) -> None:
        """Hold the screen against its snapshot; the name begins with that of the screen on top."""
        top = name_of(type(self.app.screen))
        assert name.partition(".")[0] == top, f"this is {top}"
        rows, letters = self._planes()
        for code in self.app.screen.query(QrCode):
            if code.display:
                rows, letters = planes.covered(rows, code.region), planes.covered(letters, code.region)
        shown = masked("\n".join(rows), self.secrets)
        width, height = self.size
        below = "\n".join(row.rstrip() for row in letters)
        kept_as(KEPT / f"{name}.{width}x{height}.txt", f"{shown}\n{planes.LEGEND}\n{below}")


def name_of(screen: type[Screen[Any]]) -> str:
    """What the snapshots of a screen are called: GeneralSessionsScreen's begin with "general_sessions"."""
    return re.sub("(?<=[a-z])(?=[A-Z])", "_", screen.__name__.removesuffix("Screen")).lower()


@asynccontextmanager
async def on_stage(
    house: House,
    signed_in: SignedIn | None = None,
    size: tuple[int, int] = (80, 24),
    *,
    door: Door | None = None,
) -> AsyncIterator[Stage]:
    """Open the door of a house; with a session it begins inside."""
    app = StrongroomApp(replace(door or house.door(signed_in), color="truecolor"))
    async with app.run_test(size=size) as pilot:
        stage = Stage(house, app, pilot, size)
        await stage.settle()
        yield stage


async def keep_policy(house: House, person: Person, wanted: Policy) -> None:
    """Let the person's organisation have another policy."""
    async with house.store.read() as tx:
        record = await accounts.get(tx, person.signed_in.account.id)
    assert record is not None
    async with house.store.write("policy", house.clock.now()) as tx:
        await policy.put(tx, record.org_id, wanted, version=2, at=house.clock.now(), by=None)
