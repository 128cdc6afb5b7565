"""The command line: hardens the process, reads the settings and hands over to one command."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from strongroom import __version__
from strongroom.exits import ExitCode, Stopped
from strongroom.hardening import harden
from strongroom.paths import find_paths
from strongroom.settings import Settings, load_settings
from strongroom.speech import finish_streams, ready_streams, say, warn

if TYPE_CHECKING:
    import argparse


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    ready_streams()
    code = _guarded(sys.argv[1:] if arguments is None else arguments)
    if not finish_streams() and code == ExitCode.DONE:
        warn("All was done, but the answer could not be written to standard output.")
        return ExitCode.FAILED
    return code


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
        warn(f"Strongroom met a fault of its own and stopped: {type(fault).__name__}, incident {incident}.")
        return ExitCode.FAILED


def _run(arguments: Sequence[str]) -> int:
    """Open the screen, or read what was said; the grammar is not imported for nothing."""
    if not arguments:
        return _open_screen(load_settings(find_paths(os.environ), os.environ, {}))
    from strongroom.command_line import parse

    return _obey(parse(arguments))


def _obey(given: argparse.Namespace) -> int:
    """Hand over to the command; each is imported when it is asked for."""
    if given.command is not None:
        gc.enable()  # `strongroom.__main__` begins without; the screen switches it on once it stands
    if given.command == "version":
        say(f"Strongroom {__version__}")
        return ExitCode.DONE
    settings = _settings(given)
    if given.command == "admin" and given.act == "init":
        from strongroom.admin_init import init

        return init(settings, given.org, given.name, given.email, from_stdin=given.password_stdin)
    if given.command == "admin" and given.act == "move":
        from strongroom.move import cancel_move, move

        return (cancel_move if given.cancel else move)(settings, given.to)
    if given.command == "admin" and given.act == "breach":
        from strongroom.breach_file import check_breaches, import_breaches

        return (
            import_breaches(settings, given.list)
            if given.breach_act == "import"
            else check_breaches(settings)
        )
    if given.command == "admin" and given.act in ("backup", "restore"):
        return _keep(settings, given)
    if given.command == "admin":
        from strongroom.operating import rotate_keys

        return rotate_keys(settings, given.purpose)
    if given.command == "audit":
        from strongroom.operating import verify_audit

        return verify_audit(settings)
    if given.command == "doctor":
        from strongroom.doctor import doctor

        return doctor(settings)
    if given.command == "demo":
        from strongroom.demo import demo

        return demo(settings, keep=given.keep, at_sign_in=given.sign_in)
    return _open_screen(settings)


def _keep(settings: Settings, given: argparse.Namespace) -> int:
    """Back up, or restore."""
    if given.act == "backup":
        from strongroom.backup import back_up

        return back_up(settings, given.file)
    from strongroom.restore import restore, restore_in_place

    if (given.file is None) is not given.in_place:
        raise Stopped(
            "A restore needs the backup's file, or --in-place for a store that is there.",
            ExitCode.USAGE,
            hint="See: strongroom admin restore --help",
        )
    if given.in_place:
        return restore_in_place(settings, is_sure=given.yes)
    return restore(settings, given.file)


def _open_screen(settings: Settings) -> int:
    """Open the screen."""
    from strongroom.terminal import open_screen

    return open_screen(settings)


def _settings(given: argparse.Namespace) -> Settings:
    """The settings of this process."""
    from strongroom.command_line import flags_of

    config = getattr(given, "config", None)
    return load_settings(find_paths(os.environ), os.environ, flags_of(given), config=config)
