"""The idle lock: nothing of what was shown is left, and the password or a code opens it again."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button, Input

from security.facts import SignedIn
from security.refusals import Refusal
from security.services import Services
from security.trouble import StoreTrouble
from tui.answers import tell_if_over, words_of
from tui.keys import keymap
from tui.messages import LeaveRequested, Unlocked
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.code_input import CodeInput
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.trouble import Trouble
from tui.words.refusals import Words
from tui.words.sign_in import LOCKED, LOCKED_BY_HAND


class IdleLockScreen(Screen[None]):
    """Asks for the password, or for six digits where two-factor is on."""

    BINDINGS = keymap.bindings("idle_lock")
    CSS_PATH = "idle_lock.tcss"

    saving: reactive[bool] = reactive(False, init=False)
    """A try is under way: no second one begins."""
    uses_code: reactive[bool] = reactive(False)
    """Whether six digits are asked for in place of the password."""

    def __init__(self, *, is_meant: bool = False) -> None:
        """Build the lock; `is_meant` where the person asked for it."""
        super().__init__()
        self._told = LOCKED_BY_HAND if is_meant else LOCKED
        self._password = LabelledField("Password", TextField(password=True, id="password"))

    @property
    def may_use_code(self) -> bool:
        """Whether six digits can open it; of a session that was only resumed it is not known, so they may."""
        signed_in = visit_of(self).signed_in
        return signed_in is None or signed_in.account.has_two_factor

    def compose(self) -> ComposeResult:
        """Build the card with both ways; one of them is shown."""
        with PageFrame("Locked", is_centred=True), Vertical(id="column"), Card("Locked"):
            yield Hint(self._told[False], id="say")
            yield self._password
            with Horizontal(id="digits-row"):
                yield Hint("Code", id="digits-label")
                yield CodeInput()
            yield Trouble()
            with Horizontal(id="buttons"):
                yield PushButton("Unlock", "primary", id="unlock")
                if self.may_use_code:
                    yield PushButton("Use a code instead", id="switch")
                yield PushButton("Sign out", id="sign-out")

    def on_mount(self) -> None:
        """Lock the session itself, so that its token opens nothing meanwhile."""
        self._password.input.focus()
        self._lock()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the other way only where there is one."""
        return self.may_use_code if action == "use_code" else True

    @property
    def key_words(self) -> Mapping[str, str]:
        """What a key does now, where that is not what the table says."""
        return {"idle_lock.use_code": "Password"} if self.uses_code else {}

    def watch_saving(self, saving: bool) -> None:
        """Take no second press while one is under way."""
        if self.is_mounted:
            self.query_one("#unlock", PushButton).disabled = saving

    def watch_uses_code(self, uses: bool) -> None:
        """Show the one field or the other, empty."""
        if not self.is_mounted:
            return
        self.set_class(uses, "-code")
        self._clear()
        self.query_one(Trouble).clear()
        self.query_one("#say", Hint).say(self._told[uses])
        switch = self.query_one("#switch", PushButton)
        switch.label = "Use the password instead" if uses else "Use a code instead"
        switch.refresh(layout=True)
        self.refresh_bindings()
        self._focus_field()

    @on(CodeInput.Unusable)
    def _unusable(self) -> None:
        """Say what a code is made of."""
        self.query_one(Trouble).say(Words("A code has six digits, 0 to 9.", "Nothing was taken."))

    @on(CodeInput.Completed)
    @on(Input.Submitted)
    @on(Button.Pressed, "#unlock")
    def _submitted(self) -> None:
        """Try what was typed, once at a time."""
        if self.saving:
            return
        is_there = self.query_one(CodeInput).is_complete if self.uses_code else bool(self._password.value)
        if not is_there:
            self.query_one(Trouble).say(
                Words("Type the whole code first." if self.uses_code else "Type your password first.")
            )
            self._focus_field()
            return
        self.saving = True
        self.query_one(Trouble).clear()
        self._unlock()

    @on(Button.Pressed, "#switch")
    def _switched(self) -> None:
        """Go to the other way."""
        self.action_use_code()

    @on(Button.Pressed, "#sign-out")
    def _sign_out_pressed(self) -> None:
        """End the session."""
        self.action_sign_out()

    @work(group="save", description="lock the session")
    async def _lock(self) -> None:
        """Lock the session in the store."""
        visit = visit_of(self)
        services = await visit.ready()
        if not visit.has_session:
            return
        try:
            await services.sessions.lock(visit.token)
        except (Refusal, StoreTrouble) as answer:
            self._refused(answer, services)

    @work(group="save", description="unlock the session")
    async def _unlock(self) -> None:
        """Try the password or the code."""
        visit = visit_of(self)
        services = await visit.ready()
        try:
            signed_in = await self._prove(services)
        except (Refusal, StoreTrouble) as answer:
            self.saving = False
            self._clear()
            self._refused(answer, services)
            return
        self._clear()
        await visit.adopt(signed_in)
        self.saving = False
        self.post_message(Unlocked())

    async def _prove(self, services: Services) -> SignedIn:
        """Hand the flow what was typed."""
        visit = visit_of(self)
        if self.uses_code:
            code = self.query_one(CodeInput).digits
            return await services.sessions.unlock(visit.token, code=code, origin=visit.origin)
        return await services.sessions.unlock(visit.token, password=self._password.value, origin=visit.origin)

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say why not; the session's end goes to the app, and a locked session is what is wanted."""
        if tell_if_over(self, answer):
            return
        trouble = self.query_one(Trouble)
        if isinstance(answer, Refusal):
            trouble.refuse(answer, services.clock.now)
        else:
            trouble.say(words_of(answer, services))
        self._focus_field()

    def _clear(self) -> None:
        """Leave nothing of a secret in its field."""
        self.query_one(CodeInput).action_clear()
        self._password.input.value = ""

    def _focus_field(self) -> None:
        """Put the focus where the next try goes."""
        (self.query_one(CodeInput) if self.uses_code else self._password.input).focus()

    def action_use_code(self) -> None:
        """Change between the password and six digits."""
        if not self.saving:
            self.uses_code = not self.uses_code

    def action_sign_out(self) -> None:
        """End the session."""
        if not self.saving:
            self.post_message(LeaveRequested())
