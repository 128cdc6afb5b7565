"""Parts of the terminal that no pty is needed for."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref
from pathlib import Path

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.events import Key

from tui.terminal.environment import scrub
from tui.terminal.modes import KEYS_ON
from tui.terminal.parser import KeyParser
from tui.terminal.resizing import LARGEST, Resizing, bounded
from tui.terminal.safety_filter import SafetyFilter
from tui.terminal.writer import guarded

ROOT = Path(__file__).parents[2]
HEAVY = (
    "argon2",
    "cryptography",
    "zxcvbn",
    "httpx",
    "qrcode",
    "aiosqlite",
    "sqlite3",
    "pyotp",
    "store.store",
)


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[0m",
        "\x1b[1;38;2;1;2;3m",
        "\x1b[3;4H",
        "\x1b[?1049h",
        "\x1b[?2026l",
        "\x1b[<u",
        "\x1b[>1u",
        "\x1b[>q",
        "text\n",
    ],
)
def test_what_is_ours_is_written_as_it_is(sequence: str) -> None:
    assert guarded(sequence) == sequence


def test_letters_stay_letters_so_that_a_killed_program_leaves_a_shell_that_can_be_typed_in() -> None:
    """Kitty's flag of 8 would report every letter as a sequence, until somebody takes it back."""
    assert int(KEYS_ON.removeprefix("\x1b[>").removesuffix("u")) & 8 == 0


@pytest.mark.parametrize(
    "sequence",
    [
        *("\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b]52;c;AA==\x07", "\x1bPdcs\x1b\\", "\x9b31m"),
        *(
            "\x1b_apc\x1b\\",
            "\x1bc",
            "\x1b[5n",
            "\x1b[6n",
            "\x1b[c",
            "\x1b[21t",
            "\x1b[>c",
            "\x1b[>1q",
            "\x07",
            "\x0e",
            "\x7f",
        ),
    ],
)
def test_what_is_not_ours_becomes_visible(sequence: str) -> None:
    assert "␛" in guarded(sequence)
    assert "\x1b" not in guarded(sequence)


@pytest.mark.parametrize("text", ["\x1b[31m", "a\u202eb", "\u2066", "\x00", "\x9b", "\u200b", "\ufeff"])
def test_a_line_shows_no_control_and_no_override(text: str) -> None:
    (segment,) = SafetyFilter().apply([Segment(text)], Color(0, 0, 0))
    assert not set(segment.text) & set(text) - set("[31mab")


def test_a_line_holds_no_link() -> None:
    (segment,) = SafetyFilter().apply([Segment("x", Style(link="http://evil", bold=True))], Color(0, 0, 0))
    assert segment.style is not None
    assert segment.style.link is None
    assert segment.style.bold


def test_ordinary_text_is_not_touched() -> None:
    segment = Segment("Åsa · 日本 › 2FA", Style(bold=True))
    assert SafetyFilter().apply([segment], Color(0, 0, 0)) == [segment]


@pytest.mark.parametrize(
    ("said", "taken"),
    [((0, 0), (80, 24)), ((1, 1), (1, 1)), ((120, 0), (120, 24)), ((65535, 65535), tuple(LARGEST))],
)
def test_sizes_are_kept_within_bounds(said: tuple[int, int], taken: tuple[int, int]) -> None:
    assert tuple(bounded(*said)) == taken


def test_layouts_come_twenty_times_a_second() -> None:
    resizing, made, now = Resizing(), 0, 0.0
    while now < 2.0:
        if resizing.due_in(now) <= 0:
            resizing.made(now)
            made += 1
        now += 0.001
    assert 38 <= made <= 41


@pytest.mark.parametrize("sequence", ["\x1b[1114112;1;1114112u", "\x1b[99999999999999999999u", "\x1b[0;0;0u"])
def test_numbers_that_are_no_characters_do_not_end_the_parser(sequence: str) -> None:
    parser = KeyParser()
    list(parser.feed(sequence))
    parser.expire()
    keys = [event.key for event in parser.feed("a") if isinstance(event, Key)]
    assert keys[-1:] == ["a"]


def test_no_cache_keeps_a_parser_alive() -> None:
    parser = KeyParser()
    list(parser.feed("\x1b[97;5u"))
    gone = weakref.ref(parser)
    parser._gen.close()
    del parser
    gc.collect()
    assert gone() is None


def test_scrubbing_takes_every_variable_of_textual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "textual.constants")
    environ = {"TEXTUAL": "debug", "TEXTUAL_FPS": "1", "ESCDELAY": "9", "PATH": "/bin", "TEXTUALLY": "kept"}
    scrub(environ)
    assert environ == {"TEXTUAL_FPS": "240", "PATH": "/bin", "TEXTUALLY": "kept"}


def test_scrubbing_too_late_is_refused() -> None:
    with pytest.raises(RuntimeError, match="TEXTUAL_DRIVER"):
        scrub({"TEXTUAL_DRIVER": "evil:Driver"})


def test_scrubbing_imports_no_textual() -> None:
    code = "import sys, tui.terminal.environment as e; e.scrub(); print('textual' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("module", ["tui.app", "tui.screens.sign_in"])
def test_the_first_paint_waits_for_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
