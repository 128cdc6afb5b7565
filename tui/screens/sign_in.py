"""Sign-in, first step: email and password. Imports nothing heavy, because it is the first thing painted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.events import ScreenResume
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button, Input

from security.trouble import StoreTrouble
from tui.keys import keymap
from tui.messages import Entered
from tui.visit import visit_of
from tui.widgets.card import Card
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.tick_box import TickBox
from tui.widgets.tone import Tone
from tui.widgets.trouble import Trouble
from tui.words.sign_in import FORGOT, NO_MAIL

if TYPE_CHECKING:
    from security.facts import SecondStepNeeded, SignedIn
    from security.refusals import Refusal
    from security.services import Services


class SignInScreen(Screen[None]):
    """Email, password and one sentence for every pair that is wrong."""

    BINDINGS = keymap.bindings("sign_in")
    CSS_PATH = "sign_in.tcss"

    saving: reactive[bool] = reactive(False, init=False)
    """A try is under way: no second one begins."""

    def __init__(self, ended: str | None = None) -> None:
        """Build the screen; `ended` is the reason why a session of this terminal is over."""
        super().__init__()
        self._ended = ended
        self._has_resumed = False
        self._email = LabelledField("Email", TextField(id="email"))
        self._password = LabelledField("Password", TextField(password=True, id="password"))

    @property
    def trouble(self) -> Trouble:
        """What went wrong, above the buttons."""
        return self.query_one("#trouble", Trouble)

    def compose(self) -> ComposeResult:
        """Build the card, and what was to be said before it."""
        with PageFrame("Sign in", is_centred=True), Vertical(id="column"):
            if self._ended is not None:
                from tui.words.refusals import ended_words

                tone = Tone.WELL if self._ended == "signed_out" else Tone.ATTENTION
                yield Trouble(ended_words(self._ended), tone, id="ended")
            yield Trouble(id="single-sign-on")
            with Card("Sign in"):
                yield self._email
                yield self._password
                if visit_of(self).door.keeps_sessions:
                    yield TickBox("Keep me signed in on this machine", is_on=False)
                yield Trouble(id="trouble")
                with Horizontal(id="buttons"):
                    yield PushButton("Sign in", "primary", id="sign-in")
                    yield PushButton("Forgot your password?", id="forgot")
            yield Hint("", id="below")

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """Style nothing a second time when this is the screen that the program begins with."""
        event.refresh_styles = event.refresh_styles and self._has_resumed
        self._has_resumed = True

    def on_mount(self) -> None:
        """Begin with the email, and look for the organisation's sentence about single sign-on."""
        self._email.input.focus()
        self._read_notice()

    def watch_saving(self, saving: bool) -> None:
        """Say that the pair is being checked."""
        self.query_one("#below", Hint).say("Checking…" if saving else "")
        self.query_one("#sign-in", PushButton).disabled = saving

    @on(Input.Submitted, "#email")
    def _email_submitted(self) -> None:
        """Go on to the password."""
        self._password.input.focus()

    @on(Input.Submitted, "#password")
    @on(Button.Pressed, "#sign-in")
    def _submitted(self) -> None:
        """Try the pair, once at a time; the first empty field gets the focus."""
        if self.saving:
            return
        empty = [row for row in (self._email, self._password) if not row.value]
        for row in empty:
            row.error = "Type your email." if row is self._email else "Type your password."
        if empty:
            empty[0].input.focus()
            return
        self.saving = True
        self.trouble.clear()
        self._sign_in()

    @on(Button.Pressed, "#forgot")
    def _forgot(self) -> None:
        """Answer honestly who can help."""
        from tui.words.refusals import Words

        contact = visit_of(self).door.support_contact
        whom = f" Or ask {contact}." if contact else ""
        self.trouble.say(Words(FORGOT, f"{NO_MAIL}{whom}"), Tone.ACCENT)

    @work(exclusive=True, group="load", description="read the sign-in notice")
    async def _read_notice(self) -> None:
        """Show what the organisation says to every name about single sign-on."""
        services = await visit_of(self).ready()
        from security.refusals import Refusal
        from tui.answers import words_of
        from tui.words.refusals import Words

        try:
            sentence = await services.sign_in.notice()
        except (Refusal, StoreTrouble) as answer:
            self.trouble.say(words_of(answer, services))
            return
        if sentence is not None and self.query("#single-sign-on"):
            self.query_one("#single-sign-on", Trouble).say(Words(sentence), Tone.ACCENT)

    @work(group="save", description="sign in")
    async def _sign_in(self) -> None:
        """Try the pair; a right one enters or leads to the second step."""
        from security.facts import SecondStepNeeded
        from security.refusals import Refusal

        visit = visit_of(self)
        keep = any(box.is_on for box in self.query(TickBox))
        services = await visit.ready()
        try:
            outcome = await services.sign_in.begin(
                self._email.value, self._password.value, visit.origin, keep=keep
            )
        except (Refusal, StoreTrouble) as answer:
            self._refused(answer, services)
            return
        self._forget_password()
        self.saving = False
        if isinstance(outcome, SecondStepNeeded):
            await self._ask_second_step(outcome, services, keep=keep)
        else:
            await self._enter(outcome, keep=keep)

    async def _ask_second_step(self, half: SecondStepNeeded, services: Services, *, keep: bool) -> None:
        """Ask for the code; whoever comes back finds the email still there."""
        from security.facts import SignedIn
        from tui.screens.second_step import SecondStepScreen

        answer = await self.app.push_screen_wait(SecondStepScreen(half, keep=keep))
        if isinstance(answer, SignedIn):
            await self._enter(answer, keep=keep)
        else:
            if answer is not None:
                self.trouble.refuse(answer, services.clock.now)
            self._password.input.focus()

    async def _enter(self, signed_in: SignedIn, *, keep: bool) -> None:
        """Take the session and go inside."""
        await visit_of(self).adopt(signed_in, keep=keep)
        self.post_message(Entered())

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say why not, and begin again at the password."""
        from security.refusals import Refusal
        from tui.answers import words_of

        self.saving = False
        self._forget_password()
        if isinstance(answer, Refusal):
            self.trouble.refuse(answer, services.clock.now)
        else:
            self.trouble.say(words_of(answer, services))
        self._password.input.focus()

    def _forget_password(self) -> None:
        """Leave nothing of the password in its field."""
        self._password.input.value = ""

    def action_quit(self) -> None:
        """Leave the program, unless a try is under way."""
        if not self.saving:
            self.app.exit(0)
