"""The demo's story: ninety days of Acme Financial Group, told through the real flows, ending now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from strongroom.demo.cast import OWNER, Person, Terminal
from strongroom.demo.stage import Player, Stage

DAYS = 90
"""How far back the history reaches."""

_HOUR = timedelta(hours=1)
_STRANGER = Terminal("OpenSSH, unknown terminal", "198.51.100.66")
_HOTEL = Terminal("OpenSSH, xterm-256color", "2001:db8:feed::20")
_TRIP = Terminal("Safari 18 on iPhone", "2001:db8:1157::7334", OWNER.terminals[2].user_agent)
_OLD_LAPTOP = Terminal("OpenSSH, Apple Terminal 447", "203.0.113.19")


@dataclass(frozen=True, slots=True)
class Beat:
    """Something that happens at a moment."""

    at: datetime
    act: Callable[[], Awaitable[object]]


async def tell(stage: Stage, now: datetime, org_id: Callable[[], Awaitable[str]]) -> None:
    """Tell the whole story; afterwards the clock stands at `now`.

    `org_id` gives the organisation's id once it is founded.
    """
    first = now.replace(hour=6, minute=12, second=0, microsecond=0) - timedelta(days=DAYS)
    stage.clock.set(first)
    await stage.founds()
    organisation = await org_id()
    for player in stage.members:
        stage.clock.advance(timedelta(minutes=4))
        if player.person.every:
            await stage.joins(player, organisation)
    beats = [*_routine(stage, first, now), *_incidents(stage, first), *_lately(stage, now, organisation)]
    for beat in sorted(beats, key=lambda beat: beat.at):
        stage.clock.set(max(beat.at, stage.clock.now()))
        await beat.act()
    stage.clock.set(now)


def _routine(stage: Stage, first: datetime, now: datetime) -> Iterator[Beat]:
    """Everybody signs in every few days, from one of their terminals, and now and then signs out."""
    until = now - timedelta(days=1, hours=6)
    for place, player in enumerate(stage.everybody):
        person = player.person
        for turn, day in enumerate(range(2 + place % 3, DAYS, person.every or DAYS)):
            at = _moment(first, day, person, turn)
            if not person.every or at >= until or day == person.enrols_on:
                continue
            terminal = person.terminals[turn % len(person.terminals)]
            yield _signs_in(stage, player, terminal, at, keep=turn % 4 == 1)
            if turn % 3 == 0:
                yield _signs_out(stage, player, terminal, at + _HOUR * (2 + place % 5))


def _moment(first: datetime, day: int, person: Person, turn: int) -> datetime:
    """When in the day somebody begins: about their hour, never twice at the same minute."""
    minutes = (turn * 17 + day * 7 + len(person.name)) % 55
    return (first + timedelta(days=day)).replace(hour=person.hour, minute=minutes)


def _signs_in(stage: Stage, player: Player, terminal: Terminal, at: datetime, *, keep: bool) -> Beat:
    """One sign-in of the routine."""
    return Beat(at, lambda: stage.signs_in(player, terminal, keep=keep))


def _signs_out(stage: Stage, player: Player, terminal: Terminal, at: datetime) -> Beat:
    """One sign-out of the routine."""
    return Beat(at, lambda: stage.signs_out(player, terminal))


def _incidents(stage: Stage, first: datetime) -> Iterator[Beat]:
    """What is worth finding in the history."""

    def on(day: int, hour: int, act: Callable[[], Awaitable[object]]) -> Beat:
        """Something at an hour of one day."""
        return Beat((first + timedelta(days=day)).replace(hour=hour, minute=41), act)

    owner = stage.owner
    desk, browser, phone = OWNER.terminals
    for player in stage.everybody:
        if player.person.enrols_on:
            yield _enrols(stage, player, first)
    yield on(17, 21, lambda: stage.mistypes(OWNER.email, _STRANGER, 9))
    yield on(18, 10, lambda: stage.signs_in(owner, _OLD_LAPTOP))
    yield on(24, 9, lambda: stage.revokes(owner, desk, _OLD_LAPTOP))
    yield on(38, 3, lambda: stage.mistypes("root@acme.example", _STRANGER, 6))
    yield on(47, 11, lambda: stage.changes_password(owner, desk, "Meridian4!Tin-Orchard"))
    yield on(52, 22, lambda: stage.mistypes_code(owner, phone, 2))
    yield on(55, 19, lambda: stage.signs_in_with_recovery_code(owner, _HOTEL))
    yield on(56, 18, lambda: stage.signs_out(owner, _HOTEL))
    yield on(
        63, 12, lambda: stage.regenerates(stage.called("ingrid"), stage.called("ingrid").person.terminals[0])
    )
    yield on(
        71,
        15,
        lambda: stage.changes_password(stage.called("lucia"), _only(stage, "lucia"), "Hollow3^Ember-Quay"),
    )
    yield on(78, 2, lambda: stage.mistypes("ravi@acme.example", _STRANGER, 10))
    yield on(81, 7, lambda: stage.signs_in_with_recovery_code(owner, browser))
    yield on(84, 16, lambda: stage.mistypes_code(stage.called("henrik"), _only(stage, "henrik"), 3))


def _only(stage: Stage, local: str) -> Terminal:
    """The first terminal of somebody."""
    return stage.called(local).person.terminals[0]


def _enrols(stage: Stage, player: Player, first: datetime) -> Beat:
    """The day on which somebody turned two-factor authentication on."""
    person = player.person
    at = _moment(first, person.enrols_on, person, 0) + _HOUR
    return Beat(at, lambda: stage.enrols(player, person.terminals[0]))


def _lately(stage: Stage, now: datetime, org_id: str) -> Iterator[Beat]:
    """The last days, so that the lists show sessions of several ages and places."""
    owner = stage.owner
    _desk, browser, _phone = OWNER.terminals
    yield Beat(now - timedelta(days=6, hours=3), lambda: stage.joins(stage.called("elif"), org_id))
    yield Beat(now - timedelta(hours=21), lambda: stage.signs_in(owner, _TRIP, keep=True))
    yield Beat(now - timedelta(hours=26), lambda: stage.signs_in(owner, browser, keep=True))
    yield Beat(now - timedelta(hours=25), lambda: stage.names(owner, browser, "Laptop at home"))
    yield Beat(now - timedelta(hours=20), lambda: stage.mistypes(OWNER.email, _STRANGER, 3))
    for ago, local in ((22, "ingrid"), (17, "mateo"), (9, "sunniva"), (5, "ravi"), (3, "henrik")):
        player = stage.called(local)
        yield _signs_in(stage, player, player.person.terminals[0], now - ago * _HOUR, keep=True)
    yield Beat(
        now - timedelta(minutes=41), lambda: stage.is_active(stage.called("sunniva"), _only(stage, "sunniva"))
    )
    yield Beat(now - timedelta(minutes=12), lambda: stage.is_active(owner, browser))
