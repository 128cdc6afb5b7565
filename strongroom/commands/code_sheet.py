"""Fresh recovery codes on their one way out: shown once or saved in a file, and the proof that they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from security.facts import RecoveryCodes
from security.refusals import CodeRejected
from strongroom.commands.answer import Answer, Fact, prose
from strongroom.commands.desk import Desk
from strongroom.exits import ExitCode, Stopped
from strongroom.refused import not_saved
from strongroom.speech import say, warn
from tui.private_file import NotSaved, PrivateFile
from tui.recovery_sheet import as_pdf, as_text, sheet_lines
from tui.words.moments import day
from tui.words.revoking import signed_out_words
from tui.words.two_factor import ADVICE, NONE_OF_THESE, NOT_SPENT, PROOF, SAVE_THEM, code_rows

UNCONFIRMED = "Not confirmed as saved yet: strongroom codes confirm"
"""What is said where nobody proved that the codes were saved."""

LOST = (
    "The new recovery codes reached nobody, and older ones are void. Make others: strongroom codes regenerate"
)
"""What is said where they were to be shown, and could not be."""


class CodeSheet:
    """Takes a fresh batch, into a file that was made before the act, or to be shown."""

    def __init__(self, desk: Desk, output: Path | None) -> None:
        """Nothing is made yet."""
        self._desk = desk
        self._output = output
        self._file: PrivateFile | None = None if output is None else PrivateFile(output)

    @asynccontextmanager
    async def ready(self) -> AsyncIterator[CodeSheet]:
        """Make the file before anything is changed; nothing of it stays where the act comes to nothing.

        Raises:
            Stopped: it cannot be made there.
        """
        if self._file is not None:
            try:
                await asyncio.to_thread(self._file.begin)
            except NotSaved as fault:
                raise not_saved(fault) from fault
        try:
            yield self
        finally:
            if self._file is not None:
                # Once it was kept there is nothing left to discard.
                await asyncio.to_thread(self._file.discard)

    async def give(self, codes: RecoveryCodes, title: str) -> Answer:
        """Save or show a batch; at a terminal, ask for one of the codes as proof.

        Codes that could not be saved are shown instead: no way leads back to them.
        """
        saved, fault = await self._save(codes)
        lines = [f"{title}.", *([signed_out_words(codes.sessions_ended)] if codes.sessions_ended else [])]
        if saved is None:
            shown = tuple(code.reveal for code in codes.codes)
            lines += ["", f"{SAVE_THEM}. Shown once; each signs you in once:", ""]
            lines += ["     ".join(f"{number:2}  {code}" for number, code in row) for row in code_rows(shown)]
            lines += ["", *prose(ADVICE)]
        else:
            shown = ()
            lines.append(f"Saved on {self._desk.origin.node} as {saved}, for you alone (0600).")
        is_confirmed = False
        if self._desk.asking.converses:
            for line in lines:
                say(line)
            lines = []
            is_confirmed = await self._proven(codes.batch_id)
        facts: dict[str, Fact] = {
            "sessions_ended": codes.sessions_ended,
            "recovery_codes": list(shown),
            "saved_as": saved,
            "codes_confirmed": is_confirmed,
        }
        notes = (*([fault] if fault else []), *([] if is_confirmed else [UNCONFIRMED]))
        code = ExitCode.FAILED if fault else ExitCode.DONE
        return Answer(tuple(lines), facts, notes, code, once_lost=LOST if shown else "")

    async def _save(self, codes: RecoveryCodes) -> tuple[str | None, str]:
        """Write the sheet where a file is wanted; its path, or None and why not."""
        if self._file is None or self._output is None:
            return None, ""
        desk = self._desk
        sheet = sheet_lines(codes.signed_in.account.email, day(desk.now, desk.zone), codes.codes)
        content = as_pdf(sheet) if self._output.suffix.lower() == ".pdf" else as_text(sheet)
        file, self._file = self._file, None
        try:
            await asyncio.to_thread(_written, file, content)
        except NotSaved as fault:
            return None, f"The codes could not be saved, so they are shown. {fault.sentence}"
        return str(self._output), ""

    async def _proven(self, batch_id: str) -> bool:
        """Ask for one of the codes until it is one; whoever types nothing leaves without."""
        desk = self._desk
        warn(f"{PROOF} {NOT_SPENT}")
        while True:
            try:
                code = await desk.asking.secret("One of your codes (an empty line leaves without): ", "")
            except Stopped:
                return False
            except asyncio.CancelledError:
                warn(UNCONFIRMED)
                raise
            if not code.strip():
                return False
            if await confirmed(desk, batch_id, code):
                return True
            warn(NONE_OF_THESE)


async def confirmed(desk: Desk, batch_id: str | None, code: str) -> bool:
    """Hold a code against a batch, the live one without an id; whether it is one of it."""
    try:
        await desk.act(
            lambda token: desk.services.recovery_codes.acknowledge(token, batch_id, code, desk.origin)
        )
    except CodeRejected:
        return False
    return True


def _written(file: PrivateFile, content: bytes) -> None:
    """Write all of a file that was begun; what fails leaves nothing of it."""
    file.write(content)
    file.keep()
