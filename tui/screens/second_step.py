"""Sign-in, second step: six digits that submit themselves, or a backup code."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import Button, Input

from security.facts import SecondStepNeeded, SignedIn
from security.refusals import HalfSignInOver, Refusal
from security.services import Services
from security.trouble import StoreTrouble
from tui.answers import words_of
from tui.keys import keymap
from tui.screens.answering import AnsweringScreen
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.code_input import CodeField, CodeInput
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.trouble import Trouble
from tui.words.refusals import Words
from tui.words.sign_in import TYPE_DIGITS, TYPE_RECOVERY_CODE

USE_RECOVERY_CODE = "Use a backup code instead"
"""The way for whoever has no phone at hand."""

USE_DIGITS = "Use six digits instead"
"""The way back."""

NOT_DIGITS = Words("A code has six digits, 0 to 9.", "Nothing was taken.")
"""What is said of anything else in the field."""


class SecondStepScreen(AnsweringScreen[SignedIn | HalfSignInOver | None]):
    """Answers the session, None for going back, or that the half-way state is over."""

    BINDINGS = keymap.bindings("page", "second_step")
    CSS_PATH = "second_step.tcss"

    saving: reactive[bool] = reactive(False, init=False)
    """A code is being checked: no second one is taken, and the screen stays."""
    uses_recovery_code: reactive[bool] = reactive(False)
    """Whether a backup code is asked for in place of the six digits."""

    def __init__(self, half: SecondStepNeeded, *, keep: bool) -> None:
        """Build the step for a password that was right."""
        super().__init__()
        self._half = half
        self._keep = keep
        self._code = LabelledField("Backup code", CodeField(placeholder="XXXX-XXXX-XXXX-XXXX"))

    def compose(self) -> ComposeResult:
        """Build the card with both ways; one of them is shown."""
        with PageFrame("Sign in", is_centred=True, aside="step 2 of 2"), Vertical(id="column"):
            with Card("Two-factor authentication"):
                yield Hint(TYPE_DIGITS, id="say")
                with Horizontal(id="digits-row"):
                    yield Hint("Code", id="digits-label")
                    yield CodeInput()
                yield self._code
                yield Trouble()
                with Horizontal(id="buttons"):
                    yield PushButton("Sign in", "primary", id="sign-in")
                    yield PushButton(USE_RECOVERY_CODE, id="switch")
            yield Hint("This step waits five minutes. Esc goes back to the password.", id="below")

    def on_mount(self) -> None:
        """Begin with the six digits."""
        self.query_one(CodeInput).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Of a page's keys only the way back has a meaning here."""
        return action not in ("previous_tab", "next_tab", "refresh", "save")

    @property
    def key_words(self) -> Mapping[str, str]:
        """What a key does now, where that is not what the table says."""
        return {"second_step.use_recovery_code": "Six digits"} if self.uses_recovery_code else {}

    def watch_saving(self, saving: bool) -> None:
        """Say that the code is being checked."""
        self.query_one("#sign-in", PushButton).disabled = saving

    def watch_uses_recovery_code(self, uses: bool) -> None:
        """Show the one field or the other, empty."""
        self.set_class(uses, "-recovery")
        self._clear()
        self.query_one(Trouble).clear()
        self.query_one("#say", Hint).say(TYPE_RECOVERY_CODE if uses else TYPE_DIGITS)
        switch = self.query_one("#switch", PushButton)
        switch.label = USE_DIGITS if uses else USE_RECOVERY_CODE
        switch.refresh(layout=True)
        self.refresh_bindings()
        self._focus_field()

    @on(CodeInput.Unusable)
    def _unusable(self) -> None:
        """Say what a code is made of."""
        self.query_one(Trouble).say(NOT_DIGITS)

    @on(CodeInput.Completed)
    @on(Input.Submitted)
    @on(Button.Pressed, "#sign-in")
    def _submitted(self) -> None:
        """Try what was typed, once at a time."""
        if self.saving:
            return
        digits = self.query_one(CodeInput)
        if not (self._code.value.strip() if self.uses_recovery_code else digits.is_complete):
            self.query_one(Trouble).say(Words("Type the whole code first."))
            self._focus_field()
            return
        self.saving = True
        self.query_one(Trouble).clear()
        self._finish()

    @on(Button.Pressed, "#switch")
    def _switched(self) -> None:
        """Go to the other way."""
        self.action_use_recovery_code()

    @work(group="save", description="finish the sign-in")
    async def _finish(self) -> None:
        """Try the code; the answer of the screen is the session."""
        visit = visit_of(self)
        services = await visit.ready()
        flow, half, keep = services.sign_in, self._half.half, self._keep
        try:
            if self.uses_recovery_code:
                signed_in = await flow.finish_with_recovery_code(
                    half, self._code.value, visit.origin, keep=keep
                )
            else:
                digits = self.query_one(CodeInput).digits
                signed_in = await flow.finish(half, digits, visit.origin, keep=keep)
        except HalfSignInOver as over:
            self._clear()
            self.saving = False
            self.dismiss(over)
            return
        except (Refusal, StoreTrouble) as answer:
            self._refused(answer, services)
            return
        self._clear()
        self.saving = False
        self.dismiss(signed_in)

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say why not, and take the next code."""
        self.saving = False
        self._clear()
        trouble = self.query_one(Trouble)
        if isinstance(answer, Refusal):
            trouble.refuse(answer, services.clock.now, recovery_code=self.uses_recovery_code)
        else:
            trouble.say(words_of(answer, services))
        self._focus_field()

    def _clear(self) -> None:
        """Leave nothing of a code in its field."""
        self.query_one(CodeInput).action_clear()
        self._code.input.value = ""

    def _focus_field(self) -> None:
        """Put the focus where the next code goes."""
        (self._code.input if self.uses_recovery_code else self.query_one(CodeInput)).focus()

    def action_use_recovery_code(self) -> None:
        """Change between the six digits and a backup code."""
        if not self.saving:
            self.uses_recovery_code = not self.uses_recovery_code

    def action_back(self) -> None:
        """Go back to the first step, which kept the email."""
        if not self.saving:
            self._clear()
            self.dismiss(None)
