"""People at the command line; each worker founds two stores, and every test takes a copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.strongroom.commands.person import Person, copied, enrolled, signed_in


@pytest.fixture(scope="session")
def first_person(tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Somebody with a password alone; not to be changed."""
    home = tmp_path_factory.mktemp("first")
    home.chmod(0o700)
    return signed_in(home)


@pytest.fixture(scope="session")
def first_enrolled(first_person: Person, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """Somebody with two-factor authentication; not to be changed."""
    return enrolled(copied(first_person, tmp_path_factory.mktemp("enrolled")))


@pytest.fixture
def person(first_person: Person, tmp_path: Path) -> Person:
    """Somebody who signed in a moment ago, with a password alone."""
    return copied(first_person, tmp_path / "a home")


@pytest.fixture
def enrolled_person(first_enrolled: Person, tmp_path: Path) -> Person:
    """Somebody who signed in a moment ago, with two-factor authentication and eight recovery codes."""
    return copied(first_enrolled, tmp_path / "their home")
