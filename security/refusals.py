"""Refusals: what a flow raises when it says no, each with the tag that the audit keeps.

A refusal is an answer, not a fault: nothing was changed, and the screen that shows it knows
the words. This module imports nothing heavy, because screens name its types before the first paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from security.vocabulary import AccountStatus, BreachOutcome, PasswordRule


class Refusal(Exception):
    """A flow said no and changed nothing."""

    tag: ClassVar[str] = "refused"
    """The audit's reason code."""


class WrongCredentials(Refusal):
    """Email and password do not make a sign-in; which of them, or why, is not told (R017)."""

    tag = "wrong_credentials"


class WrongPassword(Refusal):
    """The password that a signed-in person gave as proof is not theirs."""

    tag = "wrong_password"


@dataclass(slots=True)
class WeakPassword(Refusal):
    """A new password breaks rules of the organisation."""

    reasons: tuple[PasswordRule, ...]
    """Every rule that the candidate breaks, in the order in which they are shown."""

    tag: ClassVar[str] = "weak_password"


@dataclass(slots=True)
class BreachedPassword(Refusal):
    """A new password stands in a known breach or in the list of common passwords."""

    outcome: BreachOutcome
    """Which check found it."""

    tag: ClassVar[str] = "breached_password"


class BreachUnchecked(Refusal):
    """No breach check could be made and the policy is `strict` (R008)."""

    tag = "breach_unchecked"


class UnusableInput(Refusal):
    """A password is too long, empty or holds characters that no entry point takes (R002-R004)."""

    tag = "unusable_input"


class SamePassword(Refusal):
    """The new password is the current one."""

    tag = "same_password"


class ConfirmationDiffers(Refusal):
    """The confirmation, after normalisation, is not the new password."""

    tag = "confirmation_differs"


@dataclass(slots=True)
class CodeRejected(Refusal):
    """A six-digit code or a recovery code was not accepted."""

    drift_seconds: int | None = None
    """How far the authenticator's clock is off (positive: ahead), where a code of five minutes tells it."""
    already_used: bool = False
    """The code is right and was spent before; only ever said of TOTP steps, to a person with the password."""

    tag: ClassVar[str] = "code_rejected"


@dataclass(slots=True)
class Throttled(Refusal):
    """Too many tries; nothing was checked and the lock did not grow (R023)."""

    until: datetime
    """When the next try is answered, aware UTC."""

    tag: ClassVar[str] = "throttled"


class SecondFactorBlocked(Refusal):
    """One hundred failures in a row: the second factor waits for an administrator (R020)."""

    tag = "second_factor_blocked"


class Busy(Refusal):
    """The queue for password checks is full; try again in a moment (R012)."""

    tag = "busy"


class HalfSignInOver(Refusal):
    """The state between the two steps is spent, five minutes old or of another connection (R027)."""

    tag = "half_sign_in_over"


@dataclass(slots=True)
class SessionOver(Refusal):
    """The session has ended; its reason is the stored one."""

    reason: str
    """One of `EndReason`, or "unknown" for a token that no session has."""

    tag: ClassVar[str] = "session_over"


class SessionLocked(Refusal):
    """The session waits behind the idle lock."""

    tag = "session_locked"


@dataclass(slots=True)
class ReauthenticationNeeded(Refusal):
    """The act needs an authentication of at most five minutes ago (R058)."""

    second_factor: bool
    """Whether a code is asked for beside the password."""

    tag: ClassVar[str] = "reauthentication_needed"


class EnrolmentNeeded(Refusal):
    """The second factor was reset: it is set up again before anything else (R040)."""

    tag = "enrolment_needed"


class NotAllowed(Refusal):
    """A role or a policy forbids the act."""

    tag = "not_allowed"


class PolicyForbids(Refusal):
    """The organisation's policy forbids the act, whoever asks."""

    tag = "policy_forbids"


class EnrolmentOver(Refusal):
    """The pending enrolment expired, was replaced or belongs to another session (R038)."""

    tag = "enrolment_over"


class AlreadyEnrolled(Refusal):
    """Two-factor authentication is on already."""

    tag = "already_enrolled"


class NotEnrolled(Refusal):
    """Two-factor authentication is off."""

    tag = "not_enrolled"


class AlreadyFounded(Refusal):
    """A store or keys exist already; the first owner is made only where both are absent (R028)."""

    tag = "already_founded"


@dataclass(slots=True)
class UnusableField(Refusal):
    """A name or an address cannot be taken as it was typed."""

    field: str
    """Which one: "name", "organisation", "email", "device", "reason", or "lifetime" of sessions."""
    reason: str
    """Why, as a tag: "empty", "too_long", "control_characters", "not_an_address", "mixed_scripts".

    A lifetime is "too_short".
    """

    tag: ClassVar[str] = "unusable_field"


class NotFound(Refusal):
    """No such thing, or not yours: the two are not told apart (R056)."""

    tag = "not_found"


class NoSuchMember(Refusal):
    """No account has this address or id; only said to whoever may see every account."""

    tag = "no_such_member"


class NoSuchOrganisation(Refusal):
    """No organisation has this name or id; only said to whoever may see every organisation."""

    tag = "no_such_organisation"


class NothingToReset(Refusal):
    """Somebody else's second factor is off, or was taken away before."""

    tag = "nothing_to_reset"


class EmailTaken(Refusal):
    """The address belongs to an account of this store already."""

    tag = "email_taken"


@dataclass(slots=True)
class NameTaken(Refusal):
    """The name is another's, or looks like it (R087)."""

    field: str
    """Which one: "name", "organisation" or "email"."""

    tag: ClassVar[str] = "name_taken"


class LastOwner(Refusal):
    """An organisation keeps one owner who can act (R114)."""

    tag = "last_owner"


@dataclass(slots=True)
class AlreadySo(Refusal):
    """The account has the state already that it was to be given."""

    status: AccountStatus

    tag: ClassVar[str] = "already_so"


class ExportOvertaken(Refusal):
    """What is exported was erased, by the retention, before all of it was read (R079)."""

    tag = "export_overtaken"
