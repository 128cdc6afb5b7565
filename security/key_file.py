"""The key file: keys in JSON, 0600 in a 0700 directory, replaced whole or not at all (R106, R118)."""

from __future__ import annotations

import fcntl
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from security.key_entries import (
    GREATEST_SIZE,
    KeyEntry,
    KeyPurpose,
    KeysFault,
    KeysMissing,
    KeysPresent,
    KeysReadOnly,
    KeysUnreadable,
    KeysUnsafe,
    new_entry,
    parse,
    serialise,
)

__all__ = [
    "CREDENTIAL_NAME",
    "KeyEntry",
    "KeyPurpose",
    "KeysFault",
    "add",
    "create",
    "read",
    "read_copy",
    "read_credential",
]

CREDENTIAL_NAME = "strongroom-keys"
"""The name of the credential that a service manager hands over."""


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


def add(path: Path, purpose: KeyPurpose, at: datetime) -> tuple[KeyEntry, ...]:
    """Add a new version of a key to the file, in one step, and give all that it then holds.

    Two processes that add at once come one after the other, so that no key is lost that something
    was sealed with.

    Raises:
        KeysMissing: there is no such file.
        KeysUnsafe: the file or its directory is open to others.
        KeysUnreadable: the file cannot be read or parsed.
        KeysReadOnly: the directory cannot be written.
    """
    with _held(path.parent):
        entries = read(path)
        version = max(entry.version for entry in entries if entry.purpose is purpose) + 1
        entries = (*entries, new_entry(purpose, version, at))
        temporary = _write_beside(path, entries)
        try:
            os.replace(temporary, path)
        except OSError as fault:
            temporary.unlink(missing_ok=True)
            raise KeysReadOnly(f"The keys cannot be written to {path}: {fault.strerror}.") from None
        _sync_directory(path.parent)
    return entries


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
        return parse(file.read(GREATEST_SIZE + 1), path)


def read_copy(path: Path) -> tuple[tuple[KeyEntry, ...], bool]:
    """Read a copy that is kept elsewhere, and tell whether others could read it; its directory may be any.

    Raises:
        KeysMissing: there is no such file.
        KeysUnreadable: it cannot be read or parsed.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise KeysUnreadable(f"{path} is not a file.")
            entries = parse(file.read(GREATEST_SIZE + 1), path, f"The copy {path} is no whole file of keys.")
            return entries, not status.st_mode & 0o077
    except FileNotFoundError:
        raise KeysMissing(f"There is no copy at {path}.") from None
    except OSError as fault:
        raise KeysUnreadable(f"The copy {path} cannot be read: {fault.strerror}.") from None


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a named pipe would make us wait for its writer."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


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
            return parse(file.read(GREATEST_SIZE + 1), path)
    except FileNotFoundError:
        raise KeysMissing(f"There are no keys at {path}.") from None
    except OSError as fault:
        raise KeysUnreadable(f"The keys at {path} cannot be read: {fault.strerror}.") from None


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


@contextmanager
def _held(directory: Path) -> Iterator[None]:
    """Keep other processes from changing the directory's keys meanwhile."""
    try:
        handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        raise KeysMissing(f"There are no keys in {directory}.") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync_directory(directory: Path) -> None:
    """Wait until the directory's new name is on the disk."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
