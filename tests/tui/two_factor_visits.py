"""A person in front of a screen of the two-factor rooms, with real flows behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from security.facts import TwoFactorView
from tests.tui.house import House, Person, settled, shown, type_text
from tui.app import StrongroomApp


@dataclass
class Visit:
    """Somebody who looks at a screen and presses keys."""

    house: House
    person: Person
    app: StrongroomApp
    pilot: Pilot[int]
    answers: list[Any] = field(default_factory=list)
    """What the opened screen answered."""

    def top(self) -> type[Screen[Any]]:
        """Which screen is on top."""
        return type(self.app.screen)

    def text(self) -> str:
        """What is on the screen, in one line without the frames' strokes."""
        return " ".join("".join(" " if sign in "│╭╮╰╯─" else sign for sign in shown(self.app)).split())

    async def press(self, *keys: str) -> None:
        """Press keys and wait for what follows."""
        await self.pilot.press(*keys)
        await settled(self.pilot)

    async def type(self, text: str) -> None:
        """Type a text key by key."""
        await type_text(self.pilot, text)

    async def open(self, screen: Screen[Any]) -> None:
        """Open a screen and wait until it has read what it shows."""
        self.app.push_screen(screen, self.answers.append)
        await settled(self.pilot)

    async def state(self) -> TwoFactorView:
        """What the store says."""
        return await self.house.services.two_factor.state(self.app.visit.token)


@asynccontextmanager
async def visiting(house: House, person: Person, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Visit]:
    """Begin inside, in the person's own session."""
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        yield Visit(house, person, app, pilot)
