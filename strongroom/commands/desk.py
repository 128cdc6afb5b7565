"""The desk: an errand of a person who signed in with `strongroom login`: their token, a way to ask."""

from __future__ import annotations

import argparse
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Protocol, TypeVar

from security.refusals import CodeRejected, EnrolmentNeeded, ReauthenticationNeeded
from security.secret import Secret
from security.totp import parse_code
from strongroom.commands.answer import Answer, give
from strongroom.commands.asking import Asking
from strongroom.commands.kept_session import KeptSession, not_signed_in
from strongroom.errands import run_errand
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import LocalSession, keeper_of_commands
from strongroom.paths import find_paths
from strongroom.refused import recovery_code_refused
from strongroom.settings import Settings
from tui.words.refusals import refusal_words

if TYPE_CHECKING:
    from security.facts import SignedIn
    from security.origin import Origin
    from security.services import Services
    from strongroom.wiring import Wired


class Renewed(Protocol):
    """What comes of a flow that gives the session a new token."""

    @property
    def signed_in(self) -> SignedIn:
        """The session, under its token from now on."""


T = TypeVar("T")
R = TypeVar("R", bound=Renewed)

CODE = "Six digits of your authenticator app, or a backup code: "
"""The question for either."""
ENROL = "Set it up with: strongroom 2fa enroll"
"""What helps whoever's second factor was reset."""


class Desk:
    """What a command of a person works with."""

    def __init__(
        self, services: Services, origin: Origin, session: KeptSession, asking: Asking, zone: tzinfo | None
    ) -> None:
        """Keep the collaborators."""
        self.services: Services = services
        self.origin: Origin = origin
        self.session: KeptSession = session
        self.asking: Asking = asking
        self.zone: tzinfo | None = zone
        """The zone that times are told in; None is the machine's."""
        self._gave_recovery_code = False

    @property
    def now(self) -> datetime:
        """The present moment, aware UTC."""
        return self.services.clock.now()

    async def act(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """Call a flow with the token that the session has by now.

        Raises:
            Stopped: the session is over, or another person's by now. And the second factor was reset: the
            command that sets up a new one is named.
        """
        with self._refusals_told():
            return await self.session.act(flow)

    async def renew(self, flow: Callable[[Secret], Awaitable[R]]) -> R:
        """The same for a flow that gives the session a new token, which is kept; one command at a time does.

        Raises:
            Stopped: what `act` raises, or another command does not come to an end.
        """
        with self._refusals_told():
            return await self.session.renew(flow, lambda fact: fact.signed_in)

    async def act_fresh(self, flow: Callable[[Secret], Awaitable[T]]) -> T:
        """`act` for what is sensitive: where the last proof is too old, ask for one first (R058).

        Raises:
            Stopped: the proof cannot be asked for (exit code 5), or the session is over.
        """
        try:
            return await self.act(flow)
        except ReauthenticationNeeded as needed:
            await self._prove(needed)
            return await self.act(flow)

    async def renew_fresh(self, flow: Callable[[Secret], Awaitable[R]]) -> R:
        """`renew` for what is sensitive.

        Raises:
            Stopped: the proof cannot be asked for (exit code 5), or what `renew` raises.
        """
        try:
            return await self.renew(flow)
        except ReauthenticationNeeded as needed:
            await self._prove(needed)
            return await self.renew(flow)

    async def _prove(self, needed: ReauthenticationNeeded) -> None:
        """Ask for password and code, and go on under the new token.

        Raises:
            Stopped: they cannot be asked for.
        """
        if not self.asking.can_ask:
            words = refusal_words(needed, now=self.now)
            raise Stopped(
                f"{words.sentence} {words.hint}",
                ExitCode.CONFIRMATION_NEEDED,
                hint="Give the password on standard input, with --password-stdin, or: strongroom login",
                tag=needed.tag,
            ) from needed
        password = await self.password("Current password: ")
        code = await self.code() if needed.second_factor else None
        prove = self.services.reauthentication.prove
        with self._refusals_told():
            await self.session.renew(
                lambda token: prove(token, password, code, self.origin), lambda signed_in: signed_in
            )

    @contextmanager
    def _refusals_told(self) -> Iterator[None]:
        """Say what is true of a recovery code, and name the command that sets up a reset second factor.

        Raises:
            Stopped: for these two; whatever else is refused is told by whoever runs the errand.
        """
        try:
            yield
        except EnrolmentNeeded as needed:
            sentence = refusal_words(needed, now=self.now).sentence
            raise Stopped(sentence, ExitCode.CONFIRMATION_NEEDED, hint=ENROL, tag=needed.tag) from needed
        except CodeRejected as rejected:
            if not self._gave_recovery_code:
                raise
            raise recovery_code_refused(rejected, self.now) from rejected

    async def password(self, question: str = "Password: ") -> str:
        """Ask for a password.

        Raises:
            Stopped: it cannot be had; exit code 5.
        """
        missing = "a password is needed as proof that it is you."
        return await self.asking.secret(question, missing, ExitCode.CONFIRMATION_NEEDED)

    async def code(self, question: str = CODE) -> str:
        """Ask for a code.

        Raises:
            Stopped: it cannot be had; exit code 5.
        """
        missing = "a code of your authenticator app is needed."
        code = await self.asking.secret(question, missing, ExitCode.CONFIRMATION_NEEDED)
        self._gave_recovery_code = question == CODE and parse_code(code) is None
        return code


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
        raise not_signed_in()

    async def errand(wired: Wired, origin: Origin) -> int:
        """Do it, and answer."""
        origin = origin_of_commands(origin, keeper)
        session = KeptSession(wired.services, origin, keeper)
        desk = Desk(wired.services, origin, session, asking, None if settings.local_time else UTC)
        try:
            answer = await work(desk)
        finally:
            await session.settle()
        if not session.is_remembered:
            answer = replace(answer, code=ExitCode.FAILED)
        return give(answer, given)

    return run_errand(settings, errand)


def origin_of_commands(origin: Origin, keeper: LocalSession) -> Origin:
    """Where commands come from: the terminal, and that it is no screen."""
    return replace(origin, client=f"{origin.client}, command line", device_secret=keeper.read_device())
