"""The page docs/commands.md, rendered from the grammar that the program itself goes by.

`python -m strongroom.commands_page > docs/commands.md` writes it anew.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping

from strongroom.grammar.parser import Grammar, stem
from strongroom.grammar.tree import leaves, whole
from strongroom.settings_page import table_of

_HEAD = """# Commands

<!-- Rendered by `python -m strongroom.commands_page`; change strongroom/grammar instead. -->

`strongroom` alone opens the screen, `strongroom --plain` the same in lines. Whatever the screen does, a
command does too, through the same rules. A person's commands work with the session of `strongroom login`;
those that begin with `admin` are for whoever may read the store's files and keys, and the audit keeps them as
that operator's.

Secrets are never arguments: they are asked for at a terminal, or read from standard input with
`--password-stdin` and its like, one a line. Nothing is asked where standard input is no terminal.
[json.md](json.md) tells of `--json`, of the exit codes and of what a program may rely on.

To have commands completed by the shell:

    source <(strongroom completion bash)                                      # bash: in ~/.bashrc

    mkdir -p ~/.zfunc; strongroom completion zsh > ~/.zfunc/_strongroom       # zsh: once
    fpath=(~/.zfunc $fpath); autoload -Uz compinit; compinit                  # and in ~/.zshrc

    strongroom completion fish > ~/.config/fish/completions/strongroom.fish   # fish: once
"""

_ROOMS: Mapping[str, str] = {"login": "The person", "demo": "The program", "admin": "The operator"}
"""Headings, each before the first command that begins so."""

_UNTOLD = ("-h", "--json", "--version")
"""Options that are told of once, for all commands."""


def render() -> str:
    """The whole page."""
    parts = [_HEAD, "## Options of every command\n", _table_of_options(stem())]
    rooms = dict(_ROOMS)
    for title, parser in leaves(whole()).items():
        room = rooms.pop(title.partition(" ")[0], "")
        if room:
            parts.append(f"## {room}\n")
        parts.append(_command(title, parser))
    return "\n".join(parts).rstrip("\n") + "\n"


def _command(title: str, parser: Grammar) -> str:
    """One command: how it is written, what it does, its options and its schema."""
    written = " ".join(["strongroom", title, *_usage(parser)])
    lines = [f"### `{written}`", "", parser.description or "", ""]
    told = _table_of_options(parser)
    if told:
        lines += [told]
    if any("--json" in action.option_strings for action in parser._actions):
        schema = f"{title.replace(' ', '-')}.json"
        lines += [f"`--json` answers by [{schema}](schemas/{schema}).", ""]
    return "\n".join(lines)


def _usage(parser: Grammar) -> Iterator[str]:
    """The arguments and options, as they are written."""
    for action in _own(parser):
        if not action.option_strings:
            yield f"[{_value(action)}]" if action.nargs == "?" else _value(action)
    for action in _own(parser):
        if action.option_strings:
            yield _option(action) if action.required else f"[{_option(action)}]"


def _table_of_options(parser: Grammar) -> str:
    """What each argument and option means; nothing where there is none."""
    rows = [
        (f"`{_option(action) if action.option_strings else _value(action)}`", action.help or "")
        for action in _own(parser)
    ]
    return table_of(("", "means"), rows) if rows else ""


def _own(parser: Grammar) -> Iterator[argparse.Action]:
    """The arguments and options that are a command's own."""
    common: set[str] = set()
    if parser.add_help:
        common = {name for action in stem()._actions for name in action.option_strings}
    for action in parser._actions:
        names = set(action.option_strings)
        if not names & {*_UNTOLD, *common} and action.help is not argparse.SUPPRESS:
            yield action


def _option(action: argparse.Action) -> str:
    """An option with what follows it."""
    takes = "" if action.nargs == 0 else f" {_value(action)}"
    return f"{action.option_strings[-1]}{takes}"


def _value(action: argparse.Action) -> str:
    """What is written in the place of a value."""
    if action.choices is not None:
        return "|".join(str(choice) for choice in action.choices)
    return str(action.metavar or action.dest.upper())


if __name__ == "__main__":
    sys.stdout.write(render())
