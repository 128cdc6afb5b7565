"""Profile ▸ Security ▸ Password: the current one as proof, a new one by the rules, and who it signs out."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Static

from security import refusals as no
from security.facts import PasswordChanged
from security.refusals import Refusal
from security.safe_text import SafeText
from security.services import Services
from security.trouble import StoreTrouble
from tui.answers import joined, tell_if_over, words_of
from tui.messages import Place
from tui.screens.home import HomeScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.widgets.card import Card
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.new_password_fields import NewPasswordFields
from tui.widgets.push_button import PushButton
from tui.widgets.rule_list import RuleList
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone
from tui.widgets.trouble import Trouble
from tui.words.password import NONE_HERE, after_words, before_words
from tui.words.refusals import CHOOSING_HINT


class PasswordScreen(HomeScreen):
    """Changes the password; the other sessions end, this one goes on."""

    CSS_PATH = "password.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high"), (30, "-tall")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 24 rows on a blank row parts the fields: without it they look like one of many rows."""
    PLACE = Place.PASSWORD
    PURPOSE = "change what you sign in with"
    COUNTS_SESSIONS = True

    def compose_page(self) -> ComposeResult:
        """Build the three fields, what is said of them, and the button."""
        with Vertical(id="form"):
            yield LabelledField("Current password", TextField(password=True, id="current"), id="current-row")
            yield NewPasswordFields()
            yield Trouble()
            with Horizontal(id="buttons"):
                yield PushButton("Update password", "primary", id="update")
                yield Hint("", id="before")
            yield Hint(CHOOSING_HINT, id="advice")
        with Card("Single sign-on", id="elsewhere"):
            yield Static("", id="elsewhere-sentence", markup=False)
            yield Hint(NONE_HERE)

    def on_mount(self) -> None:
        """Begin with the current password, where it is this page that was wanted."""
        if not self.is_passing:
            self.query_one("#current").focus()
        self.load()
        self._advise()

    def load(self) -> None:
        """Count the other sessions again."""
        self._load()

    @property
    def fields(self) -> NewPasswordFields:
        """The new password and its confirmation."""
        return self.query_one(NewPasswordFields)

    @property
    def current(self) -> LabelledField:
        """The current password's row."""
        return self.query_one("#current-row", LabelledField)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer saving only where there is a form."""
        if action == "save" and self.has_class("-elsewhere"):
            return False
        return super().check_action(action, parameters)

    def watch_saving(self, saving: bool) -> None:
        """Say that the change is under way, and take no second press."""
        if self.is_mounted:
            button = self.query_one("#update", PushButton)
            button.disabled = saving
            button.label = "Updating…" if saving else "Update password"

    @on(NewPasswordFields.Typed)
    def _typed(self) -> None:
        """Hold the candidate against the rules."""
        self._advise()

    @on(Input.Submitted, "#current")
    def _current_submitted(self) -> None:
        """Go on to the new password."""
        self.fields.candidate_row.input.focus()

    @on(NewPasswordFields.Submitted)
    @on(Button.Pressed, "#update")
    def _submitted(self) -> None:
        """Change the password, once at a time; the first empty field gets the focus."""
        self.action_save()

    @work(exclusive=True, group="load", description="count the other sessions")
    async def _load(self) -> None:
        """Say before the change whom it signs out."""
        visit = self.visit
        services = await visit.ready()
        if visit.signed_in is None:
            return
        try:
            sessions = await services.sessions.list(visit.token)
            policy = await services.policies.view(visit.token)
        except (Refusal, StoreTrouble) as answer:
            self.not_done(answer, services)
            return
        if not self.shows(Hint):
            return
        self.query_one("#before", Hint).say(before_words(sum(not one.is_current for one in sessions)))
        self.show_count(len(sessions))
        self._show_elsewhere(policy.sso_sentence)

    @work(exclusive=True, group="advice", description="advise on the new password")
    async def _advise(self) -> None:
        """Say what may be said of the candidate."""
        visit = self.visit
        services = await visit.ready()
        if visit.signed_in is None:
            return
        try:
            advice = await services.passwords.advise(visit.token, self.fields.candidate)
        except (Refusal, StoreTrouble) as answer:
            self.not_done(answer, services)
            return
        if self.shows(RuleList):
            self.fields.advice = advice

    @work(group="save", description="change the password")
    async def _change(self) -> None:
        """Change the password; where the last authentication is old, ask for a code and try once more."""
        visit, fields = self.visit, self.fields
        services = await visit.ready()
        try:
            changed = await services.passwords.change(
                visit.token, self.current.value, fields.candidate, fields.confirmation, None, visit.origin
            )
        except no.ReauthenticationNeeded as needed:
            self.saving = False
            dialog = ReauthenticationScreen(second_factor=needed.second_factor)
            if await self.app.push_screen_wait(dialog):
                self.action_save()
            return
        except (Refusal, StoreTrouble) as answer:
            self.saving = False
            self._refused(answer, services)
            return
        await visit.adopt(changed.signed_in)
        self.saving = False
        self._changed(changed)

    def _show_elsewhere(self, sentence: SafeText | None) -> None:
        """Put the organisation's sentence in place of the form where its members sign in elsewhere."""
        self.set_class(sentence is not None, "-elsewhere")
        self.refresh_bindings()
        if sentence is not None:
            self.fields.drop()
            self.current.input.value = ""
            self.set_focus(None)
            self.query_one("#elsewhere-sentence", Static).update(Content(sentence))

    def _changed(self, changed: PasswordChanged) -> None:
        """Forget what was typed and say what happened; nothing is left to type, so bare keys act again."""
        self.fields.drop()
        self.current.input.value = ""
        self.set_focus(None)
        tone = Tone.WELL if changed.breach.is_clear else Tone.ATTENTION
        self.frame.notice.say(after_words(changed), tone)
        self.load()

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say it beside its field, or above the button; the session's end goes to the app."""
        if tell_if_over(self, answer):
            return
        row = self._row_for(answer)
        if row is not None:
            words = words_of(answer, services)
            if row is self.current:
                with row.input.prevent(Input.Changed):  # the news of it would take the error away
                    row.input.value = ""
            row.error = joined(words)
            row.input.focus()
            row.scroll_visible(animate=False)
        elif isinstance(answer, Refusal):
            self.query_one(Trouble).refuse(answer, services.clock.now)
        else:
            self.query_one(Trouble).say(words_of(answer, services))

    def _row_for(self, answer: Refusal | StoreTrouble) -> LabelledField | None:
        """The field that an answer is about."""
        match answer:
            case no.WrongPassword():
                return self.current
            case no.ConfirmationDiffers():
                return self.fields.confirmation_row
            case no.SamePassword() | no.WeakPassword() | no.BreachedPassword() | no.BreachUnchecked():
                return self.fields.candidate_row
            case no.UnusableInput():
                advice = self.fields.advice
                return self.current if advice is None or advice.is_usable else self.fields.candidate_row
        return None

    def action_save(self) -> None:
        """Change the password, once at a time; the first empty field gets the focus."""
        if self.saving or self.has_class("-elsewhere"):
            return
        missing = {
            self.current: "Type your current password.",
            self.fields.candidate_row: "Type a new password.",
            self.fields.confirmation_row: "Type the new password once more.",
        }
        empty = [row for row in missing if not row.value]
        for row in empty:
            row.error = missing[row]
        if empty:
            empty[0].input.focus()
            return
        self.saving = True
        self.query_one(Trouble).clear()
        self.frame.notice.clear()
        self._change()
