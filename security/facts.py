"""Facts: what flows return and screens may show. No stored hash, and foreign text only as `SafeText`.

This module imports nothing heavy, because screens name its types before the first paint.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from security.safe_text import SafeText
from security.vocabulary import Appearance, BreachOutcome, EventName, Measure, PasswordRule, RiskLevel, Role


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that may cross a wall but never reaches a repr, a log or a message."""

    reveal: str = field(repr=False)
    """The plain text, to be read only where it is used."""


@dataclass(frozen=True, slots=True)
class AccountView:
    """Who is signed in, as the frame shows it."""

    id: str
    """UUIDv7 in text form."""
    email: SafeText
    name: SafeText
    organisation: SafeText
    role: Role
    appearance: Appearance
    has_two_factor: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session began, was resumed or got a new token."""

    token: Secret
    """The session's token; the only way to act as this person."""
    session_id: str
    """UUIDv7 in text form; may be shown."""
    account: AccountView
    expires_at: datetime
    """When the session ends whatever happens, aware UTC."""
    device_secret: Secret | None = None
    """A new device secret to keep beside the terminal, where the device was new."""
    is_new_device: bool = False
    codes_unacknowledged: bool = False
    """Recovery codes were made and never acknowledged: offer to regenerate them."""
    recovery_codes_left: int | None = None
    """How many are left, where this sign-in spent one."""
    other_sessions_ended: int = 0
    """Sessions dropped because the account had its greatest number (R059)."""


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """The password was right; a code is asked for within five minutes."""

    half: Secret
    """The half-way state's token, good for one sign-in on the same connection (R027)."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RuleState:
    """One rule of the organisation, held against a candidate."""

    rule: PasswordRule
    is_met: bool
    figure: int = 0
    """The number in the rule: characters for LENGTH, 1 for the classes, 0 elsewhere."""


@dataclass(frozen=True, slots=True)
class PasswordAdvice:
    """What may be said of a candidate while it is typed, without the network."""

    rules: tuple[RuleState, ...]
    score: int
    """zxcvbn's score, 0 (worst) to 4."""
    guesses_log10: float
    """Decimal logarithm of the guesses that zxcvbn expects."""
    crack_time: SafeText
    """zxcvbn's words for an offline attack on a slow hash."""
    warning: SafeText
    suggestions: tuple[SafeText, ...]
    is_usable: bool
    """False where the input is over the caps or holds refused characters (R002, R004)."""


@dataclass(frozen=True, slots=True)
class PasswordChanged:
    """The password is a new one and the other sessions are over."""

    signed_in: SignedIn
    """The current session under its new token."""
    sessions_ended: int
    breach: BreachOutcome


@dataclass(frozen=True, slots=True)
class TwoFactorView:
    """The state of two-factor authentication, read from the store."""

    is_on: bool
    enrolled_at: datetime | None
    codes_left: int
    codes_in_batch: int
    codes_acknowledged: bool
    is_enforced: bool
    """The organisation enforces it, so it cannot be disabled (R040)."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A pending enrolment: what the wizard shows for ten minutes."""

    id: str
    secret: Secret
    """32 base32 characters, no padding (160 bits)."""
    uri: Secret
    """otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}, no other parameter."""
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """A fresh batch, in the clear for the one time that it is shown."""

    batch_id: str
    codes: tuple[Secret, ...]
    """Each XXXX-XXXX-XXXX-XXXX in Crockford's base32 (80 bits)."""
    signed_in: SignedIn
    """The current session, under a new token where the act rotated it."""
    sessions_ended: int = 0


@dataclass(frozen=True, slots=True)
class TwoFactorDisabled:
    """The secret and the codes are gone."""

    signed_in: SignedIn
    sessions_ended: int


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session as its owner may see it."""

    id: str
    client: SafeText
    source_ip: SafeText
    city: SafeText | None
    country: SafeText | None
    created_at: datetime
    last_active_at: datetime
    expires_at: datetime
    is_current: bool
    is_new_device: bool
    is_new_network: bool
    is_kept: bool
    """Kept signed in on its machine."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event of the person's own history."""

    id: str
    at: datetime
    name: EventName
    was_success: bool
    reason: SafeText
    client: SafeText
    source_ip: SafeText


@dataclass(frozen=True, slots=True)
class MeasureState:
    """One line of the Overview."""

    measure: Measure
    is_on: bool
    minutes: int
    """How long it takes to put right; 0 where it is on."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The whole of the Overview page, read in one snapshot."""

    risk: RiskLevel
    measures: tuple[MeasureState, ...]
    breach: BreachOutcome
    """What the last check said of the current password."""
    password_changed_at: datetime | None
    is_rotation_due: bool
    """The organisation's advice to change the password is due; a reminder, never a force (R014)."""
    two_factor: TwoFactorView
    sessions: tuple[SessionView, ...]
    lately: tuple[EventView, ...]
    """The newest events of the account, at most eight."""


@dataclass(frozen=True, slots=True)
class PolicyView:
    """What the screens of one person need to know of the organisation's policy."""

    minimum_length: int
    lifetime: timedelta
    idle: timedelta
    recovery_code_count: int
    enforces_two_factor: bool
    breach_strict: bool
    sso_sentence: SafeText | None = None
    """What the organisation says where members sign in elsewhere; None where passwords are a way in."""
