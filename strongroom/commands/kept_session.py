"""The session of the commands: its token, which several commands may use at once and one at a time renews."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from security.refusals import Refusal, SessionOver
from security.secret import Secret
from security.trouble import StoreTrouble
from store.shielding import see_through
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import LocalSession
from strongroom.one_at_a_time import StillHeld
from strongroom.speech import warn
from tui.words.refusals import ended_words

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from security.services import Services

T = TypeVar("T")

LOOKS = 20
BETWEEN_LOOKS = 0.1
"""Seconds; where a disk knows no locks, another command needs a few milliseconds to write its new token."""

SIGN_IN = "Sign in with: strongroom login"
"""What helps whoever is not signed in."""


class KeptSession:
    """The token that this machine keeps, as it changes under a command."""

    def __init__(self, services: Services, origin: Origin, keeper: LocalSession) -> None:
        """Take the kept token.

        Raises:
            Stopped: nobody is signed in here.
        """
        token = keeper.read_token()
        if token is None:
            raise not_signed_in()
        self.is_remembered: bool = True
        """False once the disk would not take a new token."""
        self._services = services
        self._origin = origin
        self._keeper = keeper
        self._token = token
        self._whose: str | None = None
        self._vouched: Secret | None = None
        self._is_alone = False
        self._overtaken: Secret | None = None

    async def act(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """Call a flow with the token.

        Where another command was given a new token or signed in anew meanwhile, the flow is called again
        with that: a refusal changes nothing.

        Raises:
            Stopped: the session is over; the kept token is removed. Or it is another person's by now.
        """
        while True:
            try:
                await self._require_same_person()
                return await flow(self._token)
            except SessionOver as over:
                if not await self._took_newer_token(over.reason):
                    raise not_signed_in(over.reason, was_kept=True) from over

    async def renew(self, flow: Callable[[Secret], Awaitable[T]], signed_in: Callable[[T], SignedIn]) -> T:
        """Call a flow that gives the session a new token, and keep that; no other command does so meanwhile.

        A signal is heard once the token is written: until then nobody else could go on with the session.

        Raises:
            Stopped: what `act` raises; or another command does not come to an end, or a new token could not
            be kept, and then nothing is done.
        """

        async def renewed() -> T:
            """Act, and keep what came of it."""
            fact = await self.act(flow)
            self._keep(signed_in(fact))
            return fact

        try:
            async with self._alone():
                self._look_again()
                if self.is_remembered:
                    self._keeper.require_room()
                return await see_through(renewed())
        except StillHeld as held:
            raise _is_busy() from held

    async def leave(self) -> None:
        """End the session, in the store and here."""
        await self.act(lambda token: self._services.sign_in.sign_out(token, self._origin))
        self.forget()

    def forget(self) -> None:
        """Keep this token no more; one that was kept since stays."""
        if self._is_kept():
            self._keeper.forget()

    async def settle(self) -> None:
        """End what nobody could go on with: a session whose token was not kept."""
        if self._overtaken is not None:
            try:
                await self._services.sign_in.sign_out(self._overtaken, self._origin)
            except (Refusal, StoreTrouble):
                return

    def _keep(self, signed_in: SignedIn) -> None:
        """Go on under the token of an act, and keep it for the commands that follow.

        Where the disk will not take it that is said at once; what was done stays done and is answered. Nor is
        it kept where somebody signed in or out here although it was this command's turn.
        """
        if signed_in.token.reveal == self._token.reveal:
            return
        is_overtaken = self.is_remembered and (self._overtaken is not None or not self._is_kept())
        self._token = self._vouched = signed_in.token
        if is_overtaken:
            self._overtaken = signed_in.token
            warn("It was done. Somebody signed in or out here meanwhile, and that stays so.")
            return
        if not self.is_remembered:
            self._overtaken = signed_in.token
            return
        self._keeper.save(signed_in)
        if self._keeper.trouble:
            self.is_remembered = False
            self._overtaken = signed_in.token
            warn(f"It was done, but this machine could not remember the session: {self._keeper.trouble}")
            warn(SIGN_IN)

    async def _require_same_person(self) -> None:
        """Learn whose a token is before it is used; one that was taken later must be of the same person.

        Raises:
            Stopped: somebody else signed in here, who was asked nothing.
        """
        if self._vouched is self._token:
            return
        whose = (await self._services.accounts.view(self._token)).id
        if self._whose not in (None, whose):
            raise Stopped(
                "Somebody else signed in here meanwhile, so this was not done.",
                ExitCode.AUTHENTICATION,
                hint=SIGN_IN,
                tag="not_signed_in",
            )
        self._whose, self._vouched = whose, self._token

    async def _took_newer_token(self, reason: str) -> bool:
        """Take the token that another command wrote; where there is none, forget the one that is over.

        A token that nobody knows was replaced, and whoever did that has its turn until the new one is
        written: so that is waited for.

        Raises:
            Stopped: it does not come to an end.
        """
        try:
            async with self._alone() as keeps_others_out:
                looks = LOOKS if reason == "unknown" and not keeps_others_out else 1
                for look in range(looks):
                    if look:
                        await asyncio.sleep(BETWEEN_LOOKS)
                    if self._look_again():
                        return True
                self.forget()
        except StillHeld as held:
            if reason == "unknown":
                raise _is_busy() from held
        return False

    def _look_again(self) -> bool:
        """Take the kept token where it is another one; not once this command's own could not be kept."""
        kept = self._keeper.read_token()
        is_own = not self.is_remembered or self._overtaken is not None
        if is_own or kept is None or kept.reveal == self._token.reveal:
            return False
        self._token = kept
        return True

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[bool]:
        """Have the turn; again within it is harmless.

        Raises:
            StillHeld: another command does not come to an end.
        """
        if self._is_alone:
            yield True
            return
        async with self._keeper.one_at_a_time() as keeps_others_out:
            self._is_alone = keeps_others_out
            try:
                yield keeps_others_out
            finally:
                self._is_alone = False

    def _is_kept(self) -> bool:
        """Whether this machine keeps just the token that is in use."""
        kept = self._keeper.read_token()
        return kept is not None and kept.reveal == self._token.reveal


def not_signed_in(reason: str = "", *, was_kept: bool = False) -> Stopped:
    """What is said where there is no session; `was_kept` tells that this machine had a token for one."""
    if was_kept and reason == "unknown":
        return Stopped(
            "The store knows nothing of the session that this machine kept.",
            ExitCode.AUTHENTICATION,
            hint="A command that renewed it was killed before it could keep it, or the store is an older one."
            f" {SIGN_IN}; one that was left behind is in: strongroom session list",
            tag="not_signed_in",
        )
    if not reason or reason == "unknown":
        return Stopped(
            "You are not signed in here.", ExitCode.AUTHENTICATION, hint=SIGN_IN, tag="not_signed_in"
        )
    words = ended_words(reason)
    return Stopped(words.sentence, ExitCode.AUTHENTICATION, hint=SIGN_IN, tag="session_over")


def _is_busy() -> Stopped:
    """What is said where another command has its turn and does not end it."""
    return Stopped(
        "Another command is renewing the session of this machine and does not come to an end.",
        ExitCode.CONFLICT,
        hint="Nothing was changed. Go on with it or end it, as with fg, and try again.",
        tag="session_busy",
    )
