"""The standard streams of a command: closed, full, left by their reader, or of a poor encoding."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from strongroom.exits import ExitCode
from tests.strongroom.running import OWNER, PASSWORD, environment_of, strongroom

INIT = ("admin", "init", "--org", "Łódź 日本", *OWNER[2:], "--password-stdin")


def shell(home: Path, line: str, *arguments: str, **more: str) -> tuple[int, str, str]:
    """Run the program from a line of shell, in which "$@" stands for it."""
    done = subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "strongroom", *arguments],
        env=environment_of(home, **more),
        input=PASSWORD.encode(),
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_name_that_the_terminal_cannot_write_does_not_make_a_founding_fail(home: Path) -> None:
    ended = strongroom(home, *INIT, given=PASSWORD, PYTHONIOENCODING="ascii")
    assert ended.code == ExitCode.DONE, ended.err
    assert "is founded" in ended.out


def test_a_closed_stdout_is_told_and_undoes_nothing(home: Path) -> None:
    code, _, err = shell(home, '"$@" >&-', *INIT)
    said = "All was done, but the answer could not be written to standard output: it is closed.\n"
    assert (code, err) == (ExitCode.FAILED, said)
    assert strongroom(home, "audit", "verify").code == ExitCode.DONE


def test_a_closed_or_full_stderr_leaves_the_exit_code(home: Path) -> None:
    assert shell(home, '"$@" 2>&-', "bogus") == (ExitCode.USAGE, "", "")
    assert shell(home, '"$@" 2>/dev/full', "bogus") == (ExitCode.USAGE, "", "")
    assert shell(home, '"$@" >/dev/full 2>&1', "version") == (ExitCode.FAILED, "", "")


def test_no_file_of_ours_gets_the_number_of_a_closed_stream(home: Path) -> None:
    line = "import os; from strongroom import cli; cli.ready_streams(); os.write(9, b'%d' % os.open('/', 0))"
    code, out, err = shell(home, f'exec 9>&1; "$1" -c "{line}" <&- >&- 2>&-')
    assert (code, err) == (0, "")
    assert int(out) > 2


def test_an_answer_that_could_not_be_written_is_told(home: Path) -> None:
    code, _, err = shell(home, '"$@" >/dev/full', "version")
    assert code == ExitCode.FAILED
    said = "All was done, but the answer could not be written to standard output: No space left on device.\n"
    assert err == said


def test_an_answer_that_could_not_be_written_line_by_line_is_told_too(home: Path) -> None:
    code, _, err = shell(home, '"$@" >/dev/full', "version", PYTHONUNBUFFERED="1")
    assert code == ExitCode.FAILED
    assert err == "The answer could not be written to standard output: No space left on device.\n"


def test_a_reader_that_leaves_is_no_fault_with_a_traceback(home: Path) -> None:
    code, _, err = shell(home, 'set -o pipefail; "$@" | true', "--help")
    assert code in (ExitCode.DONE, ExitCode.FAILED)
    assert err == ""
