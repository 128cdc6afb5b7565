"""The command line's grammar: every command and option with its sentence. Imports nothing heavy."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from strongroom import __version__
from strongroom.exits import ExitCode, Stopped
from strongroom.setting_table import ROWS
from strongroom.setting_values import COLOURS

KEY_PURPOSES = ("totp", "codes", "names", "audit", "all")
"""The keys that can be rotated apart, and all of them."""

_WRONG_CHOICE = re.compile(r"invalid choice: .* \(choose from (.*)\)", re.DOTALL)
_UNWANTED_VALUE = re.compile(r"ignored explicit argument .*", re.DOTALL)


class Grammar(argparse.ArgumentParser):
    """An ArgumentParser whose errors are ours: made safe, with the command that explains, and exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            Stopped: always, with exit code 2.
        """
        # What was typed is not repeated: it may be a password that was meant for an option.
        message = _WRONG_CHOICE.sub(lambda found: f"must be one of {found[1].replace(chr(39), '')}", message)
        message = _UNWANTED_VALUE.sub("takes no value", message)
        raise Stopped(f"{message[0].upper()}{message[1:]}.", ExitCode.USAGE, hint=f"See: {self.prog} --help")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line.

    Values of unknown options are never repeated, since one of them may be a password.

    Raises:
        Stopped: it cannot be understood; exit code 2.
    """
    grammar = _grammar()
    given, unknown = grammar.parse_known_args(arguments)
    if unknown:
        options = [word.partition("=")[0] for word in unknown if word.startswith("-")]
        named = f"Unknown option {options[0]}" if options else "There is an argument too many"
        hint = f"See: {grammar.prog} --help"
        if options and "password" in options[0]:
            hint = "A password is never an argument; give it on standard input with --password-stdin."
        raise Stopped(f"{named}.", ExitCode.USAGE, hint=hint)
    return given


def as_place(text: str) -> Path:
    """A file or directory that was named, made absolute; an empty name is a forgotten one.

    Raises:
        ArgumentTypeError: it is empty, or no name that a file may have.
    """
    if not text.strip() or "\0" in text:
        raise argparse.ArgumentTypeError("needs the name of a file or directory")
    return Path(os.path.abspath(os.path.expanduser(text)))


def as_list(text: str) -> Path:
    """A list that was named; - is standard input.

    Raises:
        ArgumentTypeError: it is empty, or no name that a file may have.
    """
    return Path(text) if text == "-" else as_place(text)


def as_backup(text: str) -> Path:
    """A backup that was named; it is sealed and checked as a whole, so it goes through no pipe.

    Raises:
        ArgumentTypeError: it is empty, standard input or output, or no name that a file may have.
    """
    if text == "-":
        raise argparse.ArgumentTypeError("is a file, as a backup is checked when all of it is written")
    return as_place(text)


def flags_of(given: argparse.Namespace) -> dict[str, str | None]:
    """The settings among the options."""
    return {name: getattr(given, name, None) for name in (row.name for row in ROWS if row.flag)}


def _grammar() -> Grammar:
    """Every command, grown from one stem of common options."""
    stem = _stem()
    grammar = Grammar(
        prog="strongroom",
        description="Account security, full-screen, in a terminal. Without a command it opens the screen.",
        epilog="Files follow XDG; STRONGROOM_HOME puts them all under one directory. "
        "Settings: option, then STRONGROOM_*, then the user's file, then /etc/strongroom/config.toml.",
        parents=[stem],
        allow_abbrev=False,
    )
    grammar.add_argument("--version", action="version", version=f"Strongroom {__version__}")
    commands = grammar.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_demo(commands, stem)
    _add_admin(commands, stem)
    audit = commands.add_parser("audit", help="the audit's chain", parents=[stem], allow_abbrev=False)
    acts = audit.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser(
        "verify",
        help="check every event's hash and every signed checkpoint",
        parents=[stem],
        allow_abbrev=False,
    )
    commands.add_parser(
        "doctor",
        help="look at store, keys, city file and breach file, and say what mends them",
        parents=[stem],
        allow_abbrev=False,
    )
    commands.add_parser("version", help="print the version", parents=[stem], allow_abbrev=False)
    return grammar


def _stem() -> Grammar:
    """The options that every command takes, before or after its name."""
    stem = Grammar(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    stem.add_argument(
        "--store",
        metavar="URL",
        help="the store: sqlite:// and an absolute path, or postgresql://USER@HOST/DATABASE",
    )
    stem.add_argument("--keys", metavar="FILE", help="the file with the store's keys")
    stem.add_argument("--config", metavar="FILE", type=as_place, help="the settings file")
    stem.add_argument("--color", choices=COLOURS, help="how many colours the terminal shows")
    return stem


def _add_demo(commands: argparse._SubParsersAction[Grammar], stem: Grammar) -> None:
    """The throw-away store to look around in."""
    demo = commands.add_parser(
        "demo",
        help="look around in a throw-away store of Acme Financial Group",
        parents=[stem],
        allow_abbrev=False,
    )
    demo.add_argument(
        "--sign-in", action="store_true", help="print the credentials and begin at the sign-in screen"
    )
    demo.add_argument(
        "--keep",
        metavar="DIR",
        type=as_place,
        help="leave the store in this new directory, for other commands",
    )


def _add_admin(commands: argparse._SubParsersAction[Grammar], stem: Grammar) -> None:
    """What the operator of a store does."""
    admin = commands.add_parser(
        "admin", help="what the operator of a store does", parents=[stem], allow_abbrev=False
    )
    acts = admin.add_subparsers(dest="act", metavar="ACT", required=True)
    init = acts.add_parser(
        "init",
        help="make a store, its keys and the first owner, where there are neither",
        parents=[stem],
        allow_abbrev=False,
    )
    init.add_argument("--org", metavar="NAME", required=True, help="the organisation")
    init.add_argument("--name", metavar="NAME", required=True, help="the first owner's name")
    init.add_argument("--email", metavar="EMAIL", required=True, help="the first owner's address")
    init.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    _add_breach(acts, stem)
    _add_backup(acts, stem)
    _add_move(acts, stem)
    keys = acts.add_parser("keys", help="the store's keys", parents=[stem], allow_abbrev=False)
    rotate = keys.add_subparsers(dest="key_act", metavar="ACT", required=True).add_parser(
        "rotate",
        help="make a new key and seal with it what the old one sealed",
        parents=[stem],
        allow_abbrev=False,
    )
    rotate.add_argument(
        "--purpose", choices=KEY_PURPOSES, default="all", help="which key; all of them otherwise"
    )


def _add_backup(acts: argparse._SubParsersAction[Grammar], stem: Grammar) -> None:
    """The store in a file, and back."""
    backup = acts.add_parser(
        "backup",
        help="write the store as it stands now to a new file, while people work; without its keys",
        parents=[stem],
        allow_abbrev=False,
    )
    backup.add_argument("file", metavar="FILE", type=as_backup, help="the file that is to be made")
    restore = acts.add_parser(
        "restore",
        help="make a store of a backup where there is none; sessions and codes of then are ended",
        parents=[stem],
        allow_abbrev=False,
    )
    restore.add_argument("file", metavar="FILE", type=as_backup, nargs="?", help="the backup")
    restore.add_argument(
        "--in-place",
        action="store_true",
        help="end sessions and codes of a store that was restored by other means, or finish a restore",
    )
    restore.add_argument("--yes", action="store_true", help="ask nothing, with --in-place")


def _add_move(acts: argparse._SubParsersAction[Grammar], stem: Grammar) -> None:
    """The store goes to another place."""
    move = acts.add_parser(
        "move",
        help="move the store to a file or a server where none is; cut off, the same command goes on",
        parents=[stem],
        allow_abbrev=False,
    )
    move.add_argument(
        "--from",
        dest="store",
        metavar="URL",
        default=argparse.SUPPRESS,
        help="the store that is moved, in place of the one of the settings",
    )
    move.add_argument("--to", metavar="URL", help="where it goes: sqlite:// and a path, or postgresql://")
    move.add_argument("--cancel", action="store_true", help="give up a move that is not finished")


def _add_breach(acts: argparse._SubParsersAction[Grammar], stem: Grammar) -> None:
    """The file of breached passwords' hashes that is asked without a network."""
    breach = acts.add_parser(
        "breach",
        help="the breach file, for screening without the network",
        parents=[stem],
        allow_abbrev=False,
    )
    own = breach.add_subparsers(dest="breach_act", metavar="ACT", required=True)
    read = own.add_parser(
        "import",
        help="make it from a list of SHA-1 hashes, ordered by hash, as Have I Been Pwned has it",
        parents=[stem],
        allow_abbrev=False,
    )
    read.add_argument("list", metavar="FILE", type=as_list, help="the list, or - for standard input")
    own.add_parser(
        "check", help="read the whole file and say how it stands", parents=[stem], allow_abbrev=False
    )
