"""Facts for the operator of a store: its organisations and their members; nothing heavy, and no secret."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from security.safe_text import SafeText
from security.vocabulary import AccountStatus, BreachOutcome, Role


@dataclass(frozen=True, slots=True)
class OrganisationView:
    """One organisation."""

    id: str
    """UUIDv7 in text form."""
    name: SafeText
    short_name: SafeText
    """What authenticator apps show."""
    created_at: datetime
    members: int
    """Accounts that were not removed."""
    with_two_factor: int
    """Those of them who have two-factor authentication on."""


@dataclass(frozen=True, slots=True)
class MemberView:
    """One account, as its operator may see it."""

    id: str
    """UUIDv7 in text form."""
    organisation: SafeText
    name: SafeText
    email: SafeText
    role: Role
    status: AccountStatus
    has_two_factor: bool
    must_enrol: bool
    """The second factor was reset: it is set up again before anything else."""
    created_at: datetime
    last_active_at: datetime | None
    """When a session of theirs was last used; None where they never signed in."""


@dataclass(frozen=True, slots=True)
class OrganisationAdded:
    """An organisation with its first owner."""

    organisation: OrganisationView
    owner: MemberView
    breach: BreachOutcome
    """What the breach check said of the owner's password."""


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """A new account."""

    member: MemberView
    breach: BreachOutcome
    """What the breach check said of the password."""


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """What an operator did to an account is done."""

    member: MemberView
    """As the account is now."""
    sessions_ended: int = 0
