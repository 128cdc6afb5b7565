"""Two-factor authentication: enrolment in two acts, the state, and the way out (R031-R040)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from security import totp
from security.acting import Acting
from security.clock import GREATEST_BACKWARD_STEP
from security.code_batches import CodeBatches
from security.facts import (
    Enrolment,
    PendingEnrolment,
    RecoveryCodes,
    Secret,
    TwoFactorDisabled,
    TwoFactorView,
)
from security.gate import Gate, rotate
from security.journal import Journal
from security.keys import KeyRing
from security.origin import Origin
from security.password_proof import PasswordProof, still_proven
from security.refusals import AlreadyEnrolled, CodeRejected, EnrolmentOver, NotEnrolled, PolicyForbids
from security.second_factor import SecondFactor, Spent, unsealed
from security.session_ends import SessionEnds
from security.throttling import Reservation, Throttle
from security.views import signed_in, two_factor_view
from security.vocabulary import ChangeKind, EndReason, EventName, NoticeKind
from store import accounts as account_rows
from store import recovery_codes as code_rows
from store import two_factor as two_factor_rows
from store.ids import new_id
from store.two_factor import EnrolmentRecord, TotpRecord

ENROLMENT_LIFETIME = timedelta(minutes=10)
"""How long a pending enrolment waits for its first code (R038)."""


class TwoFactor:
    """What a signed-in person does with their second factor."""

    def __init__(
        self,
        *,
        gate: Gate,
        keys: KeyRing,
        proof: PasswordProof,
        second_factor: SecondFactor,
        throttle: Throttle,
        batches: CodeBatches,
        ends: SessionEnds,
        journal: Journal,
        issuer: str | None,
    ) -> None:
        """Keep the collaborators; `issuer` stands in the QR code instead of the organisation's short name."""
        self._gate = gate
        self._keys = keys
        self._proof = proof
        self._second_factor = second_factor
        self._throttle = throttle
        self._batches = batches
        self._ends = ends
        self._journal = journal
        self._issuer = issuer

    async def state(self, token: Secret) -> TwoFactorView:
        """The state, read from the store.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            return await view_of_two_factor(acting)

    async def begin(self, token: Secret, origin: Origin) -> Enrolment:
        """Make a secret and keep it for ten minutes, bound to this session; an older one is void (R038).

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            AlreadyEnrolled: two-factor authentication is on.
            ReauthenticationNeeded: the last full authentication is older than five minutes.
        """
        name = EventName.ENROLMENT_STARTED
        async with self._gate.act(token, name, origin, even_unenrolled=True) as acting:
            if acting.has_two_factor:
                raise AlreadyEnrolled
            acting.require_fresh()
            secret = totp.new_secret()
            sealed = self._keys.seal(acting.account.id, secret.encode("ascii"))
            enrolment = EnrolmentRecord(
                account_id=acting.account.id,
                id=new_id(acting.at),
                session_id=acting.session.id,
                sealed=sealed.data,
                key_id=sealed.key_id,
                created_at=acting.at,
                expires_at=acting.at + ENROLMENT_LIFETIME,
            )
            await two_factor_rows.put_enrolment(acting.tx, enrolment)
            await self._journal.told(acting, name, origin)
            uri = totp.uri(secret, self._issuer or acting.organisation.short_name, acting.account.email)
            return Enrolment(enrolment.id, Secret(secret), Secret(uri), enrolment.expires_at)

    async def pending(self, token: Secret) -> PendingEnrolment | None:
        """The enrolment of this session that waits for its first code, None where none does.

        For whoever began it in one process and goes on in another: the secret was shown once.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token, even_unenrolled=True) as acting:
            pending = await two_factor_rows.get_enrolment(acting.tx, acting.account.id)
            if pending is None or not _is_confirmable(acting, pending):
                return None
            return PendingEnrolment(pending.id, pending.expires_at)

    async def cancel(self, token: Secret, enrolment_id: str, origin: Origin) -> None:
        """Erase a pending enrolment of this session.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            EnrolmentOver: it is gone already or belongs to another session.
        """
        name = EventName.ENROLMENT_CANCELLED
        async with self._gate.act(token, name, origin, even_unenrolled=True) as acting:
            pending = await two_factor_rows.get_enrolment(acting.tx, acting.account.id)
            if pending is None or pending.id != enrolment_id or pending.session_id != acting.session.id:
                raise EnrolmentOver
            await two_factor_rows.delete_enrolment(acting.tx, acting.account.id)
            await self._journal.told(acting, name, origin)

    async def confirm(
        self, token: Secret, enrolment_id: str, code: str, origin: Origin, end_others: bool = True
    ) -> RecoveryCodes:
        """Turn two-factor authentication on with the authenticator's first code, and make the recovery codes.

        The code is consumed: it is no sign-in code any more (R035). The session goes on under a
        new token, and by default the others end (R039).

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            Throttled: too many tries.
            AlreadyEnrolled: two-factor authentication is on.
            EnrolmentOver: the pending enrolment expired, was replaced or belongs to another session.
            CodeRejected: the code is wrong or of a clock that is off.
        """
        async with self._gate.look(token, even_unenrolled=True, at_a_glance=True) as seen:
            pass
        name = EventName.TWO_FACTOR_ENABLED
        reservation = await self._second_factor.reserve(seen.account, origin, seen.session)
        async with self._gate.act(token, name, origin, even_unenrolled=True) as acting:
            pending = await _pending(acting, enrolment_id)
            secret = unsealed(self._keys, pending)
            digits = totp.parse_code(code)
            step = None if digits is None else totp.match(secret, digits, acting.at, -1)
            if step is not None:
                return await self._enable(acting, pending, step, reservation, origin, end_others)
            drift = None if digits is None else totp.drift(secret, digits, acting.at)
            rejected = CodeRejected(drift_seconds=drift)
            await self._journal.told(acting, EventName.SECOND_FACTOR_FAILED, origin, refusal=rejected)
        raise rejected

    async def disable(
        self, token: Secret, password: str, code: str, origin: Origin, end_others: bool = True
    ) -> TwoFactorDisabled:
        """Erase the secret and the recovery codes, on proof of the password and of a code.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            PolicyForbids: the organisation enforces two-factor authentication (R040).
            NotEnrolled: it is off already.
            UnusableInput: no entry point takes this password.
            Throttled: too many tries.
            Busy: the queue for password checks is full.
            WrongPassword: it is not the password.
            CodeRejected: the code was not accepted.
            SecondFactorBlocked: one hundred failures in a row.
        """
        name = EventName.TWO_FACTOR_DISABLED
        async with self._gate.look(token, name, origin, at_a_glance=True) as seen:
            _require_disablable(seen)
        proven_hash = await self._proof.prove(seen, password, origin, failure=name)
        reservation = await self._second_factor.reserve(seen.account, origin, seen.session)
        async with self._gate.act(token, name, origin) as acting:
            _require_disablable(acting)
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
                return await self._erase(acting, origin, end_others)
        raise answer

    async def _enable(
        self,
        acting: Acting,
        pending: EnrolmentRecord,
        step: int,
        reservation: Reservation,
        origin: Origin,
        end_others: bool,
    ) -> RecoveryCodes:
        """Keep the secret with its first step spent, and make the codes, in the one transaction."""
        tx, at, account = acting.tx, acting.at, acting.account
        record = TotpRecord(
            account_id=account.id,
            sealed=pending.sealed,
            key_id=pending.key_id,
            last_step=step,
            consecutive_failures=0,
            enrolled_at=at,
        )
        await two_factor_rows.insert(tx, record)
        await two_factor_rows.delete_enrolment(tx, account.id)
        if account.must_enrol:
            await account_rows.set_must_enrol(tx, account.id, must_enrol=False)
            acting = replace(acting, account=replace(account, must_enrol=False))
        await self._throttle.release(tx, reservation)
        batch = await self._batches.make(tx, at, account, acting.policy)
        ended, token = await self._renew(acting, origin, end_others, "password totp")
        await self._journal.told(
            acting,
            EventName.TWO_FACTOR_ENABLED,
            origin,
            change=ChangeKind.TWO_FACTOR_CHANGED,
            notice=NoticeKind.TWO_FACTOR_ENABLED,
            details={"codes": str(len(batch.codes)), "sessions_ended": str(ended)},
        )
        return RecoveryCodes(batch.id, batch.codes, signed_in(acting, token, has_two_factor=True), ended)

    async def _erase(self, acting: Acting, origin: Origin, end_others: bool) -> TwoFactorDisabled:
        """Delete the secret and the codes, in the one transaction."""
        await two_factor_rows.delete(acting.tx, acting.account.id)
        await code_rows.void(acting.tx, acting.account.id, acting.at)
        ended, token = await self._renew(acting, origin, end_others)
        await self._journal.told(
            acting,
            EventName.TWO_FACTOR_DISABLED,
            origin,
            change=ChangeKind.TWO_FACTOR_CHANGED,
            notice=NoticeKind.TWO_FACTOR_DISABLED,
            details={"sessions_ended": str(ended)},
        )
        return TwoFactorDisabled(signed_in(acting, token, has_two_factor=False), ended)

    async def _renew(
        self, acting: Acting, origin: Origin, end_others: bool, methods: str | None = None
    ) -> tuple[int, Secret]:
        """End the other sessions where that is wished, and give this one a new token."""
        ended = 0
        if end_others:
            ended = await self._ends.end_others(acting, EndReason.TWO_FACTOR_CHANGED, origin)
        return ended, await rotate(acting, methods=methods, is_full=False)


async def view_of_two_factor(acting: Acting) -> TwoFactorView:
    """The acting person's second factor and what is left of the recovery codes."""
    batch = await code_rows.live_batch(acting.tx, acting.account.id)
    left = 0 if batch is None else await code_rows.count_left(acting.tx, batch.id)
    return two_factor_view(acting.totp, batch, left, acting.policy)


async def _pending(acting: Acting, enrolment_id: str) -> EnrolmentRecord:
    """The pending enrolment that this session may confirm now.

    Raises:
        AlreadyEnrolled: two-factor authentication is on.
        EnrolmentOver: there is none, or it expired, was replaced or belongs to another session, or the
            clock was set back since.
    """
    if acting.has_two_factor:
        raise AlreadyEnrolled
    pending = await two_factor_rows.get_enrolment(acting.tx, acting.account.id)
    if pending is None or pending.id != enrolment_id or not _is_confirmable(acting, pending):
        raise EnrolmentOver
    return pending


def _is_confirmable(acting: Acting, pending: EnrolmentRecord) -> bool:
    """Whether it is of this session, and neither expired nor from before the clock was set back."""
    return (
        not acting.has_two_factor
        and pending.session_id == acting.session.id
        and acting.at < pending.expires_at
        and pending.created_at - acting.at <= GREATEST_BACKWARD_STEP
    )


def _require_disablable(acting: Acting) -> None:
    """Let disabling pass where it is on and nobody enforces it.

    Raises:
        PolicyForbids: the organisation enforces it.
        NotEnrolled: it is off already.
    """
    if acting.policy.enforces_two_factor:
        raise PolicyForbids
    if not acting.has_two_factor:
        raise NotEnrolled
