"""Addresses: one canonical form for comparing, and the stored form for writing to (R064)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import idna

from security.names import scripts_of
from security.refusals import UnusableField
from security.storable import storable

GREATEST_BYTES = 254
"""UTF-8 bytes of a whole address (RFC 5321 §4.5.3.1, less the angle brackets)."""

GREATEST_LOCAL_BYTES = 64
"""UTF-8 bytes before the @ (RFC 5321 §4.5.3.1.1)."""

_REFUSED_IN_LOCAL = frozenset('"(),:;<>@[\\]')
_REFUSED_CATEGORIES = frozenset(["Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"])
_BLANKS = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Email:
    """An address in its two forms."""

    stored: str
    """What mail is sent to: the local part as it was typed in NFC, the domain as A-labels."""
    canonical: str
    """What is compared and counted: folded, so that two writings of one address are one."""


def parse_email(typed: str) -> Email:
    """Take an address from a person.

    Raises:
        UnusableField: it is empty, too long or no address.
    """
    text = typed.strip(_BLANKS)
    if not text:
        raise UnusableField("email", "empty")
    if len(text) > GREATEST_BYTES:
        raise UnusableField("email", "too_long")
    local, at, domain = text.rpartition("@")
    local = unicodedata.normalize("NFC", local)
    if not at or not _is_local_part(local):
        raise UnusableField("email", "not_an_address")
    stored = f"{local}@{_domain(domain)}"
    if len(stored.encode("utf-8")) > GREATEST_BYTES or len(local.encode("utf-8")) > GREATEST_LOCAL_BYTES:
        raise UnusableField("email", "too_long")
    folded = _fold(local)
    if not _is_local_part(folded):
        raise UnusableField("email", "not_an_address")
    return Email(stored, f"{folded}@{_domain(domain)}")


def parse_own_email(typed: str) -> Email:
    """Take the address of somebody who is to have an account: nothing in it mixes scripts that look alike.

    Accounts of before may have such an address, and sign in by it.

    Raises:
        UnusableField: it is empty, too long, no address, or could pass for another's (R087).
    """
    email = parse_email(typed)
    local, _, domain = email.stored.rpartition("@")
    if any(len(scripts_of(part)) > 1 for part in [*re.split(r"[^\w]|_", local), *shown(domain).split(".")]):
        raise UnusableField("email", "mixed_scripts")
    return email


def shown(domain: str) -> str:
    """A domain in the letters that programs show it in."""
    return ".".join(_shown_label(label) for label in domain.split("."))


def _shown_label(label: str) -> str:
    """One label in its own letters, or as it stands where it has none."""
    try:
        return idna.decode(label) if label.startswith("xn--") else label
    except (idna.IDNAError, UnicodeError):
        return label


def canonical_or_raw(typed: str) -> str:
    """The canonical form of whatever was typed where an address was asked for; never refuses (R022).

    What is no address is folded and cut, so that it is counted like one and finds nobody. What no
    store can look up becomes a character that no address has.
    """
    try:
        return parse_email(typed).canonical
    except UnusableField:
        return _fold(storable(typed[:GREATEST_BYTES].strip(_BLANKS)))


def _fold(text: str) -> str:
    """Compatibility case folding (Unicode NFKC_Casefold, without its list of ignorable characters)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _is_local_part(local: str) -> bool:
    """Whether a text may stand before the @: a dot-atom of RFC 6531, unquoted."""
    if not local or local.startswith(".") or local.endswith(".") or ".." in local:
        return False
    return not any(
        char in _REFUSED_IN_LOCAL or unicodedata.category(char) in _REFUSED_CATEGORIES for char in local
    )


def _domain(domain: str) -> str:
    """A domain in lower-case A-labels, with at least two labels.

    Raises:
        UnusableField: it is none.
    """
    try:
        encoded = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise UnusableField("email", "not_an_address") from None
    if not re.fullmatch(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", encoded):
        raise UnusableField("email", "not_an_address")
    return encoded
