"""The closed vocabularies that rules, stored rows and screens share. Imports nothing heavy."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from security.safe_text import sanitise

LONGEST_STRANGER = 60
"""Cells of a word that this version does not know."""


class Kept(StrEnum):
    """Words that a store keeps, also those that a newer program has written."""

    @classmethod
    def kept(cls, value: str) -> Self:
        """What a store holds; a word that only a newer program has is shown as it stands there."""
        try:
            return cls(value)
        except ValueError:
            shown = sanitise(value, max_cells=LONGEST_STRANGER)
            stranger = str.__new__(cls, shown)
            stranger._name_ = stranger._value_ = shown
            return stranger


class Role(StrEnum):
    """What a member may do in the organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"


class AccountStatus(StrEnum):
    """Whether an account may sign in."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    REMOVED = "removed"


class Appearance(StrEnum):
    """The look that a person keeps with the account."""

    DARK = "dark"
    LIGHT = "light"
    HIGH_CONTRAST = "high-contrast"
    TERMINAL = "terminal"
    """The terminal's own colours."""

    @classmethod
    def kept(cls, value: str) -> Appearance:
        """What a store holds; a look that only a newer program has is drawn as the default."""
        return cls(value) if value in list(cls) else cls.DARK


class EndReason(Kept):
    """Why a session ended."""

    SIGNED_OUT = "signed_out"
    EXPIRED = "expired"
    IDLE = "idle"
    REVOKED = "revoked"
    PASSWORD_CHANGED = "password_changed"
    TWO_FACTOR_CHANGED = "two_factor_changed"
    LIMIT = "limit"
    ACCOUNT_CLOSED = "account_closed"
    CRASHED = "crashed"
    RESTORED = "restored"
    """The store is one of an earlier day, so what was valid then is not any more."""


class SignInMethod(Kept):
    """One thing by which a person proved who they are."""

    PASSWORD = "password"
    TOTP = "totp"
    RECOVERY_CODE = "recovery_code"


class BreachOutcome(StrEnum):
    """What the breach check can say of a password (R008)."""

    CLEAR_ONLINE = "clear_online"
    CLEAR_OFFLINE = "clear_breach_file"
    """The breach file on this machine was asked."""
    CLEAR_EMBEDDED = "clear_embedded"
    """Only the embedded list of common passwords was asked."""
    FOUND_ONLINE = "found_online"
    FOUND_OFFLINE = "found_breach_file"
    FOUND_EMBEDDED = "found_embedded"
    NOT_CHECKED = "not_checked"

    @classmethod
    def _missing_(cls, value: object) -> BreachOutcome | None:
        """What the embedded list's answers were called before there was a breach file: an audit keeps it."""
        match value:
            case "clear_offline":
                return cls.CLEAR_EMBEDDED
            case "found_offline":
                return cls.FOUND_EMBEDDED
        return None

    @classmethod
    def kept(cls, value: str) -> BreachOutcome:
        """What a store holds; an outcome that only a newer program has says nothing here."""
        try:
            return cls(value)
        except ValueError:
            return cls.NOT_CHECKED

    @property
    def is_screened(self) -> bool:
        """Whether known breaches were asked: the embedded list of common passwords is none of them."""
        return self not in (BreachOutcome.CLEAR_EMBEDDED, BreachOutcome.NOT_CHECKED)

    @property
    def is_found(self) -> bool:
        """Whether the password may not be used: it is breached, or common."""
        return self in (
            BreachOutcome.FOUND_ONLINE,
            BreachOutcome.FOUND_OFFLINE,
            BreachOutcome.FOUND_EMBEDDED,
        )

    @property
    def is_clear(self) -> bool:
        """Whether something was asked and did not know the password."""
        return not self.is_found and self is not BreachOutcome.NOT_CHECKED


class PasswordRule(StrEnum):
    """One rule of the live list below the new password."""

    LENGTH = "length"
    UPPER = "upper"
    LOWER = "lower"
    DIGIT = "digit"
    SYMBOL = "symbol"
    COMMON = "common"
    CONTEXT = "context"


class RiskLevel(StrEnum):
    """The level that the Overview shows, from worst to best."""

    HIGH = "high"
    ELEVATED = "elevated"
    MEDIUM = "medium"
    LOW = "low"
    NEGLIGIBLE = "negligible"


class Measure(StrEnum):
    """One line of the Overview: a measure that is on or off."""

    PASSWORD = "password"
    TWO_FACTOR = "two_factor"
    RECOVERY_CODES = "recovery_codes"
    SESSIONS = "sessions"


class EventName(Kept):
    """The audit's event names; the first five are fixed to the letter, the rest follow their form."""

    PASSWORD_CHANGED = "auth.password_changed"
    TWO_FACTOR_ENABLED = "auth.2fa_enabled"
    TWO_FACTOR_DISABLED = "auth.2fa_disabled"
    RECOVERY_CODES_REGENERATED = "auth.2fa_recovery_codes_regenerated"
    SESSION_REVOKED = "auth.session_revoked"
    SIGNED_IN = "auth.signed_in"
    SIGN_IN_FAILED = "auth.sign_in_failed"
    SECOND_FACTOR_FAILED = "auth.second_factor_failed"
    PASSWORD_ACCEPTED = "auth.password_accepted"
    RECOVERY_CODE_USED = "auth.recovery_code_used"
    REAUTHENTICATED = "auth.reauthenticated"
    REAUTHENTICATION_FAILED = "auth.reauthentication_failed"
    SIGNED_OUT = "auth.signed_out"
    SESSION_RESUMED = "auth.session_resumed"
    SESSION_EXPIRED = "auth.session_expired"
    SESSION_LOCKED = "auth.session_locked"
    SESSION_UNLOCKED = "auth.session_unlocked"
    NEW_DEVICE = "auth.new_device"
    DEVICE_NAMED = "auth.device_named"
    SESSION_LIFETIME_CHANGED = "auth.session_lifetime_changed"
    ENROLMENT_STARTED = "auth.2fa_enrolment_started"
    ENROLMENT_CANCELLED = "auth.2fa_enrolment_cancelled"
    RECOVERY_CODES_ACKNOWLEDGED = "auth.2fa_recovery_codes_acknowledged"
    RECOVERY_CODES_VOIDED = "auth.2fa_recovery_codes_voided"
    TWO_FACTOR_RESET = "auth.2fa_reset"
    """By somebody else: the member sets it up again before anything else."""
    PASSWORD_CHANGE_REFUSED = "auth.password_change_refused"
    BREACH_CHECK_SKIPPED = "auth.breach_check_skipped"
    PASSWORD_REHASHED = "auth.password_rehashed"
    ACCOUNT_RENAMED = "account.renamed"
    APPEARANCE_CHANGED = "account.appearance_changed"
    ACCOUNT_CREATED = "account.created"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_RESTORED = "account.restored"
    ACTIVITY_EXPORTED = "account.activity_exported"
    ORGANISATION_CREATED = "org.created"
    POLICY_CHANGED = "org.policy_changed"
    POLICY_DAMAGED = "org.policy_damaged"
    """It cannot be read as it is stored; what is strictest holds in place of what is damaged."""
    KEYS_ROTATED = "system.keys_rotated"
    STORE_MOVED = "system.store_moved"
    STORE_BACKED_UP = "system.store_backed_up"
    STORE_RESTORED = "system.store_restored"
    CLOCK_STEPPED = "system.clock_stepped"
    CRASHED = "system.crashed"


class ActivityKind(StrEnum):
    """A kind of events that a person may ask for alone."""

    SIGN_INS = "sign_ins"
    SESSIONS = "sessions"
    """Sessions and devices."""
    PASSWORD = "password"
    TWO_FACTOR = "two_factor"
    ACCOUNT = "account"
    """The account itself, its organisation and the program."""
    FAILURES = "failures"
    """Whatever was refused or failed, of every kind."""


class ExportForm(StrEnum):
    """How an export is written."""

    CSV = "csv"
    JSON_LINES = "jsonl"
    """One JSON object a line."""


class NoticeKind(StrEnum):
    """A mail that waits in the outbox."""

    PASSWORD_CHANGED = "password_changed"
    TWO_FACTOR_ENABLED = "two_factor_enabled"
    TWO_FACTOR_DISABLED = "two_factor_disabled"
    RECOVERY_CODES_REGENERATED = "recovery_codes_regenerated"
    RECOVERY_CODE_USED = "recovery_code_used"
    NEW_DEVICE = "new_device"
    SIGNED_IN_AFTER_FAILURES = "signed_in_after_failures"
    SECOND_FACTOR_FAILURES = "second_factor_failures"
    TWO_FACTOR_RESET = "two_factor_reset"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_SUSPENDED = "account_suspended"
    ACCOUNT_RESTORED = "account_restored"


class ChangeKind(StrEnum):
    """What a row of the change feed tells."""

    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    SESSION_CHANGED = "session_changed"
    ACCOUNT_CHANGED = "account_changed"
    TWO_FACTOR_CHANGED = "two_factor_changed"
    POLICY_CHANGED = "policy_changed"
