"""Organisations: further ones, each with its first owner and a chain of its own; for the operator alone."""

from __future__ import annotations

from security import names
from security.clock import Clock
from security.doer import Doer
from security.journal import Journal
from security.lanes import act_in
from security.look_alikes import Looks
from security.new_accounts import NewAccounts
from security.operator_facts import OrganisationAdded, OrganisationView
from security.origin import Origin
from security.policy import STANDARD, Policy, put
from security.refusals import NameTaken, NoSuchOrganisation, UnusableField
from security.safe_text import sanitise
from security.storable import storable
from security.views import member_view
from security.vocabulary import EventName, NoticeKind, Role
from store import members as member_rows
from store import organisations as organisation_rows
from store.ids import new_id
from store.members import CountedOrganisation
from store.organisations import OrganisationRecord
from store.store import Store
from store.transaction import Transaction


class Organisations:
    """Adds organisations and lists them."""

    def __init__(self, store: Store, clock: Clock, new_accounts: NewAccounts, journal: Journal) -> None:
        """Keep the collaborators."""
        self._store = store
        self._clock = clock
        self._new_accounts = new_accounts
        self._journal = journal

    async def list(self) -> tuple[OrganisationView, ...]:
        """Every organisation with its figures, oldest first."""
        async with self._store.read() as tx:
            return tuple(_view(counted) for counted in await member_rows.organisations(tx))

    async def add(
        self,
        organisation: str,
        name: str,
        email: str,
        password: str,
        operator: str,
        origin: Origin,
        *,
        policy: Policy = STANDARD,
    ) -> OrganisationAdded:
        """Make an organisation and its first owner in one transaction; nobody is signed in by it.

        Raises:
            UnusableField: a name or the address cannot be taken as it was typed.
            NameTaken: an organisation is called so, or looks so (R087).
            EmailTaken: the address belongs to an account of the store.
            UnusableInput: no entry point takes this password.
            WeakPassword: the password breaks rules of the policy.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            Busy: the queue for password checks is full.
        """
        org_name = names.parse_name(organisation, "organisation")
        async with self._store.read() as tx:
            await _require_free(tx, org_name)
        prepared = await self._new_accounts.prepare(org_name, name, email, password, policy)
        by = Doer(operator=operator)
        async with act_in(self._store, self._clock.now(), None) as tx:
            await _require_free(tx, org_name)
            at = self._clock.now()
            added = OrganisationRecord(new_id(at), org_name, names.short_name(org_name), at)
            await organisation_rows.insert(tx, added)
            owner = await self._new_accounts.insert(tx, at, added.id, prepared, Role.OWNER)
            await put(tx, added.id, policy, version=1, at=at, by=owner.id)
            await self._journal.event(tx, EventName.ORGANISATION_CREATED, origin, account=owner, by=by)
            await self._new_accounts.tell(tx, at, owner, prepared, origin, by)
            facts = {"organisation": added.name}
            await self._journal.notice(tx, at, owner, NoticeKind.ACCOUNT_CREATED, facts)
            record = await member_rows.known(tx, owner.id)
        return OrganisationAdded(
            _view(CountedOrganisation(added, members=1, with_two_factor=0)),
            member_view(record),
            prepared.accepted.breach,
        )


async def organisation_called(tx: Transaction, called: str | None) -> OrganisationRecord:
    """The organisation of an id or a name; the only one where nobody says which.

    Raises:
        UnusableField: there are several, and none was named.
        NoSuchOrganisation: there is none of it.
    """
    everyone = await organisation_rows.list_all(tx)
    if called is None:
        if len(everyone) > 1:
            raise UnusableField("organisation", "empty")
        found = everyone
    else:
        wanted = storable(called).strip()
        found = [one for one in everyone if wanted == one.id] or [
            one for one in everyone if wanted.casefold() == one.name.casefold()
        ]
    if not found:
        raise NoSuchOrganisation
    return found[0]


async def _require_free(tx: Transaction, name: str) -> None:
    """Let only a name pass that nobody takes for another organisation's.

    Raises:
        NameTaken: somebody could.
    """
    looks = Looks.of(name)
    if any(looks.like(one.name) for one in await organisation_rows.list_all(tx)):
        raise NameTaken("organisation")


def _view(counted: CountedOrganisation) -> OrganisationView:
    """An organisation as its operator sees it."""
    return OrganisationView(
        id=counted.organisation.id,
        name=sanitise(counted.organisation.name),
        short_name=sanitise(counted.organisation.short_name),
        created_at=counted.organisation.created_at,
        members=counted.members,
        with_two_factor=counted.with_two_factor,
    )
