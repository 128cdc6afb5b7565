"""`strongroom admin restore`: a backup becomes a store where there is none, its replay windows closed."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from security.clock import Clock, SystemClock
from strongroom import ended_by_signals as signals
from strongroom.assembly import faults_told
from strongroom.commands.answer import Answer, give
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.founding_marker import marker_path
from strongroom.progress import telling
from strongroom.proven_backup import NOTHING, opened, proven
from strongroom.replay_windows import close_windows, keys_put_back, unfinished, windows_answer
from strongroom.restore_in_place import restore_in_place
from strongroom.settings import Settings
from strongroom.standing import stands


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command, of a file or in place.

    Raises:
        Stopped: it is neither or both.
    """
    if (given.file is None) is not given.in_place:
        raise Stopped(
            "A restore needs the backup's file, or --in-place for a store that is there.",
            ExitCode.USAGE,
            hint="See: strongroom admin restore --help",
        )
    if given.in_place:
        return give(restore_in_place(settings, is_sure=given.yes), given)
    return give(restore(settings, given.file), given)


def restore(settings: Settings, file: Path, clock: Clock | None = None) -> Answer:
    """Restore a backup to where no store is (R107); whatever ends it before its end leaves nothing.

    Raises:
        Stopped: it is no backup of this store's keys, it does not verify, or there is a store already.
    """
    with ended_by_signals():
        return signals.run(_restore(settings, file, clock or SystemClock()))


async def _restore(settings: Settings, file: Path, clock: Clock) -> Answer:
    """The restore within its event loop."""
    from store.backup import copied_in

    _refuse_founding(settings)
    keys = keys_put_back(settings)
    with faults_told(), opened(file) as handle:
        seal = await proven(settings, handle, file, keys)
        with _named_rightly(settings), telling("Restoring") as tell:
            coming = copied_in(settings.store, handle, seal.length, tell)
            async with coming as (url, mark), unfinished(url, mark) as store:
                closed, events = await close_windows(store, keys, clock, seal.made_at)
    head = f"Restored {file}, made at {seal.made_at:%Y-%m-%d %H:%M:%S} UTC, to {settings.store_place}."
    return windows_answer(settings, head, closed, events, seal.made_at)


def _refuse_founding(settings: Settings) -> None:
    """Refuse where a first owner is just being made: both would write to the same place."""
    if not settings.is_on_server and stands(marker_path(settings)):
        raise Stopped(
            f"A store is just being founded at {settings.store_path}.",
            ExitCode.CONFLICT,
            hint=f"Finish that, or name another place with --store. {NOTHING}",
        )


@contextmanager
def _named_rightly(settings: Settings) -> Iterator[None]:
    """Name the store in what goes wrong by its own place, and not by that of its draft."""
    from store.errors import Duplicate, Full, StoreError

    try:
        yield
    except Duplicate as error:
        raise Stopped(
            str(error),
            ExitCode.CONFLICT,
            hint="Move it away, or name another place with --store.",
        ) from error
    except Full as error:
        raise Stopped(
            f"There is no room left for the store {settings.store_place}.",
            ExitCode.UNAVAILABLE,
            hint=f"Make room and restore again. {NOTHING}",
        ) from error
    except StoreError as error:
        raise Stopped(_without_draft(str(error), settings), ExitCode.UNAVAILABLE, hint=NOTHING) from error


def _without_draft(sentence: str, settings: Settings) -> str:
    """A sentence with the store's name in place of its draft's."""
    if settings.is_on_server:
        return sentence
    path = settings.store_path
    draft = re.escape(f"{path.parent}/.{path.name}.new-") + "[0-9a-f]+"
    return re.sub(draft, lambda _: str(path), sentence)
