"""Names of people and organisations: short, visible, and of one script a word (R087)."""

from __future__ import annotations

import re
import unicodedata

from security.refusals import UnusableField
from security.safe_text import MAX_MARKS, is_showable

GREATEST_LENGTH = 100
"""Characters of a name."""

GREATEST_REASON = 200
"""Characters of a reason that somebody gives for what they do to another's account."""

GREATEST_SHORT_BYTES = 10
"""UTF-8 bytes of the short name: more of an issuer makes the QR code larger."""

_GREATEST_RAW = 800
_CONFUSABLE_SCRIPTS = frozenset(
    ["LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "CANADIAN", "DESERET", "CARIAN"]
)
_BLANK_CATEGORIES = frozenset(["Cf", "Zl", "Zp", "Zs"])
_JOINERS = "\u200c\u200d"


def parse_name(typed: str, field: str = "name") -> str:
    """Take a name from a person: NFC, single blanks, nothing that hides or misleads.

    Args:
        typed: What the person typed.
        field: "name", "organisation" or "device", for the refusal.

    Raises:
        UnusableField: empty, too long, with control, bidi or invisible characters, or with look-alike
            scripts mixed in one word.
    """
    if len(typed) > _GREATEST_RAW:
        raise UnusableField(field, "too_long")
    text = unicodedata.normalize("NFC", typed)
    name = re.sub(" +", " ", text.replace("\u00a0", " ")).strip(" ")
    if not name:
        raise UnusableField(field, "empty")
    if len(name) > GREATEST_LENGTH:
        raise UnusableField(field, "too_long")
    if not _is_visible(name):
        raise UnusableField(field, "control_characters")
    if any(len(scripts_of(word)) > 1 for word in name.split(" ")):
        raise UnusableField(field, "mixed_scripts")
    return name


def parse_reason(typed: str) -> str:
    """Take the reason that somebody gives for what they do to another's account; the audit keeps it.

    Raises:
        UnusableField: empty, too long, or with control, bidi or invisible characters.
    """
    if len(typed) > _GREATEST_RAW:
        raise UnusableField("reason", "too_long")
    text = unicodedata.normalize("NFC", typed)
    reason = re.sub(" +", " ", text.replace("\u00a0", " ")).strip(" ")
    if not reason:
        raise UnusableField("reason", "empty")
    if len(reason) > GREATEST_REASON:
        raise UnusableField("reason", "too_long")
    if not _is_visible(reason):
        raise UnusableField("reason", "control_characters")
    return reason


def parse_device_name(typed: str) -> str | None:
    """Take what a person calls a device, by the rules of names; None where there is nothing but blanks.

    Raises:
        UnusableField: too long, with control, bidi or invisible characters, or with look-alike scripts
            mixed in one word.
    """
    try:
        return parse_name(typed, "device")
    except UnusableField as refusal:
        if refusal.reason == "empty":
            return None
        raise


def short_name(organisation: str) -> str:
    """The issuer that authenticators show: the first word of a name, at most ten bytes of UTF-8."""
    words = re.findall(r"[^\W_]+(?:[-'&][^\W_]+)*", organisation)
    short = words[0] if words else "Strongroom"
    while len(short.encode("utf-8")) > GREATEST_SHORT_BYTES:
        short = short[:-1]
    return short


def _is_visible(name: str) -> bool:
    """Whether every character shows itself; joiners may stand inside scripts that need them."""
    marks = 0
    for before, char in zip(" " + name, name, strict=False):
        marks = marks + 1 if unicodedata.category(char) in ("Mn", "Me") else 0
        if marks > MAX_MARKS or (marks and before == " "):
            return False
        if char in _JOINERS:
            if not unicodedata.category(before).startswith(("L", "M")) or scripts_of(before):
                return False
        elif not is_showable(char) or (char != " " and unicodedata.category(char) in _BLANK_CATEGORIES):
            return False
    return True


def scripts_of(word: str) -> set[str]:
    """Those scripts of a word whose letters look alike."""
    found = {
        unicodedata.name(char, "").partition(" ")[0] for char in word if unicodedata.category(char)[0] == "L"
    }
    return found & _CONFUSABLE_SCRIPTS
