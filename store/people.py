"""People: an account with all that decides what it may do, in one look-up."""

from __future__ import annotations

from dataclasses import dataclass

from store.accounts import AccountRecord
from store.organisations import OrganisationRecord
from store.policies import PolicyRecord
from store.recovery_codes import BatchRecord
from store.rows import Part, Row, columns
from store.sessions import SessionRecord
from store.transaction import Transaction
from store.two_factor import TotpRecord


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """An account as it stands at one moment."""

    account: AccountRecord
    organisation: OrganisationRecord
    policy: PolicyRecord | None
    """The organisation's policy; None where it has set none."""
    totp: TotpRecord | None
    """The authenticator; None where two-factor authentication is off."""
    batch: BatchRecord | None
    """The recovery codes that work; None where there are none."""

    @classmethod
    def from_row(cls, row: Row) -> PersonRecord:
        """Build the record from a joined row."""
        policy, totp, batch = (Part(row, name) for name in ("policy", "totp", "batch"))
        return cls(
            account=AccountRecord.from_row(Part(row, "account")),
            organisation=OrganisationRecord.from_row(Part(row, "organisation")),
            policy=None if policy["org_id"] is None else PolicyRecord.from_row(policy),
            totp=None if totp["account_id"] is None else TotpRecord.from_row(totp),
            batch=None if batch["id"] is None else BatchRecord.from_row(batch),
        )


_COLUMNS = ", ".join(
    (
        columns(AccountRecord, "account"),
        columns(OrganisationRecord, "organisation"),
        columns(PolicyRecord, "policy"),
        columns(TotpRecord, "totp"),
        columns(BatchRecord, "batch"),
    )
)

_JOINS = (
    " JOIN organisations organisation ON organisation.id = account.org_id"
    " LEFT JOIN policies policy ON policy.org_id = account.org_id"
    " LEFT JOIN totp_secrets totp ON totp.account_id = account.id"
    " LEFT JOIN recovery_batches batch ON batch.account_id = account.id AND batch.voided_at IS NULL"
)

_BY_ID = f"SELECT {_COLUMNS} FROM accounts account {_JOINS} WHERE account.id = :account_id"  # noqa: S608 - names of ours

_BY_EMAIL = f"SELECT {_COLUMNS} FROM accounts account {_JOINS} WHERE account.email_canonical = :canonical"  # noqa: S608 - names of ours

_BY_TOKEN = (
    f"SELECT {columns(SessionRecord, 'session')}, {_COLUMNS} FROM sessions session"  # noqa: S608 - names of ours
    f" JOIN accounts account ON account.id = session.account_id {_JOINS}"
    " WHERE session.token_hash = :token_hash"
)


async def get(tx: Transaction, account_id: str) -> PersonRecord | None:
    """Find a person by the id of their account."""
    row = await tx.fetch_one(_BY_ID, account_id=account_id)
    return None if row is None else PersonRecord.from_row(row)


async def find_by_email(tx: Transaction, canonical: str) -> PersonRecord | None:
    """Find a person by their canonical address."""
    row = await tx.fetch_one(_BY_EMAIL, canonical=canonical)
    return None if row is None else PersonRecord.from_row(row)


async def find_by_token(tx: Transaction, token_hash: bytes) -> tuple[SessionRecord, PersonRecord] | None:
    """Find a session by the hash of its token, also one that has ended, and whose it is."""
    row = await tx.fetch_one(_BY_TOKEN, token_hash=token_hash)
    return None if row is None else (SessionRecord.from_row(Part(row, "session")), PersonRecord.from_row(row))
