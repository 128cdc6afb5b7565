"""What commands say: people's words to stdout, messages to stderr, no control character in either."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from security.safe_text import sanitise
from strongroom.exits import ExitCode, Stopped

_MAX_CELLS = 600


def ready_streams() -> None:
    """Make the three standard streams fit for use; done once, before anything is opened or said.

    A stream that was closed is taken up by /dev/null: otherwise the next file that is opened, the
    store's or the keys', would get its number and with it what a library writes to stderr. A stdout that
    was closed takes nothing all the same, so that no answer is taken for written. What the encoding of a
    stream lacks is written as its code, as a name must not undo what was done.
    """
    with suppress(OSError):
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(handle, True)
        os.close(handle)
    if sys.stdout is None:
        _lead_nowhere(1, os.O_RDONLY)
    sys.stdout = _fit(sys.stdout, 1)
    sys.stderr = _fit(sys.stderr, 2)


def finish_streams() -> OSError | None:
    """Write what still waits; why, where stdout would not take all of it. Of stderr nobody could be told.

    What stays would be tried by the interpreter again, with lines of its own and exit code 120.
    """
    try:
        sys.stderr.flush()
    except OSError:
        _lead_nowhere(2, os.O_WRONLY)
    try:
        sys.stdout.flush()
    except OSError as error:
        _lead_nowhere(1, os.O_WRONLY)
        return error
    return None


def why(error: OSError) -> str:
    """Why something could not be written, in a word."""
    return "it is closed" if error.errno == errno.EBADF else error.strerror or type(error).__name__


def say(line: str = "") -> None:
    """One line of the answer, to stdout.

    Raises:
        Stopped: it could not be written; what was done stays done.
        BrokenPipeError: whoever read the answer has left.
    """
    _write(sanitise(line, max_cells=_MAX_CELLS))


def say_document(document: str) -> None:
    """An answer for programs, to stdout; it is in ASCII and holds no control character but line ends.

    Raises:
        Stopped: it could not be written; what was done stays done.
        BrokenPipeError: whoever read the answer has left.
    """
    _write(document)


def make_sure() -> None:
    """Have all that was said until now written.

    Raises:
        Stopped: it could not be written; what was done stays done.
        BrokenPipeError: whoever read the answer has left.
    """
    with _faults_told():
        sys.stdout.flush()


def _write(text: str) -> None:
    """Write to stdout, with a line end after it."""
    with _faults_told():
        sys.stdout.write(text + "\n")


@contextmanager
def _faults_told() -> Iterator[None]:
    """Turn what is wrong with stdout into its sentence."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        # Where the stream holds nothing back, by PYTHONUNBUFFERED, the first line finds the disk full.
        _lead_nowhere(1, os.O_WRONLY)  # what waits is not tried, and told, again
        sentence = f"The answer could not be written to standard output: {why(error)}."
        raise Stopped(sentence, ExitCode.FAILED) from error


def warn(line: str) -> None:
    """One line about the command itself, to stderr; where nobody can hear it the exit code speaks."""
    with suppress(OSError):
        sys.stderr.write(sanitise(line, max_cells=_MAX_CELLS) + "\n")
        sys.stderr.flush()


def _lead_nowhere(number: int, mode: int) -> None:
    """Have /dev/null in the place of a stream; opened for reading alone it takes nothing that is written."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, mode | os.O_CLOEXEC)
        os.dup2(nowhere, number)
        if nowhere != number:
            os.close(nowhere)


def _fit(stream: TextIO | None, number: int) -> TextIO:
    """A stream that takes every character; on /dev/null where Python found it closed."""
    if stream is None:
        return open(number, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    if hasattr(stream, "reconfigure"):
        stream.reconfigure(errors="backslashreplace")
    return stream
