"""The wizard that sets up two-factor authentication: confirm it is you, scan, verify."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.reactive import reactive
from textual.widgets import Button

from security.facts import Enrolment, RecoveryCodes
from security.refusals import CodeRejected, EnrolmentOver, ReauthenticationNeeded, Throttled
from security.services import Services
from tui.answers import NOT_DONE, NotDone, joined, tell_if_over, words_of
from tui.keys.keymap import bindings
from tui.screens.answering import AnsweringScreen
from tui.screens.confirm import ConfirmScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.visit import key_name, send_to_clipboard, visit_of
from tui.widgets.code_input import CodeInput
from tui.widgets.page_frame import PageFrame
from tui.widgets.scan_pane import ScanPane
from tui.widgets.setup_steps import SetupSteps
from tui.widgets.tone import Tone
from tui.words.moments import countdown
from tui.words.refusals import Words
from tui.words.two_factor import CLOCK, SIX_DIGITS

STILL_WRONG = CLOCK + " If it stays so, {fresh} makes a fresh key."
"""What helps against a refused code before anything is switched on."""


class WizardScreen(AnsweringScreen[RecoveryCodes | None]):
    """Answers the fresh recovery codes once the first code was right, and None where the person left."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("wizard")]
    CSS_PATH: ClassVar[str] = "wizard.tcss"

    saving: reactive[bool] = reactive(False, init=False)
    """A flow is under way: no second one begins, and the wizard stays."""

    def __init__(self, why: str = "") -> None:
        """Begin without a key; `why` is said beside the first one."""
        super().__init__()
        self._why = why
        self._services: Services | None = None
        self._enrolment: Enrolment | None = None
        self._throttled: Throttled | None = None

    @property
    def pane(self) -> ScanPane:
        """Code and words side by side."""
        return self.query_one(ScanPane)

    @property
    def steps(self) -> SetupSteps:
        """The words beside the code."""
        return self.pane.steps

    def compose(self) -> ComposeResult:
        """Build the frame with code and words side by side."""
        with PageFrame("Set up two-factor", aside="step 1 of 4", is_bare=True):
            yield ScanPane()

    def on_mount(self) -> None:
        """Ask for a key, and count down while there is one."""
        self.set_interval(1.0, self._tick)
        self.action_regenerate()

    def on_resize(self) -> None:
        """Find room for the code anew."""
        self._fit()

    def on_unmount(self) -> None:
        """Forget the key, whatever took the screen away."""
        self._enrolment = None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what is done with code and key only while they are shown."""
        match action:
            case "invert" | "margin":
                return self._enrolment is not None and self.pane.code.display
            case "copy_key":
                return self._enrolment is not None
        return True

    @on(CodeInput.Completed)
    @on(Button.Pressed, "#verify")
    def _verify(self) -> None:
        if self.saving or self._enrolment is None:
            return
        if not self.steps.code.is_complete:
            self._unusable()
            return
        self.saving = True
        self._confirm(self._enrolment.id)

    @on(CodeInput.Unusable)
    def _unusable(self) -> None:
        self.steps.say(SIX_DIGITS, Tone.ATTENTION)
        self.steps.code.focus()

    @work(group="save", description="begin the enrolment")
    async def _begin(self) -> None:
        """Get a fresh key, asking first whether it is still them where the flow wants to know."""
        visit = visit_of(self)
        self._services = services = await visit.ready()
        try:
            enrolment = await services.two_factor.begin(visit.token, visit.origin)
        except ReauthenticationNeeded as needed:
            self.saving = False
            self._ask_who(needed.second_factor)
        except NOT_DONE as answer:
            self.saving = False
            if not tell_if_over(self, answer):
                self._say_no_key(words_of(answer, services))
        else:
            await self.pane.show(enrolment)
            if self._why:
                self.steps.begin_with(self._why)
                self._why = ""
            self._enrolment, self._throttled = enrolment, None
            self.saving = False
            self.query_one(PageFrame).aside = "step 2 of 4"
            self._fit()
            self._tick()

    @work(group="save", description="verify the first code")
    async def _confirm(self, enrolment_id: str) -> None:
        """Hold the typed code against the key; with the right one, two-factor authentication is on."""
        visit = visit_of(self)
        services = await visit.ready()
        try:
            codes = await services.two_factor.confirm(
                visit.token,
                enrolment_id,
                self.steps.code.digits,
                visit.origin,
                end_others=self.steps.ends_others,
            )
        except NOT_DONE as answer:
            self.saving = False
            self._say_not_done(answer, services)
            return
        await visit.adopt(codes.signed_in)
        self._forget()
        self.saving = False
        self.dismiss(codes)

    @work(group="save", description="erase the enrolment")
    async def _erase(self, enrolment_id: str | None, *, quits: bool) -> None:
        """Erase the pending key and leave; a key that could not be erased dies by itself in ten minutes."""
        visit = visit_of(self)
        services = await visit.ready()
        if enrolment_id is not None:
            try:
                await services.two_factor.cancel(visit.token, enrolment_id, visit.origin)
            except NOT_DONE as answer:
                if tell_if_over(self, answer):
                    return
        self._forget()
        self.saving = False
        if quits:
            self.app.exit(0)
        else:
            self.dismiss(None)

    def action_regenerate(self) -> None:
        """Ask for a fresh key; the one shown stops working."""
        if not self.saving:
            self.saving = True
            self._begin()

    def action_cancel(self) -> None:
        """Leave, with the pending key erased."""
        self._leave(quits=False)

    def action_leave(self) -> None:
        """Ask before the program ends in the middle of the set-up."""
        question = ConfirmScreen(
            "Leave Strongroom?",
            "Two-factor authentication is not on yet.",
            "The key on this screen is erased; what your app made of it can be deleted there.",
            act="Leave",
            cancel="Stay",
        )
        self.app.push_screen(question, self._left)

    def action_invert(self) -> None:
        """Turn every module of the code over."""
        code = self.pane.code
        code.is_inverted = not code.is_inverted

    def action_margin(self) -> None:
        """Draw a wider quiet zone, and after the widest that fits the first one again."""
        if self._enrolment is not None:
            self.pane.widen(self.size)
            self._fit()

    def action_copy_key(self) -> None:
        """Send the key to the person's clipboard."""
        if self._enrolment is not None:
            self.steps.say(send_to_clipboard(self, self._enrolment.secret.reveal), Tone.WELL)

    def _left(self, leaves: bool | None) -> None:
        if leaves:
            self._leave(quits=True)

    def _leave(self, *, quits: bool) -> None:
        if not self.saving:
            self.saving = True
            self._erase(self._enrolment.id if self._enrolment is not None else None, quits=quits)

    def _ask_who(self, second_factor: bool) -> None:
        """Step 1: the question whether it is still them; begins anew with the answer."""
        question = ReauthenticationScreen(
            second_factor=second_factor,
            question="Step 1 of 4. Your password first, so that nobody else adds a phone of theirs.",
        )
        self.app.push_screen(question, self._asked_who)

    def _asked_who(self, is_proven: bool | None) -> None:
        if is_proven:
            self.action_regenerate()
        elif self._enrolment is None:
            self.action_cancel()

    def _fit(self) -> None:
        """Find room for the code, rows of the frame included."""
        found = self.pane.fit(self.size)
        self.set_class(found is not None and found.hides_header, "-without-header")
        self.set_class(found is not None and found.hides_footer, "-without-footer")
        self.refresh_bindings()

    def _tick(self) -> None:
        """Count the key's life and a lock's wait down."""
        if self._enrolment is None or self._services is None or self.saving:
            return
        now = self._services.clock.now()
        if now >= self._enrolment.expires_at:
            self._enrolment = None
            self.refresh_bindings()
            self.pane.show_over("This key has expired.", "Nothing was switched on.")
            return
        self.steps.show_countdown(countdown(self._enrolment.expires_at, now))
        if self._throttled is not None:
            if now >= self._throttled.until:
                self._throttled = None
                self.steps.hush()
            else:
                self.steps.say(words_of(self._throttled, self._services).sentence, Tone.DANGER)

    def _say_no_key(self, words: Words) -> None:
        """Say why there is no fresh key; one that is still shown stays good."""
        if self._enrolment is None:
            self.pane.show_over(words.sentence, words.hint)
        else:
            self.steps.say(joined(words), Tone.DANGER)

    def _say_not_done(self, answer: NotDone, services: Services) -> None:
        """Say beside the code why it was not taken, and take the next one."""
        self.steps.code.digits = ""
        if tell_if_over(self, answer):
            return
        words = words_of(answer, services)
        if isinstance(answer, EnrolmentOver):
            self._enrolment = None
            self.refresh_bindings()
            self.pane.show_over(words.sentence, "Nothing was switched on.")
            return
        self._throttled = answer if isinstance(answer, Throttled) else None
        if isinstance(answer, CodeRejected) and answer.drift_seconds is None:
            words = Words(words.sentence, STILL_WRONG.format(fresh=key_name(self, "wizard.regenerate")))
        self.steps.say(joined(words), Tone.DANGER)
        self.steps.code.focus()

    def _forget(self) -> None:
        """Drop the key here and from every widget."""
        self._enrolment = None
        self.pane.forget()
