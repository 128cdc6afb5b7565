"""Passwords: advice while one is typed, and the change of one (R001-R015)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from security.acting import Acting
from security.facts import PasswordAdvice, PasswordChanged, Secret
from security.gate import Gate, rotate
from security.journal import Journal
from security.new_password import Accepted, NewPassword
from security.normalise import normalise_password
from security.origin import Origin
from security.password_proof import PasswordProof, still_proven
from security.password_rules import context_words
from security.policy import STANDARD, Policy
from security.refusals import (
    ConfirmationDiffers,
    PolicyForbids,
    ReauthenticationNeeded,
    Refusal,
    SamePassword,
    UnusableInput,
    WrongPassword,
)
from security.second_factor import SecondFactor, Spent
from security.session_ends import SessionEnds
from security.strength import advise
from security.throttling import Reservation
from security.views import signed_in
from security.vocabulary import ChangeKind, EndReason, EventName, NoticeKind
from store import accounts as account_rows
from store import half_sign_ins as half_rows


class Passwords:
    """What a signed-in person does with the password of their account."""

    def __init__(
        self,
        *,
        gate: Gate,
        proof: PasswordProof,
        second_factor: SecondFactor,
        new_password: NewPassword,
        ends: SessionEnds,
        journal: Journal,
    ) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._proof = proof
        self._second_factor = second_factor
        self._new_password = new_password
        self._ends = ends
        self._journal = journal

    def advice(
        self, candidate: str, *, policy: Policy, words: Sequence[str], has_two_factor: bool
    ) -> PasswordAdvice:
        """What may be said of a candidate without the network."""
        return advise(candidate, policy, words, has_two_factor)

    def founding_advice(self, candidate: str, words: Sequence[str]) -> PasswordAdvice:
        """The same before any organisation exists, by the policy that the first one begins with.

        `words` are what was typed so far: organisation, name and address.
        """
        return advise(candidate, STANDARD, context_words(*words), False)

    async def advise(self, token: Secret, candidate: str) -> PasswordAdvice:
        """The same for a signed-in person, by their organisation's policy; measured in a thread.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token, at_a_glance=True) as seen:
            pass
        return await asyncio.to_thread(advise, candidate, seen.policy, _words(seen), seen.has_two_factor)

    async def change(
        self, token: Secret, current: str, new: str, confirmation: str, code: str | None, origin: Origin
    ) -> PasswordChanged:
        """Set a new password; every other session ends, and this one goes on under a new token (R015).

        What is typed is compared first, then the current password is proven, then the rules are
        held against the new one, and only then does a breach check ask the network: nothing
        about a new password leaves for somebody who does not know the current one. The code is
        asked for where two-factor authentication is on and the last full authentication is
        older than five minutes; it is spent by the transaction that sets the password.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            PolicyForbids: the organisation's members sign in elsewhere.
            ReauthenticationNeeded: a code is needed and none was given.
            UnusableInput: no entry point takes one of the passwords.
            ConfirmationDiffers: the confirmation is not the new password.
            Throttled: too many tries.
            Busy: the queue for password checks is full.
            WrongPassword: the current password is another, or was changed meanwhile.
            SamePassword: the new password is the current one.
            WeakPassword: it breaks rules of the organisation.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            CodeRejected: the code was not accepted.
            SecondFactorBlocked: one hundred failures in a row.
        """
        async with self._gate.look(token, at_a_glance=True) as seen:
            pass
        if seen.policy.requires_sso:
            await self._refuse(seen, origin, PolicyForbids())
            raise PolicyForbids
        needs_code = _needs_code(seen)
        if needs_code and not code:
            raise ReauthenticationNeeded(second_factor=True)
        try:
            candidate = _confirmed(new, confirmation)
            proven_hash = await self._proof.prove(
                seen, current, origin, failure=EventName.PASSWORD_CHANGE_REFUSED
            )
        except (ConfirmationDiffers, UnusableInput) as refusal:
            await self._refuse(seen, origin, refusal)
            raise
        accepted = await self._accept(seen, normalise_password(current), candidate, origin)
        if needs_code:
            reservation = await self._second_factor.reserve(seen.account, origin, seen.session)
            return await self._set_with_code(token, proven_hash, accepted, code or "", reservation, origin)
        async with self._gate.act(token, EventName.PASSWORD_CHANGE_REFUSED, origin) as acting:
            if _needs_code(acting):
                raise ReauthenticationNeeded(second_factor=True)
            methods = None if acting.has_two_factor else "password"
            return await self._set(acting, proven_hash, accepted, methods, origin)

    async def _accept(self, seen: Acting, current: str, candidate: str, origin: Origin) -> Accepted:
        """Let the candidate pass, or audit why not in a transaction of its own."""
        try:
            if candidate == current:
                raise SamePassword
            return await self._new_password.accept(
                candidate, seen.policy, _words(seen), has_two_factor=seen.has_two_factor
            )
        except Refusal as refusal:
            await self._refuse(seen, origin, refusal)
            raise

    async def _refuse(self, seen: Acting, origin: Origin, refusal: Refusal) -> None:
        """Audit a refused change in a transaction of its own."""
        await self._journal.refused(
            EventName.PASSWORD_CHANGE_REFUSED,
            origin,
            refusal,
            account=seen.account,
            session_id=seen.session.id,
        )

    async def _set_with_code(
        self,
        token: Secret,
        proven_hash: str,
        accepted: Accepted,
        code: str,
        reservation: Reservation,
        origin: Origin,
    ) -> PasswordChanged:
        """Spend the code and set the password in one transaction."""
        async with self._gate.act(token, EventName.PASSWORD_CHANGE_REFUSED, origin) as acting:
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
                return await self._set(acting, proven_hash, accepted, f"password {answer.method}", origin)
        raise answer

    async def _set(
        self, acting: Acting, proven_hash: str, accepted: Accepted, methods: str | None, origin: Origin
    ) -> PasswordChanged:
        """The change itself, with everything that goes with it."""
        if acting.policy.requires_sso:
            raise PolicyForbids
        was_set = await account_rows.set_password(
            acting.tx,
            acting.account.id,
            accepted.password_hash,
            acting.at,
            accepted.breach,
            was=proven_hash,
        )
        if not was_set:
            raise WrongPassword
        await half_rows.void(acting.tx, acting.account.id)
        ended = await self._ends.end_others(acting, EndReason.PASSWORD_CHANGED, origin)
        token = await rotate(acting, methods=methods)
        await self._tell(acting, accepted, ended, origin)
        return PasswordChanged(signed_in(acting, token), ended, accepted.breach)

    async def _tell(self, acting: Acting, accepted: Accepted, ended: int, origin: Origin) -> None:
        """Audit, change feed and the one notice of R015."""
        events: list[tuple[EventName, Mapping[str, str]]] = []
        if not accepted.breach.is_screened:
            events.append((EventName.BREACH_CHECK_SKIPPED, accepted.unasked))
        changed = {"sessions_ended": str(ended), "breach": str(accepted.breach)}
        events.append((EventName.PASSWORD_CHANGED, changed))
        entries = [
            self._journal.entry(
                name, origin, account=acting.account, session_id=acting.session.id, details=details
            )
            for name, details in events
        ]
        await self._journal.events(acting.tx, entries)
        await self._journal.change(
            acting.tx, acting.at, ChangeKind.ACCOUNT_CHANGED, acting.account, acting.account.id
        )
        facts = {"client": origin.client, "source_ip": origin.source_ip, "sessions_ended": str(ended)}
        await self._journal.notice(acting.tx, acting.at, acting.account, NoticeKind.PASSWORD_CHANGED, facts)


def _words(acting: Acting) -> Sequence[str]:
    """What a password of this person must not contain (R006)."""
    return context_words(acting.organisation.name, acting.account.email, acting.account.name)


def _needs_code(acting: Acting) -> bool:
    """Whether the second factor is asked for beside the current password (R015)."""
    return acting.has_two_factor and not acting.is_fresh


def _confirmed(new: str, confirmation: str) -> str:
    """The normalised new password, where the confirmation is the same after normalisation.

    Raises:
        UnusableInput: no entry point takes the new password.
        ConfirmationDiffers: the confirmation is another.
    """
    candidate = normalise_password(new)
    try:
        same = normalise_password(confirmation) == candidate
    except UnusableInput:
        same = False
    if not same:
        raise ConfirmationDiffers
    return candidate
