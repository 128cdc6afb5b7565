"""Recovery codes: a fresh batch, and the proof that it was saved."""

from __future__ import annotations

from security import crockford
from security.code_batches import CodeBatches
from security.facts import RecoveryCodes, Secret
from security.gate import Gate
from security.journal import Journal
from security.origin import Origin
from security.refusals import CodeRejected, NotEnrolled, NotFound
from security.session_ends import SessionEnds
from security.views import signed_in
from security.vocabulary import ChangeKind, EndReason, EventName, NoticeKind
from store import recovery_codes as code_rows


class RecoveryCodeBatches:
    """What a signed-in person does with their recovery codes."""

    def __init__(self, gate: Gate, batches: CodeBatches, ends: SessionEnds, journal: Journal) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._batches = batches
        self._ends = ends
        self._journal = journal

    async def regenerate(self, token: Secret, origin: Origin, end_others: bool = True) -> RecoveryCodes:
        """Void the old batch and make a new one in one transaction (R039, R045).

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            NotEnrolled: two-factor authentication is off.
            ReauthenticationNeeded: the last full authentication is older than five minutes.
        """
        async with self._gate.act(token, EventName.RECOVERY_CODES_REGENERATED, origin) as acting:
            if not acting.has_two_factor:
                raise NotEnrolled
            acting.require_fresh()
            batch = await self._batches.make(acting.tx, acting.at, acting.account, acting.policy)
            ended = 0
            if end_others:
                ended = await self._ends.end_others(acting, EndReason.TWO_FACTOR_CHANGED, origin)
            await self._journal.told(
                acting,
                EventName.RECOVERY_CODES_REGENERATED,
                origin,
                change=ChangeKind.TWO_FACTOR_CHANGED,
                notice=NoticeKind.RECOVERY_CODES_REGENERATED,
                details={"codes": str(len(batch.codes)), "sessions_ended": str(ended)},
            )
            return RecoveryCodes(batch.id, batch.codes, signed_in(acting, token), ended)

    async def acknowledge(self, token: Secret, batch_id: str | None, proof_code: str, origin: Origin) -> None:
        """Note that the codes were saved, on proof of one of them, which is not spent.

        Without an id the live batch is meant. Acknowledging twice changes nothing the second time.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            NotFound: the batch is not the person's live one, or there is none.
            CodeRejected: the proof is no unused code of the batch.
        """
        code = crockford.parse(proof_code)
        async with self._gate.act(token, EventName.RECOVERY_CODES_ACKNOWLEDGED, origin) as acting:
            batch = await code_rows.live_batch(acting.tx, acting.account.id)
            if batch is None or batch_id not in (None, batch.id):
                raise NotFound
            macs = [] if code is None else self._batches.macs(code)
            if not await code_rows.exists_unspent(acting.tx, acting.account.id, macs):
                raise CodeRejected
            if await code_rows.acknowledge(acting.tx, batch.id, acting.at):
                await self._journal.told(
                    acting,
                    EventName.RECOVERY_CODES_ACKNOWLEDGED,
                    origin,
                    change=ChangeKind.TWO_FACTOR_CHANGED,
                )
