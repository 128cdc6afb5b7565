"""The second factor as proof: six digits or a recovery code, each spent once, one counter for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security import crockford, totp
from security.code_batches import CodeBatches
from security.journal import Journal
from security.keys import KeyNotHere, KeyRing
from security.origin import Origin
from security.refusals import CodeRejected, NotEnrolled, Refusal, SecondFactorBlocked, Throttled
from security.throttling import Reservation, Throttle
from security.vocabulary import EventName, NoticeKind
from store import recovery_codes as code_rows
from store import two_factor as two_factor_rows
from store.accounts import AccountRecord
from store.errors import Unavailable
from store.sessions import SessionRecord
from store.transaction import Transaction
from store.two_factor import EnrolmentRecord, TotpRecord

MAX_CONSECUTIVE = 100
"""Failures in a row after which the second factor waits for an administrator (R020, SP 800-63B-4 §3.2.2)."""

NOTICE_AT = 3
"""The password was right and the second factor wrong this many times in a row: the person is told (R029)."""


@dataclass(frozen=True, slots=True)
class Spent:
    """A code that was accepted and is spent by the transaction that accepted it."""

    method: str
    """"totp" or "recovery_code"."""
    codes_left: int | None = None
    """Recovery codes left, where one was spent."""


class SecondFactor:
    """Spends codes inside the transaction that they let pass."""

    def __init__(self, keys: KeyRing, batches: CodeBatches, throttle: Throttle, journal: Journal) -> None:
        """Keep the collaborators."""
        self._keys = keys
        self._batches = batches
        self._throttle = throttle
        self._journal = journal

    async def reserve(
        self,
        account: AccountRecord,
        origin: Origin,
        session: SessionRecord | None = None,
        *,
        known_device: str | None = None,
    ) -> Reservation:
        """Count a try before it is verified (R024), for the device of the session or the known one (R026).

        Raises:
            Throttled: too many tries.
        """
        device_id = known_device if session is None else session.device_id
        try:
            return await self._throttle.reserve_second_step(account.id, origin, device_id)
        except Throttled as refusal:
            await self._journal.refused(
                EventName.SECOND_FACTOR_FAILED,
                origin,
                refusal,
                account=account,
                session_id=None if session is None else session.id,
            )
            raise

    async def spend(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        code: str,
        reservation: Reservation,
        origin: Origin,
        *,
        takes: tuple[str, ...] = ("totp", "recovery_code"),
        session_id: str | None = None,
    ) -> Spent | Refusal:
        """Spend a code; on success the tries are released, on failure the failure is counted and audited.

        A refusal is returned, not raised, so that the caller commits what was counted and raises it then.
        """
        secret = await two_factor_rows.get(tx, account.id)
        if secret is None:
            await self._count_failure(tx, at, account, NotEnrolled(), origin, session_id)
            return NotEnrolled()
        answer = await self._judge(tx, at, account, secret, code, takes)
        if isinstance(answer, Spent):
            await self._throttle.release(tx, reservation)
            await two_factor_rows.clear_failures(tx, account.id)
            if answer.method == "recovery_code":
                await self._tell_recovery(tx, at, account, origin, session_id, answer.codes_left)
            return answer
        await self._count_failure(tx, at, account, answer, origin, session_id)
        return answer

    async def _judge(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        secret: TotpRecord,
        code: str,
        takes: tuple[str, ...],
    ) -> Spent | Refusal:
        """Accept and spend the code, or say why not."""
        if secret.consecutive_failures >= MAX_CONSECUTIVE:
            return SecondFactorBlocked()
        digits = totp.parse_code(code) if "totp" in takes else None
        if digits is not None:
            return await self._spend_step(tx, at, account, secret, digits)
        recovery = crockford.parse(code) if "recovery_code" in takes else None
        if recovery is not None:
            return await self._spend_recovery(tx, at, account, recovery)
        return CodeRejected()

    async def _spend_step(
        self, tx: Transaction, at: datetime, account: AccountRecord, secret: TotpRecord, digits: str
    ) -> Spent | Refusal:
        """Match six digits and spend their step by one guarded statement (R033).

        How far a clock is ahead is told, and with it that the code is right in a while. Who guessed
        it would only have to wait, and twelve steps would be as good as three (R032); so a step
        whose code was told is not accepted when its time comes.
        """
        plain = unsealed(self._keys, secret)
        step = totp.match(plain, digits, at, secret.last_step)
        was_told = step is not None and await self._throttle.was_told(tx, account.id, step)
        if step is not None and not was_told and await two_factor_rows.spend_step(tx, account.id, step):
            return Spent("totp")
        if was_told or totp.was_spent(plain, digits, at, secret.last_step):
            return CodeRejected(already_used=True)
        drift = totp.drift(plain, digits, at)
        if drift is not None and drift > 0:
            await self._throttle.note_told(tx, account.id, totp.step_at(at) + drift // totp.PERIOD)
        return CodeRejected(drift_seconds=drift)

    async def _spend_recovery(
        self, tx: Transaction, at: datetime, account: AccountRecord, code: str
    ) -> Spent | Refusal:
        """Spend a recovery code by one guarded statement (R044)."""
        macs = self._batches.macs(code)
        if not await code_rows.spend(tx, account.id, macs, at):
            return CodeRejected()
        batch = await code_rows.live_batch(tx, account.id)
        left = 0 if batch is None else await code_rows.count_left(tx, batch.id)
        return Spent("recovery_code", codes_left=left)

    async def _tell_recovery(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        origin: Origin,
        session_id: str | None,
        left: int | None,
    ) -> None:
        """A recovery code was used: audit and mail say so."""
        facts = {"codes_left": str(left), "client": origin.client, "source_ip": origin.source_ip}
        await self._journal.event(
            tx,
            EventName.RECOVERY_CODE_USED,
            origin,
            account=account,
            session_id=session_id,
            details={"codes_left": str(left)},
        )
        await self._journal.notice(tx, at, account, NoticeKind.RECOVERY_CODE_USED, facts)

    async def _count_failure(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        refusal: Refusal,
        origin: Origin,
        session_id: str | None,
    ) -> None:
        """One more failure in a row; at the third the person is told (R029)."""
        if not isinstance(refusal, SecondFactorBlocked):
            in_a_row = await two_factor_rows.add_failure(tx, account.id)
            if in_a_row == NOTICE_AT:
                facts = {"failures": str(in_a_row), "client": origin.client, "source_ip": origin.source_ip}
                await self._journal.notice(tx, at, account, NoticeKind.SECOND_FACTOR_FAILURES, facts)
        await self._journal.event(
            tx,
            EventName.SECOND_FACTOR_FAILED,
            origin,
            account=account,
            session_id=session_id,
            was_success=False,
            reason=refusal.tag,
        )


def unsealed(keys: KeyRing, record: TotpRecord | EnrolmentRecord) -> str:
    """The secret of an authenticator.

    Raises:
        Unavailable: the keys were rotated on another machine, and this one has only the older ones.
        SealBroken: it was altered.
    """
    try:
        return keys.unseal(record.account_id, record.key_id, record.sealed).decode("ascii")
    except KeyNotHere as fault:
        raise Unavailable(
            "The keys were rotated on another machine and are not here yet. Ask whoever runs this machine to"
            " copy them, or use another."
        ) from fault
