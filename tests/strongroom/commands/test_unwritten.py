"""An answer that nobody got: every command says so by its exit code, and none claims to have written it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.strongroom.commands.person import WAIT, Person
from tests.strongroom.commands.test_no_prompt import ARGUMENTS, TITLES
from tests.strongroom.forked import forks
from tests.strongroom.running import environment_of

HELD = ("status", "profile rename", "activity list", "doctor", "audit verify", "logout", "version")
"""Commands whose whole answer is written once they are through."""


@pytest.mark.parametrize("stdout", ["/dev/full", "closed"])
def test_no_command_ends_well_where_its_answer_could_not_be_written(person: Person, stdout: str) -> None:
    ends = {}
    titles = sorted(TITLES if stdout != "closed" else HELD, key=lambda title: title == "logout")
    for title in titles:
        arguments = (*title.split(), *ARGUMENTS.get(title, ()))
        code, _, err = forks().run(person.home, environment_of(person.home), *arguments, stdout=stdout)
        assert code != 0, (title, err)
        assert "fault of its own" not in err, (title, err)
        assert "Traceback" not in err, title
        ends[title] = (code, err)
    why = "No space left on device" if stdout == "/dev/full" else "it is closed"
    unwritten = f"could not be written to standard output: {why}."
    for title in HELD:
        assert ends[title][0] == 1
        assert unwritten in ends[title][1]
    for said in ("--help", "--version"):
        code, _, err = forks().run(person.home, environment_of(person.home), said, stdout=stdout)
        assert (code, unwritten in err) == (1, True)


def test_an_export_to_a_closed_standard_output_claims_nothing(person: Person) -> None:
    home = person.home
    code, _, err = forks().run(home, environment_of(home), "activity", "export", "-", stdout="closed")
    assert (code, err) == (1, "Standard output took only a part of it: it is closed.\n")


def test_a_reader_that_leaves_is_met_with_silence_and_exit_code_1(person: Person) -> None:
    """As with `strongroom activity list | head -1`: no sentence, and no list that seems whole."""
    for arguments in (("activity", "list"), ("activity", "export", "-"), ("status", "--json")):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", *arguments],
            env=environment_of(person.home),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=WAIT,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, b""), arguments
