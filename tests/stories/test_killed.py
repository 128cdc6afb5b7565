"""kill -9 in the middle of what a person does at a real terminal: all old or all new, and the audit holds."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from tests.stories.conftest import Opens
from tests.stories.terminal import Terminal
from tests.stories.visitor import EMAIL, PASSWORD, SECOND_PASSWORD, Visitor
from tests.strongroom.running import init, strongroom

MOMENTS = [
    *(0.0, 0.05, 0.15),
    *(pytest.param(moment, marks=pytest.mark.soak) for moment in (0.02, 0.09, 0.3)),
]
"""Seconds between the last key and the kill: before, within and after the transaction.

Which falls within is the machine's to say; every statement is tried beside this, by the tests of the flows.
"""

INSIDE = "Your account"
ASKED = "Type the six digits"
REFUSED = "Email and password don't match"


@pytest.fixture
def opened(opens: Opens, home: Path) -> Visitor:
    """A person who has just signed in, in a store with nobody else."""
    owner = ("--org", "Acme", "--name", "Amir", "--email", EMAIL)
    assert init(home, owner=owner, password=PASSWORD + "\n").code == 0
    visitor = Visitor(opens())
    visitor.give_password()
    visitor.terminal.wait(INSIDE)
    return visitor


def kill(terminal: Terminal, after: float) -> None:
    """Kill the program that long after the last key."""
    time.sleep(after)
    os.kill(terminal.pid(), signal.SIGKILL)
    assert terminal.ended() == 137


def outcome(terminal: Terminal, password: str) -> str:
    """What the next start answers to a password: which of three texts comes."""
    Visitor(terminal).give_password(password)
    screen = terminal.wait(f"{INSIDE}|{ASKED}|{REFUSED}")
    found = re.search(f"{INSIDE}|{ASKED}|{REFUSED}", screen)
    assert found is not None
    return found.group()


def audit_holds(home: Path) -> bool:
    """Whether the program's own check of the audit passes."""
    return strongroom(home, "audit", "verify").code == 0


@pytest.mark.parametrize("moment", MOMENTS)
def test_an_enrolment_is_all_or_nothing(opened: Visitor, opens: Opens, home: Path, moment: float) -> None:
    opened.open_tab("e Set up", steps=2)
    opened.terminal.press("e")
    phone = opened.read_key()
    opened.terminal.type(phone.code())
    kill(opened.terminal, moment)

    terminal = opens()
    visitor = Visitor(terminal)
    if outcome(terminal, PASSWORD) == ASKED:
        terminal.type(phone.code())
        terminal.wait(INSIDE)
        assert "of 8 backup codes remaining" in visitor.open_tab("backup codes remaining", steps=2)
    else:
        assert "significantly reduces" in visitor.open_tab("e Set up", steps=2)
    assert audit_holds(home)


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_password_change_is_all_or_nothing(
    opened: Visitor, opens: Opens, home: Path, moment: float
) -> None:
    opened.open_tab("Confirm new password", steps=1)
    opened.fill_passwords(PASSWORD, SECOND_PASSWORD)
    opened.terminal.press("Enter")
    kill(opened.terminal, moment)

    accepted = [outcome(opens(), password) == INSIDE for password in (PASSWORD, SECOND_PASSWORD)]
    assert accepted in ([True, False], [False, True])
    assert audit_holds(home)


@pytest.mark.parametrize("moment", MOMENTS[:2] + MOMENTS[3:5])
def test_a_regeneration_leaves_one_batch_that_works(
    opened: Visitor, opens: Opens, home: Path, moment: float
) -> None:
    opened.open_tab("e Set up", steps=2)
    opened.terminal.press("e")
    phone = opened.read_key()
    codes = opened.verify(phone)
    opened.prove_saved(codes[0])
    opened.terminal.wait("backup codes remaining")
    opened.terminal.press("g")
    opened.terminal.wait("stops working at once")
    opened.terminal.press("Tab", "Enter")
    kill(opened.terminal, moment)

    terminal = opens()
    visitor = Visitor(terminal)
    assert outcome(terminal, PASSWORD) == ASKED
    visitor.choose_recovery_code()
    visitor.give_recovery_code(codes[1])
    if INSIDE not in terminal.wait(f"{INSIDE}|Backup code not accepted"):
        terminal.press("F2")
        terminal.wait(ASKED)
        terminal.type(phone.code())
        terminal.wait(INSIDE)
        assert "8 of 8 backup codes remaining" in visitor.open_tab("backup codes remaining", steps=2)
    else:
        assert "7 of 8 backup codes remaining" in visitor.open_tab("backup codes remaining", steps=2)
    assert audit_holds(home)
