"""Accounts: who is signed in, the name, the look, the Overview, and the closing of an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from security import names, overview
from security.acting import Acting
from security.doer import Doer
from security.facts import AccountView, Overview, Secret
from security.gate import Gate
from security.journal import Journal
from security.member_states import Member, MemberStates
from security.namesakes import require_own_looks
from security.origin import Origin
from security.refusals import NotAllowed, NotFound
from security.session_list import views_of_sessions
from security.storable import storable
from security.two_factor import view_of_two_factor
from security.views import account_view, event_view
from security.vocabulary import (
    AccountStatus,
    Appearance,
    BreachOutcome,
    ChangeKind,
    EventName,
    Role,
)
from store import accounts as account_rows
from store import audit as audit_rows
from store import people as person_rows

LATELY = 8
"""How many of the newest events the Overview shows."""


class Accounts:
    """What a signed-in person sees and keeps of their own account."""

    def __init__(self, gate: Gate, states: MemberStates, journal: Journal) -> None:
        """Keep the collaborators."""
        self._gate = gate
        self._states = states
        self._journal = journal

    async def view(self, token: Secret) -> AccountView:
        """The account, read from the store.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token, even_unenrolled=True, at_a_glance=True) as acting:
            return _view(acting)

    async def rename(self, token: Secret, name: str, origin: Origin) -> AccountView:
        """Take a new name for the person.

        Raises:
            UnusableField: the name cannot be taken as it was typed.
            NameTaken: it could pass for that of another member (R087).
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.act(token, EventName.ACCOUNT_RENAMED, origin) as acting:
            new_name = names.parse_name(name)
            if new_name != acting.account.name:
                await require_own_looks(acting.tx, acting.account.org_id, new_name, whose=acting.account.id)
            await account_rows.set_name(acting.tx, acting.account.id, new_name)
            await self._journal.told(
                acting, EventName.ACCOUNT_RENAMED, origin, change=ChangeKind.ACCOUNT_CHANGED
            )
            return _view(replace(acting, account=replace(acting.account, name=new_name)))

    async def set_appearance(self, token: Secret, appearance: Appearance) -> AccountView:
        """Keep the look with the account.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.act(token) as acting:
            await account_rows.set_appearance(acting.tx, acting.account.id, appearance)
            await self._journal.told(
                acting,
                EventName.APPEARANCE_CHANGED,
                self._journal.origin_of(acting.session),
                change=ChangeKind.ACCOUNT_CHANGED,
                details={"appearance": appearance},
            )
            return _view(replace(acting, account=replace(acting.account, appearance=appearance)))

    async def overview(self, token: Secret) -> Overview:
        """Everything of the Overview page, in one snapshot.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token) as acting:
            two_factor = await view_of_two_factor(acting)
            sessions = await views_of_sessions(acting)
            lately = await audit_rows.newest(acting.tx, acting.account.id, limit=LATELY)
        breach = BreachOutcome.kept(acting.account.breach_outcome)
        states = overview.measures(breach, two_factor, sessions, acting.at)
        return Overview(
            risk=overview.risk(states),
            measures=states,
            breach=breach,
            password_changed_at=acting.account.password_changed_at,
            is_rotation_due=_is_rotation_due(acting),
            two_factor=two_factor,
            sessions=sessions,
            lately=tuple(event_view(event) for event in lately),
        )

    async def suspend(self, token: Secret, account_id: str, origin: Origin) -> int:
        """Close a member's account; all their sessions end in the same transaction (R054). How many did.

        Owners and admins may, of their own organisation, with a fresh authentication (R058);
        nobody closes their own account or that of a higher role.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
            NotAllowed: the role does not allow it.
            NotFound: no such member.
            ReauthenticationNeeded: the last full authentication is older than five minutes.
        """
        async with self._gate.act(token, EventName.ACCOUNT_SUSPENDED, origin) as acting:
            if acting.account.role == Role.MEMBER or account_id == acting.account.id:
                raise NotAllowed
            acting.require_fresh()
            person = await person_rows.get(acting.tx, storable(account_id))
            account = None if person is None else person.account
            if (
                person is None
                or account is None
                or account.org_id != acting.account.org_id
                or account.status != AccountStatus.ACTIVE
            ):
                raise NotFound
            if account.role == Role.OWNER and acting.account.role != Role.OWNER:
                raise NotAllowed
            member = Member.of(acting.tx, acting.at, person)
            return await self._states.suspend(member, origin, Doer.of(acting))


def _view(acting: Acting) -> AccountView:
    """The acting person's account."""
    return account_view(acting.account, acting.organisation, has_two_factor=acting.has_two_factor)


def _is_rotation_due(acting: Acting) -> bool:
    """Whether the organisation's advice to change the password is due; a reminder only (R014)."""
    days = acting.policy.rotation_days
    changed_at = acting.account.password_changed_at
    return days is not None and changed_at is not None and acting.at - changed_at >= timedelta(days=days)
