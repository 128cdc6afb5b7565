"""A new password and its confirmation, with the rules and the strength as they are typed."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Input

from security.facts import PasswordAdvice
from tui.widgets.labelled_field import LabelledField
from tui.widgets.rule_list import RuleList
from tui.widgets.strength_line import StrengthLine
from tui.widgets.text_field import TextField


class NewPasswordFields(Vertical):
    """Two fields that the screen reads, and the `advice` that it sets; no message carries what was typed."""

    DEFAULT_CSS = """
    NewPasswordFields {
        height: auto;
        width: 1fr;
    }
    NewPasswordFields LabelledField {
        margin: 0;
    }
    NewPasswordFields RuleList {
        margin: 1 0 0 0;
    }
    NewPasswordFields StrengthLine {
        margin: 1 0 1 0;
    }
    """

    advice: reactive[PasswordAdvice | None] = reactive(None)
    """What may be said of the candidate; None before the rules were read."""

    class Typed(Message):
        """The candidate is another one."""

    class Submitted(Message):
        """Enter in the last field."""

    def __init__(self, label: str = "New password", confirm: str = "Confirm new password") -> None:
        """Build the fields with their labels."""
        super().__init__()
        self.candidate_row = LabelledField(
            label, TextField(password=True, id="candidate"), id="candidate-row"
        )
        """The new password's row."""
        self.confirmation_row = LabelledField(confirm, TextField(password=True, id="confirmation"))
        """The confirmation's row."""

    @property
    def candidate(self) -> str:
        """The new password as it was typed."""
        return self.candidate_row.value

    @property
    def confirmation(self) -> str:
        """The confirmation as it was typed."""
        return self.confirmation_row.value

    def compose(self) -> ComposeResult:
        """Build fields, rules and strength."""
        yield self.candidate_row
        yield self.confirmation_row
        yield RuleList()
        yield StrengthLine()

    def watch_advice(self, advice: PasswordAdvice | None) -> None:
        """Show the rules at once, the strength once something was typed."""
        if advice is None or not self.query(RuleList):
            return
        rules = self.query_one(RuleList)
        rules.rules, rules.is_judged = advice.rules, bool(self.candidate)
        self.query_one(StrengthLine).advice = advice if self.candidate else None

    def drop(self) -> None:
        """Forget what was typed."""
        for row in (self.candidate_row, self.confirmation_row):
            row.input.value = ""

    @on(Input.Changed, "#candidate")
    def _candidate_typed(self) -> None:
        """Tell the screen that advice is wanted."""
        self.post_message(self.Typed())

    @on(Input.Submitted, "#candidate")
    def _candidate_submitted(self, event: Input.Submitted) -> None:
        """Go on to the confirmation."""
        event.stop()
        self.confirmation_row.input.focus()

    @on(Input.Submitted, "#confirmation")
    def _confirmation_submitted(self, event: Input.Submitted) -> None:
        """Tell the screen that this was the last field."""
        event.stop()
        self.post_message(self.Submitted())
