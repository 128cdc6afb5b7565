"""Keys as entries of a key file: purposes, versions, and the faults that keys can have (R118)."""

from __future__ import annotations

import base64
import binascii
import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

KEY_BYTES = 32
"""Length of every key: AES-256, HMAC-SHA-256 and an Ed25519 seed all take 32 bytes."""

_FORMAT = 1
GREATEST_SIZE = 1 << 20
"""Bytes of a key file; more is damage."""


class KeyPurpose(StrEnum):
    """What a key is for; no key serves two purposes."""

    TOTP = "totp"
    """Seals the secrets of authenticators."""
    CODES = "codes"
    """Keys the HMAC of recovery codes."""
    NAMES = "names"
    """Keys the HMAC of names and addresses in counters."""
    AUDIT = "audit"
    """Signs the checkpoints of the audit."""


class KeysFault(Exception):
    """The keys cannot be used; `str()` is a sentence for the operator, with the path."""


class KeysMissing(KeysFault):
    """The key file is not there, and no new one is made in its place."""


class KeysUnsafe(KeysFault):
    """Others than the owner can reach the key file or its directory."""


class KeysUnreadable(KeysFault):
    """The key file cannot be read or is not what was written."""


class KeysReadOnly(KeysFault):
    """The keys come from a place that cannot be written, so they are rotated there."""


class KeysPresent(KeysFault):
    """A key file exists already and is never written over."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """One version of one key."""

    id: str
    """Purpose and version, such as "totp-1"."""
    purpose: KeyPurpose
    version: int
    created_at: datetime
    """When it was made, aware UTC."""
    key: bytes = field(repr=False)
    """32 bytes from the operating system."""


def new_entry(purpose: KeyPurpose, version: int, at: datetime) -> KeyEntry:
    """Make a key of the operating system's randomness."""
    return KeyEntry(
        f"{purpose}-{version}", purpose, version, at.astimezone(UTC), secrets.token_bytes(KEY_BYTES)
    )


def serialise(entries: Sequence[KeyEntry]) -> bytes:
    """The content of a key file."""
    rows = [
        {
            "id": entry.id,
            "purpose": entry.purpose.value,
            "version": entry.version,
            "created_at": entry.created_at.isoformat(),
            "key": base64.b64encode(entry.key).decode("ascii"),
        }
        for entry in entries
    ]
    return (json.dumps({"format": _FORMAT, "keys": rows}, indent=1) + "\n").encode("ascii")


def parse(content: bytes, path: Path, damage: str = "") -> tuple[KeyEntry, ...]:
    """Make entries of a key file's content, strictly; `damage` is said where it is no file in use.

    Raises:
        KeysUnreadable: anything in it is not as it was written; the sentence never quotes the content.
    """
    damaged = KeysUnreadable(damage or f"The keys at {path} are damaged. Restore them from a copy.")
    if len(content) > GREATEST_SIZE:
        raise damaged
    try:
        document = json.loads(content)
        if document["format"] != _FORMAT:
            raise KeysUnreadable(f"The keys at {path} were written by a newer version of the program.")
        entries = tuple(_parse_entry(row) for row in document["keys"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise damaged from None
    if len({entry.id for entry in entries}) != len(entries) or {entry.purpose for entry in entries} != set(
        KeyPurpose
    ):
        raise damaged
    return entries


def _parse_entry(row: dict[str, Any]) -> KeyEntry:
    """One key of the file; any ValueError, KeyError, TypeError or OverflowError means damage."""
    purpose, version = KeyPurpose(row["purpose"]), row["version"]
    if type(version) is not int or version < 1 or row["id"] != f"{purpose}-{version}":
        raise ValueError("id")
    if not re.fullmatch("[A-Za-z0-9+/]{43}=", row["key"]):
        raise ValueError("key")
    try:
        key = base64.b64decode(row["key"], validate=True)
    except binascii.Error:
        raise ValueError("key") from None
    created_at = datetime.fromisoformat(row["created_at"])
    if created_at.tzinfo is None or len(key) != KEY_BYTES:
        raise ValueError("entry")
    return KeyEntry(row["id"], purpose, version, created_at.astimezone(UTC), key)
