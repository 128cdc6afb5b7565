"""A home of its own for each test that runs the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.strongroom.running import init


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A private directory for everything that the program writes."""
    tmp_path.chmod(0o700)
    return tmp_path


@pytest.fixture
def founded(home: Path) -> Path:
    """A home with a store, its keys and a first owner."""
    ended = init(home)
    assert ended.code == 0, ended.err
    return home
