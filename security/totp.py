"""One-time codes by time (RFC 6238), pure: no store, no clock of its own (R030-R036)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pyotp

PERIOD = 30
"""Seconds of one step."""

DIGITS = 6

SECRET_BYTES = 20
"""160 bits, as RFC 4226 §4 R6 recommends."""

WINDOW = 1
"""Steps before and after the present one that are accepted (RFC 6238 §5.2)."""

GREATEST_DRIFT = timedelta(minutes=5)
"""A clock further off than this is not told."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GREATEST_TYPED = 64


def new_secret() -> str:
    """A secret of 160 bits as 32 base32 characters."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode("ascii")


def groups(secret: str) -> str:
    """A secret in groups of four, for typing."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def uri(secret: str, issuer: str, account: str) -> str:
    """What the QR code holds: no algorithm, digits or period, because the default ones cost a larger code.

    The @ stays literal; whatever else is unsafe in an address is percent-encoded.
    """
    label = f"{quote(issuer, safe='')}:{quote(account, safe='@')}"
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer, safe='')}"


def step_at(now: datetime) -> int:
    """The number of the step that a moment lies in, counted from 1970."""
    return (now - _EPOCH) // timedelta(seconds=PERIOD)


def code_at(secret: str, step: int, *, digits: int = DIGITS, digest: Any = hashlib.sha1) -> str:
    """The code of one step (RFC 4226 §5.3)."""
    return pyotp.TOTP(secret, digits=digits, digest=digest).generate_otp(step)


def match(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The newest step of the window that the code belongs to and that is later than the last spent one.

    All three codes are made and compared in constant time. Spending the step is the store's work (R033).
    """
    fresh = [step for step in _matching(secret, code, now) if step > last_step]
    return max(fresh, default=None)


def was_spent(secret: str, code: str, now: datetime, last_step: int) -> bool:
    """Whether the code is right and belongs only to steps of the window that are spent."""
    found = _matching(secret, code, now)
    return bool(found) and max(found) <= last_step


def drift(secret: str, code: str, now: datetime) -> int | None:
    """How many seconds the authenticator's clock is off, where the code tells it within five minutes.

    Positive: ahead. None for a code of the window and for one of no step near it.
    """
    present, reach = step_at(now), int(GREATEST_DRIFT.total_seconds()) // PERIOD
    found: list[int] = []
    for offset in range(-reach, reach + 1):
        step = present + offset
        if step >= 0 and hmac.compare_digest(code_at(secret, step).encode(), code.encode("utf-8", "replace")):
            found.append(offset)
    nearest = min(found, key=abs, default=0)
    return nearest * PERIOD if abs(nearest) > WINDOW else None


def parse_code(typed: str) -> str | None:
    """The six digits that were typed, or None; blanks and one dash may stand among them (R036).

    Only ASCII digits count: Arabic-Indic, full-width and superscript ones are no code.
    """
    if len(typed) > _GREATEST_TYPED:
        return None
    compact = typed.strip(" \t\r\n").replace(" ", "").replace("-", "", 1)
    return compact if re.fullmatch("[0-9]{6}", compact) else None


def _matching(secret: str, code: str, now: datetime) -> list[int]:
    """The steps of the window whose code this is; every one of them is compared."""
    present, given = step_at(now), code.encode("utf-8", "replace")
    window = [step for step in range(present - WINDOW, present + WINDOW + 1) if step >= 0]
    answers = [(step, hmac.compare_digest(code_at(secret, step).encode(), given)) for step in window]
    return [step for step, is_equal in answers if is_equal]
