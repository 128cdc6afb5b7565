"""First run: the organisation and its owner, made once where no store is yet."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Button, Input, Static

from security import refusals as no
from security.refusals import Refusal
from security.services import Services
from security.trouble import StoreTrouble
from tui import themes
from tui.answers import joined, words_of
from tui.keys import keymap
from tui.messages import Entered
from tui.visit import visit_of
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.new_password_fields import NewPasswordFields
from tui.widgets.page_frame import PageFrame
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.widgets.trouble import Trouble
from tui.words.refusals import CHOOSING_HINT
from tui.words.sign_in import WELCOME


class FirstRunScreen(Screen[None]):
    """Organisation, name, email and password; then on to two-factor, which can be left for later."""

    BINDINGS = keymap.bindings("sign_in", "scroll")
    CSS_PATH = "first_run.tcss"
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-high"), (30, "-tall")]  # noqa: RUF012 - Textual declares no ClassVar
    """From 24 rows on a blank row parts the fields: without it they look like one of many rows."""
    COMMAND: ClassVar[str] = "strongroom admin init"

    saving: reactive[bool] = reactive(False, init=False)
    """The account is being made: no second one is, and the screen stays."""

    def __init__(self) -> None:
        """Build the fields."""
        super().__init__()
        self._rows = {
            "organisation": LabelledField("Organisation", TextField(id="organisation")),
            "name": LabelledField("Your name", TextField(id="name")),
            "email": LabelledField("Email", TextField(id="email")),
        }
        self._new = NewPasswordFields("Password", "Password again")

    def compose(self) -> ComposeResult:
        """Build title, fields and button."""
        with PageFrame("First run"), Vertical(id="column"):
            yield Static(Content.styled("Set up your organisation", "bold $ink"))
            yield Hint(WELCOME, id="welcome")
            yield from self._rows.values()
            yield self._new
            yield Trouble()
            with Horizontal(id="buttons"):
                yield PushButton("Create account", "primary", id="create")
                yield Hint("", id="progress")
            yield Hint(CHOOSING_HINT)

    def on_mount(self) -> None:
        """Begin with the organisation, and show the rules."""
        self._rows["organisation"].input.focus()
        self._advise()

    def watch_saving(self, saving: bool) -> None:
        """Say that the account is being made."""
        if self.is_mounted:
            self.query_one("#create", PushButton).disabled = saving
            self.query_one("#progress", Hint).say(
                "Checking the password and making the account…" if saving else ""
            )

    @on(NewPasswordFields.Typed)
    def _typed(self) -> None:
        """Hold the candidate against the rules."""
        self._advise()

    @on(Input.Submitted, "#organisation, #name, #email")
    def _field_submitted(self) -> None:
        """Go on to the next field."""
        self.focus_next()

    @on(NewPasswordFields.Submitted)
    @on(Button.Pressed, "#create")
    def _submitted(self) -> None:
        """Make the account, once at a time; the first field that is wrong gets the focus."""
        if self.saving or not self._is_complete():
            return
        self.saving = True
        self.query_one(Trouble).clear()
        self._found()

    @work(exclusive=True, group="advice", description="advise on the first password")
    async def _advise(self) -> None:
        """Say what may be said of the candidate; the measuring takes its time in a thread."""
        services = await visit_of(self).ready()
        words = [row.value for row in self._rows.values()]
        self._new.advice = await asyncio.to_thread(services.founding.advice, self._new.candidate, words)

    @work(group="save", description="make the first account")
    async def _found(self) -> None:
        """Make organisation and owner, offer two-factor, and go inside."""
        visit, rows = visit_of(self), self._rows
        services = await visit.ready()
        try:
            signed_in = await services.founding.found(
                rows["organisation"].value,
                rows["name"].value,
                rows["email"].value,
                self._new.candidate,
                visit.origin,
                appearance=themes.appearance_of(self.app.theme),
            )
        except (Refusal, StoreTrouble) as answer:
            self.saving = False
            self._refused(answer, services)
            return
        self._new.drop()
        await visit.adopt(signed_in, keep=False)
        self.saving = False
        from tui.journeys import set_up_two_factor

        await set_up_two_factor(self.app)
        self.post_message(Entered())

    def _is_complete(self) -> bool:
        """Whether every field is there and the passwords agree; says beside each what is wrong."""
        wrong = {row: "This is needed." for row in self._rows.values() if not row.value.strip()}
        if not self._new.candidate:
            wrong[self._new.candidate_row] = "Choose a password."
        elif self._new.candidate != self._new.confirmation:
            wrong[self._new.confirmation_row] = "This is not the same as the password above."
        for row, error in wrong.items():
            row.error = error
        for row in wrong:
            row.input.focus()
            break
        return not wrong

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say it beside the field that it is about, or above the button."""
        words = words_of(answer, services)
        row = self._row_for(answer)
        if row is not None:
            row.error = joined(words)
            row.input.focus()
        else:
            self.query_one(Trouble).say(words)

    def _row_for(self, answer: Refusal | StoreTrouble) -> LabelledField | None:
        """The field that an answer is about."""
        match answer:
            case no.UnusableField(field=field):
                return self._rows.get(field)
            case no.WeakPassword() | no.BreachedPassword() | no.BreachUnchecked() | no.UnusableInput():
                return self._new.candidate_row
        return None

    def action_page_up(self) -> None:
        """Scroll to what is above."""
        self.query_one("#frame-body").scroll_page_up(animate=False)

    def action_page_down(self) -> None:
        """Scroll to what is below."""
        self.query_one("#frame-body").scroll_page_down(animate=False)

    def action_quit(self) -> None:
        """Leave the program, unless the account is being made; asks where something was typed."""
        if self.saving:
            return
        fields = [*self._rows.values(), self._new.candidate_row, self._new.confirmation_row]
        if not any(row.value for row in fields):
            self.app.exit(0)
            return
        from tui.screens.confirm import ConfirmScreen  # needed by who leaves, not by the first paint

        question = ConfirmScreen(
            "Leave Strongroom?",
            "Nothing was set up yet.",
            "What you typed here is forgotten.",
            act="Leave",
            cancel="Stay",
        )
        self.app.push_screen(question, self._left)

    def _left(self, leaves: bool | None) -> None:
        """Leave the program, where that was meant."""
        if leaves:
            self.app.exit(0)
