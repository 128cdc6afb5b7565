"""What holds for every snapshot, however it came to be kept: the whole set, the frame's rows, whole words."""

from __future__ import annotations

import ast
import calendar
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.screen import ModalScreen, Screen
from zxcvbn import feedback, time_estimates

from tests.snapshots import MASK, keep_no_others
from tests.tui.snapshots import planes
from tests.tui.snapshots.stage import KEPT, SIZES, name_of, size_words
from tests.tui.snapshots.test_outside import TOO_SMALL

ROOT = Path(__file__).resolve().parents[3]
SHARED = {
    "home": "what every place inside has in common; the places have snapshots",
    "errand": "what places have in common that begin with what was asked for elsewhere",
    "session_acts": "what can be done with sessions; the lists of them have snapshots",
    "dialog": "what dialogs have in common; the dialogs have snapshots",
    "answering": "what screens that answer have in common; each of them has snapshots",
}
"""Screens that nobody sees: others are built on them."""

FOOTLESS = {
    "too_small": "below the least size every row is for the sentence",
    "help": "it is the help: its last row says what closes it",
    "palette": "everything can be asked for there: its last row says what closes it",
    "wizard": "its footer's row goes to the QR code where that needs it, and the keys stand beside it",
}
"""Screens that may lack the footer, and why."""


def sizes_of(name: str) -> tuple[tuple[int, int], ...]:
    """At which sizes a screen is kept."""
    return TOO_SMALL if name.startswith("too_small.") else SIZES


def screens() -> dict[str, type[Screen[Any]]]:
    """Every class of a screen that the program has, by the name that its snapshots have."""
    found = {}
    for path in (ROOT / "tui" / "screens").glob("*.py"):
        module = importlib.import_module(f"tui.screens.{path.stem}")
        for _, value in inspect.getmembers(module, inspect.isclass):
            if issubclass(value, Screen) and value.__module__ == module.__name__:
                found[name_of(value)] = value
    return found


def names_in_tests() -> set[str]:
    """What the tests beside this one keep, without sizes."""
    return {
        node.args[0].value
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "keeps"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


SNAPSHOTS = sorted(KEPT.glob("*.txt"))
"""What is kept; that it is all of it is a law of its own."""


def rows_of(path: Path) -> list[str]:
    """The characters of a snapshot, row by row."""
    return path.read_text(encoding="utf-8").partition(planes.LEGEND)[0].split("\n")[:-1]


def size_of(path: Path) -> tuple[int, int]:
    """The terminal of a snapshot."""
    width, height = path.stem.rpartition(".")[2].split("x")
    return int(width), int(height)


def screen_of(path: Path) -> str:
    """The screen of a snapshot."""
    return path.stem.partition(".")[0]


def test_every_screen_and_dialog_has_snapshots_at_every_size() -> None:
    shown = {name.partition(".")[0] for name in names_in_tests()}
    assert set(screens()) - set(SHARED) - shown == set()
    assert set(SHARED) <= set(screens())


def test_the_kept_files_are_those_of_the_tests() -> None:
    names = names_in_tests()
    keep_no_others(KEPT, [f"{name}.{size_words(size)}.txt" for name in names for size in sizes_of(name)])


def test_no_row_is_wider_than_its_terminal_and_none_is_missing() -> None:
    for path in SNAPSHOTS:
        width, height = size_of(path)
        rows = rows_of(path)
        assert len(rows) == height, path.name
        assert max(map(cell_len, rows)) <= width, path.name


def test_help_is_the_first_word_of_the_last_row_and_no_word_there_is_cut() -> None:
    for path in SNAPSHOTS:
        last = rows_of(path)[-1]
        if screen_of(path) in FOOTLESS and "Help" not in last:
            continue
        assert re.match(r" (\?|F1) Help(  |$)", last), path.name
        for entry in re.split("  +", last.strip()):
            assert re.fullmatch(r"\S+( \])? [A-Z2'][\w' ]+", entry), f"{path.name}: {entry}"


def test_the_first_row_is_the_programs_name_and_the_place() -> None:
    classes = screens()
    for path in SNAPSHOTS:
        row, name = rows_of(path)[0], screen_of(path)
        if issubclass(classes[name], ModalScreen) or (name in FOOTLESS and "Strongroom" not in row):
            continue
        assert re.match(r" ▣ Strongroom  \w", row), path.name


def test_every_word_is_a_whole_one() -> None:
    known = vocabulary()
    for path in SNAPSHOTS:
        shown = "\n".join(rows_of(path)).replace(MASK, "…")
        unknown = set(re.findall(r"(?<![\w…])[A-Za-z]{3,}(?![\w…])", shown)) - known
        assert not unknown, f"{path.name}: {unknown}"


def test_the_right_edge_cuts_nothing() -> None:
    for path in SNAPSHOTS:
        if screen_of(path) == "wizard":
            continue  # its words fill the column beside the QR code; that they are whole is held above
        for row in rows_of(path):
            assert cell_len(row) < size_of(path)[0] or row[-1] in "│╮╯─▔▁━…", f"{path.name}: {row}"


def test_nothing_lies_over_the_qr_code() -> None:
    for path in SNAPSHOTS:
        covered = [row for row in rows_of(path) if MASK * 20 in row]
        spans = {(row.index(MASK), row.count(MASK * 20)) for row in covered}
        if screen_of(path) == "wizard" and covered:
            assert len(covered) >= 20, path.name
            assert len({start for start, _ in spans}) == 1, path.name


@cache
def vocabulary() -> set[str]:
    """Every word in a text of the program or of these tests: a word that was cut is none of them."""
    return {word for text in _texts() for word in re.findall("[A-Za-z]{3,}", text)}


def _texts() -> Iterator[str]:
    """Every text in the sources."""
    folders = [ROOT / name for name in ("tui", "security", "strongroom", "tests/tui/snapshots")]
    files = [path for folder in folders for path in folder.rglob("*.py")]
    yield " ".join([*calendar.month_name, *calendar.month_abbr, *calendar.day_name, *calendar.day_abbr])
    others = [feedback.__file__, time_estimates.__file__]
    others += [ROOT / "tests/tui/house.py", ROOT / "tests/tui/session_visits.py"]
    for path in [*files, *map(Path, others)]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value
