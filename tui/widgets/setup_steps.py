"""The words beside the QR code: scan or type the key, then verify a code."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Static

from security.facts import Secret
from tui.visit import key_name
from tui.widgets.code_input import CodeInput
from tui.widgets.hint import Hint
from tui.widgets.push_button import PushButton
from tui.widgets.tick_box import TickBox
from tui.widgets.tone import Tone
from tui.words.two_factor import APPS, SAME_PHONE, grouped

NO_SCAN = "Will not scan? Brightness, focus, a larger font, a privacy film; or the app's “Enter a setup key”."
"""What helps where the camera does not read the code."""

KEYS = "{invert} invert · {margin} margin\n{copy_key} copy key · {regenerate} regenerate\n{cancel} cancel"
"""The keys, for when the footer gives its row to the QR code."""


class SetupSteps(Vertical):
    """Key, countdown, code field and what came of the code; said here, so that nothing lies over the QR."""

    DEFAULT_CSS = """
    SetupSteps {
        width: 1fr;
        max-width: 58;
        height: 1fr;
        padding: 0 0 0 2;
    }
    SetupSteps > * {
        height: auto;
        padding: 0 0 0 3;
    }
    SetupSteps > .steps--title {
        padding: 0;
    }
    SetupSteps .steps--gap {
        margin: 0 0 1 0;
    }
    SetupSteps #steps-key {
        color: $accent;
        text-style: bold;
    }
    SetupSteps #steps-code {
        padding: 0;
        margin: 0 0 0 3;
    }
    SetupSteps TickBox {
        padding: 0;
        margin: 0 0 1 3;
    }
    SetupSteps #steps-buttons {
        height: 1;
        margin: 0 0 1 0;
    }
    SetupSteps PushButton {
        margin: 0 1 0 0;
    }
    SetupSteps #cancel {
        margin: 0;
    }
    SetupSteps #steps-said, SetupSteps #steps-need, SetupSteps #steps-need-title, SetupSteps #steps-keys,
    SetupSteps #regenerate {
        display: none;
    }
    SetupSteps.-said #steps-said {
        display: block;
    }
    SetupSteps.-said .steps--hint, SetupSteps.-too-small.-said #steps-need,
    SetupSteps.-too-small #steps-apps {
        display: none;
    }
    SetupSteps.-too-small.-said.-begun #steps-need {
        display: block;
    }
    SetupSteps.-roomy.-said .steps--hint {
        display: block;
    }
    SetupSteps.-roomy {
        height: auto;
        width: 44;
        padding: 0 0 0 4;
    }
    SetupSteps.-too-small #steps-need, SetupSteps.-too-small #steps-need-title {
        display: block;
    }
    SetupSteps.-too-small .steps--scan, SetupSteps.-too-small #steps-no-scan {
        display: none;
    }
    SetupSteps.-without-footer #steps-keys {
        display: block;
    }
    SetupSteps.-without-footer .steps--hint, SetupSteps.-tight #steps-same {
        display: none;
    }
    SetupSteps.-over #regenerate {
        display: block;
    }
    SetupSteps.-over #verify, SetupSteps.-over #steps-key, SetupSteps.-over .steps--manual,
    SetupSteps.-over #steps-no-scan {
        display: none;
    }
    """

    def compose(self) -> ComposeResult:
        """Build the column from top to bottom."""
        yield Static(_title(1, "Scan QR Code"), markup=False, classes="steps--title steps--scan")
        yield Static(
            _title(1, "Type this key into your app"),
            markup=False,
            classes="steps--title",
            id="steps-need-title",
        )
        yield Hint(APPS, id="steps-apps", classes="steps--gap")
        yield Hint("", id="steps-need", classes="steps--gap")
        yield Hint("Or enter this code manually", classes="steps--manual steps--scan")
        yield Static("", id="steps-key", markup=False)
        yield Static("", id="steps-expiry", classes="steps--gap", markup=False)
        yield Static(_title(2, "Verify Code"), markup=False, classes="steps--title")
        yield CodeInput(id="steps-code")
        yield TickBox("Sign out other sessions")
        with Horizontal(id="steps-buttons"):
            yield PushButton("Verify & Enable", "primary", id="verify")
            yield PushButton("Regenerate", "primary", id="regenerate", action="screen.regenerate")
            yield PushButton("Cancel", id="cancel", action="screen.cancel")
        yield Static("", id="steps-said", classes="steps--gap", markup=False)
        yield Hint(NO_SCAN, id="steps-no-scan", classes="steps--hint steps--gap")
        yield Hint(SAME_PHONE, id="steps-same", classes="steps--hint steps--gap")
        ids = ("invert", "margin", "copy_key", "regenerate", "cancel")
        yield Hint(KEYS.format(**{one: key_name(self, f"wizard.{one}") for one in ids}), id="steps-keys")

    @property
    def code(self) -> CodeInput:
        """The field for the six digits."""
        return self.query_one(CodeInput)

    @property
    def ends_others(self) -> bool:
        """Whether the other sessions are to be signed out."""
        return self.query_one(TickBox).is_on

    @property
    def is_over(self) -> bool:
        """Whether there is no key, and a fresh one is offered."""
        return self.has_class("-over")

    def show_key(self, key: Secret) -> None:
        """Show a fresh key and take codes for it."""
        self.remove_class("-over")
        self.query_one("#steps-key", Static).update(Content(grouped(key.reveal)))
        self.code.digits = ""
        self.code.disabled = False
        self.hush()
        self.code.focus()

    def show_countdown(self, left: str) -> None:
        """Say how long the key still lives, minutes and seconds."""
        self.query_one("#steps-expiry", Static).update(
            Content.assemble(("Key expires in ", "$muted"), (left, "$attention"))
        )

    def show_over(self, sentence: str, hint: str) -> None:
        """Say that there is no key any more, or none yet, and offer a fresh one."""
        self.drop()
        self.hush()
        self.show_need("")  # where there is no key, no terminal is too small for it
        self.add_class("-over")
        self.code.disabled = True
        self.query_one("#steps-expiry", Static).update(
            Content.assemble((f"{Tone.ATTENTION.mark} {sentence}", "bold $attention"), f" {hint}")
        )
        self.query_one("#regenerate").focus()

    def show_need(self, sentence: str) -> None:
        """Say what size the QR code needs; nothing where there is room for it."""
        self.set_class(bool(sentence), "-too-small")
        self.query_one("#steps-need", Hint).say(sentence)

    def say(self, sentence: str, tone: Tone) -> None:
        """Say how something went, in place of the hints."""
        said = Content.assemble((f"{tone.mark} ", f"bold ${tone}"), (sentence, f"${tone}"))
        self.query_one("#steps-said", Static).update(said)
        self.remove_class("-begun")
        self.add_class("-said")

    def begin_with(self, sentence: str) -> None:
        """Say why the person is here, beside whatever size the QR code needs."""
        self.say(sentence, Tone.ATTENTION)
        self.add_class("-begun")

    def hush(self) -> None:
        """Show the hints again."""
        self.remove_class("-said")

    def drop(self) -> None:
        """Forget the key and the digits."""
        self.query_one("#steps-key", Static).update("")
        self.code.digits = ""


def _title(number: int, words: str) -> Content:
    """A step's number and name."""
    return Content.assemble((f"{number}. ", "bold $accent"), (words, "bold"))
