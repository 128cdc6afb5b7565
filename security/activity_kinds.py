"""The kinds of events that a person may ask for alone, and which events each holds."""

from __future__ import annotations

from security.vocabulary import ActivityKind, EventName

KINDS = {
    ActivityKind.SIGN_INS: (
        EventName.SIGNED_IN,
        EventName.SIGN_IN_FAILED,
        EventName.SECOND_FACTOR_FAILED,
        EventName.PASSWORD_ACCEPTED,
        EventName.REAUTHENTICATED,
        EventName.REAUTHENTICATION_FAILED,
    ),
    ActivityKind.SESSIONS: (
        EventName.SESSION_REVOKED,
        EventName.SIGNED_OUT,
        EventName.SESSION_RESUMED,
        EventName.SESSION_EXPIRED,
        EventName.SESSION_LOCKED,
        EventName.SESSION_UNLOCKED,
        EventName.SESSION_LIFETIME_CHANGED,
        EventName.NEW_DEVICE,
        EventName.DEVICE_NAMED,
    ),
    ActivityKind.PASSWORD: (
        EventName.PASSWORD_CHANGED,
        EventName.PASSWORD_CHANGE_REFUSED,
        EventName.PASSWORD_REHASHED,
        EventName.BREACH_CHECK_SKIPPED,
    ),
    ActivityKind.TWO_FACTOR: (
        EventName.TWO_FACTOR_ENABLED,
        EventName.TWO_FACTOR_DISABLED,
        EventName.RECOVERY_CODES_REGENERATED,
        EventName.RECOVERY_CODES_ACKNOWLEDGED,
        EventName.RECOVERY_CODES_VOIDED,
        EventName.TWO_FACTOR_RESET,
        EventName.RECOVERY_CODE_USED,
        EventName.ENROLMENT_STARTED,
        EventName.ENROLMENT_CANCELLED,
    ),
    ActivityKind.ACCOUNT: (
        EventName.ACCOUNT_CREATED,
        EventName.ACCOUNT_RENAMED,
        EventName.ACCOUNT_SUSPENDED,
        EventName.ACCOUNT_RESTORED,
        EventName.ACTIVITY_EXPORTED,
        EventName.APPEARANCE_CHANGED,
        EventName.ORGANISATION_CREATED,
        EventName.POLICY_CHANGED,
        EventName.POLICY_DAMAGED,
        EventName.KEYS_ROTATED,
        EventName.STORE_MOVED,
        EventName.STORE_BACKED_UP,
        EventName.STORE_RESTORED,
        EventName.CLOCK_STEPPED,
        EventName.CRASHED,
    ),
}
"""Which events each kind holds: every event is of exactly one; what failed cuts across them."""


def kind_of(name: EventName) -> ActivityKind:
    """The one kind of an event, whether or not it failed; a newer program's are of the account."""
    return next((kind for kind, names in KINDS.items() if name in names), ActivityKind.ACCOUNT)
