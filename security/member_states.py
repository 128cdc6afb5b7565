"""What others do to a member's account: closing, opening, taking the second factor away; one act each.

Whoever does it, an administrator at a screen or the operator at a command line, does the same. Who may is
decided before, and the transaction that is handed in holds the organisation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from security.doer import Doer
from security.journal import Journal
from security.origin import Origin
from security.policy import Policy, of_record
from security.refusals import AlreadySo, LastOwner, NothingToReset
from security.session_ends import SessionEnds
from security.throttling import Throttle
from security.vocabulary import AccountStatus, ChangeKind, EndReason, EventName, NoticeKind, Role
from store import accounts as account_rows
from store import devices as device_rows
from store import half_sign_ins as half_rows
from store import recovery_codes as code_rows
from store import two_factor as two_factor_rows
from store.accounts import AccountRecord
from store.people import PersonRecord
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Member:
    """A member as the transaction has read them that changes their account."""

    tx: Transaction
    at: datetime
    account: AccountRecord
    policy: Policy
    has_two_factor: bool

    @classmethod
    def of(cls, tx: Transaction, at: datetime, person: PersonRecord) -> Member:
        """Somebody who was looked up with all that decides about them."""
        return cls(tx, at, person.account, of_record(person.policy), person.totp is not None)


class MemberStates:
    """Changes what an account may do, with everything that goes with it."""

    def __init__(self, ends: SessionEnds, journal: Journal, throttle: Throttle) -> None:
        """Keep what ends sessions, what tells of it, and what counts tries."""
        self._ends = ends
        self._journal = journal
        self._throttle = throttle

    async def suspend(self, member: Member, origin: Origin, by: Doer) -> int:
        """Close an account; its sessions end with it (R054), and their number is given.

        Raises:
            AlreadySo: it is not active.
            LastOwner: nobody else owns the organisation (R114).
        """
        tx, account = member.tx, member.account
        if account.status != AccountStatus.ACTIVE:
            raise AlreadySo(AccountStatus(account.status))
        await _require_another_owner(member)
        await account_rows.set_status(tx, account.id, AccountStatus.SUSPENDED)
        ended = await self._close_half_done(member, EndReason.ACCOUNT_CLOSED, origin, by)
        await self._tell(
            member,
            EventName.ACCOUNT_SUSPENDED,
            origin,
            by,
            ChangeKind.ACCOUNT_CHANGED,
            NoticeKind.ACCOUNT_SUSPENDED,
            {"sessions_ended": str(ended)},
        )
        return ended

    async def restore(self, member: Member, origin: Origin, by: Doer) -> None:
        """Let somebody sign in again whose account was closed; the sessions of then stay over.

        Raises:
            AlreadySo: it is active.
        """
        if member.account.status != AccountStatus.SUSPENDED:
            raise AlreadySo(AccountStatus(member.account.status))
        await account_rows.set_status(member.tx, member.account.id, AccountStatus.ACTIVE)
        await self._tell(
            member,
            EventName.ACCOUNT_RESTORED,
            origin,
            by,
            ChangeKind.ACCOUNT_CHANGED,
            NoticeKind.ACCOUNT_RESTORED,
            {},
        )

    async def reset_two_factor(self, member: Member, reason: str, origin: Origin, by: Doer) -> int:
        """Take the second factor away and ask for a new one before anything else (R040, R116).

        Secret, codes, sessions and whatever is half done are over, and so are the failures that counted
        against the old factor, for the account and for each of its devices. Gives how many sessions ended.

        Raises:
            NothingToReset: two-factor authentication is off.
        """
        tx, account = member.tx, member.account
        if not member.has_two_factor:
            raise NothingToReset
        await two_factor_rows.delete(tx, account.id)
        await code_rows.void(tx, account.id, member.at)
        await account_rows.set_must_enrol(tx, account.id, must_enrol=True)
        ended = await self._close_half_done(member, EndReason.TWO_FACTOR_CHANGED, origin, by)
        await self._throttle.clear_second_step(tx, account.id, await device_rows.ids(tx, account.id))
        await self._tell(
            member,
            EventName.TWO_FACTOR_RESET,
            origin,
            by,
            ChangeKind.TWO_FACTOR_CHANGED,
            NoticeKind.TWO_FACTOR_RESET,
            {"sessions_ended": str(ended)},
            stated=reason,
        )
        return ended

    async def _close_half_done(self, member: Member, reason: EndReason, origin: Origin, by: Doer) -> int:
        """End every session, and void what was on its way to one; how many sessions there were."""
        await half_rows.void(member.tx, member.account.id)
        await two_factor_rows.delete_enrolment(member.tx, member.account.id)
        return await self._ends.end_all(
            member.tx, member.at, member.account, member.policy, reason, origin, by
        )

    async def _tell(
        self,
        member: Member,
        name: EventName,
        origin: Origin,
        by: Doer,
        change: ChangeKind,
        notice: NoticeKind,
        facts: Mapping[str, str],
        *,
        stated: str = "",
    ) -> None:
        """Audit, change feed and the notice; the reason that was stated is for the audit."""
        tx, at, account = member.tx, member.at, member.account
        details = {**facts, "stated_reason": stated} if stated else facts
        await self._journal.event(tx, name, origin, account=account, by=by, details=details)
        await self._journal.change(tx, at, change, account, account.id)
        said = {"client": origin.client, "source_ip": origin.source_ip, **facts}
        await self._journal.notice(tx, at, account, notice, said)


async def _require_another_owner(member: Member) -> None:
    """Let nobody close the account of the only owner who can act.

    Raises:
        LastOwner: it is.
    """
    if member.account.role != Role.OWNER:
        return
    if await account_rows.count_active(member.tx, member.account.org_id, Role.OWNER) <= 1:
        raise LastOwner
