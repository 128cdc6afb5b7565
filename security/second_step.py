"""The second step of a sign-in: the half-way state between password and code, spent once (R027)."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from security.clock import GREATEST_BACKWARD_STEP, Clock
from security.facts import SecondStepNeeded, Secret, SignedIn
from security.journal import Journal
from security.lanes import act_in
from security.origin import Origin
from security.refusals import HalfSignInOver, NotEnrolled, Refusal
from security.second_factor import SecondFactor, Spent
from security.session_start import Arrival, SessionStart
from security.throttling import Reservation
from security.tokens import new_token, token_hash
from security.vocabulary import AccountStatus, EventName
from store import half_sign_ins as half_rows
from store import people as person_rows
from store.accounts import AccountRecord
from store.half_sign_ins import HalfSignInRecord
from store.ids import new_id
from store.people import PersonRecord
from store.store import Store
from store.transaction import Transaction

HALF_LIFETIME = timedelta(minutes=5)
"""How long the second step waits for its code."""


class SecondStep:
    """Keeps the half-way state and turns it into a session; it gives access to nothing else."""

    def __init__(
        self, store: Store, clock: Clock, second_factor: SecondFactor, start: SessionStart, journal: Journal
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._second_factor = second_factor
        self._start = start
        self._journal = journal

    async def begin(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        origin: Origin,
        device_id: str | None,
        failures_before: int,
    ) -> SecondStepNeeded:
        """Record that the password was right, for five minutes and this connection.

        `failures_before` are the tries that failed before; those of the second step are added to them.
        """
        token = new_token()
        half = HalfSignInRecord(
            id=new_id(at),
            token_hash=token_hash(token),
            connection_hash=token_hash(origin.connection),
            account_id=account.id,
            device_id=device_id,
            failures=failures_before,
            created_at=at,
            expires_at=at + HALF_LIFETIME,
            spent_at=None,
        )
        await half_rows.insert(tx, half)
        await self._journal.event(tx, EventName.PASSWORD_ACCEPTED, origin, account=account)
        return SecondStepNeeded(half=token, expires_at=half.expires_at)

    async def finish(self, half: Secret, code: str, origin: Origin, keep: bool, *, takes: str) -> SignedIn:
        """Spend the half-way state and one code in the transaction that begins the session.

        Raises:
            HalfSignInOver: the half-way state is spent, too old, of another connection, or overtaken.
            Throttled: too many tries.
            SecondFactorBlocked: one hundred failures in a row.
            CodeRejected: the code was not accepted; the half-way state stays for another try.
        """
        origin = await self._start.prepared(origin)
        try:
            async with self._store.read() as tx:
                record, person = await self._standing(tx, half, origin, self._clock.now())
            account = person.account
            reservation = await self._second_factor.reserve(account, origin, known_device=record.device_id)
            async with act_in(self._store, self._clock.now(), account.org_id) as tx:
                answer = await self._spend(tx, half, code, origin, keep, reservation, takes)
        except HalfSignInOver as refusal:
            await self._journal.refused(EventName.SECOND_FACTOR_FAILED, origin, refusal, account=None)
            raise
        if isinstance(answer, Refusal):
            raise answer
        return answer

    async def _spend(
        self,
        tx: Transaction,
        half: Secret,
        code: str,
        origin: Origin,
        keep: bool,
        reservation: Reservation,
        takes: str,
    ) -> SignedIn | Refusal:
        """Everything of the second step that is one transaction."""
        at = self._clock.now()
        record, person = await self._standing(tx, half, origin, at)
        spent = await self._second_factor.spend(
            tx, at, person.account, code, reservation, origin, takes=(takes,)
        )
        if isinstance(spent, NotEnrolled):
            raise HalfSignInOver
        if not isinstance(spent, Spent):
            await half_rows.add_failure(tx, record.id)
            return spent
        if not await half_rows.spend(tx, record.id, at):
            raise HalfSignInOver
        arrival = Arrival(
            person,
            origin,
            keep,
            f"password {spent.method}",
            failures_before=record.failures,
            codes_left=spent.codes_left,
        )
        return await self._start.begin(tx, at, arrival)

    async def _standing(
        self, tx: Transaction, half: Secret, origin: Origin, at: datetime
    ) -> tuple[HalfSignInRecord, PersonRecord]:
        """The half-way state and its account, where both still stand.

        A change of the password erases what is half done; no dates are compared for it, since a clock
        that was once ahead would keep everybody out who changed their password by it.

        Raises:
            HalfSignInOver: the state is unknown, spent, over or of another connection; the clock was set
                back since; or the account is closed.
        """
        record = await half_rows.find(tx, token_hash(half))
        if record is None or record.spent_at is not None or at >= record.expires_at:
            raise HalfSignInOver
        if record.created_at - at > GREATEST_BACKWARD_STEP:
            raise HalfSignInOver
        if not hmac.compare_digest(record.connection_hash, token_hash(origin.connection)):
            raise HalfSignInOver
        person = await person_rows.get(tx, record.account_id)
        if person is None or person.account.status != AccountStatus.ACTIVE:
            raise HalfSignInOver
        return record, person
