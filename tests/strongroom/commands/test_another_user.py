"""Files that are out of reach: of another user, closed, or where nothing can be written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.strongroom.commands.person import EMAIL, NEW_PASSWORD, Person, copied
from tests.strongroom.forked import forks
from tests.strongroom.running import PASSWORD, Ended, environment_of

NOBODY = 65534
CHANGE = ("password", "change", "--password-stdin")
LOGIN = ("login", "--email", EMAIL, "--password-stdin")
LINES = f"{PASSWORD}\n{NEW_PASSWORD}\n"


class Nobody:
    """A person at a machine where they are not root: root would be kept out of nothing."""

    def __init__(self, person: Person) -> None:
        """Give them their home."""
        self.person = person
        self.home = person.home
        self.user = NOBODY if os.geteuid() == 0 else os.geteuid()
        self.own(person.home, *person.home.rglob("*"))

    def own(self, *paths: Path) -> None:
        """Let files be theirs."""
        if os.geteuid() == 0:
            for path in paths:
                os.chown(path, self.user, self.user)

    def run(self, *arguments: str, given: str = "") -> Ended:
        """Run one command as they do."""
        user = self.user if os.geteuid() == 0 else None
        ended = forks().run(self.home, environment_of(self.home), *arguments, given=given.encode(), user=user)
        assert "fault of its own" not in ended[2], ended
        return Ended(*ended)


@pytest.fixture
def nobody(first_person: Person) -> Iterator[Nobody]:
    """Somebody who is signed in, and not root; no test's folder is open to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Nobody(copied(first_person, Path(folder, "a home")))


def close(name: str) -> Callable[[Person], Path]:
    """Take all rights to a file or folder of their home away."""

    def closed(person: Person) -> Path:
        """Do it, and tell which."""
        path = person.kept if name == "token" else person.home / name
        path.touch()
        path.chmod(0)
        return path

    return closed


def narrow(name: str) -> Callable[[Person], Path]:
    """Let a file or folder of their home be read alone."""

    def narrowed(person: Person) -> Path:
        """Do it, and tell which."""
        path = person.home / name
        path.chmod(0o500 if path.is_dir() else 0o400)
        return path

    return narrowed


@pytest.mark.parametrize(
    ("spoil", "code", "says"),
    [
        (close("strongroom.db"), 69, "chmod 600"),
        (narrow("strongroom.db"), 69, "chmod 600"),
        (narrow(""), 69, "chmod 700"),
        (close("keys.json"), 69, "cannot be read: Permission denied"),
        (close("token"), 69, "Open it for yourself with: chmod 600"),
        (close("state"), 69, "A directory above it is closed to you"),
        (close("config.toml"), 2, "Open it for yourself with: chmod 600"),
    ],
)
def test_what_is_out_of_reach_is_named_with_what_mends_it_and_nothing_is_changed(
    nobody: Nobody, spoil: Callable[[Person], Path], code: int, says: str
) -> None:
    before = nobody.person.digest()
    nobody.own(*nobody.home.rglob("*"))
    path = spoil(nobody.person)
    nobody.own(path)
    for arguments, given in ((("status",), ""), (CHANGE, LINES), (LOGIN, PASSWORD)):
        ended = nobody.run(*arguments, given=given)
        assert (ended.code, ended.out) == (code, ""), ended
        assert str(path) in ended.err
        assert says in ended.err
    path.chmod(0o700)
    assert nobody.person.digest() == before


def test_a_new_token_that_could_not_be_kept_is_not_made(nobody: Nobody) -> None:
    """So that no session is lost by an act that could have been refused before it."""
    person, folder = nobody.person, nobody.person.kept.parent
    before = person.digest()
    folder.chmod(0o500)
    ended = nobody.run(*CHANGE, given=LINES)
    assert (ended.code, ended.out) == (69, ""), ended
    assert f"could not keep the session: {folder}: Permission denied." in ended.err
    assert "Nothing was changed." in ended.err
    assert nobody.run("status").code == 0
    assert person.digest() == before
    ended = nobody.run("logout")
    assert (ended.code, ended.out) == (0, "You signed out.\n")
    assert f"Its token could not be removed: {person.kept}" in " ".join(ended.err.split())
    assert nobody.run("status").code == 4


def test_files_of_another_user_are_left_alone(nobody: Nobody) -> None:
    if os.geteuid() != 0:  # nobody else gives files away; what is closed is tried above
        assert nobody.run("status").code == 0
        return
    for name in ("strongroom.db", "keys.json", str(nobody.person.kept)):
        path = nobody.home / name
        os.chown(path, 0, 0)
        ended = nobody.run("status")
        nobody.own(path)
        assert (ended.code, ended.out) == (69, ""), ended
        assert str(path) in ended.err
