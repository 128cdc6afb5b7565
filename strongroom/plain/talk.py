"""A talk: what a person is told and asked in plain mode, and how their acts reach the flows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from security.facts import SignedIn
from security.refusals import (
    EnrolmentNeeded,
    Refusal,
    SessionLocked,
    SessionOver,
)
from security.trouble import NewerSchema, StoreTrouble
from strongroom.plain.turns import Back, Ended, EnrolFirst, Locked
from tui.answers import NotDone, words_of
from tui.idle import IdleWatch
from tui.words.moments import countdown_words
from tui.words.refusals import Words, refusal_words

if TYPE_CHECKING:
    from security.secret import Secret
    from security.services import Services
    from strongroom.plain.console import Console
    from tui.visit import Visit

T = TypeVar("T")

UNSEEN = "not shown while you type"
"""What is said of every secret that is asked for."""

YES = ("y", "yes")
NO = ("n", "no", "0")


class Talk:
    """One person's visit in lines."""

    def __init__(self, console: Console, visit: Visit, services: Services) -> None:
        """Begin to talk."""
        self.console = console
        self.visit = visit
        self.services = services
        self.idle = IdleWatch(visit.door.idle_lock_seconds)
        """When the person last answered."""
        self.is_locked = False
        """Whether the session waits behind the idle lock."""
        self.has_offered_codes = False
        """Whether new recovery codes were offered to who never confirmed theirs, in this session."""
        self.is_founded = False
        """Whether the account was made in this visit, and two-factor authentication is offered next."""
        self._acts = 0

    @property
    def is_acting(self) -> bool:
        """Whether an act is under way, which may be about to change the token."""
        return self._acts > 0

    @property
    def zone(self) -> tzinfo | None:
        """Where times are told: None for local time."""
        return UTC if self.visit.uses_utc else None

    @property
    def now(self) -> datetime:
        """The present moment, aware UTC."""
        return self.services.clock.now()

    @property
    def is_lock_due(self) -> bool:
        """Whether nobody answered for too long while somebody is inside."""
        is_inside = self.visit.signed_in is not None and not self.is_locked
        return is_inside and not self.is_acting and self.idle.seconds_left() <= 0

    # What is said.

    def say(self, *lines: str) -> None:
        """Say lines, each a fact."""
        for line in lines:
            if line:
                self.console.say(line)

    def say_words(self, words: Words) -> None:
        """Say a sentence and below it its hint."""
        self.say(words.sentence, words.hint)

    def refuse(self, words: Words) -> None:
        """Say why something was refused, so that it is heard as that."""
        self.say(f"Refused: {words.sentence}", words.hint)

    def not_done(self, sentence: str) -> None:
        """Say why something did not happen."""
        self.say(f"Not done: {sentence}")

    def tell(self, answer: NotDone, *, recovery_code: bool = False) -> None:
        """Say what a flow answered in place of a fact."""
        if isinstance(answer, NewerSchema):
            return  # the door closes, and its sentence is the last one
        if isinstance(answer, StoreTrouble):
            words = words_of(answer, self.services)
            self.say(f"Not done: {words.sentence}", words.hint)
        else:
            self.refuse(
                refusal_words(answer, now=self.now, recovery_code=recovery_code, left=countdown_words)
            )

    # What is asked.

    async def raw(self, question: str, *, is_secret: bool = False) -> str:
        """The next line, whatever it is.

        Raises:
            Turn: the person or the session went another way.
            EndOfInput: there is no further line.
        """
        typed = await self.console.ask(question, is_secret=is_secret)
        if self.is_lock_due:
            await self.lock()
            raise Locked
        self.idle.touched()
        return typed

    async def line(self, question: str) -> str:
        """A line that says something.

        Raises:
            Back: it is empty.
        """
        typed = (await self.raw(f"{question}, or an empty line to go back: ")).strip()
        if not typed:
            raise Back
        return typed

    async def secret(self, question: str) -> str:
        """A secret, unseen, exactly as it was typed.

        Raises:
            Back: it is empty.
        """
        typed = await self.raw(f"{question}, {UNSEEN}: ", is_secret=True)
        if not typed:
            raise Back
        return typed

    async def yes(self, question: str) -> bool:
        """Ask until the answer is yes or no; an empty line is no answer."""
        while True:
            said = (await self.raw(f"{question} Yes or no: ")).strip().casefold()
            if said in YES:
                return True
            if said in NO:
                return False
            self.say("Type yes or no.")

    async def sure(self, question: str, *facts: str) -> None:
        """Let what is not undone go on only after a yes.

        Raises:
            Back: the answer was no.
        """
        self.say(*facts)
        if not await self.yes(question):
            raise Back

    async def number(self, question: str, greatest: int) -> int:
        """Ask until a number from 1 on is said.

        Raises:
            Back: the line is empty.
        """
        return int(await self.one_of(question, [str(number) for number in range(1, greatest + 1)]))

    async def one_of(self, question: str, offered: Iterable[str]) -> str:
        """Ask until one of the words is said."""
        words = tuple(offered)
        while True:
            said = (await self.line(question)).casefold()
            if said in words:
                return said
            self.refuse(Words("That is not offered here.", f"It is one of: {', '.join(words)}."))

    # What is done.

    async def act(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """Call a flow with the token, and go on under the new one where it gave one.

        Raises:
            Turn: the session is over or locked, or may only enrol.
            Refusal: the flow said no.
            StoreTrouble: the store could not serve.
        """
        self._acts += 1
        try:
            fact = await flow(self.visit.token)
            signed_in = getattr(fact, "signed_in", fact)
            if isinstance(signed_in, SignedIn):
                await self.visit.adopt(signed_in)
            return fact
        except SessionOver as over:
            raise Ended(over.reason) from over
        except SessionLocked as locked:
            self.is_locked = True
            raise Locked from locked
        except EnrolmentNeeded as needed:
            raise EnrolFirst from needed
        finally:
            self._acts -= 1

    async def forget(self) -> None:
        """Leave the session behind, here and where it was kept."""
        await self.visit.forget()
        self.is_locked = self.has_offered_codes = False
        self.console.settle()

    async def lock(self) -> None:
        """Lock the session in the store, so that its token opens nothing meanwhile.

        Raises:
            Ended: it is over already.
        """
        self.is_locked = True
        try:
            await self.services.sessions.lock(self.visit.token)
        except SessionOver as over:
            raise Ended(over.reason) from over
        except (Refusal, StoreTrouble):
            return  # here it is locked all the same
