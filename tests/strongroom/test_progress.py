"""How far something long has come: seldom in plain lines, a bar on a terminal."""

from __future__ import annotations

import pytest

from strongroom import progress


def test_what_is_over_soon_says_nothing_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.telling("Copying") as tell:
        for done in range(100):
            tell(done, 100)
    assert capsys.readouterr() == ("", "")


def test_what_takes_long_says_in_plain_lines_how_far_it_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    with progress.telling("Copying") as tell:
        tell(30, 100)
        tell(200 << 20, 0)
    assert capsys.readouterr() == ("", "Copying: 30 %.\nCopying: 200 MB.\n")
