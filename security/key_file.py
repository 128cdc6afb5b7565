"""The key file: keys in JSON, 0600 in a 0700 directory, replaced whole or not at all (R106, R118)."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

KEY_BYTES = 32
"""Length of every key: AES-256, HMAC-SHA-256 and an Ed25519 seed all take 32 bytes."""

CREDENTIAL_NAME = "strongroom-keys"
"""The name of the credential that a service manager hands over."""

_FORMAT = 1
_GREATEST_SIZE = 1 << 20


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


def create(path: Path, entries: Sequence[KeyEntry]) -> None:
    """Write a key file where none is.

    The file appears under its name only when it is complete and on the disk, so a crash leaves
    either no key file or a whole one.

    Raises:
        KeysPresent: a file of that name exists.
        KeysUnsafe: the directory is open to others.
        KeysReadOnly: the directory cannot be written.
    """
    _make_directory(path.parent)
    temporary = _write_beside(path, entries)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise KeysPresent(f"There are keys at {path} already; they were left as they are.") from None
    except OSError as fault:
        raise KeysReadOnly(f"The keys cannot be written to {path}: {fault.strerror}.") from None
    finally:
        temporary.unlink(missing_ok=True)
    _sync_directory(path.parent)


def replace(path: Path, entries: Sequence[KeyEntry]) -> None:
    """Put a new key file in the place of the old one, in one step.

    Raises:
        KeysUnsafe: the directory is open to others.
        KeysReadOnly: the directory cannot be written.
    """
    _check_directory(path.parent)
    temporary = _write_beside(path, entries)
    try:
        os.replace(temporary, path)
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise KeysReadOnly(f"The keys cannot be written to {path}: {fault.strerror}.") from None
    _sync_directory(path.parent)


def read(path: Path) -> tuple[KeyEntry, ...]:
    """Read a key file that only its owner can reach.

    Raises:
        KeysMissing: there is no such file.
        KeysUnsafe: the file or its directory is open to others.
        KeysUnreadable: the file cannot be read or parsed.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise KeysMissing(
            f"There are no keys at {path}. Restore them; new keys cannot open this store."
        ) from None
    except OSError as fault:
        raise KeysUnreadable(f"The keys at {path} cannot be read: {fault.strerror}.") from None
    with os.fdopen(handle, "rb") as file:
        _check_file(path, os.fstat(file.fileno()))
        _check_directory(path.parent)
        return parse(file.read(_GREATEST_SIZE + 1), path)


def read_credential(directory: Path) -> tuple[KeyEntry, ...]:
    """Read the keys that a service manager hands over as a credential; its own modes protect them.

    Raises:
        KeysMissing: the directory holds no such credential.
        KeysUnsafe: everybody can read it.
        KeysUnreadable: it cannot be read or parsed.
    """
    path = directory / CREDENTIAL_NAME
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o007:
                raise KeysUnsafe(f"The keys at {path} can be read by everybody on this machine.")
            return parse(file.read(_GREATEST_SIZE + 1), path)
    except FileNotFoundError:
        raise KeysMissing(f"There are no keys at {path}.") from None
    except OSError as fault:
        raise KeysUnreadable(f"The keys at {path} cannot be read: {fault.strerror}.") from None


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


def parse(content: bytes, path: Path) -> tuple[KeyEntry, ...]:
    """Make entries of a key file's content, strictly.

    Raises:
        KeysUnreadable: anything in it is not as it was written; the sentence never quotes the content.
    """
    damaged = KeysUnreadable(f"The keys at {path} are damaged. Restore them from a copy.")
    if len(content) > _GREATEST_SIZE:
        raise damaged
    try:
        document = json.loads(content)
        if document["format"] != _FORMAT:
            raise KeysUnreadable(f"The keys at {path} were written by a newer version of the program.")
        entries = tuple(_parse_entry(row) for row in document["keys"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise damaged from None
    if len({entry.id for entry in entries}) != len(entries) or {entry.purpose for entry in entries} != set(
        KeyPurpose
    ):
        raise damaged
    return entries


def _parse_entry(row: dict[str, Any]) -> KeyEntry:
    """One key of the file; any ValueError, KeyError or TypeError means damage."""
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


def _write_beside(path: Path, entries: Sequence[KeyEntry]) -> Path:
    """Write the file whole, under a name of its own, and wait until it is on the disk."""
    temporary = path.parent / f".{path.name}.{secrets.token_hex(8)}"
    try:
        handle = os.open(
            temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
    except OSError as fault:
        raise KeysReadOnly(f"The keys cannot be written to {path}: {fault.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(serialise(entries))
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        temporary.unlink(missing_ok=True)
        raise KeysReadOnly(f"The keys cannot be written to {path}: {fault.strerror}.") from None
    return temporary


def _make_directory(directory: Path) -> None:
    """Make the directory 0700 where it is not there; one that is there is only checked."""
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
    except OSError as fault:
        raise KeysReadOnly(f"The directory {directory} cannot be made: {fault.strerror}.") from None
    _check_directory(directory)


def _check_directory(directory: Path) -> None:
    """Refuse a directory that others can enter or that is not ours."""
    status = directory.stat()
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeysUnsafe(
            f"The directory {directory} of the keys is open to others. Run: chmod 700 {directory}"
        )
    if status.st_uid not in (os.geteuid(), 0):
        raise KeysUnsafe(f"The directory {directory} of the keys belongs to another user.")


def _check_file(path: Path, status: os.stat_result) -> None:
    """Refuse a key file that others can open or that is not ours."""
    if not stat.S_ISREG(status.st_mode):
        raise KeysUnreadable(f"The keys at {path} are not a file.")
    if stat.S_IMODE(status.st_mode) & 0o077:
        raise KeysUnsafe(f"The keys at {path} can be read by others. Run: chmod 600 {path}")
    if status.st_uid not in (os.geteuid(), 0):
        raise KeysUnsafe(f"The keys at {path} belong to another user.")


def _sync_directory(directory: Path) -> None:
    """Wait until the directory's new name is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
