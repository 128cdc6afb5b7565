"""The command line: hardens the process, reads the settings and hands over to one command."""

from __future__ import annotations

import gc
import importlib
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from strongroom.accessible import wants_lines
from strongroom.exits import ExitCode, Stopped
from strongroom.hardening import harden
from strongroom.paths import find_paths
from strongroom.settings import Settings, load_settings
from strongroom.speech import finish_streams, ready_streams, warn, why

if TYPE_CHECKING:
    import argparse

PLAIN = "strongroom.plain.visit:run"
"""What is run in place of the screen where lines are wanted."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    ready_streams()
    code = _guarded(sys.argv[1:] if arguments is None else arguments)
    fault = finish_streams()
    if fault is None:
        return code
    if not isinstance(fault, BrokenPipeError):  # whoever left needs no sentence
        told = "All was done, but the answer" if code == ExitCode.DONE else "The answer"
        warn(f"{told} could not be written to standard output: {why(fault)}.")
        finish_streams()
    return code or ExitCode.FAILED


def _guarded(arguments: Sequence[str]) -> int:
    """Run one command; whatever happens to it becomes an exit code and a sentence."""
    try:
        harden()
        return _run(arguments)
    except SystemExit as ended:  # --help and --version have answered, or a signal unwinds a demo
        return ended.code if isinstance(ended.code, int) else ExitCode.DONE
    except Stopped as stopped:
        warn(stopped.sentence)
        if stopped.hint:
            warn(stopped.hint)
        return stopped.code
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return ExitCode.FAILED  # whoever read the answer has left
    except Exception as fault:  # noqa: BLE001  the edge of the process: no traceback, no locals (R085)
        incident = os.urandom(4).hex()
        sentence = (
            f"Strongroom met a fault of its own and stopped: {type(fault).__name__}, incident {incident}."
        )
        warn(sentence)
        if "--json" in arguments:
            _refuse_in_json(Stopped(sentence, ExitCode.FAILED, tag="fault"), "")
        return ExitCode.FAILED


def _run(arguments: Sequence[str]) -> int:
    """Open the screen, or read what was said; the grammar is not imported for nothing."""
    if not arguments and not wants_lines(os.environ):
        settings = load_settings(find_paths(os.environ), os.environ, {})
        if not settings.plain:
            return _open_screen(settings)
    from strongroom.grammar.tree import parse

    try:
        given = parse(arguments)
    except Stopped as stopped:
        if "--json" in arguments:
            _refuse_in_json(stopped, "")
        raise
    return _obey(given)


def _obey(given: argparse.Namespace) -> int:
    """Hand over to the command; each is imported when it is asked for.

    Raises:
        Stopped: it cannot go on; where a document was asked for, the reason is written as one.
    """
    if given.run is None and not (given.plain or wants_lines(os.environ)):
        settings = _settings(given)
        if not settings.plain:
            return _open_screen(settings)
    gc.enable()  # `strongroom.__main__` begins without; the screen switches it on once it stands
    try:
        module, _, name = (given.run or PLAIN).partition(":")
        command = getattr(importlib.import_module(module), name)
        return int(command(given) if given.is_bare else command(_settings(given), given))
    except Stopped as stopped:
        if given.json:
            _refuse_in_json(stopped, given.title)
        raise


def _refuse_in_json(stopped: Stopped, title: str) -> None:
    """Write a refusal as a document for a program, beside the sentence that is on its way to a person.

    Where nothing can be written that sentence and the exit code tell it all the same.
    """
    from strongroom.commands.answer import give_refusal

    with suppress(OSError, Stopped):
        give_refusal(stopped, title)


def _open_screen(settings: Settings) -> int:
    """Open the screen."""
    from strongroom.terminal import open_screen

    return open_screen(settings)


def _settings(given: argparse.Namespace) -> Settings:
    """The settings of this process."""
    from strongroom.grammar.tree import flags_of

    config = getattr(given, "config", None)
    return load_settings(find_paths(os.environ), os.environ, flags_of(given), config=config)
