"""Members: accounts as their operator looks through them, with what other tables know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.errors import Corrupt
from store.ids import NIL_ID
from store.organisations import OrganisationRecord
from store.rows import Part, Row, columns, flag, maybe_moment, moment, number, text
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One account of a list, without what it proves itself by."""

    id: str
    """UUIDv7 in text form."""
    organisation: str
    """What the organisation is called."""
    name: str
    """What the person is called."""
    email: str
    """The address as it was given."""
    role: str
    """owner, admin or member."""
    status: str
    """active, suspended or removed."""
    must_enrol: bool
    """The second factor was reset: it is set up again before anything else."""
    has_two_factor: bool
    """Whether there is an authenticator."""
    created_at: datetime
    """When the account was made, aware UTC."""
    last_active_at: datetime | None
    """When a session was last used, or where none is kept any more the last sign-in, aware UTC."""

    @classmethod
    def from_row(cls, row: Row) -> MemberRecord:
        """Build the record from a joined row."""
        return cls(
            id=text(row, "id"),
            organisation=text(row, "organisation"),
            name=text(row, "name"),
            email=text(row, "email"),
            role=text(row, "role"),
            status=text(row, "status"),
            must_enrol=flag(row, "must_enrol"),
            has_two_factor=flag(row, "has_two_factor"),
            created_at=moment(row, "created_at"),
            last_active_at=maybe_moment(row, "last_active_at"),
        )


@dataclass(frozen=True, slots=True)
class CountedOrganisation:
    """One organisation with its figures."""

    organisation: OrganisationRecord
    members: int
    """Accounts that were not removed."""
    with_two_factor: int
    """Those of them who have an authenticator."""

    @classmethod
    def from_row(cls, row: Row) -> CountedOrganisation:
        """Build the record from a joined row."""
        return cls(
            OrganisationRecord.from_row(Part(row, "organisation")),
            number(row, "members"),
            number(row, "with_two_factor"),
        )


_MEMBER = (
    "SELECT account.id, organisations.name AS organisation, account.name, account.email, account.role,"
    " account.status, account.must_enrol, account.created_at,"
    " CASE WHEN totp_secrets.account_id IS NULL THEN 0 ELSE 1 END AS has_two_factor,"
    " COALESCE((SELECT max(sessions.last_active_at) FROM sessions WHERE sessions.account_id = account.id),"
    " account.last_sign_in_at) AS last_active_at"
    " FROM accounts account JOIN organisations ON organisations.id = account.org_id"
    " LEFT JOIN totp_secrets ON totp_secrets.account_id = account.id"
)


async def get(tx: Transaction, account_id: str) -> MemberRecord | None:
    """Find a member by the id of their account."""
    row = await tx.fetch_one(f"{_MEMBER} WHERE account.id = :account_id", account_id=account_id)
    return None if row is None else MemberRecord.from_row(row)


async def known(tx: Transaction, account_id: str) -> MemberRecord:
    """Give a member whose account this transaction has made or read.

    Raises Corrupt where the store does not know them.
    """
    found = await get(tx, account_id)
    if found is None:
        raise Corrupt("The store does not know an account that it has just held.")
    return found


async def page(tx: Transaction, org_id: str, after: str, limit: int) -> Sequence[MemberRecord]:
    """List members of an organisation who were not removed, oldest first, from behind an id on."""
    rows = await tx.fetch(
        f"{_MEMBER} WHERE account.org_id = :org_id AND account.id > :after"
        " AND account.status <> 'removed' ORDER BY account.id LIMIT :limit",
        org_id=org_id,
        after=after,
        limit=limit,
    )
    return [MemberRecord.from_row(row) for row in rows]


async def names_as_long(
    tx: Transaction, org_id: str, least: int, most: int, *, but: str | None = None
) -> Sequence[str]:
    """List the names in an organisation that have so many characters, but for that of one account."""
    rows = await tx.fetch(
        "SELECT DISTINCT name FROM accounts WHERE org_id = :org_id AND status <> 'removed'"
        " AND length(name) BETWEEN :least AND :most AND id <> :but ORDER BY name",
        org_id=org_id,
        least=least,
        most=most,
        but=but or NIL_ID,
    )
    return [text(row, "name") for row in rows]


async def addresses(tx: Transaction, org_id: str) -> Sequence[str]:
    """List the addresses in an organisation, in the form in which they are compared."""
    rows = await tx.fetch(
        "SELECT email_canonical FROM accounts WHERE org_id = :org_id AND status <> 'removed'", org_id=org_id
    )
    return [text(row, "email_canonical") for row in rows]


async def organisations(tx: Transaction) -> Sequence[CountedOrganisation]:
    """List every organisation with its figures, oldest first."""
    rows = await tx.fetch(
        f"SELECT {columns(OrganisationRecord, 'organisation')}, count(account.id) AS members,"  # noqa: S608 - names of ours
        " count(totp_secrets.account_id) AS with_two_factor"
        " FROM organisations organisation"
        " LEFT JOIN accounts account ON account.org_id = organisation.id AND account.status <> 'removed'"
        " LEFT JOIN totp_secrets ON totp_secrets.account_id = account.id"
        " GROUP BY organisation.id, organisation.name, organisation.short_name, organisation.created_at"
        " ORDER BY organisation.id"
    )
    return [CountedOrganisation.from_row(row) for row in rows]
