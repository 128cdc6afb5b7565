"""Re-authentication: a signed-in person proves again who they are, and gets a new token (R049, R058)."""

from __future__ import annotations

from dataclasses import replace

from security.acting import Acting
from security.facts import Secret, SignedIn
from security.gate import Gate, rotate
from security.journal import Journal
from security.origin import Origin
from security.password_proof import PasswordProof, still_proven
from security.refusals import ReauthenticationNeeded
from security.second_factor import SecondFactor, Spent
from security.views import signed_in
from security.vocabulary import EventName


class Reauthentication:
    """Makes a session's authentication fresh for five minutes."""

    def __init__(
        self, gate: Gate, proof: PasswordProof, second_factor: SecondFactor, journal: Journal
    ) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._proof = proof
        self._second_factor = second_factor
        self._journal = journal

    async def prove(self, token: Secret, password: str, code: str | None, origin: Origin) -> SignedIn:
        """Prove the password, and the second factor where one is on, by six digits or a recovery code.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            ReauthenticationNeeded: two-factor authentication is on and no code was given.
            UnusableInput: no entry point takes this password.
            Throttled: too many tries.
            Busy: the queue for password checks is full.
            WrongPassword: it is not the password.
            CodeRejected: the code was not accepted.
            SecondFactorBlocked: one hundred failures in a row.
        """
        async with self._gate.look(token, even_unenrolled=True, at_a_glance=True) as seen:
            if seen.has_two_factor and not code:
                raise ReauthenticationNeeded(second_factor=True)
        proven_hash = await self._proof.prove(seen, password, origin)
        name = EventName.REAUTHENTICATION_FAILED
        if not seen.has_two_factor or code is None:
            async with self._gate.act(token, name, origin, even_unenrolled=True) as acting:
                still_proven(acting, proven_hash)
                if acting.has_two_factor:
                    raise ReauthenticationNeeded(second_factor=True)
                return await self._renew(acting, origin, "password", None)
        return await self._with_code(seen, proven_hash, code, origin)

    async def _with_code(self, seen: Acting, proven_hash: str, code: str, origin: Origin) -> SignedIn:
        """Spend the code in the transaction that renews the session."""
        reservation = await self._second_factor.reserve(seen.account, origin, seen.session)
        async with self._gate.act(seen.token, EventName.REAUTHENTICATION_FAILED, origin) as acting:
            still_proven(acting, proven_hash)
            answer = await self._second_factor.spend(
                acting.tx,
                acting.at,
                acting.account,
                code,
                reservation,
                origin,
                session_id=acting.session.id,
            )
            if isinstance(answer, Spent):
                return await self._renew(acting, origin, f"password {answer.method}", answer.codes_left)
        raise answer

    async def _renew(self, acting: Acting, origin: Origin, methods: str, codes_left: int | None) -> SignedIn:
        """A new token and a fresh authentication."""
        token = await rotate(acting, methods=methods)
        await self._journal.event(
            acting.tx,
            EventName.REAUTHENTICATED,
            origin,
            account=acting.account,
            session_id=acting.session.id,
            details={"methods": methods},
        )
        return replace(signed_in(acting, token), recovery_codes_left=codes_left)
