"""The comparer of kept texts: what it accepts, what it says of a difference, and what renewing does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.snapshots import RENEW, Changed, keep_no_others, kept_as, masked


@pytest.fixture(autouse=True)
def compares(monkeypatch: pytest.MonkeyPatch) -> None:
    """This run compares, whatever the one around it does."""
    monkeypatch.delenv(RENEW, raising=False)


@pytest.fixture
def renewing(monkeypatch: pytest.MonkeyPatch, compares: None) -> None:
    """This run writes anew."""
    monkeypatch.setenv(RENEW, "1")


def test_what_is_shown_as_it_was_is_accepted_whatever_blanks_end_its_lines(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a\n\n b\n", encoding="utf-8")
    kept_as(tmp_path / "one.txt", "a  \n\n b\n\n  \n")


def test_a_difference_is_told_line_by_line_with_the_way_to_accept_it(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("same\nbefore\n", encoding="utf-8")
    with pytest.raises(Changed) as told:
        kept_as(tmp_path / "one.txt", "same\nafter")
    assert "\n same\n-before\n+after" in str(told.value)
    assert "make snapshots" in str(told.value)


def test_what_was_never_kept_is_refused_and_not_written_by_the_way(tmp_path: Path) -> None:
    with pytest.raises(Changed, match="no snapshot"):
        kept_as(tmp_path / "one.txt", "a")
    assert not [*tmp_path.iterdir()]


def test_a_blank_at_the_left_or_a_line_between_is_a_difference(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("a\nb\n", encoding="utf-8")
    for other in (" a\nb", "a\n\nb", "a"):
        with pytest.raises(Changed):
            kept_as(tmp_path / "one.txt", other)


@pytest.mark.usefixtures("renewing")
def test_a_run_that_renews_writes_what_is_shown(tmp_path: Path) -> None:
    kept_as(tmp_path / "new" / "one.txt", "é ▌ \n")
    assert (tmp_path / "new" / "one.txt").read_text(encoding="utf-8") == "é ▌\n"


def test_a_file_that_no_test_shows_and_one_that_is_missing_are_named(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("a\n", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"old\.txt"):
        keep_no_others(tmp_path, [])
    with pytest.raises(AssertionError, match=r"new\.txt"):
        keep_no_others(tmp_path, ["old.txt", "new.txt"])
    keep_no_others(tmp_path, ["old.txt"])


@pytest.mark.usefixtures("renewing")
def test_a_run_that_renews_removes_what_no_test_shows(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("a\n", encoding="utf-8")
    (tmp_path / "README.md").write_text("a\n", encoding="utf-8")
    keep_no_others(tmp_path, ["new.txt"])
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_a_masked_value_keeps_its_width_and_says_what_it_is() -> None:
    assert masked("id: abcdef.", {"abcdef": "id"}) == "id: id▒▒▒▒."
    assert masked("abc abc", ["abc"]) == "▒▒▒ ▒▒▒"


def test_a_value_that_is_not_there_cannot_be_masked_and_is_not_told() -> None:
    with pytest.raises(AssertionError, match="5 letters") as told:
        masked("nothing", ["s3cr3"])
    assert "s3cr3" not in str(told.value)
