"""What this machine remembers for one store: the sessions to be kept, and the device's secret."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from security.secret import Secret
from strongroom.exits import ExitCode, Stopped
from strongroom.one_at_a_time import one_at_a_time
from strongroom.paths import make_private_directory
from strongroom.private_files import UnsafeFile, access_mended, read_private, require_room, write_private
from strongroom.settings import Settings

if TYPE_CHECKING:
    from security.facts import SignedIn

_TOKEN = re.compile(r"[A-Za-z0-9_=-]{16,512}")

OF_SCREEN = "session"
"""The file with the session that the screen keeps."""

OF_COMMANDS = "command-session"
"""The file with the session that `strongroom login` keeps."""


class LocalSession:
    """A keeper on disk, in the state directory of one user: private files for each store."""

    def __init__(self, state: Path, store: str, *, kept: str = OF_SCREEN) -> None:
        """Name the files for a store's address; nothing is read or made yet.

        Screen and commands each keep a session of their own, so that neither ends the other's.
        """
        self._root: Path = state
        self._directory: Path = state / hashlib.sha256(store.encode()).hexdigest()[:16]
        self._kept = kept
        self.trouble: str = ""
        """Why the last wish to keep something was not met, fit for a person; empty where all is well."""

    @property
    def session_file(self) -> Path:
        """Where the kept session's token stands."""
        return self._directory / self._kept

    @property
    def device_file(self) -> Path:
        """Where the device's secret stands."""
        return self._directory / "device"

    def check(self) -> None:
        """Look at both files before a screen is shown.

        Raises:
            Stopped: one of them is not private; the sentence names it and the line that mends it.
        """
        for path in (self.session_file, self.device_file):
            try:
                read_private(path)
            except UnsafeFile as unsafe:
                raise Stopped(
                    f"What this machine remembers of a session was not read: {unsafe}.",
                    ExitCode.UNAVAILABLE,
                    hint=f"Remove it and sign in again: rm {quote(str(unsafe.path))}",
                ) from unsafe
            except OSError as error:
                raise Stopped(
                    f"What this machine remembers of a session was not read: {path}: {error.strerror}.",
                    ExitCode.UNAVAILABLE,
                    hint=access_mended(path, error),
                ) from error

    def read_token(self) -> Secret | None:
        """The kept session's token, or None where none is kept or the file is not to be trusted."""
        return _read(self.session_file)

    def read_device(self) -> Secret | None:
        """The secret by which the rules know this device again."""
        return _read(self.device_file)

    def save(self, signed_in: SignedIn) -> None:
        """Keep a session for the next start; where the disk refuses none is kept, and `trouble` says so."""
        if not self._write(self.session_file, signed_in.token):
            self.forget()

    def save_device(self, secret: Secret) -> None:
        """Keep the device's secret; where the disk will not take it `trouble` says so."""
        self._write(self.device_file, secret)

    def require_room(self) -> None:
        """Find out before the session gets a new token whether that could be kept.

        Raises:
            Stopped: it could not.
        """
        try:
            self._make_directories()
            require_room(self.session_file)
        except OSError as error:
            raise Stopped(
                f"This machine could not keep the session: {self._directory}: {error.strerror}.",
                ExitCode.UNAVAILABLE,
                hint="Nothing was changed.",
            ) from error

    def forget(self) -> bool:
        """Keep no session any more; the device stays known. False where the file would not go.

        A token that stays behind is refused by the rules, as its session is over.
        """
        try:
            self.session_file.unlink(missing_ok=True)
        except OSError:
            return False
        return True

    @asynccontextmanager
    async def one_at_a_time(self) -> AsyncIterator[bool]:
        """Keep other processes from what is done so with the kept session; False where none can be kept out.

        Raises:
            StillHeld: another does not come to an end.
        """
        with suppress(Stopped):  # whoever writes says it
            self._make_directories()
        async with one_at_a_time(self._directory / f"{self._kept}.lock") as keeps_others_out:
            yield keeps_others_out

    def _make_directories(self) -> None:
        """Have the directories, private.

        Raises:
            Stopped: they cannot be made, or are open to others.
        """
        make_private_directory(self._root)
        make_private_directory(self._directory)

    def _write(self, path: Path, secret: Secret) -> bool:
        """Write one file, with the directories above it private."""
        try:
            self._make_directories()
            write_private(path, secret.reveal)
        except Stopped as stopped:
            self.trouble = f"{stopped.sentence} {stopped.hint}".strip()
            return False
        except OSError as error:
            self.trouble = f"{path} cannot be written: {error.strerror}."
            return False
        return True


def keeper_of_screen(settings: Settings, state: Path) -> LocalSession:
    """Where the screen keeps its session of a store."""
    return LocalSession(state, _known_as(settings))


def keeper_of_commands(settings: Settings, state: Path) -> LocalSession:
    """Where commands keep their session of a store.

    Raises:
        Stopped: the settings keep no sessions on this machine.
    """
    if not settings.keep_signed_in:
        raise Stopped(
            "No session is kept on this machine, as keep_signed_in is false, and commands need one.",
            ExitCode.FORBIDDEN,
            hint="Open the screen instead: strongroom, or strongroom --plain",
        )
    return LocalSession(state, _known_as(settings), kept=OF_COMMANDS)


def _known_as(settings: Settings) -> str:
    """A store's address as its files are named by; a password is no part of that, as it may change."""
    return settings.store_place if settings.is_on_server else settings.store


def _read(path: Path) -> Secret | None:
    """A secret of the form that we write, from a private file."""
    try:
        text = read_private(path)
    except (OSError, UnsafeFile):
        return None
    return Secret(text) if text is not None and _TOKEN.fullmatch(text) else None
