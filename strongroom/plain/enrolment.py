"""Setting two-factor authentication up in lines: the key to type or to hear, then a code to verify."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from security.facts import Enrolment, RecoveryCodes
from security.refusals import CodeRejected, EnrolmentOver
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.proof import act_fresh
from strongroom.plain.recovery_codes import CodesTold
from strongroom.plain.spelling import groups_of, in_spelling_alphabet, letter_by_letter
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back
from tui.answers import NOT_DONE
from tui.qr_matrix import TooMuchForCode, lines_of, matrix_of
from tui.words.moments import countdown_words
from tui.words.refusals import Words
from tui.words.two_factor import APPS, CLOCK, NO_ROOM, SAME_PHONE, SIX_DIGITS

MARGIN = 2
"""Light modules around the pattern, which readers need."""

_DIGITS = re.compile(r"[0-9]{3}[ -]?[0-9]{3}")

HELP = (
    "An authenticator app makes a code of six digits every 30 seconds from the key.",
    f"Such apps are {APPS}.",
    "In the app choose to add an account by a setup key, and type or paste the key. Blanks do not matter.",
    SAME_PHONE,
    "Then type the six digits that the app shows, here at the menu.",
)


async def set_up(talk: Talk) -> bool:
    """Lead through the enrolment to the recovery codes; False where the person left before it was on.

    Raises:
        Refusal: it is on already, or something else is in the way.
        Turn: the person or the session went another way.
    """
    talk.say("Set up two-factor authentication")
    codes = await Enrolling(talk).stay()
    if codes is None:
        talk.say("Two-factor authentication was not switched on. The key was erased.")
        return False
    await CodesTold(talk, codes, is_first=True).stay()
    return True


class Enrolling:
    """One enrolment, from its key to its first code."""

    def __init__(self, talk: Talk) -> None:
        """Begin without a key."""
        self._talk = talk
        self._enrolment: Enrolment | None = None
        self._ends_others = True
        self._codes: RecoveryCodes | None = None

    async def stay(self) -> RecoveryCodes | None:
        """Stay until the code was right; None where the person went back, and the key is erased then."""
        await self._begin()
        menu = Menu(
            "Verify a code",
            self._items,
            HELP,
            also=self._verify_if_code,
            closes=lambda: self._codes is not None,
        )
        try:
            await serve(self._talk, menu)
        except Back:
            pass
        finally:
            if self._codes is None:
                await self._erase()
        return self._codes

    def _items(self) -> list[Item]:
        """What can be done with the key."""
        ends = "yes" if self._ends_others else "no"
        return [
            Item("Verify a code of six digits, which can also be typed right here", ("verify",), self._ask),
            Item("Hear the key letter by letter", ("letters", "key"), self._letters),
            Item("Hear the key in the spelling alphabet", ("alphabet",), self._alphabet),
            Item("Show the QR code", ("qr",), self._show_code),
            Item("Make a fresh key", ("fresh",), self._begin),
            Item(f"Sign out my other sessions when it is on: {ends}", ("others",), self._turn_others),
        ]

    async def _begin(self) -> None:
        """Get a fresh key and tell it; the one before stops working."""
        talk, flow = self._talk, self._talk.services.two_factor
        origin = talk.visit.origin
        self._enrolment = made = await act_fresh(talk, lambda token: flow.begin(token, origin))
        talk.say(
            "Step 1 of 3: add this key to your authenticator app",
            f"Key: {' '.join(groups_of(made.secret.reveal))}",
            f"The key expires in {countdown_words(made.expires_at, talk.now)}.",
            "Step 2 of 3: type the six digits that the app shows then",
        )

    async def _ask(self) -> None:
        """Ask for the code."""
        said = await self._talk.line("Six digits")
        if not await self._verify_if_code(said):
            self._talk.refuse(Words(SIX_DIGITS))

    async def _verify_if_code(self, said: str) -> bool:
        """Take six digits at the menu as well."""
        if _DIGITS.fullmatch(said) is None:
            return False
        if self._enrolment is None:
            self._talk.not_done("There is no key any more: make a fresh one first.")
        else:
            await self._verify(self._enrolment.id, said)
        return True

    async def _verify(self, enrolment_id: str, code: str) -> None:
        """Hold the code against the key; with the right one, two-factor authentication is on."""
        talk, flow, origin = self._talk, self._talk.services.two_factor, self._talk.visit.origin
        try:
            self._codes = await talk.act(
                lambda token: flow.confirm(token, enrolment_id, code, origin, end_others=self._ends_others)
            )
        except EnrolmentOver as over:
            self._enrolment = None
            talk.tell(over)
            talk.say("Nothing was switched on. Type 5 for a fresh key.")
        except CodeRejected as rejected:
            if rejected.drift_seconds is None:
                talk.refuse(Words("Code not accepted.", f"{CLOCK} If it stays so, 5 makes a fresh key."))
            else:
                talk.tell(rejected)

    async def _letters(self) -> None:
        """Tell the key sign by sign."""
        self._tell(letter_by_letter)

    async def _alphabet(self) -> None:
        """Tell the key by words."""
        self._tell(in_spelling_alphabet)

    async def _turn_others(self) -> None:
        """Choose whether the other sessions end."""
        self._ends_others = not self._ends_others
        end = "are signed out" if self._ends_others else "go on"
        self._talk.say(f"Your other sessions {end} when two-factor authentication is on.")

    async def _show_code(self) -> None:
        """Draw the QR code, with a warning before it."""
        talk = self._talk
        if self._enrolment is None:
            talk.not_done("There is no key any more: make a fresh one first.")
            return
        from tui.terminal.console_glyphs import form_for_lines  # needed here alone

        try:
            matrix = await asyncio.to_thread(matrix_of, self._enrolment.uri)
        except TooMuchForCode:
            talk.not_done(NO_ROOM)
            return
        form = form_for_lines(talk.visit.door.environment, 1)
        count = len(lines_of(matrix, MARGIN, form=form))
        talk.say(
            f"Warning: {count} lines of block signs follow, for a camera.",
            "A screen reader makes noise of them; an empty line leaves them out.",
        )
        ground = await talk.one_of("Is the terminal's background dark or light", ("dark", "light"))
        talk.say(*lines_of(matrix, MARGIN, form=form, is_inverted=ground == "light"))
        talk.say("That was the QR code.")

    def _tell(self, spelled: Callable[[str], list[str]]) -> None:
        """Say the key in some way."""
        if self._enrolment is None:
            self._talk.not_done("There is no key any more: make a fresh one first.")
        else:
            self._talk.say(*spelled(self._enrolment.secret.reveal))

    async def _erase(self) -> None:
        """Erase the pending key; one that could not be erased dies by itself in ten minutes."""
        enrolment, self._enrolment = self._enrolment, None
        if enrolment is None:
            return
        talk, flow, origin = self._talk, self._talk.services.two_factor, self._talk.visit.origin
        try:
            await talk.act(lambda token: flow.cancel(token, enrolment.id, origin))
        except NOT_DONE:
            return
