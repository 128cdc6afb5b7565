"""Members in the hands of whoever may read the store's files and keys; each act is audited as theirs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from security import names
from security.clock import Clock
from security.doer import Doer
from security.emails import canonical_or_raw
from security.journal import Journal
from security.lanes import act_in
from security.member_states import Member, MemberStates
from security.namesakes import require_own_looks
from security.new_accounts import NewAccounts
from security.operator_facts import MemberAdded, MemberChanged, MemberView
from security.organisations import organisation_called
from security.origin import Origin
from security.policy import for_org
from security.refusals import NoSuchMember, PolicyForbids, Refusal
from security.storable import storable
from security.views import member_view
from security.vocabulary import AccountStatus, EventName, NoticeKind, Role
from store import accounts as account_rows
from store import members as member_rows
from store import organisations as organisation_rows
from store import people as person_rows
from store.accounts import AccountRecord
from store.ids import NIL_ID
from store.store import Store
from store.transaction import Transaction

PAGE = 500
"""Accounts that are read at once."""


class Members:
    """What an operator does for and to the members of any organisation."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        new_accounts: NewAccounts,
        states: MemberStates,
        journal: Journal,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._new_accounts = new_accounts
        self._states = states
        self._journal = journal

    async def list(self, organisation: str | None = None) -> tuple[MemberView, ...]:
        """The members of an organisation, by its name or id, or of all of them, in one snapshot.

        Raises:
            NoSuchOrganisation: there is none of that name or id.
        """
        found: list[MemberView] = []
        async with self._store.read(alone=True) as tx:
            if organisation is None:
                chosen = [one.id for one in await organisation_rows.list_all(tx)]
            else:
                chosen = [(await organisation_called(tx, organisation)).id]
            for org_id in chosen:
                after = NIL_ID
                while page := await member_rows.page(tx, org_id, after, PAGE):
                    found += (member_view(record) for record in page)
                    after = page[-1].id
        return tuple(found)

    async def add(
        self,
        organisation: str | None,
        name: str,
        email: str,
        role: Role,
        password: str,
        operator: str,
        origin: Origin,
    ) -> MemberAdded:
        """Make an account with a first password, which the member changes when they like.

        Where the store has one organisation it need not be named.

        Raises:
            NoSuchOrganisation: there is none of that name or id.
            UnusableField: the name or the address cannot be taken as it was typed, or there are several
                organisations and none was named.
            PolicyForbids: the organisation's members sign in elsewhere (R016).
            NameTaken: the name or the address could pass for that of another member (R087).
            EmailTaken: the address belongs to an account of the store.
            UnusableInput: no entry point takes this password.
            WeakPassword: the password breaks rules of the organisation.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            Busy: the queue for password checks is full.
        """
        async with self._store.read() as tx:
            into = await organisation_called(tx, organisation)
            policy = await for_org(tx, into.id)
            await require_own_looks(tx, into.id, names.parse_name(name))
        if policy.requires_sso:
            raise PolicyForbids
        prepared = await self._new_accounts.prepare(into.name, name, email, password, policy)
        async with act_in(self._store, self._clock.now(), into.id) as tx:
            if (await for_org(tx, into.id)).requires_sso:
                raise PolicyForbids
            await require_own_looks(tx, into.id, prepared.name)
            at = self._clock.now()
            account = await self._new_accounts.insert(tx, at, into.id, prepared, role)
            await self._new_accounts.tell(tx, at, account, prepared, origin, Doer(operator=operator))
            facts = {"organisation": into.name}
            await self._journal.notice(tx, at, account, NoticeKind.ACCOUNT_CREATED, facts)
            return MemberAdded(await _seen(tx, account.id), prepared.accepted.breach)

    async def suspend(self, member: str, operator: str, origin: Origin) -> MemberChanged:
        """Close an account by its address or id; its sessions end in the same transaction (R054).

        Raises:
            NoSuchMember: there is no such account.
            AlreadySo: it is closed already.
            LastOwner: nobody else owns the organisation (R114).
        """
        by = Doer(operator=operator)
        async with self._on(member, EventName.ACCOUNT_SUSPENDED, origin, by) as whom:
            ended = await self._states.suspend(whom, origin, by)
            return MemberChanged(await _seen(whom.tx, whom.account.id), ended)

    async def restore(self, member: str, operator: str, origin: Origin) -> MemberChanged:
        """Open a closed account again; its sessions stay over.

        Raises:
            NoSuchMember: there is no such account.
            AlreadySo: it is open already.
        """
        by = Doer(operator=operator)
        async with self._on(member, EventName.ACCOUNT_RESTORED, origin, by) as whom:
            await self._states.restore(whom, origin, by)
            return MemberChanged(await _seen(whom.tx, whom.account.id))

    async def reset_two_factor(
        self, member: str, reason: str, operator: str, origin: Origin
    ) -> MemberChanged:
        """Take away the factor of somebody who lost phone and codes; they set up a new one first (R040).

        Raises:
            UnusableField: the reason is missing, too long or cannot be shown.
            NoSuchMember: there is no such account.
            NothingToReset: two-factor authentication is off.
        """
        stated = names.parse_reason(reason)
        by = Doer(operator=operator)
        async with self._on(member, EventName.TWO_FACTOR_RESET, origin, by) as whom:
            ended = await self._states.reset_two_factor(whom, stated, origin, by)
            return MemberChanged(await _seen(whom.tx, whom.account.id), ended)

    @asynccontextmanager
    async def _on(self, called: str, name: EventName, origin: Origin, by: Doer) -> AsyncIterator[Member]:
        """A transaction about a member in their organisation; what it refuses is audited under the name.

        Raises:
            NoSuchMember: there is no such account.
        """
        async with self._store.read() as tx:
            account = await _account_called(tx, called)
        try:
            async with act_in(self._store, self._clock.now(), account.org_id) as tx:
                person = await person_rows.get(tx, account.id)
                if person is None or person.account.status == AccountStatus.REMOVED:
                    raise NoSuchMember
                yield Member.of(tx, self._clock.now(), person)
        except Refusal as refusal:
            await self._journal.refused(name, origin, refusal, account=account, by=by)
            raise


async def _account_called(tx: Transaction, called: str) -> AccountRecord:
    """The account of an address or an id.

    Raises:
        NoSuchMember: there is none, or it was removed.
    """
    account = await account_rows.find_by_email(tx, canonical_or_raw(called))
    if account is None:
        account = await account_rows.get(tx, storable(called))
    if account is None or account.status == AccountStatus.REMOVED:
        raise NoSuchMember
    return account


async def _seen(tx: Transaction, account_id: str) -> MemberView:
    """A member as the transaction leaves them."""
    return member_view(await member_rows.known(tx, account_id))
