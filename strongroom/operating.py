"""What an operator does with a store that stands: rotate its keys, verify its audit."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from security.key_file import KeyPurpose, KeysFault
from security.trouble import StoreTrouble
from strongroom.commands.answer import Answer, Fact, give
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings

if TYPE_CHECKING:
    from security.origin import Origin
    from strongroom.wiring import Wired


def run_rotate(settings: Settings, given: argparse.Namespace) -> int:
    """The command that rotates."""
    return give(rotate_keys(settings, given.purpose), given)


def run_verify(settings: Settings, given: argparse.Namespace) -> int:
    """The command that verifies."""
    return give(verify_audit(settings), given)


def rotate_keys(settings: Settings, purpose: str) -> Answer:
    """Make new keys and seal with them what the old ones sealed, while everybody goes on (R118).

    Raises:
        Stopped: there is no store, the keys cannot be written, or the store cannot serve.
    """
    purposes = tuple(KeyPurpose) if purpose == "all" else (KeyPurpose(purpose),)

    async def rotate(wired: Wired, origin: Origin) -> Answer:
        """Rotate, and say what is to be done now."""
        before = _content(settings.keys)
        try:
            rotated = await wired.rotation.rotate(origin, purposes)
        except (StoreTrouble, KeysFault) as trouble:
            if _content(settings.keys) == before:
                raise
            # The sentence of the store speaks of its own last step; here it would be wrong.
            raise Stopped(
                f"The rotation stopped half-way: {settings.keys} holds new keys already.",
                ExitCode.UNAVAILABLE,
                hint="Make a new copy of it, see that the disk has room, and rotate again. "
                "The old keys are still in it, so nothing is lost.",
            ) from trouble
        lines = [
            f"New keys: {', '.join(rotated.key_ids)}.",
            f"Authenticators sealed anew: {rotated.resealed}. Old keys stay in the file for what they made.",
            f"Make a new copy of {settings.keys}.",
        ]
        if settings.is_on_server:
            lines += [
                "Copy it to every other machine that opens this store, now: until then what is sealed anew",
                "cannot be read there, and Strongroom does not start there.",
            ]
        facts: dict[str, Fact] = {
            "key_ids": list(rotated.key_ids),
            "resealed": rotated.resealed,
            "keys": str(settings.keys),
            "is_shared": settings.is_on_server,
        }
        return Answer(tuple(lines), facts)

    return run_errand(settings, rotate)


def _content(keys: Path) -> bytes:
    """What is in the keys' file, to be compared; nothing where it cannot be read."""
    try:
        return keys.read_bytes()
    except OSError:
        return b""


def verify_audit(settings: Settings) -> Answer:
    """Check every chain of the audit from its first event to its last (R075); 1 where one is broken.

    Raises:
        Stopped: there is no store, or it cannot serve.
    """

    async def verify(wired: Wired, _origin: Origin) -> Answer:
        """Check the file itself, then chain after chain."""
        await wired.store.check(full=True)
        verdicts = [await wired.services.audit.verify(org_id) for org_id in await wired.chains()]
        lines = [
            f"whole   {verdict.org_id}  {verdict.events} events"
            if verdict.tampering is None
            else f"BROKEN  {verdict.org_id}  event {verdict.bad_seq}: {verdict.tampering}"
            for verdict in verdicts
        ]
        is_whole = all(verdict.is_whole for verdict in verdicts)
        chains: list[Fact] = [
            {
                "organisation_id": verdict.org_id,
                "is_whole": verdict.is_whole,
                "events": verdict.events,
                "bad_event": verdict.bad_seq,
                "tampering": None if verdict.tampering is None else str(verdict.tampering),
            }
            for verdict in verdicts
        ]
        code = ExitCode.DONE if is_whole else ExitCode.FAILED
        return Answer(tuple(lines), {"is_whole": is_whole, "chains": chains}, code=code)

    return run_errand(settings, verify)
