"""Members: accounts as their operator looks through them, with what other tables know of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store.accounts import AccountRecord
from store.organisations import OrganisationRecord
from store.rows import Part, Row, columns, flag, maybe_moment, number, text
from store.transaction import Transaction


@dataclass(frozen=True, slots=True)
class MemberRecord:
    """One account of a list."""

    account: AccountRecord
    organisation: str
    """What the organisation is called."""
    has_two_factor: bool
    last_active_at: datetime | None
    """When a session was last used, as far as sessions are still kept."""

    @classmethod
    def from_row(cls, row: Row) -> MemberRecord:
        """Build the record from a joined row."""
        return cls(
            account=AccountRecord.from_row(Part(row, "account")),
            organisation=text(row, "organisation"),
            has_two_factor=flag(row, "has_two_factor"),
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
    f"SELECT {columns(AccountRecord, 'account')}, organisations.name AS organisation,"  # noqa: S608 - names of ours
    " CASE WHEN totp_secrets.account_id IS NULL THEN 0 ELSE 1 END AS has_two_factor,"
    " (SELECT max(sessions.last_active_at) FROM sessions WHERE sessions.account_id = account.id)"
    " AS last_active_at"
    " FROM accounts account JOIN organisations ON organisations.id = account.org_id"
    " LEFT JOIN totp_secrets ON totp_secrets.account_id = account.id"
)


async def get(tx: Transaction, account_id: str) -> MemberRecord | None:
    """Find a member by the id of their account."""
    row = await tx.fetch_one(f"{_MEMBER} WHERE account.id = :account_id", account_id=account_id)
    return None if row is None else MemberRecord.from_row(row)


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


async def names_as_long(tx: Transaction, org_id: str, least: int, most: int) -> Sequence[str]:
    """List the names in an organisation that have so many characters."""
    rows = await tx.fetch(
        "SELECT DISTINCT name FROM accounts WHERE org_id = :org_id AND status <> 'removed'"
        " AND length(name) BETWEEN :least AND :most ORDER BY name",
        org_id=org_id,
        least=least,
        most=most,
    )
    return [text(row, "name") for row in rows]


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
