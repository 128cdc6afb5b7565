"""Two-factor authentication in a person's words: its state, setting it up, its codes and the way out."""

from __future__ import annotations

from collections.abc import Sequence

from security.facts import TwoFactorView

FEW = 3
"""From so few recovery codes on, the person is warned."""

BANNER = "Two-factor authentication significantly reduces the risk of unauthorized access"
"""What is said while it is off."""

REASONS = (
    "Owners, managers and whoever touches money first.",
    "An app works offline and apart from your carrier. A text message does not resist a SIM swap.",
    "On each sign-in, six digits from the app follow your password.",
)
"""Why, and why an app."""

ENFORCED = (
    "Your organisation enforces two-factor authentication, so it cannot be disabled here. "
    "An administrator can reset it."
)
"""Why there is no way out."""

UNPROVED = "Your recovery codes were never confirmed as saved. Regenerate them while you can."
"""After codes were shown and left without proof."""

RESET = "Your second factor was reset by an administrator: set up a new one before anything else."
"""Why somebody is led into the set-up."""

RESET_AFTER = "It takes two minutes and an authenticator app. Until then this account does nothing else."
"""What is said where they leave it."""

IS_ENABLED, IS_DISABLED = "2FA is Enabled", "2FA is Disabled"
"""What is said after an act, by what the store holds then."""

APPS = "Google or Microsoft Authenticator, Authy, 1Password, Raycast"
"""The authenticator apps that people have."""

SAME_PHONE = "On this same device it is a little weaker than on another."
"""What is said of an authenticator on the device that signs in."""

SIX_DIGITS = "A code is six digits, 0 to 9, as your app shows it."
"""What is said of something else."""

CLOCK = "Is the phone's clock right? Set its date and time to automatic, then type the next code."
"""What helps against a refused code before anything is switched on."""

NO_ROOM = "The names are too long for a QR code; the key does the same."
"""Why there is no QR code on any terminal."""

ENABLED = "Two-Factor Authentication Enabled"
"""Above the codes of an enrolment."""

NEW_CODES = "New recovery codes"
"""Above those of a regeneration."""

SAVE_THEM = "Save your backup codes in a secure location"
"""What is asked for below that."""

ADVICE = (
    "A password manager, or printed and locked away; not on the phone, not on the monitor. "
    "Without codes and phone, recovery takes 72 hours."
)
"""Where codes are safe."""

PROOF = "Type one of the codes from where you saved them."
"""How it is proved that they were saved."""

NOT_SPENT = "It is not spent by this. Small letters and missing dashes are fine."
"""What becomes of the code that is typed as proof."""

NONE_OF_THESE = "That is none of these codes. Look again where you saved them."
"""Against a proof that is none."""

DISABLE_QUESTION = (
    "Are you sure you want to disable two-factor authentication? This will make your account less secure"
)
"""The question before it is switched off, in the words that people know."""

DISABLE_AFTER = "Signing in takes the password alone from then on. The key and all recovery codes are erased."
"""What happens then."""

REGENERATE_QUESTION = "Every recovery code you have stops working at once."
"""What is said before a new batch."""

REGENERATE_AFTER = "You get new ones, and see them once."
"""What happens then."""

COLUMNS = 2
"""How many codes stand beside each other."""


def warning_words(view: TwoFactorView) -> str:
    """What wants attention; empty where nothing does."""
    if not view.is_on:
        return ""
    if not view.codes_left:
        return "No backup codes are left: without your phone there is no quick way in. Regenerate them."
    if not view.codes_acknowledged:
        return UNPROVED
    if view.codes_left <= FEW:
        return "Few backup codes are left. Regenerate them before you need the last one."
    return ""


def grouped(key: str) -> str:
    """A base32 key in groups of four, four groups to a line."""
    groups = [key[start : start + 4] for start in range(0, len(key), 4)]
    return "\n".join(" ".join(groups[start : start + 4]) for start in range(0, len(groups), 4))


def code_rows(codes: Sequence[str]) -> list[list[tuple[int, str]]]:
    """Codes with their numbers, row by row in two columns, the first half on the left."""
    rows = -(-len(codes) // COLUMNS)
    return [[(place + 1, codes[place]) for place in range(row, len(codes), rows)] for row in range(rows)]
