"""Runs an app on the local terminal and gives the terminal back on every way out."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Any

from tui.door import CLOSE_SECONDS
from tui.terminal.crash import incident_of, report
from tui.terminal.driver import TerminalDriver
from tui.terminal.guarded_app import GuardedApp

EXIT_CODES = {signal.SIGHUP: 129, signal.SIGINT: 130, signal.SIGQUIT: 131, signal.SIGTERM: 143}
"""How the program ends after each signal."""

PATIENCE_SECONDS = 3.0
"""How long an app may take to end after a signal; then it is ended."""


def run_guarded(app: GuardedApp) -> int:
    """Run an app to its end and return the exit code; what it has to say stands on the restored terminal."""
    with _hooks(app), _signals(app):
        try:
            code = asyncio.run(_run(app), debug=False)
        except KeyboardInterrupt:
            code = 130
        except Exception as fault:  # noqa: BLE001 - the edge of the process
            app.failed(fault)
            code = 1
        finally:
            _give_back(app)
    _tell(app)
    return code


async def _run(app: GuardedApp) -> int:
    """Run the app on this loop."""
    asyncio.get_running_loop().set_exception_handler(app.loop_failed)
    try:
        await app.run_async(mouse=app.door.mouse)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await app.door.close()
    return app.return_code or 0


def _give_back(app: GuardedApp) -> None:
    """Give the terminal back where the app could not do it itself."""
    if isinstance(app._driver, TerminalDriver):
        app._driver.stop_application_mode()


def _tell(app: GuardedApp) -> None:
    """Print the incident's line, where there still is somebody to read it."""
    if app.incident is not None:
        with suppress(OSError, ValueError):
            print(app.incident.line, file=sys.__stderr__, flush=True)


@contextmanager
def _signals(app: GuardedApp) -> Iterator[None]:
    """End the app properly on a signal, and at once where it does not end."""

    def leave(number: int, _frame: FrameType | None) -> None:
        """End with the signal's exit code, at once where the loop is gone."""
        code = EXIT_CODES[signal.Signals(number)]
        loop = app._loop
        if loop is None or loop.is_closed():
            _leave_now(app, code)
        else:
            loop.call_soon_threadsafe(app.leave, code)
            _later(PATIENCE_SECONDS, lambda: _leave_now(app, code))

    before = {number: signal.signal(number, leave) for number in EXIT_CODES}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _later(seconds: float, call: Callable[[], None]) -> None:
    """Call something after a while, unless the program has ended by then."""
    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()


def _leave_now(app: GuardedApp, code: int) -> None:
    """Give the terminal back and end, whatever is still going on."""
    if isinstance(app._driver, TerminalDriver):
        app._driver.give_back_now()
    os._exit(code)


@contextmanager
def _hooks(app: GuardedApp) -> Iterator[None]:
    """Keep Python itself from printing a traceback: of the main thread, of others, of a destructor."""

    def main(_type: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Print the incident's line."""
        incident = incident_of(error)
        report(app.door, incident)
        with suppress(OSError, ValueError):
            print(incident.line, file=sys.__stderr__, flush=True)

    def thread(arguments: threading.ExceptHookArgs) -> None:
        """Hand a thread's fault to the app."""
        loop = app._loop
        if arguments.exc_value is not None and loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(app.failed, arguments.exc_value)

    def unraisable(_arguments: Any) -> None:
        """Say nothing of a destructor's fault."""
        return

    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    sys.excepthook, threading.excepthook, sys.unraisablehook = main, thread, unraisable
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook, sys.unraisablehook = before
