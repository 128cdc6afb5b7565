"""The desk: an errand of a person who signed in with `strongroom login`: their token, a way to ask."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, TypeVar

from security.refusals import EnrolmentNeeded, ReauthenticationNeeded, SessionOver
from security.secret import Secret
from strongroom.commands.answer import Answer, give
from strongroom.commands.asking import Asking
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import LocalSession, keeper_of_commands
from strongroom.paths import find_paths
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.wording import ended_words, refusal_words

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from security.services import Services
    from strongroom.wiring import Wired

T = TypeVar("T")

LOOKS = 20
BETWEEN_LOOKS = 0.1
"""Seconds; another command needs a few milliseconds to write the token that it was given."""

SIGN_IN = "Sign in with: strongroom login"
"""What helps whoever is not signed in."""
ENROL = "Set it up with: strongroom 2fa enroll"
"""What helps whoever's second factor was reset."""


class Desk:
    """What a command of a person works with."""

    def __init__(
        self, services: Services, origin: Origin, keeper: LocalSession, asking: Asking, zone: tzinfo | None
    ) -> None:
        """Take the kept token.

        Raises:
            Stopped: nobody is signed in here.
        """
        token = keeper.read_token()
        if token is None:
            raise _not_signed_in()
        self.services: Services = services
        self.origin: Origin = origin
        self.asking: Asking = asking
        self.zone: tzinfo | None = zone
        """The zone that times are told in; None is the machine's."""
        self.is_remembered: bool = True
        """False once the disk would not take a new token."""
        self._keeper = keeper
        self._token = token
        self._whose: str | None = None
        self._vouched: Secret | None = None

    @property
    def now(self) -> datetime:
        """The present moment, aware UTC."""
        return self.services.clock.now()

    async def act(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """Call a flow with the token.

        Where another command was given a new token or signed in anew meanwhile, the flow is called again
        with that: a refusal changes nothing.

        Raises:
            Stopped: the session is over; the kept token is removed. Or it is another person's by now.
            And the second factor was reset: the command that sets up a new one is named.
        """
        while True:
            try:
                await self._require_same_person()
                return await flow(self._token)
            except EnrolmentNeeded as needed:
                sentence = refusal_words(needed, now=self.now).sentence
                raise Stopped(sentence, ExitCode.CONFIRMATION_NEEDED, hint=ENROL, tag=needed.tag) from needed
            except SessionOver as over:
                # A token that nobody knows was replaced, and whoever did that is about to write the new one.
                looks = LOOKS if over.reason == "unknown" else 1
                if not await self._took_newer_token(looks):
                    kept = self._keeper.read_token()
                    if kept is not None and kept.reveal == self._token.reveal:
                        self._keeper.forget()  # and not what a login has written since
                    raise _not_signed_in(over.reason) from over

    async def act_fresh(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """The same for what is sensitive: where the last proof is too old, ask for one first (R058).

        Raises:
            Stopped: the proof cannot be asked for (exit code 5), or the session is over.
        """
        try:
            return await self.act(flow)
        except ReauthenticationNeeded as needed:
            if not self.asking.can_ask:
                words = refusal_words(needed, now=self.now)
                raise Stopped(
                    f"{words.sentence} {words.hint}",
                    ExitCode.CONFIRMATION_NEEDED,
                    hint="Give the password on standard input, with --password-stdin, or: strongroom login",
                    tag=needed.tag,
                ) from needed
            await self.prove(second_factor=needed.second_factor)
            return await self.act(flow)

    async def prove(self, *, second_factor: bool) -> None:
        """Ask for password and code, and go on under the new token.

        Raises:
            Stopped: they cannot be asked for.
        """
        password = await self.password("Current password: ")
        code = await self.code() if second_factor else None
        self.keep(
            await self.act(
                lambda token: self.services.reauthentication.prove(token, password, code, self.origin)
            )
        )

    async def password(self, question: str = "Password: ") -> str:
        """Ask for a password.

        Raises:
            Stopped: it cannot be had; exit code 5.
        """
        missing = "a password is needed as proof that it is you."
        return await self.asking.secret(question, missing, ExitCode.CONFIRMATION_NEEDED)

    async def code(self, question: str = "Six digits of your authenticator app, or a backup code: ") -> str:
        """Ask for a code.

        Raises:
            Stopped: it cannot be had; exit code 5.
        """
        missing = "a code of your authenticator app is needed."
        return await self.asking.secret(question, missing, ExitCode.CONFIRMATION_NEEDED)

    def keep(self, signed_in: SignedIn) -> None:
        """Go on under the token of an act, and keep it for the commands that follow.

        Where the disk will not take it that is said at once; what was done stays done and is answered.
        """
        if signed_in.token.reveal == self._token.reveal:
            return  # another command may have been given a newer one meanwhile
        self._token = self._vouched = signed_in.token
        self._keeper.save(signed_in)
        if self._keeper.trouble:
            self.is_remembered = False
            warn(f"It was done, but this machine could not remember the session: {self._keeper.trouble}")
            warn(SIGN_IN)

    async def leave(self) -> None:
        """End the session of the commands, in the store and here."""
        await self.act(lambda token: self.services.sign_in.sign_out(token, self.origin))
        self.forget()

    def forget(self) -> None:
        """Keep no token any more."""
        self._keeper.forget()

    async def _require_same_person(self) -> None:
        """Learn whose a token is before it is used; one that was taken later must be of the same person.

        Raises:
            Stopped: somebody else signed in here, who was asked nothing.
        """
        if self._vouched is self._token:
            return
        whose = (await self.services.accounts.view(self._token)).id
        if self._whose not in (None, whose):
            raise Stopped(
                "Somebody else signed in here meanwhile, so this was not done.",
                ExitCode.AUTHENTICATION,
                hint=SIGN_IN,
                tag="not_signed_in",
            )
        self._whose, self._vouched = whose, self._token

    async def _took_newer_token(self, looks: int) -> bool:
        """Take the token that another command wrote; False where none is there after so many looks."""
        for look in range(looks):
            if look:
                await asyncio.sleep(BETWEEN_LOOKS)
            kept = await asyncio.to_thread(self._keeper.read_token)
            if kept is not None and kept.reveal != self._token.reveal:
                self._token = kept
                return True
        return False


Work = Callable[[Desk], Awaitable[Answer]]
"""What a command does at the desk."""


def at_desk(settings: Settings, given: argparse.Namespace, work: Work) -> int:
    """Open the store, do a person's errand with the kept session, and give its answer.

    Raises:
        Stopped: nobody is signed in, or what was refused.
    """
    asking = Asking(given)
    keeper = keeper_of_commands(settings, find_paths(os.environ).state)
    keeper.check()
    if keeper.read_token() is None:
        raise _not_signed_in()

    async def errand(wired: Wired, origin: Origin) -> int:
        """Do it, and answer."""
        origin = origin_of_commands(origin, keeper)
        desk = Desk(wired.services, origin, keeper, asking, None if settings.local_time else UTC)
        answer = await work(desk)
        if not desk.is_remembered:
            answer = replace(answer, code=ExitCode.FAILED)
        return give(answer, given)

    return run_errand(settings, errand)


def origin_of_commands(origin: Origin, keeper: LocalSession) -> Origin:
    """Where commands come from: the terminal, and that it is no screen."""
    return replace(origin, client=f"{origin.client}, command line", device_secret=keeper.read_device())


def _not_signed_in(reason: str = "") -> Stopped:
    """What is said where there is no session."""
    if not reason or reason == "unknown":
        return Stopped(
            "You are not signed in here.", ExitCode.AUTHENTICATION, hint=SIGN_IN, tag="not_signed_in"
        )
    words = ended_words(reason)
    return Stopped(words.sentence, ExitCode.AUTHENTICATION, hint=SIGN_IN, tag="session_over")
