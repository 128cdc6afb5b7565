"""`strongroom admin move`: the store goes to another place, be it a file or a server."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from shlex import quote
from typing import TYPE_CHECKING

from security.trouble import StoreTrouble
from strongroom.commands.answer import Answer, Fact, give
from strongroom.ended_by_signals import ended_by_signals
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.paths import is_on_server, store_path
from strongroom.setting_values import as_store, place_of
from strongroom.settings import Layer, Settings, refuse_password_on_command_line
from strongroom.speech import warn

if TYPE_CHECKING:
    from security.moving import StoreMoved, StoreMoving
    from security.origin import Origin
    from strongroom.wiring import Wired


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command, to move or to give up a move."""
    return give((cancel_move if given.cancel else move)(settings, given.to), given)


def move(settings: Settings, to: str | None) -> Answer:
    """Move the store to an address where none is, or go on with that; the old one stays, frozen.

    Raises:
        Stopped: it could not be finished; the sentence says how to go on, or to give it up.
    """
    if to is None:
        raise Stopped("Say where to: --to URL.", ExitCode.USAGE, hint="See: strongroom admin move --help")
    target = _target(to)
    place = _place(target)
    if place == settings.store_place:
        raise Stopped(f"The store is at {place} already.", ExitCode.USAGE)
    again = _command(settings, target)

    async def go(wired: Wired, origin: Origin) -> Answer:
        """Move it, with the progress on stderr."""
        from strongroom.move_progress import told

        flow = _flow(settings)
        async with _trouble_told(wired, again):
            with told(in_colour=settings.color != "none") as hear:
                moved = await flow.move(settings.store, target, place, origin, hear)
        return _answer(settings, target, moved)

    with _interrupts_told(again):
        return run_errand(settings, go)


def cancel_move(settings: Settings, to: str | None) -> Answer:
    """Give up a move that was not finished: the store may be written again.

    Raises:
        Stopped: there is none, it is finished, or nobody can say.
    """
    target = None if to is None else _target(to)

    async def give_up(_wired: Wired, _origin: Origin) -> Answer:
        """Give it up, and say what is left."""
        from security.moving import Cancelled

        place = "" if target is None else _place(target)
        try:
            done = await _flow(settings).cancel(settings.store, target, place)
        except StoreTrouble as trouble:
            code = _code_of(trouble)
            is_out_of_reach = target is not None and code is ExitCode.UNAVAILABLE
            hint = "Without --to what was copied is left where it is." if is_out_of_reach else ""
            raise Stopped(str(trouble), code, hint=hint) from trouble
        is_removed = done is Cancelled.OPEN
        lines = [f"The move was given up. The store {settings.store_place} can be written again."]
        if is_removed:
            lines.append("What was copied was removed.")
        else:
            lines += [
                "What was copied was left where it is, unfinished: no program uses it.",
                "To remove it there: delete the file, or on a server DROP SCHEMA strongroom CASCADE.",
            ]
        facts: dict[str, Fact] = {
            "store": settings.store_place,
            "is_cancelled": True,
            "is_copy_removed": is_removed,
        }
        return Answer(tuple(lines), facts)

    return run_errand(settings, give_up)


def _flow(settings: Settings) -> StoreMoving:
    """The flow, with the keys that go with the store."""
    from security.clock import SystemClock
    from security.keys import load_keyring
    from security.moving import StoreMoving

    return StoreMoving(load_keyring(settings.keys, settings.credentials), SystemClock())


def _target(to: str) -> str:
    """The address that was given with --to.

    Raises:
        Stopped: it is none, or holds a password.
    """
    refuse_password_on_command_line(to, "--to")
    try:
        return as_store(to)
    except ValueError as error:
        raise Stopped(f"The address after --to {error}.", ExitCode.USAGE) from error


def _place(url: str) -> str:
    """Where a store is, as people are told."""
    return place_of(url) if is_on_server(url) else str(store_path(url))


def _command(settings: Settings, target: str) -> str:
    """The command that goes on; an address that may hold a password is not repeated."""
    source = f" --from {quote(settings.store)}" if settings.layers["store"] is Layer.FLAG else ""
    return f"strongroom admin move{source} --to {quote(target)}"


@asynccontextmanager
async def _trouble_told(wired: Wired, again: str) -> AsyncIterator[None]:
    """Say of each trouble whether the move can go on, and how."""
    from security.moving import Elsewhere, Taken, is_under_way

    try:
        yield
    except StoreTrouble as trouble:
        is_anothers = isinstance(trouble, (Taken, Elsewhere))
        if is_anothers or not await is_under_way(wired.store):
            raise Stopped(str(trouble), _code_of(trouble)) from trouble
        raise Stopped(
            f"{trouble} The move is not finished, and the store {wired.store.place} stays frozen.",
            _code_of(trouble),
            hint=f"To go on: {again} -- to give it up, the same with --cancel.",
        ) from trouble


def _code_of(trouble: StoreTrouble) -> ExitCode:
    """The exit code of a trouble of the store's."""
    from security.moving import Differs, Taken, Unfit
    from store.errors import Duplicate, Stale

    if isinstance(trouble, (Taken, Duplicate, Stale)):
        return ExitCode.CONFLICT
    return ExitCode.FAILED if isinstance(trouble, (Differs, Unfit)) else ExitCode.UNAVAILABLE


@contextmanager
def _interrupts_told(again: str) -> Iterator[None]:
    """Say, where a signal ends the move, that it can go on."""
    try:
        with ended_by_signals():
            yield
    except (KeyboardInterrupt, SystemExit):
        warn("The move was interrupted. What was copied is kept, and the store stays frozen meanwhile.")
        warn(f"To go on: {again}")
        warn(f"To give it up: {again} --cancel")
        raise


def _answer(settings: Settings, target: str, moved: StoreMoved) -> Answer:
    """What was moved, and what is to be done now."""
    place = _place(target)
    if moved.tables:
        rows = sum(table.rows for table in moved.tables)
        lines = [f"Moved to {place}: {rows} rows, each compared with its original."]
        lines += [
            f"  {table.table:<18} {table.rows:>10} rows  sha256 {table.sha256}" for table in moved.tables
        ]
        lines.append(f"The audit is whole: {moved.events} events, chains: {moved.chains}.")
    else:
        lines = [f"The store had arrived at {place} already."]
    lines += [
        f"The old store {settings.store_place} stays as it was, frozen: it can be read and not written.",
        f"The same keys go with the store: {settings.keys}",
        "For the next start name both, as STRONGROOM_STORE and STRONGROOM_KEYS or in config.toml:",
        f'  store = "{target}"',
        f'  keys = "{settings.keys}"',
    ]
    tables: list[Fact] = [
        {"table": table.table, "rows": table.rows, "sha256": table.sha256} for table in moved.tables
    ]
    facts: dict[str, Fact] = {
        "store": settings.store_place,
        "is_cancelled": False,
        "arrived_at": place,
        "had_arrived": not moved.tables,
        "tables": tables,
        "events": moved.events,
        "chains": moved.chains,
        "keys": str(settings.keys),
    }
    return Answer(tuple(lines), facts)
