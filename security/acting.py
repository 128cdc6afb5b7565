"""Who acts, as one transaction knows it: account, organisation, session, policy and second factor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from security.clock import GREATEST_BACKWARD_STEP
from security.facts import Secret
from security.policy import Policy
from security.refusals import EnrolmentNeeded, ReauthenticationNeeded, SessionLocked
from security.vocabulary import AccountStatus, EndReason
from store.accounts import AccountRecord
from store.organisations import OrganisationRecord
from store.sessions import SessionRecord
from store.transaction import Transaction
from store.two_factor import TotpRecord

FRESH_FOR = timedelta(minutes=5)
"""How long a full authentication lets its person do what is sensitive (R058)."""


@dataclass(frozen=True, slots=True)
class Acting:
    """A person with a live session, read inside the transaction that acts for them."""

    tx: Transaction
    at: datetime
    """The time of the act, taken when its transaction had begun."""
    token: Secret
    account: AccountRecord
    organisation: OrganisationRecord
    session: SessionRecord
    policy: Policy
    totp: TotpRecord | None
    """The authenticator, where two-factor authentication is on."""

    @property
    def is_fresh(self) -> bool:
        """Whether the last full authentication is at most five minutes old.

        One that lies ahead is of a clock that was set back since, and nobody knows how old it is (R119).
        """
        age = self.at - self.session.authenticated_at
        return self.is_full and -GREATEST_BACKWARD_STEP <= age <= FRESH_FOR

    @property
    def is_full(self) -> bool:
        """Whether the session was proven by all that the account asks for now (R039).

        A session that began with the password alone does not become a full one because another
        terminal turned two-factor authentication on, nor one behind the lock by half a proof.
        """
        proven = self.session.methods.split()
        return "password" in proven and (len(proven) > 1 or not self.has_two_factor)

    @property
    def has_two_factor(self) -> bool:
        """Whether two-factor authentication is on."""
        return self.totp is not None

    def require_unlocked(self) -> None:
        """Let only a session pass that does not wait behind the idle lock.

        Raises:
            SessionLocked: it does.
        """
        if self.session.locked_at is not None:
            raise SessionLocked

    def require_enrolled(self) -> None:
        """Let nobody pass whose second factor was reset and not set up again (R040).

        Raises:
            EnrolmentNeeded: it was.
        """
        if self.account.must_enrol:
            raise EnrolmentNeeded

    def require_fresh(self) -> None:
        """Let only a fresh authentication pass.

        Raises:
            ReauthenticationNeeded: the last one is older than five minutes.
        """
        if not self.is_fresh:
            raise ReauthenticationNeeded(second_factor=self.has_two_factor)


def lifetime(account: AccountRecord, policy: Policy) -> timedelta:
    """The longest life of a person's sessions: the policy's, or what they chose where that is shorter."""
    if account.session_lifetime is None:
        return policy.lifetime
    return min(account.session_lifetime, policy.lifetime)


def expiry(session: SessionRecord, account: AccountRecord, policy: Policy) -> datetime:
    """When a session ends whatever happens; a lifetime that became shorter acts on live sessions too."""
    return min(session.expires_at, session.created_at + lifetime(account, policy))


def due_reason(
    session: SessionRecord, account: AccountRecord, policy: Policy, at: datetime
) -> EndReason | None:
    """Why a live session must end now; at exactly the limit it is over (R051)."""
    if account.status != AccountStatus.ACTIVE:
        return EndReason.ACCOUNT_CLOSED
    if at >= expiry(session, account, policy):
        return EndReason.EXPIRED
    if at >= session.last_active_at + policy.idle:
        return EndReason.IDLE
    return None
