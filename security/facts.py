"""Facts: what flows return and screens may show. No stored hash, and foreign text only as `SafeText`.

This module imports nothing heavy, because screens name its types before the first paint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from security.safe_text import SafeText
from security.secret import Secret as Secret
from security.vocabulary import (
    Appearance,
    BreachOutcome,
    EndReason,
    EventName,
    Measure,
    PasswordRule,
    RiskLevel,
    Role,
    SignInMethod,
)


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
    must_enrol: bool
    """The second factor was reset: it is set up before anything else (R040)."""


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
class PendingEnrolment:
    """An enrolment that waits for its first code; nothing of its secret is told again."""

    id: str
    expires_at: datetime
    """From when on it is void, aware UTC."""


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
    """The client and its version in words: "OpenSSH, kitty 0.35.2", "Firefox 131 on Linux"."""
    device_name: SafeText | None
    """What the person calls the device; None where they gave it no name."""
    source_ip: SafeText
    is_this_network: bool
    """The address is of this machine or of a private network, so that no place is known or needed."""
    city: SafeText | None
    country: SafeText | None
    """None where the place is unknown."""
    created_at: datetime
    authenticated_at: datetime
    """When the person last proved who they are there."""
    methods: tuple[SignInMethod, ...]
    """How they proved it."""
    last_active_at: datetime
    expires_at: datetime
    is_current: bool
    is_new_device: bool
    is_new_network: bool
    is_new_country: bool
    """The account never had a session from this country, and had one from a known country before."""
    is_kept: bool
    """Kept signed in on its machine."""
    is_locked: bool
    """It waits behind its idle lock."""
    ended_at: datetime | None = None
    """When it ended; None while it lives."""
    end_reason: EndReason | None = None


@dataclass(frozen=True, slots=True)
class SessionsView:
    """The whole of the sessions page, read in one snapshot."""

    sessions: tuple[SessionView, ...]
    """The live ones: the current one first, then by last activity."""
    just_ended: tuple[SessionView, ...]
    """Those that ended within the last seconds, the newest end first; only to be told of, never acted on."""
    lifetime: timedelta
    """The longest that a session of this person lives: their own choice where it is shorter."""
    longest: timedelta
    """The organisation's longest lifetime."""
    idle: timedelta
    """After so long without activity a session ends."""
    limit: int
    """The greatest number of sessions at once; one more ends the oldest (R059)."""
    read_at: datetime


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
