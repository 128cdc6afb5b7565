"""Code and words side by side: what the wizard shows from the fresh key to the first right code."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.geometry import Size

from security.facts import Enrolment
from tui.widgets.qr_fit import Fit, FittedQrCode
from tui.widgets.setup_steps import SetupSteps
from tui.widgets.tone import Tone

ROOMY = Size(100, 30)
"""From this size on code and words stand in the middle, and hints stay beside what is said."""

ROOMY_STEPS = 44
"""What the words are wide there; a code in whole cells may leave them less."""


class ScanPane(Horizontal):
    """The QR code on the left, the steps on the right; unseen until there is something to say."""

    DEFAULT_CSS = """
    ScanPane {
        width: 1fr;
        height: 1fr;
        visibility: hidden;
    }
    ScanPane.-ready {
        visibility: visible;
    }
    ScanPane.-roomy {
        align: center middle;
    }
    """

    @property
    def code(self) -> FittedQrCode:
        """The QR code."""
        return self.query_one(FittedQrCode)

    @property
    def steps(self) -> SetupSteps:
        """The words beside it."""
        return self.query_one(SetupSteps)

    def compose(self) -> ComposeResult:
        """Build both sides."""
        yield FittedQrCode()
        yield SetupSteps()

    async def show(self, enrolment: Enrolment) -> None:
        """Show a fresh key as code and as text."""
        await self.code.show(enrolment.uri)
        self.add_class("-ready")
        self.steps.show_key(enrolment.secret)

    def show_over(self, sentence: str, hint: str) -> None:
        """Drop the key, say why there is none, and offer a fresh one."""
        self.forget()
        self.add_class("-ready")
        self.steps.show_over(sentence, hint)

    def fit(self, terminal: Size) -> Fit | None:
        """Give the code what room there is, or say what it needs; tells what the frame has to give up."""
        found, steps = self.code.fit_into(terminal), self.steps
        is_roomy = terminal.width >= ROOMY.width and terminal.height >= ROOMY.height
        is_roomy = is_roomy and self.code.columns_beside(terminal) >= ROOMY_STEPS
        self.set_class(is_roomy, "-roomy")
        steps.set_class(is_roomy, "-roomy")
        steps.set_class(found is not None and found.hides_footer, "-without-footer")
        steps.set_class(self.code.is_tight(terminal), "-tight")
        if not steps.is_over:
            steps.show_need(self.code.need(terminal))
        return found

    def widen(self, terminal: Size) -> None:
        """Wish for a wider quiet zone, and say where none fits."""
        if not self.code.widen(terminal):
            self.steps.say(f"No larger margin fits {terminal.width}x{terminal.height}.", Tone.ATTENTION)

    def forget(self) -> None:
        """Drop the key from both sides."""
        self.code.drop()
        self.steps.drop()
