"""Sign-in in two steps, resuming and sign-out; unknown is not told from wrong in words, bytes or time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from security.clock import Clock
from security.devices import secret_hash
from security.emails import canonical_or_raw
from security.facts import SecondStepNeeded, Secret, SignedIn
from security.gate import Gate
from security.hashing import PasswordHasher
from security.journal import Journal
from security.lanes import act_in
from security.normalise import normalise_password
from security.origin import Origin
from security.padding import Padding
from security.policy import for_org
from security.refusals import Busy, SessionOver, Throttled, WrongCredentials
from security.rehash import Rehash
from security.safe_text import SafeText, sanitise
from security.second_step import SecondStep
from security.session_ends import SessionEnds
from security.session_start import Arrival, SessionStart
from security.throttling import Reservation, Throttle
from security.views import signed_in
from security.vocabulary import AccountStatus, EndReason, EventName
from store import accounts as account_rows
from store import organisations as organisation_rows
from store import people as person_rows
from store import recovery_codes as code_rows
from store.accounts import AccountRecord
from store.store import Store
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Try:
    """One try of the password step, between its snapshot and its transaction."""

    canonical: str
    org_id: str | None
    """The organisation of the account, None where there was no account."""
    origin: Origin
    device_id: str | None
    """The device, where the account signed in from it before."""
    reservation: Reservation
    verified_hash: str | None = field(repr=False)
    """The stored hash that was verified, None where a dummy stood in for it."""
    changed_at: datetime | None
    """When the password was set, where its hash is due to be made anew and another sign-in may do so."""
    is_right: bool

    def is_of(self, account: AccountRecord) -> bool:
        """Whether the account still has the password that was verified."""
        return account.password_hash == self.verified_hash or (
            self.changed_at is not None and account.password_changed_at == self.changed_at
        )


class SignIn:
    """From an email and a password to a session."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        hasher: PasswordHasher,
        throttle: Throttle,
        journal: Journal,
        gate: Gate,
        start: SessionStart,
        ends: SessionEnds,
        second_step: SecondStep,
        padding: Padding,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._throttle = throttle
        self._journal = journal
        self._gate = gate
        self._start = start
        self._ends = ends
        self._second_step = second_step
        self._padding = padding
        self._rehash = Rehash(store, clock, hasher, journal)

    async def notice(self) -> SafeText | None:
        """The sentence about single sign-on, where an organisation has one; shown to every name (R017)."""
        async with self._store.read() as tx:
            for organisation in await organisation_rows.list_all(tx):
                policy = await for_org(tx, organisation.id)
                if policy.sso_sentence:
                    return sanitise(policy.sso_sentence)
        return None

    async def begin(
        self, email: str, password: str, origin: Origin, keep: bool = False
    ) -> SignedIn | SecondStepNeeded:
        """The password step: a session, or the half-way state where a second factor is on.

        The hash is verified outside any transaction and compared with the stored one again inside
        the transaction of the outcome. Unknown, suspended and wrong run the same statements and
        the same argon2 work, and wait for the same floor.

        Raises:
            UnusableInput: no entry point takes this password; said before any look-up.
            Throttled: too many tries for this name, source or store, known or unknown (R019, R022).
            Busy: the queue for password checks is full.
            WrongCredentials: they make no sign-in.
        """
        async with self._padding.refusals():
            normalised = normalise_password(password)
            origin = await self._start.prepared(origin)
            tried = await self._try(canonical_or_raw(email), normalised, origin)
            async with act_in(self._store, self._clock.now(), tried.org_id) as tx:
                outcome = await self._decide(tx, tried, keep)
            if outcome is None:
                raise WrongCredentials
        await self._rehash.after(tried.org_id, tried.canonical, tried.verified_hash, normalised, origin)
        return outcome

    async def finish(self, half: Secret, code: str, origin: Origin, keep: bool = False) -> SignedIn:
        """The second step with six digits of the authenticator.

        Raises:
            HalfSignInOver: the half-way state is spent, too old or of another connection (R027).
            Throttled: too many tries.
            SecondFactorBlocked: one hundred failures in a row.
            CodeRejected: the code is wrong, spent or of a clock that is off.
        """
        async with self._padding.refusals():
            return await self._second_step.finish(half, code, origin, keep, takes="totp")

    async def finish_with_recovery_code(
        self, half: Secret, code: str, origin: Origin, keep: bool = False
    ) -> SignedIn:
        """The second step with a recovery code, which this sign-in spends (R044).

        Raises:
            HalfSignInOver: the half-way state is spent, too old or of another connection (R027).
            Throttled: too many tries.
            SecondFactorBlocked: one hundred failures in a row.
            CodeRejected: it is no unused code of the live batch.
        """
        async with self._padding.refusals():
            return await self._second_step.finish(half, code, origin, keep, takes="recovery_code")

    async def resume(self, token: Secret, origin: Origin) -> SignedIn:
        """Go on with a session that was kept on this machine; its token stays.

        Raises:
            SessionOver: it has ended, or it was never one to keep.
            SessionLocked: it waits behind the idle lock; unlock it with the same token.
        """
        async with self._gate.act(token, even_unenrolled=True) as acting:
            if not acting.session.is_kept:
                raise SessionOver("unknown")
            await self._journal.event(
                acting.tx,
                EventName.SESSION_RESUMED,
                origin,
                account=acting.account,
                session_id=acting.session.id,
            )
            batch = await code_rows.live_batch(acting.tx, acting.account.id)
            is_open = batch is not None and batch.acknowledged_at is None
            return replace(signed_in(acting, token), codes_unacknowledged=is_open)

    async def sign_out(self, token: Secret, origin: Origin) -> None:
        """End the session, locked or not.

        Raises:
            SessionOver: it had ended already.
        """
        async with self._gate.act(token, even_locked=True) as acting:
            await self._ends.end(
                acting.tx,
                acting.at,
                acting.session,
                acting.account,
                EndReason.SIGNED_OUT,
                origin=origin,
                actor_id=acting.account.id,
            )

    async def _try(self, canonical: str, password: str, origin: Origin) -> _Try:
        """Count the try, then verify; the same statements and work for every name."""
        async with self._store.look() as tx:
            account, device_id = await account_rows.arriving(tx, canonical, secret_hash(origin))
        try:
            reservation = await self._throttle.reserve_password(canonical, origin, known_device=device_id)
        except Throttled as refusal:
            await self._journal.refused(EventName.SIGN_IN_FAILED, origin, refusal, account=account)
            raise
        stored = None if account is None else account.password_hash
        try:
            is_right = await self._hasher.verify(stored, password)
        except Busy:
            await self._throttle.withdraw(reservation)
            raise
        is_due = stored is not None and self._hasher.needs_rehash(stored)
        changed_at = account.password_changed_at if account is not None and is_due else None
        org_id = None if account is None else account.org_id
        is_right = is_right and stored is not None
        return _Try(canonical, org_id, origin, device_id, reservation, stored, changed_at, is_right)

    async def _decide(self, tx: Transaction, tried: _Try, keep: bool) -> SignedIn | SecondStepNeeded | None:
        """The outcome, in the one transaction that also audits it; None is a refusal."""
        at = self._clock.now()
        person = await person_rows.find_by_email(tx, tried.canonical)
        if person is not None and person.account.org_id != tried.org_id:
            person = None  # made meanwhile: unknown when it was tried, and its organisation is not held
        account = None if person is None else person.account
        reason = _reason_to_refuse(account, tried)
        if person is None or account is None or reason is not None:
            await self._journal.event(
                tx,
                EventName.SIGN_IN_FAILED,
                tried.origin,
                account=account,
                was_success=False,
                reason=WrongCredentials.tag,
                details={"cause": reason or "unknown"},
            )
            return None
        failures = await self._throttle.release(
            tx, tried.reservation, tried.canonical, account.last_sign_in_at
        )
        if person.totp is not None:
            return await self._second_step.begin(tx, at, account, tried.origin, tried.device_id, failures)
        arrival = Arrival(person, tried.origin, keep, "password", failures_before=failures)
        return await self._start.begin(tx, at, arrival)


def _reason_to_refuse(account: AccountRecord | None, tried: _Try) -> str | None:
    """Why the pair makes no sign-in, for the audit only."""
    if account is None:
        return "unknown"
    if not tried.is_right or not tried.is_of(account):
        return "password"
    if account.status != AccountStatus.ACTIVE:
        return "account_closed"
    return None
