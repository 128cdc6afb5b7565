"""Founding: the first owner, only where the store has no account, and the members that follow (R028)."""

from __future__ import annotations

from collections.abc import Sequence

from security import names
from security.clock import Clock
from security.doer import Doer
from security.facts import PasswordAdvice, SignedIn
from security.journal import Journal
from security.keys import KEYS_FACT, KeyRing
from security.lanes import act_in
from security.new_accounts import NewAccounts
from security.origin import Origin
from security.password_rules import context_words
from security.policy import STANDARD, Policy, for_org, put
from security.refusals import AlreadyFounded, NotFound
from security.session_start import Arrival, SessionStart
from security.strength import advise
from security.vocabulary import Appearance, EventName, Role
from store import accounts as account_rows
from store import facts as fact_rows
from store import organisations as organisation_rows
from store import policies as policy_rows
from store.ids import new_id
from store.organisations import OrganisationRecord
from store.people import PersonRecord
from store.store import Store


class Founding:
    """Makes the first owner of a store, and members on behalf of a door that is trusted to."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        keys: KeyRing,
        new_accounts: NewAccounts,
        start: SessionStart,
        journal: Journal,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._keys = keys
        self._new_accounts = new_accounts
        self._start = start
        self._journal = journal

    def advice(self, candidate: str, words: Sequence[str]) -> PasswordAdvice:
        """What may be said of the first owner's candidate without the network.

        `words` are what was typed so far: organisation, name and address.
        """
        return advise(candidate, STANDARD, context_words(*words), False)

    async def is_needed(self) -> bool:
        """Whether the store has no account yet."""
        async with self._store.read() as tx:
            return await account_rows.count(tx) == 0

    async def found(
        self,
        organisation: str,
        name: str,
        email: str,
        password: str,
        origin: Origin,
        keep: bool = False,
        *,
        policy: Policy = STANDARD,
        appearance: Appearance | None = None,
    ) -> SignedIn:
        """Make the organisation and its owner, who is signed in at once; all in one transaction.

        The owner keeps the appearance chosen before; without one it is that of the settings.

        Raises:
            AlreadyFounded: the store has an account.
            UnusableField: a name or the address cannot be taken as it was typed.
            UnusableInput: no entry point takes this password.
            WeakPassword: the password breaks rules of the policy.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            Busy: the queue for password checks is full.
        """
        if not await self.is_needed():
            raise AlreadyFounded
        org_name = names.parse_name(organisation, "organisation")
        prepared = await self._new_accounts.prepare(org_name, name, email, password, policy)
        origin = await self._start.prepared(origin)
        async with act_in(self._store, self._clock.now(), None) as tx:
            if await account_rows.count(tx) != 0:
                raise AlreadyFounded
            at = self._clock.now()
            await fact_rows.put(tx, KEYS_FACT, self._keys.fingerprint())
            founded = OrganisationRecord(new_id(at), org_name, names.short_name(org_name), at)
            await organisation_rows.insert(tx, founded)
            owner = await self._new_accounts.insert(tx, at, founded.id, prepared, Role.OWNER, appearance)
            await put(tx, founded.id, policy, version=1, at=at, by=owner.id)
            await self._journal.event(tx, EventName.ORGANISATION_CREATED, origin, account=owner)
            await self._new_accounts.tell(tx, at, owner, prepared, origin)
            person = PersonRecord(owner, founded, await policy_rows.get(tx, founded.id), None, None)
            arrival = Arrival(person, origin, keep, "password", is_founding=True)
            return await self._start.begin(tx, at, arrival)

    async def add_member(
        self,
        org_id: str,
        name: str,
        email: str,
        password: str,
        role: Role,
        origin: Origin,
        *,
        actor_id: str | None = None,
    ) -> str:
        """Add a member with a password, for a door that is trusted to; the new account's id.

        Raises:
            NotFound: no such organisation.
            EmailTaken: the address belongs to an account of the store.
            UnusableField: the name or the address cannot be taken as it was typed.
            UnusableInput: no entry point takes this password.
            WeakPassword: the password breaks rules of the organisation.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            Busy: the queue for password checks is full.
        """
        async with self._store.read() as tx:
            organisation = await organisation_rows.get(tx, org_id)
            policy = await for_org(tx, org_id)
        if organisation is None:
            raise NotFound
        prepared = await self._new_accounts.prepare(organisation.name, name, email, password, policy)
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            at = self._clock.now()
            member = await self._new_accounts.insert(tx, at, org_id, prepared, role)
            by = None if actor_id is None else Doer(actor_id=actor_id)
            await self._new_accounts.tell(tx, at, member, prepared, origin, by)
        return member.id
