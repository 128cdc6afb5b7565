"""The password as proof of a signed-in person: throttled, verified outside any transaction, audited."""

from __future__ import annotations

from security.acting import Acting
from security.hashing import PasswordHasher
from security.journal import Journal
from security.normalise import normalise_password
from security.origin import Origin
from security.refusals import Busy, Refusal, Throttled, WrongPassword
from security.throttling import Throttle
from security.vocabulary import EventName


class PasswordProof:
    """Asks whether the person at the terminal knows the password of the account."""

    def __init__(self, hasher: PasswordHasher, throttle: Throttle, journal: Journal) -> None:
        """Keep the collaborators."""
        self._hasher = hasher
        self._throttle = throttle
        self._journal = journal

    async def prove(
        self,
        acting: Acting,
        password: str,
        origin: Origin,
        *,
        failure: EventName = EventName.REAUTHENTICATION_FAILED,
    ) -> str:
        """Verify the password and return the stored hash that it matched.

        The act's own transaction compares that hash with the stored one again (`still_proven`),
        since it was verified outside of it. `acting` is of a snapshot that has ended.

        Raises:
            UnusableInput: no entry point takes this password.
            Throttled: too many tries; nothing was verified.
            Busy: the queue for password checks is full; nothing was verified or counted.
            WrongPassword: it is not the password.
        """
        account = acting.account
        normalised = normalise_password(password)
        try:
            reservation = await self._throttle.reserve_password(
                account.email_canonical, origin, known_device=acting.session.device_id or acting.session.id
            )
        except Throttled as refusal:
            await self._refuse(acting, origin, failure, refusal)
            raise
        try:
            is_right = await self._hasher.verify(account.password_hash, normalised)
        except Busy:
            await self._throttle.withdraw(reservation)
            raise
        if not is_right or account.password_hash is None:
            wrong = WrongPassword()
            await self._refuse(acting, origin, failure, wrong)
            raise wrong
        await self._throttle.succeed(reservation)
        return account.password_hash

    async def _refuse(self, acting: Acting, origin: Origin, name: EventName, refusal: Refusal) -> None:
        """Audit a refusal in a transaction of its own."""
        await self._journal.refused(
            name, origin, refusal, account=acting.account, session_id=acting.session.id
        )


def still_proven(acting: Acting, proven_hash: str) -> None:
    """Hold the act's own snapshot against the hash that was verified before it.

    Raises:
        WrongPassword: the password was changed meanwhile.
    """
    if acting.account.password_hash != proven_hash:
        raise WrongPassword
