"""Profile ▸ General: who you are, how it looks, and the way out."""

from __future__ import annotations

from textual import on, work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Static

from security.facts import AccountView
from security.refusals import NameTaken, Refusal, UnusableField
from security.services import Services
from security.trouble import StoreTrouble
from security.vocabulary import Appearance
from tui.answers import joined, words_of
from tui.messages import AppearanceChosen, LeaveRequested, Place
from tui.screens.home import HomeScreen
from tui.themes import SCHEMES, name_for
from tui.widgets.card import Card
from tui.widgets.choice import Choice
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField
from tui.words.moments import moment

APPEARANCES = tuple(Appearance)
"""In the order in which they stand."""

FACT_WIDTH = 22
"""Cells for the name of a fact, as wide as a field's label."""


class GeneralScreen(HomeScreen):
    """Name and appearance can be changed; the rest is told."""

    CSS_PATH = "general.tcss"
    PLACE = Place.GENERAL
    PURPOSE = "who you are and how it looks"

    def compose_page(self) -> ComposeResult:
        """Build the cards."""
        account = self.visit.account
        self._name_shown: str = account.name
        with Card("You"):
            yield LabelledField("Name", TextField(value=account.name, id="name"), id="name-row")
            yield Static(id="facts")
            yield PushButton("Save name", "primary", id="save")
        with Card("Appearance · kept with your account"):
            schemes = [SCHEMES[name_for(appearance)] for appearance in APPEARANCES]
            chosen = APPEARANCES.index(account.appearance)
            yield Choice(*[scheme.label for scheme in schemes], chosen=chosen)
            yield Hint(schemes[chosen].sentence, id="appearance-hint")
        with Card("This session"):
            yield Static(id="session")
            yield PushButton("Sign out", id="sign-out")

    def on_mount(self) -> None:
        """Show what is known and read it again."""
        self._show(self.visit.account)
        self.load()

    def load(self) -> None:
        """Read the account again."""
        self._load()

    def watch_saving(self, saving: bool) -> None:
        """Say that the name is being saved, and take no second press."""
        if self.is_mounted:
            button = self.query_one("#save", PushButton)
            button.disabled = saving
            button.label = "Saving…" if saving else "Save name"

    @work(exclusive=True, group="load", description="read the account")
    async def _load(self) -> None:
        """Read the account as it stands."""
        visit = self.visit
        services = await visit.ready()
        if visit.signed_in is None:
            return
        try:
            account = await services.accounts.view(visit.token)
        except (Refusal, StoreTrouble) as answer:
            self.not_done(answer, services)
            return
        if self.shows(Choice):
            self._renew(account)

    @on(Input.Submitted, "#name")
    @on(Button.Pressed, "#save")
    def _submitted(self) -> None:
        """Save the name."""
        self.action_save()

    @on(Button.Pressed, "#sign-out")
    def _sign_out_pressed(self) -> None:
        """End this session at once; whoever came as far as the button means it."""
        if not self.saving:
            self.post_message(LeaveRequested())

    @on(Choice.Changed)
    def _appearance_chosen(self) -> None:
        """Show the other appearance at once, and keep it."""
        appearance = APPEARANCES[self.query_one(Choice).chosen]
        self._show_appearance(appearance)
        self.post_message(AppearanceChosen(name_for(appearance)))

    @work(group="save", description="save the name")
    async def _save_name(self) -> None:
        """Give the account its new name, and show what was kept."""
        visit = self.visit
        services = await visit.ready()
        try:
            account = await services.accounts.rename(
                visit.token, self.query_one("#name", TextField).value, visit.origin
            )
        except (Refusal, StoreTrouble) as answer:
            self.saving = False
            self._refused(answer, services)
            return
        visit.renew_account(account)
        self.saving = False
        self._renew(account)
        self.frame.notice.say(f"Your name is {account.name}.")

    def _refused(self, answer: Refusal | StoreTrouble, services: Services) -> None:
        """Say beside the name why it cannot be taken, and anything else above the footer."""
        if isinstance(answer, (UnusableField, NameTaken)):
            words = words_of(answer, services)
            row = self.query_one("#name-row", LabelledField)
            row.error = joined(words)
            row.input.focus()
        else:
            self.not_done(answer, services)

    def _renew(self, account: AccountView) -> None:
        """Show an account that was read; a name that nobody is typing over is the new one too."""
        field = self.query_one("#name", TextField)
        if field.value == self._name_shown:
            with field.prevent(Input.Changed):
                field.value = account.name
            self._name_shown = account.name
        self._show_appearance(account.appearance)
        self.visit.renew_account(account)
        self.show_account()
        self._show(account)

    def _show_appearance(self, appearance: Appearance) -> None:
        """Mark an appearance, and say what it is like."""
        self.query_one(Choice).chosen = APPEARANCES.index(appearance)
        self.query_one("#appearance-hint", Hint).say(SCHEMES[name_for(appearance)].sentence)

    def _show(self, account: AccountView) -> None:
        """Write the facts; the name's field is left to the person."""
        self.query_one("#facts", Static).update(
            _facts(("Email", account.email), ("Organisation", account.organisation), ("Role", account.role))
        )
        signed_in = self.visit.signed_in
        if signed_in is not None:
            kept = "yes, until you sign out" if self.visit.is_kept else "no"
            ends = moment(signed_in.expires_at, self.zone)
            self.query_one("#session", Static).update(
                _facts(("Ends at the latest", ends), ("Kept here", kept))
            )

    def action_rename(self) -> None:
        """Go to the name."""
        self.query_one("#name", TextField).focus()

    def action_save(self) -> None:
        """Save the name, once at a time."""
        if not self.saving:
            self.saving = True
            self.frame.notice.clear()
            self._save_name()


def _facts(*rows: tuple[str, str]) -> Content:
    """Names and values, one row each; foreign values must be `SafeText`."""
    return Content("\n").join(
        Content.assemble((f"{name:<{FACT_WIDTH}}", "$muted"), (" ", ""), value) for name, value in rows
    )
