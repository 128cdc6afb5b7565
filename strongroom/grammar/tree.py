"""The grammar as a whole: every command and option with its sentence."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from strongroom import __version__
from strongroom.exits import ExitCode, Stopped
from strongroom.grammar import operator_acts, person_acts, program_acts
from strongroom.grammar.parser import Branch, Grammar, stem
from strongroom.setting_table import ROWS

_SECRETS = {("password", "secret", "token", "pin"): "--password-stdin", ("code", "otp"): "--code-stdin"}
"""What the names of options hold that somebody may type for a secret, and how it is given instead."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read a command line; `run` is the code of its command, None where the screen is meant.

    Values of unknown options are never repeated, since one of them may be a password.

    Raises:
        Stopped: it cannot be understood; exit code 2.
    """
    grammar = whole()
    given, unknown = grammar.parse_known_args(arguments)
    if unknown:
        raise _not_understood(unknown, grammar.prog)
    return given


def _not_understood(unknown: Sequence[str], prog: str) -> Stopped:
    """What is said of words that no command takes."""
    options = [word.partition("=")[0] for word in unknown if word.startswith("-")]
    if not options:
        return Stopped("There is an argument too many.", ExitCode.USAGE, hint=f"See: {prog} --help")
    # A short option may have its value right behind it.
    option = options[0] if options[0].startswith("--") else options[0][:2]
    hint = f"See: {prog} --help"
    for words, stdin in _SECRETS.items():
        if any(word in option for word in words):
            hint = f"A secret is never an argument; give it on standard input, with {stdin}."
            break
    return Stopped(f"Unknown option {option}.", ExitCode.USAGE, hint=hint)


def flags_of(given: argparse.Namespace) -> dict[str, str | None]:
    """The settings among the options."""
    return {name: getattr(given, name, None) for name in (row.name for row in ROWS if row.flag)}


def whole() -> Grammar:
    """Every command, grown from one stem of common options."""
    common = stem()
    grammar = Grammar(
        prog="strongroom",
        description="Account security, full-screen, in a terminal. Without a command it opens the screen.",
        epilog="Files follow XDG; STRONGROOM_HOME puts them all under one directory. "
        "Settings: option, then STRONGROOM_*, then the user's file, then /etc/strongroom/config.toml.",
        parents=[common],
        allow_abbrev=False,
    )
    grammar.add_argument("--version", action="version", version=f"Strongroom {__version__}")
    grammar.add_argument(
        "--plain",
        action="store_true",
        help="lines and numbered questions in place of the screen, for screen readers; also by ACCESSIBLE=1",
    )
    grammar.set_defaults(run=None, title="", is_bare=False, json=False)
    root = Branch("", grammar.add_subparsers(metavar="COMMAND", title="commands"), common)
    person_acts.grow(root)
    program_acts.grow(root)
    operator_acts.grow(root)
    return grammar


def leaves(grammar: Grammar, title: str = "") -> dict[str, Grammar]:
    """Every command of a grammar by its words, as in "session revoke"."""
    found: dict[str, Grammar] = {}
    for action in grammar._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, parser in action.choices.items():
                found |= leaves(parser, f"{title} {word}".strip())
    return found or {title: grammar}
