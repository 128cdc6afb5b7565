"""Two-factor in lines: the state as the store has it, and the three acts."""

from __future__ import annotations

from security import refusals as no
from security.facts import TwoFactorDisabled, TwoFactorView
from security.secret import Secret
from strongroom.plain.enrolment import set_up
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.proof import act_fresh, ask_code
from strongroom.plain.recovery_codes import CodesTold
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, SignedOff
from tui.answers import NOT_DONE
from tui.words.moments import moment
from tui.words.refusals import codes_left_words, counted, refusal_words
from tui.words.two_factor import (
    BANNER,
    DISABLE_AFTER,
    DISABLE_QUESTION,
    ENFORCED,
    IS_DISABLED,
    IS_ENABLED,
    REASONS,
    REGENERATE_AFTER,
    REGENERATE_QUESTION,
    UNPROVED,
    warning_words,
)

OTHERS = "Sign out my other sessions too?"
OFF = "Two-factor authentication is off."
ON = "Two-factor authentication is on."


class TwoFactorRoom:
    """The place of the second factor."""

    def __init__(self, talk: Talk) -> None:
        """Nothing is read yet."""
        self._talk = talk
        self._view: TwoFactorView | None = None

    async def stay(self) -> None:
        """Stay until the person goes back."""
        await serve(self._talk, Menu("Two-factor", self._items, (BANNER, *REASONS), tell=self._tell))

    def _items(self) -> list[Item]:
        """The acts that the state allows; a number always means the same."""
        is_on = self._view is not None and self._view.is_on
        is_enforced = self._view is not None and self._view.is_enforced
        why_not = "" if is_on else f"{OFF} 1 sets it up."
        return [
            Item("Set up two-factor", ("enrol", "enable", "set up"), self._set_up, ON if is_on else ""),
            Item("Regenerate recovery codes", ("codes", "regenerate"), self._regenerate, why_not),
            Item("Disable 2FA", ("disable",), self._disable, why_not or (ENFORCED if is_enforced else "")),
        ]

    async def _tell(self) -> None:
        """Read the state and say it."""
        talk = self._talk
        self._view = view = await talk.act(talk.services.two_factor.state)
        talk.visit.renew_account(await talk.act(talk.services.accounts.view))
        if not view.is_on:
            talk.say(f"{IS_DISABLED}.", BANNER)
            return
        since = moment(view.enrolled_at, talk.zone) if view.enrolled_at is not None else "a time unknown"
        left = codes_left_words(view.codes_left, view.codes_in_batch)
        talk.say(f"{IS_ENABLED} since {since}.", f"{left}.", warning_words(view))
        talk.say(ENFORCED if view.is_enforced else "")

    async def _set_up(self) -> None:
        """Lead through the enrolment."""
        await set_up(self._talk)
        await self._tell()

    async def _regenerate(self) -> None:
        """Void the old codes and make new ones."""
        await regenerate(self._talk)
        await self._tell()

    async def _disable(self) -> None:
        """Switch it off, with password and code."""
        await disable(self._talk)
        await self._tell()


async def regenerate(talk: Talk) -> None:
    """Make new recovery codes and tell them.

    Raises:
        Back: the person left it; the old ones go on.
    """
    flow, origin = talk.services.recovery_codes, talk.visit.origin
    await talk.sure("Regenerate recovery codes?", REGENERATE_QUESTION, REGENERATE_AFTER)
    ends = await talk.yes(OTHERS)
    codes = await act_fresh(talk, lambda token: flow.regenerate(token, origin, end_others=ends))
    await CodesTold(talk, codes, is_first=False).stay()


async def disable(talk: Talk) -> None:
    """Ask for both proofs, whatever was proved before, and switch two-factor authentication off.

    Raises:
        Back: the person left it; it stays on.
    """
    flow, origin = talk.services.two_factor, talk.visit.origin
    await talk.sure("Disable 2FA?", f"{DISABLE_QUESTION}.", DISABLE_AFTER)
    ends = await talk.yes(OTHERS)
    while True:
        password, code = await talk.secret("Current password"), await ask_code(talk)

        async def switch_off(token: Secret, password: str = password, code: str = code) -> TwoFactorDisabled:
            """Hand both proofs to the flow, which decides."""
            return await flow.disable(token, password, code, origin, end_others=ends)

        try:
            disabled = await talk.act(switch_off)
        except (no.WrongPassword, no.CodeRejected, no.UnusableInput) as answer:
            talk.tell(answer)
            continue
        if disabled.sessions_ended:
            talk.say(f"{counted(disabled.sessions_ended, 'other session')} signed out.")
        return


async def offer_new_codes(talk: Talk) -> None:
    """Offer new recovery codes to whoever never confirmed that theirs were saved."""
    talk.say(UNPROVED)
    try:
        if await talk.yes("Make new ones now?"):
            await regenerate(talk)
    except Back:
        talk.say("Cancelled.")
    except NOT_DONE as answer:
        talk.tell(answer)


async def enrol_first(talk: Talk) -> None:
    """Stay at the one thing that a member may do whose second factor was reset (R040).

    Raises:
        SignedOff: the person signs out.
        Leave: the person leaves.
    """
    talk.say_words(refusal_words(no.EnrolmentNeeded(), now=talk.now))

    async def enrol() -> None:
        """Lead through the enrolment."""
        await set_up(talk)

    async def sign_out() -> None:
        """End the session."""
        raise SignedOff

    def items() -> list[Item]:
        """Enrolling, and the way out."""
        return [
            Item("Set up two-factor", ("enrol", "enable", "set up"), enrol),
            Item("Sign out", ("out",), sign_out),
        ]

    def is_enrolled() -> bool:
        """Whether there is more to be done than this."""
        return not talk.visit.account.must_enrol

    try:
        await enrol()
    except Back:
        talk.say("Cancelled.")
    except NOT_DONE as answer:
        talk.tell(answer)
    menu = Menu("Two-factor first", items, REASONS, is_top=True, closes=is_enrolled)
    if not is_enrolled():
        await serve(talk, menu)
