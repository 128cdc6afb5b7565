"""The fields by which a person proves who they are: the password, and a code where one is asked for."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widgets import Input

from security.refusals import (
    CodeRejected,
    ReauthenticationNeeded,
    Refusal,
    UnusableInput,
    WrongPassword,
)
from tui.widgets.code_input import CodeField
from tui.widgets.hint import Hint
from tui.widgets.labelled_field import LabelledField
from tui.widgets.text_field import TextField
from tui.words.sign_in import CODE_HINT


class ProofFields(Vertical):
    """Password and code; errors beside them, focus to the first bad one, and nothing left after `drop`."""

    DEFAULT_CSS = """
    ProofFields {
        height: auto;
        width: 1fr;
    }
    ProofFields #proof-code, ProofFields Hint {
        display: none;
    }
    ProofFields.-with-code #proof-code, ProofFields.-with-code Hint {
        display: block;
    }
    ProofFields #proof-code {
        margin: 0;
    }
    ProofFields Hint {
        padding: 0 0 0 22;
        margin: 0 0 1 0;
    }
    """

    asks_code: reactive[bool] = reactive(False)
    """Whether a code is asked for beside the password."""

    def __init__(self, *, asks_code: bool = False) -> None:
        """Build the fields."""
        super().__init__()
        self._password = LabelledField("Current password", TextField(password=True), id="proof-password")
        self._code = LabelledField("Code", CodeField(placeholder="000 000"), id="proof-code")
        self.set_reactive(ProofFields.asks_code, asks_code)
        self.set_class(asks_code, "-with-code")

    @property
    def password(self) -> str:
        """The password as it was typed."""
        return self._password.value

    @property
    def code(self) -> str | None:
        """The code as it was typed; None where none is asked for."""
        return self._code.value if self.asks_code else None

    def compose(self) -> ComposeResult:
        """Build both fields; the code's is shown where one is asked for."""
        yield self._password
        yield self._code
        yield Hint(CODE_HINT)

    def watch_asks_code(self, asks_code: bool) -> None:
        """Show or hide the code's field."""
        self.set_class(asks_code, "-with-code")

    def focus_first(self) -> None:
        """Put the focus where typing begins."""
        self._password.input.focus()

    def is_complete(self) -> bool:
        """Whether both are there; says beside the first empty one that it is missing, and focuses it."""
        missing = [self._password] if not self.password else []
        if self.asks_code and not self._code.value.strip():
            missing.append(self._code)
        for field in missing:
            field.error = "Type your password." if field is self._password else "Type a code."
        if missing:
            missing[0].input.focus()
        return not missing

    def place(self, refusal: Refusal, sentence: str) -> bool:
        """Say a refusal beside the field that it is about, and tell whether it is about one of these."""
        match refusal:
            case WrongPassword() | UnusableInput():
                field = self._password
            case CodeRejected():
                field = self._code
            case ReauthenticationNeeded(second_factor=True):
                self.asks_code = True
                field = self._code if self.password else self._password
            case _:
                return False
        _empty(field)
        field.error = sentence
        field.input.focus()
        return True

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        """Lead from the password to a code that is still missing."""
        if self.asks_code and event.input is self._password.input and not self._code.value:
            event.stop()
            self._code.input.focus()

    def on_unmount(self) -> None:
        """Forget what was typed, whatever took the fields away."""
        self.drop()

    def drop(self) -> None:
        """Forget what was typed."""
        _empty(self._password)
        _empty(self._code)


def _empty(field: LabelledField) -> None:
    """Take back what was typed, without the news that would take the error away."""
    with field.input.prevent(Input.Changed):
        field.input.value = ""
