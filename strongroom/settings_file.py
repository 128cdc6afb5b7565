"""A settings file: read only where nobody else can have written it; a password in it is its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from shlex import quote
from typing import Any

from strongroom.exits import ExitCode, Stopped
from strongroom.private_files import access_mended
from strongroom.setting_values import holds_password

_MAX_FILE = 256 * 1024


def read_settings_file(path: Path, *, needed: bool = False) -> dict[str, Any]:
    """A settings file's keys; an absent file has none, unless it was named.

    Raises:
        Stopped: with exit code 2; it is no TOML file, or others can change it, or read a password in it.
    """
    try:
        # NONBLOCK: a named pipe put in its place must not make us wait.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            _refuse_foreign(status, path)
            content = file.read(_MAX_FILE + 1)
    except FileNotFoundError:
        if needed:
            raise Stopped(f"There is no settings file {path}.", ExitCode.USAGE) from None
        return {}
    except OSError as error:
        raise Stopped(
            f"The settings file {path} cannot be read: {error.strerror}.",
            ExitCode.USAGE,
            hint=access_mended(path, error),
        ) from error
    if len(content) > _MAX_FILE:
        raise Stopped(f"The settings file {path} is too large.", ExitCode.USAGE)
    import tomllib

    try:
        given = tomllib.loads(content.decode())
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        raise Stopped(f"The settings file {path} is not TOML: {error}.", ExitCode.USAGE) from error
    _refuse_open_password(given.get("store"), status, path)
    return given


def _refuse_foreign(found: os.stat_result, path: Path) -> None:
    """Refuse a file that someone else may have written: it says where passwords are checked."""
    if not stat.S_ISREG(found.st_mode):
        raise Stopped(f"The settings file {path} is not a file.", ExitCode.USAGE)
    if found.st_uid not in (0, os.geteuid()) or stat.S_IMODE(found.st_mode) & 0o022:
        raise Stopped(
            f"The settings file {path} can be changed by other users.",
            ExitCode.USAGE,
            hint=f"Close it with: chmod go-w {quote(str(path))}",
        )


def _refuse_open_password(store: object, found: os.stat_result, path: Path) -> None:
    """Refuse a file with a password in it that others can read."""
    if isinstance(store, str) and stat.S_IMODE(found.st_mode) & 0o077 and holds_password(store):
        raise Stopped(
            f"The settings file {path} holds a password and can be read by other users.",
            ExitCode.USAGE,
            hint=f"Close it with: chmod 600 {quote(str(path))}",
        )
