"""The parser: errors in our words, options that every command takes, and where each command's code is."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from strongroom.exits import ExitCode, Stopped
from strongroom.grammar.values import as_place
from strongroom.setting_values import COLOURS
from strongroom.speech import say_document

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

    def _print_message(self, message: str, file: object = None) -> None:
        """Say what --help and --version answer, to standard output as every answer.

        Raises:
            Stopped: it could not be written.
            BrokenPipeError: whoever read it has left.
        """
        say_document(message.removesuffix("\n"))


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[Grammar]
    """The words that may follow at one place; at run time the type takes no parameter."""


def stem() -> Grammar:
    """The options that every command takes, before or after its name."""
    common = Grammar(add_help=False, argument_default=argparse.SUPPRESS, allow_abbrev=False)
    common.add_argument(
        "--store",
        metavar="URL",
        help="the store: sqlite:// and an absolute path, or postgresql://USER@HOST/DATABASE",
    )
    common.add_argument("--keys", metavar="FILE", help="the file with the store's keys")
    common.add_argument("--config", metavar="FILE", type=as_place, help="the settings file")
    common.add_argument("--color", choices=COLOURS, help="how many colours the terminal shows")
    return common


@dataclass(frozen=True, slots=True)
class Branch:
    """A place in the grammar where words follow."""

    title: str
    """The words up to here, as in "admin user"; empty at the root."""
    commands: Commands
    common: Grammar
    """The stem."""

    def branch(self, word: str, sentence: str) -> Branch:
        """Grow a word that others follow."""
        title = f"{self.title} {word}".strip()
        parser = self.commands.add_parser(
            word, help=sentence, description=_capital(sentence), parents=[self.common], allow_abbrev=False
        )
        return Branch(title, parser.add_subparsers(metavar="ACT", required=True), self.common)

    def leaf(
        self, word: str, run: str, sentence: str, *, about: str = "", answers: bool = True, bare: bool = False
    ) -> Grammar:
        """Grow a command: its word, `module:function` that runs it, and its sentence.

        `about` stands below the sentence in the command's own help. One that `answers` takes --json;
        a `bare` one is run without settings.
        """
        description = _capital(sentence) + (f"\n\n{about}" if about else "")
        parser = self.commands.add_parser(
            word,
            help=sentence,
            description=description,
            parents=[self.common],
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        parser.set_defaults(run=run, title=f"{self.title} {word}".strip(), is_bare=bare)
        if answers:
            parser.add_argument(
                "--json", action="store_true", help="answer in one JSON document, by docs/schemas"
            )
        return parser


def add_yes(parser: Grammar) -> None:
    """Let what destroys go on without a question."""
    parser.add_argument("--yes", action="store_true", help="ask for no confirmation")


def add_password_stdin(parser: Grammar, lines: str) -> None:
    """Let secrets come by standard input, one a line; `lines` names them in their order."""
    parser.add_argument(
        "--password-stdin", action="store_true", help=f"read from standard input, one a line: {lines}"
    )


def add_code_stdin(parser: Grammar, line: str) -> None:
    """Let a code come by standard input; `line` says which one."""
    parser.add_argument("--code-stdin", action="store_true", help=f"read from standard input: {line}")


def add_output(parser: Grammar) -> None:
    """Let recovery codes go to a file of their own, as text, or as PDF by its name."""
    parser.add_argument(
        "--output",
        metavar="FILE",
        type=as_place,
        help="save the recovery codes in this new file of mode 0600, text or .pdf, in place of showing them",
    )


def _capital(sentence: str) -> str:
    """A help line as a sentence of its own."""
    return f"{sentence[0].upper()}{sentence[1:]}."
