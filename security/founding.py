"""Founding: the first owner, only where the store has no account, and the members that follow (R028)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from security import names
from security.clock import Clock
from security.emails import Email, parse_email
from security.facts import PasswordAdvice, SignedIn
from security.journal import Journal
from security.keys import KEYS_FACT, KeyRing
from security.lanes import act_in
from security.new_password import Accepted, NewPassword
from security.normalise import normalise_password
from security.origin import Origin
from security.password_rules import context_words
from security.policy import STANDARD, Policy, for_org, put
from security.refusals import AlreadyFounded, EmailTaken, NotFound
from security.session_start import Arrival, SessionStart
from security.strength import advise
from security.vocabulary import AccountStatus, Appearance, ChangeKind, EventName, Role
from store import accounts as account_rows
from store import facts as fact_rows
from store import organisations as organisation_rows
from store import policies as policy_rows
from store.accounts import AccountRecord
from store.errors import Duplicate
from store.ids import new_id
from store.organisations import OrganisationRecord
from store.people import PersonRecord
from store.store import Store
from store.transaction import Transaction


class Founding:
    """Makes the first owner of a store, and members on behalf of a door that is trusted to."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        keys: KeyRing,
        new_password: NewPassword,
        start: SessionStart,
        journal: Journal,
    ) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._keys = keys
        self._new_password = new_password
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
    ) -> SignedIn:
        """Make the organisation and its owner, who is signed in at once; all in one transaction.

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
        owner_name, address = names.parse_name(name), parse_email(email)
        words = context_words(org_name, address.stored, owner_name)
        accepted = await self._new_password.accept(
            normalise_password(password), policy, words, has_two_factor=False
        )
        origin = await self._start.prepared(origin)
        async with act_in(self._store, self._clock.now(), None) as tx:
            if await account_rows.count(tx) != 0:
                raise AlreadyFounded
            at = self._clock.now()
            await fact_rows.put(tx, KEYS_FACT, self._keys.fingerprint())
            founded = OrganisationRecord(new_id(at), org_name, names.short_name(org_name), at)
            owner = _account(founded.id, owner_name, address, Role.OWNER, accepted, at)
            await organisation_rows.insert(tx, founded)
            await put(tx, founded.id, policy, version=1, at=at, by=owner.id)
            await account_rows.insert(tx, owner)
            await self._journal.event(tx, EventName.ORGANISATION_CREATED, origin, account=owner)
            await self._tell_created(tx, at, owner, accepted, origin, None)
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
        member_name, address = names.parse_name(name), parse_email(email)
        async with self._store.read() as tx:
            organisation = await organisation_rows.get(tx, org_id)
            policy = await for_org(tx, org_id)
        if organisation is None:
            raise NotFound
        words = context_words(organisation.name, address.stored, member_name)
        accepted = await self._new_password.accept(
            normalise_password(password), policy, words, has_two_factor=False
        )
        async with act_in(self._store, self._clock.now(), org_id) as tx:
            if await account_rows.find_by_email(tx, address.canonical) is not None:
                raise EmailTaken
            at = self._clock.now()
            member = _account(org_id, member_name, address, role, accepted, at)
            await _insert(tx, member)
            await self._tell_created(tx, at, member, accepted, origin, actor_id)
        return member.id

    async def _tell_created(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        accepted: Accepted,
        origin: Origin,
        actor_id: str | None,
    ) -> None:
        """Audit and change feed of a new account."""
        await self._journal.event(
            tx,
            EventName.ACCOUNT_CREATED,
            origin,
            account=account,
            actor_id=actor_id,
            details={"role": account.role, "breach": account.breach_outcome},
        )
        if not accepted.breach.is_screened:
            await self._journal.event(
                tx,
                EventName.BREACH_CHECK_SKIPPED,
                origin,
                account=account,
                actor_id=actor_id,
                details=accepted.unasked,
            )
        await self._journal.change(tx, at, ChangeKind.ACCOUNT_CHANGED, account, account.id)


async def _insert(tx: Transaction, account: AccountRecord) -> None:
    """Keep a new account.

    Raises:
        EmailTaken: another organisation has given the address an account at this very moment.
    """
    try:
        await account_rows.insert(tx, account)
    except Duplicate:
        raise EmailTaken from None


def _account(
    org_id: str, name: str, address: Email, role: Role, accepted: Accepted, at: datetime
) -> AccountRecord:
    """The row of a new account."""
    return AccountRecord(
        id=new_id(at),
        org_id=org_id,
        email=address.stored,
        email_canonical=address.canonical,
        name=name,
        role=role,
        status=AccountStatus.ACTIVE,
        appearance=Appearance.DARK,
        password_hash=accepted.password_hash,
        password_changed_at=at,
        breach_outcome=accepted.breach,
        created_at=at,
        last_sign_in_at=None,
        session_lifetime=None,
        must_enrol=False,
    )
