"""Fresh recovery codes, shown once: copy them, save them, and prove that you did."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Static

from security.facts import RecoveryCodes
from security.safe_text import SafeText
from tui.keys.keymap import bindings
from tui.recovery_sheet import saved_words, sheet_lines, sheet_name
from tui.screens.answering import AnsweringScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.save_codes import SaveCodesScreen
from tui.screens.saved_proof import SavedProofScreen
from tui.visit import send_to_clipboard, visit_of
from tui.widgets.card import Card
from tui.widgets.code_grid import CodeGrid
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.tone import Tone
from tui.words.moments import day
from tui.words.refusals import counted
from tui.words.two_factor import ADVICE, ENABLED, NEW_CODES, SAVE_THEM


class RecoveryCodesScreen(AnsweringScreen[bool]):
    """Answers whether the codes were acknowledged; once it is left, nothing shows them again."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("recovery_codes")]
    CSS_PATH: ClassVar[str] = "recovery_codes.tcss"

    def __init__(self, codes: RecoveryCodes, *, is_first: bool) -> None:
        """Show a batch; `is_first` tells an enrolment from a regeneration."""
        super().__init__()
        self._codes: RecoveryCodes | None = codes
        self._is_first = is_first

    def compose(self) -> ComposeResult:
        """Build the page from the good news down to the proof."""
        codes = self._codes.codes if self._codes is not None else ()
        title = ENABLED if self._is_first else NEW_CODES
        aside = "step 4 of 4" if self._is_first else ""
        with PageFrame("Recovery codes", aside=aside, is_centred=True), Vertical(id="codes-page"):
            yield Static(
                Content.assemble((f"{Tone.WELL.mark} {title}", "bold $well"), self._ended()), id="codes-title"
            )
            yield Static(Content(SAVE_THEM), id="codes-subtitle")
            with Card("Save these backup codes", tone=Tone.ATTENTION):
                yield Static(
                    Content.assemble(
                        ("Shown once", "bold $attention"),
                        "; each of the ",
                        (str(len(codes)), "bold"),
                        " signs you in once.",
                    )
                )
                yield Static(Content(ADVICE), id="codes-advice")
            yield CodeGrid(codes)
            with Horizontal(id="codes-buttons"):
                with Horizontal(id="codes-keep"):
                    yield PushButton("Copy All Codes", id="copy")
                    yield PushButton("Save as text or PDF", id="save")
                yield PushButton("I've Saved My Codes", "primary", id="saved")

    def on_mount(self) -> None:
        """Begin with copying."""
        self.query_one("#copy").focus()

    def on_unmount(self) -> None:
        """Forget the codes, whatever took the screen away."""
        self._codes = None

    @on(Button.Pressed, "#copy")
    def _copy_pressed(self) -> None:
        self.action_copy()

    @on(Button.Pressed, "#save")
    async def _save_pressed(self) -> None:
        await self.action_save()

    @on(Button.Pressed, "#saved")
    def _saved_pressed(self) -> None:
        self.action_saved()

    def action_copy(self) -> None:
        """Send every code to the person's clipboard, one to a line."""
        if self._codes is None:
            return
        sentence = send_to_clipboard(self, "\n".join(code.reveal for code in self._codes.codes))
        was_sent = sentence.startswith("Sent")
        if was_sent:
            self.query_one("#copy", PushButton).label = Content(f"Copy All Codes {Tone.WELL.mark}")
        self.query_one(PageFrame).notice.say(sentence, Tone.WELL if was_sent else Tone.ATTENTION)

    async def action_save(self) -> None:
        """Ask where to save the codes."""
        visit = visit_of(self)
        now = (await visit.ready()).clock.now()
        if self._codes is None:
            return
        lines = sheet_lines(visit.account.email, day(now, self._zone), self._codes.codes)
        self.app.push_screen(SaveCodesScreen(lines, sheet_name(now, self._zone)), self._file_saved)

    def action_saved(self) -> None:
        """Ask for one of the codes as proof."""
        if self._codes is not None:
            self.app.push_screen(SavedProofScreen(self._codes.batch_id), self._proof_given)

    def action_back(self) -> None:
        """Ask before leaving codes that were not proved to be saved."""
        self.app.push_screen(self._question(), self._leave)

    def action_leave(self) -> None:
        """Ask before the program ends while they are shown."""
        self.app.push_screen(self._question(), self._quit)

    @property
    def _zone(self) -> tzinfo | None:
        return UTC if visit_of(self).uses_utc else None

    def _question(self) -> ConfirmScreen:
        return ConfirmScreen(
            "Leave without saving?",
            "These codes are shown once, and no way leads back to them.",
            "Two-factor authentication stays on. The next sign-in offers to make new codes.",
            act="Leave",
            cancel="Stay",
        )

    def _file_saved(self, path: SafeText | None) -> None:
        if path is not None:
            sentence = saved_words(visit_of(self).door.machine, path)
            self.query_one(PageFrame).notice.say(sentence, Tone.WELL)
            self.query_one("#saved").focus()

    def _proof_given(self, is_given: bool | None) -> None:
        if is_given:
            self._forget()
            self.dismiss(True)

    def _leave(self, leaves: bool | None) -> None:
        if leaves:
            self._forget()
            self.dismiss(False)

    def _quit(self, leaves: bool | None) -> None:
        if leaves:
            self._forget()
            self.app.exit(0)

    def _forget(self) -> None:
        """Drop the codes here and from the page."""
        self._codes = None
        self.query_one(CodeGrid).drop()

    def _ended(self) -> str:
        """How many sessions were signed out by the act."""
        ended = self._codes.sessions_ended if self._codes is not None else 0
        return f"  {counted(ended, 'other session')} signed out." if ended else ""
