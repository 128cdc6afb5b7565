"""`strongroom activity export`: what happened to the account, in a file or on standard output."""

from __future__ import annotations

import argparse
from collections.abc import AsyncIterator
from pathlib import Path

from security.activity_facts import ActivityQuery
from security.safe_text import sanitise
from security.vocabulary import ActivityKind, ExportForm
from strongroom.commands.answer import Answer, Fact, prose
from strongroom.commands.desk import Desk, at_desk
from strongroom.commands.output import to_stdout
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.progress import Tell, telling
from strongroom.refused import not_saved
from strongroom.settings import Settings
from tui.private_file import NotSaved, save_pieces
from tui.words.activity import terms_of
from tui.words.exports import counted_events, ending, saved_words

STANDARD_OUTPUT = Path("-")


def run(settings: Settings, given: argparse.Namespace) -> int:
    """Export, whole or not at all; nothing is ever replaced (R079).

    Raises:
        Stopped: it could not be written there, or what was refused.
    """
    if given.file == STANDARD_OUTPUT and given.json:
        raise Stopped(
            "With --json standard output is for the answer.",
            ExitCode.USAGE,
            hint="Name a file, or leave --json out.",
        )
    with ended_by_signals():
        return at_desk(settings, given, _Errand(given).run)


class _Errand:
    """One export."""

    def __init__(self, given: argparse.Namespace) -> None:
        """Read what is wanted; the form is named, or told by how the file's name ends."""
        by_name = (
            ExportForm.JSON_LINES if given.file.suffix == ending(ExportForm.JSON_LINES) else ExportForm.CSV
        )
        self._file: Path = given.file
        self._form = by_name if given.format is None else ExportForm(given.format)
        self._kind = None if given.kind is None else ActivityKind(given.kind.replace("-", "_"))
        self._search: str = given.search
        self._total = 0

    async def run(self, desk: Desk) -> Answer:
        """Write them where they are wanted."""
        if self._file == STANDARD_OUTPUT:
            await to_stdout(self._pieces(desk, lambda *_: None))
            return Answer((), {}, (f"{counted_events(self._total)} written.",))
        try:
            with telling("Exporting") as tell:
                await save_pieces(self._file, self._pieces(desk, tell))
        except NotSaved as error:
            raise not_saved(error) from error
        facts: dict[str, Fact] = {
            "file": str(self._file),
            "node": desk.origin.node,
            "format": self._form.value,
            "kind": None if self._kind is None else self._kind.value,
            "search": self._search,
            "events": self._total,
        }
        return Answer(
            prose(saved_words(self._total, sanitise(desk.origin.node), sanitise(self._file))), facts
        )

    async def _pieces(self, desk: Desk, tell: Tell) -> AsyncIterator[bytes]:
        """Begin once there is a place for it, and read it as it is written."""
        query = ActivityQuery(self._kind, terms_of(self._search))
        flow = desk.services.activity_export
        export = await desk.act_fresh(lambda token: flow.begin(token, query, desk.origin, self._form))
        written = 0
        while (piece := await desk.act(export.take)) is not None:
            yield piece.data
            written += len(piece.data)
            tell(written, 0)
        self._total = export.total
