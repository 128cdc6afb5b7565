"""The password of a server where the URL holds none: PGPASSWORD, or a password file as libpq reads it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from shlex import quote

from store.errors import BadPermissions, Unavailable
from store.postgresql.hosts import Host

_LARGEST = 1 << 20
_USUAL_SOCKETS = ("/run/postgresql", "/var/run/postgresql", "/tmp")  # noqa: S108 - PostgreSQL's own default


def password_file(paths: Mapping[str, str]) -> Path:
    """Tell which file may hold the password, whether it is there or not."""
    named = paths.get("passfile") or os.environ.get("PGPASSFILE")
    return Path(named) if named else Path.home() / ".pgpass"


def entries(paths: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Read the password file: host, port, database, user and password of each line.

    Raises BadPermissions where others can read it, Unavailable where a file that was named is not there.
    """
    path = password_file(paths)
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if path == Path.home() / ".pgpass":
            return []
        raise Unavailable(f"There is no password file {quote(str(path))}.") from None
    except OSError as error:
        raise Unavailable(f"The password file {quote(str(path))} cannot be read: {error.strerror}.") from None
    try:
        return [*_split(_private_text(handle, path).split("\n"))]
    finally:
        os.close(handle)


def _private_text(handle: int, path: Path) -> str:
    """Read a file that nobody else can touch."""
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        raise Unavailable(f"The password file {quote(str(path))} is not a file.")
    if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise BadPermissions(
            f"The password file {path} can be read or changed by others."
            f" Mend it with: chmod 600 {quote(str(path))}"
        )
    try:
        return os.read(handle, _LARGEST).decode()
    except UnicodeDecodeError:
        raise Unavailable(f"The password file {quote(str(path))} is not UTF-8 text.") from None


def _split(lines: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Split lines at colons, but not at those after a backslash."""
    for line in lines:
        text = line.removesuffix("\r")
        parts = re.findall(r"(?:^|:)((?:\\.|[^:\\]|\\$)*)", text)
        if len(parts) >= 5 and not text.startswith("#"):
            yield tuple(parts[:5])


def password_for(host: Host, database: str, user: str, listed: Iterable[tuple[str, ...]]) -> str:
    """Find the password of the first line that fits; empty where none does.

    The usual directories of socket files go by `localhost` too, as in libpq.
    """
    names = {host.name, "localhost"} if host.name in _USUAL_SOCKETS else {host.name}
    sought = (names, {str(host.port)}, {database}, {user})
    for line in listed:
        if all(part == "*" or _plain(part) in values for part, values in zip(line, sought, strict=False)):
            return _plain(line[4])
    return ""


def _plain(part: str) -> str:
    """Take away the backslashes."""
    return re.sub(r"\\(.)", r"\1", part)
