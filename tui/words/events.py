"""The events of the audit in a person's words."""

from __future__ import annotations

from security.vocabulary import EventName

_EVENTS = {
    EventName.PASSWORD_CHANGED: "Password changed",
    EventName.TWO_FACTOR_ENABLED: "Two-factor enabled",
    EventName.TWO_FACTOR_DISABLED: "Two-factor disabled",
    EventName.RECOVERY_CODES_REGENERATED: "Recovery codes regenerated",
    EventName.SESSION_REVOKED: "Session revoked",
    EventName.SIGNED_IN: "Signed in",
    EventName.SIGN_IN_FAILED: "Sign-in failed",
    EventName.SECOND_FACTOR_FAILED: "Second factor failed",
    EventName.PASSWORD_ACCEPTED: "Password accepted",
    EventName.RECOVERY_CODE_USED: "Recovery code used",
    EventName.REAUTHENTICATED: "Confirmed it is you",
    EventName.REAUTHENTICATION_FAILED: "Confirmation failed",
    EventName.SIGNED_OUT: "Signed out",
    EventName.SESSION_RESUMED: "Session resumed",
    EventName.SESSION_EXPIRED: "Session expired",
    EventName.SESSION_LOCKED: "Session locked",
    EventName.SESSION_UNLOCKED: "Session unlocked",
    EventName.NEW_DEVICE: "New device",
    EventName.DEVICE_NAMED: "Device named",
    EventName.SESSION_LIFETIME_CHANGED: "Session lifetime changed",
    EventName.ENROLMENT_STARTED: "Two-factor set-up started",
    EventName.ENROLMENT_CANCELLED: "Two-factor set-up left",
    EventName.RECOVERY_CODES_ACKNOWLEDGED: "Recovery codes saved",
    EventName.RECOVERY_CODES_VOIDED: "Recovery codes made void",
    EventName.TWO_FACTOR_RESET: "Two-factor reset",
    EventName.PASSWORD_CHANGE_REFUSED: "Password change refused",
    EventName.BREACH_CHECK_SKIPPED: "Breach check not made",
    EventName.PASSWORD_REHASHED: "Password stored anew",
    EventName.ACCOUNT_RENAMED: "Name changed",
    EventName.APPEARANCE_CHANGED: "Appearance changed",
    EventName.ACCOUNT_CREATED: "Account created",
    EventName.ACCOUNT_SUSPENDED: "Account suspended",
    EventName.ACCOUNT_RESTORED: "Account restored",
    EventName.ACTIVITY_EXPORTED: "Activity exported",
    EventName.ORGANISATION_CREATED: "Organisation created",
    EventName.POLICY_CHANGED: "Policy changed",
    EventName.POLICY_DAMAGED: "Policy damaged",
    EventName.KEYS_ROTATED: "Keys rotated",
    EventName.STORE_MOVED: "Store moved",
    EventName.STORE_BACKED_UP: "Backup made",
    EventName.STORE_RESTORED: "Restored from a backup",
    EventName.CLOCK_STEPPED: "Clock stepped",
    EventName.CRASHED: "Program crashed",
}


def event_words(name: EventName) -> str:
    """An audit event's name in a person's words; one that a newer program wrote, as it is."""
    return _EVENTS.get(name, name.value)
