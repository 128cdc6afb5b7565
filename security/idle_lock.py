"""The idle lock: the session stays, and answers nothing but unlock and sign-out until its person is back."""

from __future__ import annotations

from security.acting import Acting
from security.facts import Secret, SignedIn
from security.gate import Gate, rotate, touch
from security.journal import Journal
from security.origin import Origin
from security.password_proof import PasswordProof, still_proven
from security.refusals import ReauthenticationNeeded
from security.second_factor import SecondFactor, Spent
from security.views import signed_in
from security.vocabulary import ChangeKind, EventName
from store import sessions as session_rows


class IdleLock:
    """Locks a session and lets its person back in by password or code."""

    def __init__(
        self, gate: Gate, proof: PasswordProof, second_factor: SecondFactor, journal: Journal
    ) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._proof = proof
        self._second_factor = second_factor
        self._journal = journal

    async def lock(self, token: Secret) -> None:
        """Lock the session; locking a locked one changes nothing.

        Raises:
            SessionOver: it has ended.
        """
        async with self._gate.act(token, even_locked=True) as acting:
            if acting.session.locked_at is not None:
                return
            await session_rows.set_locked(acting.tx, acting.session.id, acting.at)
            await self._tell(acting, EventName.SESSION_LOCKED, self._journal.origin_of(acting.session), "")

    async def unlock(self, token: Secret, password: str | None, code: str | None, origin: Origin) -> SignedIn:
        """Let the person back in under a new token, by the password or by six digits.

        Raises:
            SessionOver: the session has ended.
            ReauthenticationNeeded: neither a password nor a code was given.
            UnusableInput: no entry point takes this password.
            Throttled: too many tries.
            Busy: the queue for password checks is full.
            WrongPassword: it is not the password.
            CodeRejected: the code was not accepted.
            SecondFactorBlocked: one hundred failures in a row.
            NotEnrolled: a code was given and two-factor authentication is off.
        """
        async with self._gate.look(token, even_locked=True, at_a_glance=True) as acting:
            pass
        if password is not None:
            return await self._by_password(acting, password, origin)
        if code is None:
            raise ReauthenticationNeeded(second_factor=False)
        return await self._by_code(acting, code, origin)

    async def _by_password(self, seen: Acting, password: str, origin: Origin) -> SignedIn:
        """Unlock by the password; where no second factor is on, that is a full authentication."""
        proven_hash = await self._proof.prove(seen, password, origin)
        async with self._gate.act(seen.token, even_locked=True) as acting:
            still_proven(acting, proven_hash)
            return await self._open(acting, origin, "password", is_full=not acting.has_two_factor)

    async def _by_code(self, seen: Acting, code: str, origin: Origin) -> SignedIn:
        """Unlock by six digits, which are spent; a recovery code is worth more than an unlock."""
        reservation = await self._second_factor.reserve(seen.account, origin, seen.session)
        async with self._gate.act(seen.token, even_locked=True) as acting:
            answer = await self._second_factor.spend(
                acting.tx,
                acting.at,
                acting.account,
                code,
                reservation,
                origin,
                takes=("totp",),
                session_id=acting.session.id,
            )
            if isinstance(answer, Spent):
                return await self._open(acting, origin, answer.method, is_full=False)
        raise answer

    async def _open(self, acting: Acting, origin: Origin, method: str, *, is_full: bool) -> SignedIn:
        """Take the lock away and give a new token, in the act's transaction.

        Half a proof opens the lock and no more: what is sensitive asks for the whole of it again.
        """
        await session_rows.set_locked(acting.tx, acting.session.id, None)
        await touch(acting)
        token = await rotate(acting, methods=method, is_full=is_full)
        await self._tell(acting, EventName.SESSION_UNLOCKED, origin, method)
        return signed_in(acting, token)

    async def _tell(self, acting: Acting, name: EventName, origin: Origin, method: str) -> None:
        """Audit and change feed."""
        await self._journal.event(
            acting.tx,
            name,
            origin,
            account=acting.account,
            session_id=acting.session.id,
            details={"method": method} if method else None,
        )
        await self._journal.change(
            acting.tx, acting.at, ChangeKind.SESSION_CHANGED, acting.account, acting.session.id
        )
