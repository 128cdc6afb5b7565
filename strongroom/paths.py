"""Where things live on this machine: the directories of XDG, or one directory named by STRONGROOM_HOME."""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from strongroom.exits import ExitCode, Stopped

STORE_NAME = "strongroom.db"
KEYS_NAME = "keys.json"
BREACH_NAME = "breach.sha1"
CONFIG_NAME = "config.toml"
SYSTEM_CONFIG = Path("/etc/strongroom/config.toml")

SQLITE_ENDINGS = ("-wal", "-shm", "-journal")
"""What SQLite appends to the store's name for the files that it keeps beside it."""

_SQLITE = "sqlite://"
_SERVER = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Paths:
    """The directories of one user; none of them need exist yet."""

    data: Path
    """Holds the store and, where nothing else is said, its keys; the keys alone of one on a server."""
    config: Path
    """Holds the settings file."""
    state: Path
    """Holds what this machine remembers of a visit: the kept session and the device secret."""

    @property
    def store_url(self) -> str:
        """The store's address where no setting names one."""
        return sqlite_url(self.data / STORE_NAME)

    @property
    def config_file(self) -> Path:
        """The user's settings file."""
        return self.config / CONFIG_NAME


def find_paths(environment: Mapping[str, str]) -> Paths:
    """Read the directories from STRONGROOM_HOME, else from XDG_*, else from the home directory.

    A relative XDG_* value is ignored, as the XDG Base Directory Specification asks.
    """
    home = environment.get("STRONGROOM_HOME", "")
    if home:
        root = whole_path(home)
        return Paths(data=root, config=root, state=root / "state")
    return Paths(
        data=_xdg(environment, "XDG_DATA_HOME", ".local/share"),
        config=_xdg(environment, "XDG_CONFIG_HOME", ".config"),
        state=_xdg(environment, "XDG_STATE_HOME", ".local/state"),
    )


def whole_path(named: str) -> Path:
    """A path as it was named, made absolute; ~ is the home directory.

    Raises:
        Stopped: it begins at the working directory, and that is gone.
    """
    try:
        return Path(os.path.abspath(os.path.expanduser(named)))
    except OSError as error:
        raise Stopped(
            f"The path {named} begins at the working directory, and that is gone.",
            ExitCode.USAGE,
            hint="Name a whole path, or change to another directory.",
        ) from error


def _xdg(environment: Mapping[str, str], name: str, fallback: str) -> Path:
    """One directory of XDG with our name below it."""
    named = environment.get(name, "")
    if named and os.path.isabs(named):
        return Path(named) / "strongroom"
    return Path(_home(environment)) / fallback / "strongroom"


def _home(environment: Mapping[str, str]) -> str:
    """The home directory: of HOME, else of the system's list of users; a relative one is none."""
    named = environment.get("HOME", "")
    if not os.path.isabs(named):
        with suppress(KeyError):
            named = pwd.getpwuid(os.getuid()).pw_dir
    if not os.path.isabs(named):
        raise Stopped(
            "No home directory is known for this user.",
            ExitCode.USAGE,
            hint="Set STRONGROOM_HOME to a directory of your own.",
        )
    return named


def sqlite_url(path: Path) -> str:
    """The address of a SQLite store at an absolute path."""
    return _SQLITE + str(path)


def is_on_server(url: str) -> bool:
    """Whether a store's address is that of a database on a server, so that it has no path."""
    return url.startswith(_SERVER)


def store_path(url: str) -> Path:
    """The absolute path in the address of a store in a file.

    Raises:
        ValueError: the address is not sqlite:// and the absolute path of a file.
    """
    path = url.removeprefix(_SQLITE)
    if not url.startswith(_SQLITE) or not path.startswith("/") or path.endswith(("/", "/.", "/..")):
        raise ValueError(
            "must be sqlite:// and the absolute path of a file, as in"
            " sqlite:///var/lib/strongroom/strongroom.db, or the database of a server, as in"
            " postgresql://strongroom@db.example/strongroom"
        )
    return Path(path)


def belongs_to_store(path: Path, store: Path) -> bool:
    """Whether a path is the store's file or one that SQLite or a founding makes and removes beside it."""
    named, store = Path(os.path.realpath(path)), Path(os.path.realpath(store))
    if named.parent != store.parent:
        return False
    return named.name.startswith((f".{store.name}.new-", f"{store.name}.founding")) or named.name in {
        store.name + ending for ending in ("", *SQLITE_ENDINGS)
    }


def make_private_directory(
    directory: Path, *, hint: str = "Name another place with STRONGROOM_HOME."
) -> None:
    """Make a directory of mode 0700 with its parents, or make sure that an existing one is private (R106).

    Raises:
        Stopped: the directory belongs to another user, is open to others, or cannot be made.
    """
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
        directory.mkdir(mode=0o700, exist_ok=True)
        found = directory.stat()
    except OSError as error:
        raise Stopped(
            f"The directory {directory} cannot be made: {error.strerror}.",
            ExitCode.UNAVAILABLE,
            hint=hint,
        ) from error
    if found.st_uid != os.geteuid():
        raise Stopped(f"The directory {directory} belongs to another user.", ExitCode.UNAVAILABLE)
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise Stopped(
            f"The directory {directory} is open to other users.",
            ExitCode.UNAVAILABLE,
            hint=f"Close it with: chmod 700 {quote(str(directory))}",
        )
