"""Who is signed in as me, at several real terminals at once: seen without a key, ended within a moment."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.stories.conftest import Opens
from tests.stories.visitor import EMAIL, PASSWORD, SECOND_PASSWORD, Visitor
from tests.strongroom.running import init

NETWORKS = {"desk": "203.0.113.7", "laptop": "198.51.100.4", "phone": "2001:db8::7334"}
"""Where each terminal says that it is."""

PAUSE = 1.5
"""Seconds after which whoever typed has seen that another screen has come."""


@pytest.fixture
def store(home: Path) -> Path:
    """A store with one account, without two-factor authentication."""
    owner = ("--org", "Acme", "--name", "Amir Haddad", "--email", EMAIL)
    assert init(home, owner=owner, password=f"{PASSWORD}\n").code == 0
    return home / "strongroom.db"


class Offices:
    """Terminals of one person on different machines: each with a home of its own, over one store."""

    def __init__(self, opens: Opens, store: Path, folder: Path) -> None:
        """Nobody sits anywhere yet."""
        self._opens = opens
        self._store = store
        self._folder = folder

    def sit(self, name: str, password: str = PASSWORD) -> Visitor:
        """Sign in at one of them."""
        home = self._folder / name
        home.mkdir(mode=0o700)
        env = {
            "STRONGROOM_HOME": str(home),
            "STRONGROOM_STORE": f"sqlite://{self._store}",
            "STRONGROOM_KEYS": str(self._store.parent / "keys.json"),
            "SSH_CONNECTION": f"{NETWORKS[name]} 50000 192.0.2.1 22",
        }
        visitor = Visitor(self._opens(env=env, columns=100, rows=30))
        visitor.give_password(password)
        visitor.terminal.wait("Your account")
        return visitor


@pytest.fixture
def offices(opens: Opens, store: Path, tmp_path: Path) -> Offices:
    """Where the person of these stories works."""
    return Offices(opens, store, tmp_path)


def row(screen: str, name: str) -> str:
    """The two lines of a screen that tell of the session at a terminal, or nothing."""
    lines = screen.splitlines()
    here = next((place for place, line in enumerate(lines) if NETWORKS[name] in line), 0)
    return "\n".join(lines[here - 1 : here + 1]) if here else ""


def test_a_session_comes_and_goes_before_the_eyes_of_another_one(offices: Offices) -> None:
    """Seen without a key, told in words, revoked by name; its own terminal says why at once."""
    desk = offices.sit("desk")
    screen = desk.open_sessions("1 session")
    assert "Current" in row(screen, "desk")

    laptop = offices.sit("laptop")
    screen = desk.terminal.wait("2 sessions")
    assert "NEW" in row(screen, "laptop")

    desk.terminal.press("Down")
    question = desk.revoke_chosen()
    assert "OpenSSH, tmux" in question
    assert "198.51.100.4" in question
    assert "last active" in question
    told = laptop.terminal.wait("Forgot your password")
    assert "revoked from another" in told
    desk.terminal.wait("revoked")
    desk.terminal.gone(NETWORKS["laptop"])
    assert "1 session" in desk.terminal.wait("1 session")

    # The person at the laptop is back at once where the password is known, and the desk sees that too.
    laptop.give_password()
    laptop.terminal.wait("Your account")
    assert "NEW" in row(desk.terminal.wait("2 sessions"), "laptop")


def test_everywhere_else_means_exactly_that(offices: Offices) -> None:
    """Three terminals, one stays; each of the others says why."""
    others = [offices.sit("laptop"), offices.sit("phone")]
    desk = offices.sit("desk")
    desk.open_sessions("3 sessions")
    desk.terminal.press("o")
    assert "2 other sessions" in desk.terminal.wait("Only this one stays")
    desk.terminal.press("Tab", "Enter")
    for other in others:
        assert "revoked from another" in other.terminal.wait("Forgot your password")
    desk.terminal.wait("2 other sessions were signed out")
    desk.terminal.wait("1 session")


def test_two_that_revoke_each_other_leave_one(offices: Offices) -> None:
    """Both questions are open; whoever comes first stays, and the other one is told so."""
    desk, laptop = offices.sit("desk"), offices.sit("laptop")
    for visitor in (desk, laptop):
        visitor.open_sessions("2 sessions")
        visitor.terminal.press("Down")
        visitor.terminal.press("x")
        visitor.terminal.wait("Revoke this session")
        visitor.terminal.press("Tab")
    for visitor in (desk, laptop):
        visitor.terminal.press("Enter")
    ended = "Forgot your password"
    stays = re.compile("Your account|1 session\\b")
    end = time.monotonic() + 40
    while True:
        screens = [visitor.terminal.text() for visitor in (desk, laptop)]
        if sum(ended in screen for screen in screens) == 1 and any(
            stays.search(screen) for screen in screens
        ):
            break
        assert time.monotonic() < end, "\n".join(screens)
        time.sleep(0.1)
    loser = next(screen for screen in screens if ended in screen)
    assert "revoked from another" in loser


def test_a_session_revoked_while_its_terminal_changes_the_password_leaves_nothing_half_done(
    offices: Offices,
) -> None:
    """The laptop saves a new password at the moment at which the desk revokes it."""
    desk, laptop = offices.sit("desk"), offices.sit("laptop")
    desk.open_sessions("2 sessions")
    desk.terminal.press("Down", "x")
    desk.terminal.wait("Revoke this session")
    desk.terminal.press("Tab")
    laptop.open_tab("Confirm new password", steps=1)
    laptop.fill_passwords(PASSWORD, SECOND_PASSWORD)
    laptop.terminal.press("Enter")
    desk.terminal.press("Enter")
    end = time.monotonic() + 40
    while True:
        screens = [visitor.terminal.text() for visitor in (desk, laptop)]
        signed_out = ["Forgot your password" in screen for screen in screens]
        if sum(signed_out) == 1 and "Saving" not in screens[1]:
            break
        assert time.monotonic() < end, "\n".join(screens)
        time.sleep(0.1)
    has_changed = signed_out[0]
    if has_changed:
        assert "Password changed" in screens[1]
        assert "password was changed" in screens[0]
    good, bad = (SECOND_PASSWORD, PASSWORD) if has_changed else (PASSWORD, SECOND_PASSWORD)
    out = desk if signed_out[0] else laptop
    time.sleep(PAUSE)
    out.give_password(bad)
    out.terminal.wait("Email and password don't match")
    out.terminal.type(good)
    out.terminal.press("Enter")
    out.terminal.wait("Your account")


def test_a_password_that_is_being_typed_when_the_session_ends_is_shown_nowhere(offices: Offices) -> None:
    """The laptop types on while the desk revokes it: nothing of it lands in the sign-in's email field."""
    desk, laptop = offices.sit("desk"), offices.sit("laptop")
    desk.open_sessions("2 sessions")
    desk.terminal.press("Down", "x")
    desk.terminal.wait("Revoke this session")
    desk.terminal.press("Tab")
    laptop.open_tab("Confirm new password", steps=1)
    laptop.fill_passwords("", "")
    laptop.terminal.press("BTab", "BTab")
    desk.terminal.press("Enter")
    for _ in range(60):
        laptop.terminal.type("Zq")
        time.sleep(0.05)
    screen = laptop.terminal.wait("typed for the page before was dropped")
    assert "Forgot your password" in screen
    assert "Zq" not in screen
    assert "qZ" not in screen
    time.sleep(PAUSE)
    laptop.give_password()  # and after a pause the fields take what is typed
    laptop.terminal.wait("Your account")


def test_a_device_keeps_the_name_that_its_person_gave_it(offices: Offices) -> None:
    """Named at one terminal, seen at the other, and kept when the device signs in again."""
    desk, laptop = offices.sit("desk"), offices.sit("laptop")
    laptop.open_sessions("2 sessions")
    desk.open_sessions("2 sessions")
    desk.terminal.press("Down", "n")
    desk.terminal.wait("Name")
    desk.terminal.type("Anna's old laptop")
    desk.terminal.press("Enter")
    assert "Anna's old laptop" in desk.terminal.wait("device's name was saved")
    laptop.terminal.wait("Anna's old laptop")
    laptop.sign_out()
    laptop.give_password()
    laptop.terminal.wait("Your account")
    assert "Anna's old laptop" in desk.terminal.wait("2 sessions")


@pytest.mark.soak
def test_a_revoked_session_shows_the_sign_in_within_a_second(offices: Offices) -> None:
    """R052 with a clock: from the key that confirms to the other terminal's sign-in, twenty times."""
    desk, laptop = offices.sit("desk"), offices.sit("laptop")
    desk.open_sessions("2 sessions")
    taken = []
    for _ in range(20):
        desk.terminal.press("Down", "x")
        desk.terminal.wait("Revoke this session")
        desk.terminal.press("Tab")
        time.sleep(0.3)
        start = time.monotonic()
        desk.terminal.press("Enter")
        while "revoked from another" not in laptop.terminal.text():
            assert time.monotonic() - start < 10
            time.sleep(0.01)
        taken.append(time.monotonic() - start)
        laptop.give_password()
        laptop.terminal.wait("Your account")
        desk.terminal.gone("revoked")
        desk.terminal.wait("2 sessions")
    print(f"revoked -> sign-in shown: median {sorted(taken)[10]:.2f} s, longest {max(taken):.2f} s")
    assert max(taken) <= 1.0


def test_both_rooms_show_the_same_sessions(offices: Offices) -> None:
    """Profile, General, Sessions is the same table over the same rows."""
    desk = offices.sit("desk")
    offices.sit("laptop")
    desk.terminal.press("1")
    desk.terminal.wait("who you are")
    desk.terminal.press("C-NPage")
    in_general = desk.terminal.wait("2 sessions")
    in_security = desk.open_sessions("2 sessions")
    for name in ("desk", "laptop"):
        assert row(in_general, name)
        assert row(in_security, name)
