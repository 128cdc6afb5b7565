"""The words for what the rules answer: one sentence and one hint for every refusal, rule and outcome.

Screens and commands speak through this module, so that a refusal reads the same at every door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from security import refusals as no
from security.refusals import Refusal
from security.vocabulary import BreachOutcome, EndReason, PasswordRule
from tui.words.moments import countdown, drift_words

if TYPE_CHECKING:
    from security.facts import RuleState

SAVED_VALUE_HINT = (
    "A saved value may be out of date: type it by hand, with caps lock off. "
    "If it stays so, sign out and in to see which one works."
)
"""What stands beside a wrong current password."""

CLOCK_HINT = (
    "Is the phone's clock right? Set its date and time to automatic, then type the next code. "
    "If it stays so, sign in with a recovery code, disable two-factor and set it up again."
)
"""What stands beside a refused six-digit code."""

CHOOSING_HINT = (
    "Let a password manager make and keep it: 1Password, Bitwarden, Apple Keychain. Use it nowhere else, "
    "never send it by mail or chat: a new member gets an invitation."
)
"""What stands beside a new password."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is said of a refusal or an outcome."""

    sentence: str
    """What happened, in one sentence."""
    hint: str = ""
    """What to do about it; empty where nothing helps."""


_PLAIN: dict[type[Refusal], Words] = {
    no.WrongCredentials: Words("Email and password don't match.", "Check both, and caps lock."),
    no.WrongPassword: Words("Current password is incorrect", SAVED_VALUE_HINT),
    no.BreachUnchecked: Words(
        "The breach check could not be made, and your organisation asks for it.",
        "Nothing was changed. Try again when the network is back.",
    ),
    no.UnusableInput: Words(
        "This password is empty, too long, or holds characters that cannot be taken.",
        "Up to 128 characters; letters of every script, spaces and symbols are fine, line breaks are not.",
    ),
    no.SamePassword: Words("The new password is the current one.", "Take one that was not used here before."),
    no.ConfirmationDiffers: Words(
        "The confirmation is not the same as the new password.", "Type both again."
    ),
    no.SecondFactorBlocked: Words(
        "The second factor is blocked after 100 wrong codes in a row.",
        "An administrator of your organisation can reset it.",
    ),
    no.Busy: Words(
        "Too many passwords are being checked at once.", "Nothing was checked. Try again in a moment."
    ),
    no.HalfSignInOver: Words(
        "This sign-in is no longer waiting for its second step.",
        "It waits five minutes: start with your password.",
    ),
    no.SessionLocked: Words("This session is locked.", "Unlock it with your password or a code."),
    no.ReauthenticationNeeded: Words(
        "Confirm that it is you first.", "Your last sign-in is over five minutes old."
    ),
    no.NotAllowed: Words(
        "Your role does not allow this.", "An owner or administrator of your organisation may."
    ),
    no.EnrolmentNeeded: Words(
        "Set up two-factor authentication first: an administrator has reset it.",
        "Until then this account does nothing else.",
    ),
    no.PolicyForbids: Words(
        "Your organisation's policy does not allow this.", "An administrator can change the policy."
    ),
    no.EnrolmentOver: Words(
        "This key has expired or was replaced.", "Ask for a fresh one and scan it again."
    ),
    no.AlreadyEnrolled: Words(
        "Two-factor authentication is on already.", "Disable it first to enrol another app."
    ),
    no.NotEnrolled: Words("Two-factor authentication is off.", "Set it up first."),
    no.AlreadyFounded: Words(
        "There is a store here already.",
        "Its first owner was made before: sign in, or ask them for an invitation.",
    ),
    no.NotFound: Words("There is no such thing, or it is not yours.", "Refresh to see what there is."),
    no.ExportOvertaken: Words(
        "Old events were erased while they were being written, as your organisation's retention says.",
        "Nothing was kept. Export again.",
    ),
    no.NoSuchMember: Words(
        "No account has this email or id.", "`strongroom admin user list` shows every one."
    ),
    no.NoSuchOrganisation: Words(
        "No organisation has this name or id.", "`strongroom admin org list` shows every one."
    ),
    no.NothingToReset: Words("This account has no second factor.", "It is off, or it was reset before."),
    no.LastOwner: Words(
        "This is the organisation's last owner, and nobody could stand in.", "Make another owner first."
    ),
    no.EmailTaken: Words("This email belongs to an account already.", "Use another address."),
}

_FIELD_NAMES = {
    "name": "The name",
    "organisation": "The organisation's name",
    "email": "The email",
    "device": "The device's name",
    "lifetime": "The lifetime",
    "filter": "The filter",
    "reason": "The reason",
}

_FIELD_REASONS = {
    "empty": Words("is missing."),
    "too_short": Words("is too short.", "One hour is the shortest."),
    "too_long": Words("is too long.", "Shorten it."),
    "control_characters": Words(
        "holds characters that cannot be shown.", "Type it by hand instead of pasting it."
    ),
    "not_an_address": Words("is not an email address.", "It looks like ada@example.com."),
    "mixed_scripts": Words("mixes alphabets and could pass for another's.", "Use letters of one script."),
}

NOT_ENDED = "not_ended"
"""The reason of a sign-out that this terminal made and the store did not hear of."""

_ENDED: dict[str, Words] = {
    NOT_ENDED: Words(
        "This terminal forgot your session, but the store could not be told to end it.",
        "It still stands there until it expires: sign in again and sign out once more.",
    ),
    EndReason.SIGNED_OUT: Words("You signed out."),
    EndReason.EXPIRED: Words("Your session reached its longest lifetime.", "Sign in again to go on."),
    EndReason.IDLE: Words(
        "You were signed out after a long time without activity.", "Sign in again to go on."
    ),
    EndReason.REVOKED: Words(
        "This session was revoked from another one.", "If that was not you, sign in and change your password."
    ),
    EndReason.PASSWORD_CHANGED: Words(
        "You were signed out because your password was changed.",
        "That is meant so, once: sign in with the new one. If you did not change it, tell an administrator.",
    ),
    EndReason.TWO_FACTOR_CHANGED: Words(
        "You were signed out because two-factor authentication was changed.",
        "That is meant so, once. If you did not change it, tell an administrator.",
    ),
    EndReason.LIMIT: Words(
        "You were signed out because newer sessions reached the limit.",
        "Sign in again; the oldest session ends.",
    ),
    EndReason.ACCOUNT_CLOSED: Words("This account cannot sign in any more.", "An administrator can say why."),
    EndReason.CRASHED: Words("The program ended unexpectedly.", "Nothing half-done was kept. Sign in again."),
    EndReason.RESTORED: Words(
        "You were signed out because the store was restored from a backup.",
        "Sign in with the password of that day. Recovery codes are void: make new ones under Security.",
    ),
}

_BREACH = {
    BreachOutcome.CLEAR_ONLINE: Words("In no known breach (checked online)."),
    BreachOutcome.CLEAR_OFFLINE: Words("In no known breach (checked offline)."),
    BreachOutcome.CLEAR_EMBEDDED: Words(
        "Checked against common passwords only.",
        "Known breaches could not be asked; try again some day.",
    ),
    BreachOutcome.FOUND_ONLINE: Words("This password stands in a known breach.", CHOOSING_HINT),
    BreachOutcome.FOUND_OFFLINE: Words("This password stands in a known breach.", CHOOSING_HINT),
    BreachOutcome.FOUND_EMBEDDED: Words("This password is on the list of common passwords.", CHOOSING_HINT),
    BreachOutcome.NOT_CHECKED: Words(
        "Not checked against known breaches.", "The check could not be reached."
    ),
}

STRENGTHS = ("very weak", "weak", "fair", "good", "strong")
"""The words for zxcvbn's scores 0 to 4."""


def refusal_words(
    refusal: Refusal,
    *,
    now: datetime,
    recovery_code: bool = False,
    left: Callable[[datetime, datetime], str] = countdown,
) -> Words:
    """What to say of a refusal; `recovery_code` tells that the code it speaks of was no six-digit one.

    `left` tells how long a lock still lasts.
    """
    match refusal:
        case no.Throttled(until=until):
            return Words(
                f"Too many tries. The next one is answered in {left(until, now)}.",
                "Nothing was checked. Trying now does not make the wait longer.",
            )
        case no.CodeRejected():
            return _code_words(refusal, recovery_code)
        case no.WeakPassword(reasons=reasons):
            return Words("The new password breaks a rule.", f"{_listed(reasons)}.")
        case no.BreachedPassword(outcome=outcome):
            return _BREACH[outcome]
        case no.NameTaken(field=field):
            taken = _FIELD_NAMES.get(field, "The name")
            is_alike = (
                "is that of an organisation already, or looks like it."
                if field == "organisation"
                else "looks like that of another member, in other letters."
            )
            return Words(f"{taken} {is_alike}", "Take one that nobody mistakes for another.")
        case no.AlreadySo(status=status):
            return Words(f"This account is {status.value} already.", "Nothing was changed.")
        case no.SessionOver(reason=reason):
            return ended_words(reason)
        case no.UnusableField(field=field, reason=reason):
            what = _FIELD_REASONS.get(reason, Words("cannot be taken as it was typed."))
            return Words(f"{_FIELD_NAMES.get(field, 'The value')} {what.sentence}", what.hint)
    return _PLAIN.get(type(refusal), Words("This was refused.", "Nothing was changed."))


def _code_words(refusal: no.CodeRejected, recovery_code: bool) -> Words:
    """What to say of a code that was not accepted."""
    if recovery_code:
        return Words(
            "Backup code not accepted.",
            "It was used already, or is of an older batch: try the next one. Failed tries spend nothing.",
        )
    if refusal.already_used:
        return Words("This code was used already.", "Each works once. Wait for the next, at most 30 seconds.")
    if refusal.drift_seconds is not None:
        off = drift_words(refusal.drift_seconds)
        return Words(
            f"Code not accepted: the phone's clock is {off}.",
            "Set its date and time to automatic, then type the next code.",
        )
    return Words("Code not accepted.", CLOCK_HINT)


def ended_words(reason: str) -> Words:
    """Why a session ended, for the person whose terminal it was; any tag is answered."""
    return _ENDED.get(reason, Words("Your session is over.", "Sign in again to go on."))


def breach_words(outcome: BreachOutcome) -> Words:
    """What a breach check found, or that it was not made."""
    return _BREACH[outcome]


def rule_words(state: RuleState) -> str:
    """One rule of a new password in words, with its number."""
    return _rule(state.rule, state.figure)


def _rule(rule: PasswordRule, figure: int) -> str:
    """A rule's words; a figure of 0 leaves the number out."""
    match rule:
        case PasswordRule.LENGTH:
            return f"At least {figure} characters" if figure else "More characters"
        case PasswordRule.UPPER:
            return f"{figure or 1} uppercase letter"
        case PasswordRule.LOWER:
            return f"{figure or 1} lowercase letter"
        case PasswordRule.DIGIT:
            return f"{figure or 1} number"
        case PasswordRule.SYMBOL:
            return f"{figure or 1} symbol"
        case PasswordRule.COMMON:
            return "Not a common password"
        case PasswordRule.CONTEXT:
            return "Without your own names"


def _listed(rules: Iterable[PasswordRule]) -> str:
    """Rules in one line, separated by commas."""
    return ", ".join(text[0].lower() + text[1:] for text in (_rule(rule, 0) for rule in rules)).capitalize()


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun: "1 session", "2 sessions"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def codes_left_words(left: int, of: int) -> str:
    """How many recovery codes are left: "6 of 8 backup codes remaining"."""
    if not of:
        return "No backup codes"
    return f"{left} of {of} backup codes remaining"
