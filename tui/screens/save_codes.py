"""The question where to save the recovery codes, as text or PDF, on the machine that the program runs on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.safe_text import SafeText, sanitise
from tui.private_file import NotSaved, save_private
from tui.recovery_sheet import as_pdf, as_text
from tui.screens.dialog import DialogScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.labelled_field import LabelledField
from tui.widgets.notice_line import NoticeLine
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField

ENDINGS = (".txt", ".pdf")
"""What a file may be; the button decides, not the person's typing."""


class SaveCodesScreen(DialogScreen[SafeText]):
    """Answers the path of the new file; what stands there already is never touched."""

    CSS_PATH: ClassVar[str] = "save_codes.tcss"

    def __init__(self, lines: Sequence[str], name: str) -> None:
        """Build the question for a sheet, with a name to begin with."""
        super().__init__()
        self._lines = lines
        self._name = name

    def compose(self) -> ComposeResult:
        """Build the card."""
        machine = visit_of(self).door.machine
        with Card("Save the codes"):
            yield Static(
                Content.assemble("A new file on ", (machine, "bold"), ", which nobody but you may read."),
                classes="dialog--question",
            )
            yield LabelledField("File", TextField(value=f"~/{self._name}", id="path"))
            yield NoticeLine()
            with Horizontal(classes="dialog--buttons"):
                yield PushButton("Save as text", "primary", id="text")
                yield PushButton("Save as PDF", id="pdf")
                yield PushButton("Cancel", id="cancel")

    def on_mount(self) -> None:
        """Put the focus on the usual answer."""
        self.query_one("#text").focus()

    def on_unmount(self) -> None:
        """Forget the sheet."""
        self._lines = ()

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.action_cancel()

    @on(Input.Submitted)
    @on(Button.Pressed, "#text")
    def _text_chosen(self) -> None:
        self._begin(".txt")

    @on(Button.Pressed, "#pdf")
    def _pdf_chosen(self) -> None:
        self._begin(".pdf")

    @work(group="save", description="save the recovery codes")
    async def _save(self, path: Path) -> None:
        """Write the sheet in a thread, and answer where it is."""
        content = as_pdf(self._lines) if path.suffix == ".pdf" else as_text(self._lines)
        try:
            await asyncio.to_thread(save_private, path, content)
        except NotSaved as error:
            self.saving = False
            self.query_one(NoticeLine).clear()
            self._say(error.sentence)
            return
        self.saving = False
        self.dismiss(sanitise(path))

    def _begin(self, ending: str) -> None:
        if self.saving:
            return
        try:
            path = _path(self.query_one(LabelledField).value, ending)
        except RuntimeError:
            self._say("That home folder does not exist.")
            return
        if path is None:
            self._say("Type a file name.")
            return
        self.saving = True
        self._save(path)

    def _say(self, sentence: str) -> None:
        field = self.query_one(LabelledField)
        field.error = sentence
        field.input.focus()


def _path(typed: str, ending: str) -> Path | None:
    """The whole path of what was typed, with the ending that was chosen; None where nothing was typed.

    Raises:
        RuntimeError: for the home of someone whom the machine does not know.
    """
    typed = typed.strip()
    if not typed or typed.endswith("/"):
        return None
    path = Path(typed).expanduser().absolute()
    bare = path.with_suffix("") if path.suffix.lower() in ENDINGS else path
    return bare.with_name(bare.name + ending)
