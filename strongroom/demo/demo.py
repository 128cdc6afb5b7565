"""`strongroom demo`: a throw-away store to look around in, made on the spot and removed at the end."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from strongroom.accessible import wants_lines
from strongroom.assembly import faults_told
from strongroom.demo.cast import PLACES
from strongroom.ended_by_signals import ended_by_signals
from strongroom.exits import ExitCode, Stopped
from strongroom.paths import BREACH_NAME, KEYS_NAME, STORE_NAME, make_private_directory, sqlite_url
from strongroom.plain.visit import require_lines, show_lines
from strongroom.private_files import write_private
from strongroom.settings import Layer, Settings
from strongroom.speech import make_sure, say
from strongroom.terminal import require_terminal, show
from strongroom.terminal_origin import find_origin

if TYPE_CHECKING:
    from security.origin import Origin
    from strongroom.demo.making import Made

CREDENTIALS_NAME = "credentials.json"
"""Where a kept demo says who can sign in, and with what."""


def run(settings: Settings, given: argparse.Namespace) -> int:
    """The command."""
    in_lines = given.plain or settings.plain or wants_lines(os.environ)
    return demo(settings, keep=given.keep, at_sign_in=given.sign_in, in_lines=in_lines)


def demo(settings: Settings, *, keep: Path | None, at_sign_in: bool, in_lines: bool = False) -> int:
    """Make the demo's store and show it, `in_lines` where wanted; with `keep` it is left in that directory.

    Raises:
        Stopped: there is no terminal to show it on, or the directory cannot be used.
    """
    is_shown = keep is None or _has_terminal()
    if is_shown:
        require_lines() if in_lines else require_terminal(os.environ)
    with ended_by_signals(), _directory(keep) as directory:
        with _undone_by_faults(directory):
            made = _make(directory, find_origin(os.environ), arrives=is_shown and not at_sign_in)
            if keep is not None:
                _leave_credentials(directory, made)
        if at_sign_in or not is_shown:
            _tell(made)
        if not is_shown:
            return ExitCode.DONE
        its = replace(
            settings,
            store=sqlite_url(directory / STORE_NAME),
            keys=directory / KEYS_NAME,
            breach_url=None,
            breach_file=directory / BREACH_NAME,
            place_file=PLACES,
            layers={**settings.layers, "keys": Layer.FLAG},
        )
        if in_lines:
            return show_lines(its, made.origin, signed_in=made.signed_in, command="strongroom demo")
        if at_sign_in:
            _wait_for_reader()
        return show(its, made.origin, signed_in=made.signed_in, command="strongroom demo")


def _has_terminal() -> bool:
    """Whether somebody could look at a screen."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty()


def _make(directory: Path, origin: Origin, *, arrives: bool) -> Made:
    """Make the store, in an event loop that ends before the screen's begins."""
    from strongroom.demo.making import make

    return asyncio.run(make(directory / STORE_NAME, directory / KEYS_NAME, origin, arrives=arrives))


def _tell(made: Made) -> None:
    """Print what the owner signs in with."""
    owner = made.people[0]
    say("A throw-away store of Acme Financial Group. Sign in as its owner:")
    say(f"  Email          {owner.email}")
    say(f"  Password       {owner.password}")
    say(f"  TOTP secret    {owner.totp_secret}")
    say(f"  Recovery code  {owner.recovery_codes[0]}")
    say("For a code: add the secret to an app, or run `oathtool --totp -b SECRET`.")


def _leave_credentials(directory: Path, made: Made) -> None:
    """Write who can sign in, and with what, beside a store that is kept."""
    people = [
        {
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "password": person.password,
            "totp_secret": person.totp_secret,
            "recovery_codes": list(person.recovery_codes),
        }
        for person in made.people
    ]
    write_private(directory / CREDENTIALS_NAME, json.dumps(people, indent=1, ensure_ascii=False) + "\n")
    say(f"The demo is kept in {directory}: its store, its keys and {CREDENTIALS_NAME}.")
    say(f"Other commands on it: STRONGROOM_HOME={quote(str(directory))} strongroom …")


def _wait_for_reader() -> None:
    """Let the person read what the screen will cover."""
    say("Press Enter to open the sign-in screen.")
    make_sure()
    sys.stdin.readline()


@contextmanager
def _directory(keep: Path | None) -> Iterator[Path]:
    """The directory to keep, which must be new or empty, or one that is removed at every end."""
    if keep is not None:
        make_private_directory(keep, hint="Name another directory.")
        with _told(f"The directory {keep} cannot be used"):
            is_empty = not any(keep.iterdir())
        if not is_empty:
            raise Stopped(f"The directory {keep} is not empty. Nothing was made.", ExitCode.CONFLICT)
        yield keep
        return
    with _told("There is no room for the demo"):
        directory = Path(tempfile.mkdtemp(prefix="strongroom-demo-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def _undone_by_faults(directory: Path) -> Iterator[None]:
    """Leave nothing half-made in a directory that was empty, and say why nothing was made."""
    try:
        with faults_told(), _told("The demo cannot be written"):
            yield
    except BaseException:
        with suppress(OSError):
            for path in directory.iterdir():
                path.unlink(missing_ok=True)
        raise


@contextmanager
def _told(what: str) -> Iterator[None]:
    """Say of an error of the file system what it stopped."""
    try:
        yield
    except OSError as error:
        raise Stopped(f"{what}: {error.strerror}.", ExitCode.UNAVAILABLE) from error
