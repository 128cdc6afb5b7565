"""New accounts: what is held against a name, an address and a password, and what is told of the account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security import names
from security.doer import Doer
from security.emails import Email, parse_own_email
from security.journal import Journal
from security.namesakes import require_own_address
from security.new_password import Accepted, NewPassword
from security.normalise import normalise_password
from security.origin import Origin
from security.password_rules import context_words
from security.policy import Policy
from security.refusals import EmailTaken
from security.vocabulary import AccountStatus, Appearance, ChangeKind, EventName, Role
from store import accounts as account_rows
from store.accounts import AccountRecord
from store.errors import Duplicate
from store.ids import new_id
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Prepared:
    """Somebody who may have an account, with a password that was checked and hashed."""

    name: str
    address: Email
    accepted: Accepted


class NewAccounts:
    """Makes accounts inside the transaction of whoever may."""

    def __init__(self, new_password: NewPassword, journal: Journal, appearance: Appearance) -> None:
        """Keep what checks passwords, what tells of accounts, and the look that they begin with."""
        self._new_password = new_password
        self._journal = journal
        self._appearance = appearance

    async def prepare(
        self, organisation: str, name: str, email: str, password: str, policy: Policy
    ) -> Prepared:
        """Hold everything that was typed against the rules, outside any transaction.

        Raises:
            UnusableField: the name or the address cannot be taken as it was typed.
            UnusableInput: no entry point takes this password.
            WeakPassword: the password breaks rules of the organisation.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no check could be made and the policy is strict.
            Busy: the queue for password checks is full.
        """
        taken, address = names.parse_name(name), parse_own_email(email)
        words = context_words(organisation, address.stored, taken)
        accepted = await self._new_password.accept(
            normalise_password(password), policy, words, has_two_factor=False
        )
        return Prepared(taken, address, accepted)

    async def insert(
        self,
        tx: Transaction,
        at: datetime,
        org_id: str,
        prepared: Prepared,
        role: Role,
        appearance: Appearance | None = None,
    ) -> AccountRecord:
        """Keep a new account; without an appearance of its own it begins as the settings say.

        Raises:
            EmailTaken: the address belongs to an account of the store, also to one of this very moment.
            NameTaken: it could pass for that of another member (R087).
        """
        if await account_rows.find_by_email(tx, prepared.address.canonical) is not None:
            raise EmailTaken
        await require_own_address(tx, org_id, prepared.address.canonical)
        account = _account(org_id, prepared, role, appearance or self._appearance, at)
        try:
            await account_rows.insert(tx, account)
        except Duplicate:
            raise EmailTaken from None
        return account

    async def tell(
        self,
        tx: Transaction,
        at: datetime,
        account: AccountRecord,
        prepared: Prepared,
        origin: Origin,
        by: Doer | None = None,
    ) -> None:
        """Audit and change feed of a new account; by nobody else it is its person's own act."""
        await self._journal.event(
            tx,
            EventName.ACCOUNT_CREATED,
            origin,
            account=account,
            by=by,
            details={"role": account.role, "breach": account.breach_outcome},
        )
        if not prepared.accepted.breach.is_screened:
            await self._journal.event(
                tx,
                EventName.BREACH_CHECK_SKIPPED,
                origin,
                account=account,
                by=by,
                details=prepared.accepted.unasked,
            )
        await self._journal.change(tx, at, ChangeKind.ACCOUNT_CHANGED, account, account.id)


def _account(
    org_id: str, prepared: Prepared, role: Role, appearance: Appearance, at: datetime
) -> AccountRecord:
    """The row of a new account."""
    return AccountRecord(
        id=new_id(at),
        org_id=org_id,
        email=prepared.address.stored,
        email_canonical=prepared.address.canonical,
        name=prepared.name,
        role=role,
        status=AccountStatus.ACTIVE,
        appearance=appearance,
        password_hash=prepared.accepted.password_hash,
        password_changed_at=at,
        breach_outcome=prepared.accepted.breach,
        created_at=at,
        last_sign_in_at=None,
        session_lifetime=None,
        must_enrol=False,
    )
