"""Overview in lines: the risk, each measure with its number, and what happened lately."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from security.facts import Overview
from security.vocabulary import Measure
from strongroom.plain.enrolment import set_up
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.password import change_password
from strongroom.plain.sessions import SessionsRoom
from strongroom.plain.talk import Talk
from strongroom.plain.two_factor import TwoFactorRoom, regenerate
from tui.words.activity import happening_words
from tui.words.measures import (
    CODELESS_BANNER,
    OFF_BANNER,
    OFF_HINT,
    ROTATION_BANNER,
    UNSAVED_BANNER,
    MeasureLine,
    measure_lines,
    way_left,
)
from tui.words.moments import ago_words, minutes_words

HELP = (
    "Each measure is on or off; a number starts what puts one right.",
    OFF_HINT,
)


class OverviewRoom:
    """The place that says how safe the account is."""

    def __init__(self, talk: Talk) -> None:
        """Nothing is read yet."""
        self._talk = talk
        self._overview: Overview | None = None

    async def stay(self) -> None:
        """Stay until the person goes back."""
        await serve(self._talk, Menu("Overview", self._items, HELP, tell=self._tell))

    def _items(self) -> list[Item]:
        """One item for each measure, in their order, and one for what happened lately."""
        if self._overview is None:
            return []
        lines = measure_lines(self._overview, self._talk.zone)
        return [
            *(
                Item(_measure_words(line), (line.title.casefold(),), self._start(line.measure))
                for line in lines
            ),
            Item("What happened lately", ("lately",), self._tell_lately),
        ]

    async def _tell(self) -> None:
        """Read the page and say the risk."""
        talk = self._talk
        self._overview = overview = await talk.act(talk.services.accounts.overview)
        two_factor = overview.two_factor
        talk.say(f"Risk: {overview.risk.value}.")
        left = way_left(overview)
        talk.say(f"{left}negligible." if left.endswith(" to ") else f"{left}.")
        if not two_factor.is_on:
            talk.say(f"{OFF_BANNER}.")
        elif not two_factor.codes_in_batch:
            talk.say(CODELESS_BANNER)
        elif not two_factor.codes_acknowledged:
            talk.say(UNSAVED_BANNER)
        talk.say(ROTATION_BANNER if overview.is_rotation_due else "")

    async def _tell_lately(self) -> None:
        """Say the newest events."""
        talk = self._talk
        for event in self._overview.lately if self._overview is not None else ():
            talk.say(f"{happening_words(event)}, {ago_words(event.at, talk.now)}, {event.client}.")

    def _start(self, measure: Measure) -> Callable[[], Awaitable[None]]:
        """What puts a measure right."""

        async def start() -> None:
            """Go there, and read the page again afterwards."""
            await self._put_right(measure)
            await self._tell()

        return start

    async def _put_right(self, measure: Measure) -> None:
        """Go where a measure is put right."""
        talk = self._talk
        is_on = self._overview is not None and self._overview.two_factor.is_on
        match measure:
            case Measure.PASSWORD:
                await change_password(talk)
            case Measure.SESSIONS:
                await SessionsRoom(talk).stay()
            case Measure.TWO_FACTOR if is_on:
                await TwoFactorRoom(talk).stay()
            case Measure.RECOVERY_CODES if is_on:
                await regenerate(talk)
            case Measure.TWO_FACTOR | Measure.RECOVERY_CODES:
                await set_up(talk)


def _measure_words(line: MeasureLine) -> str:
    """A measure in one line: "Two-factor: off. Takes 3 minutes"."""
    if line.is_on:
        return (
            f"{line.title}: {line.state}"
            if line.state.startswith("on ")
            else f"{line.title}, on: {line.state}"
        )
    state = "" if line.state == "off" else f": {line.state}"
    return f"{line.title}, off{state}. Start it, it takes {minutes_words(line.minutes)}"
