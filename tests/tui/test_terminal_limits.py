"""Floods of input and storms of sizes, on a real pty (R088, R089)."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.tui.pty_rig import RESTORED, Rig

APP = "tests.tui.rig_app"
CTRL_Q = "\x11"


def started() -> Rig:
    """Start the rig and wait for its first paint."""
    rig = Rig(APP, "ours")
    rig.wait_for("size")
    rig.read(0.4)
    return rig


def peak_memory(rig: Rig) -> int:
    """Return the most memory the program has held, in KiB."""
    status = Path(f"/proc/{rig.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def ends_well(rig: Rig) -> None:
    """Quit, and check how."""
    rig.send(CTRL_Q)
    assert rig.exits() == 0
    assert rig.seen.endswith(RESTORED)


def test_a_megabyte_of_keys_does_not_hold_the_program_up() -> None:
    with started() as rig:
        begin = time.monotonic()
        rig.send("a" * 1_000_000)
        rig.wait_for("too fast")
        while rig.process.poll() is None and time.monotonic() - begin < 15:
            rig.send(CTRL_Q)
            rig.read(0.3)
        assert rig.exits() == 0
        assert rig.seen.endswith(RESTORED)
        assert time.monotonic() - begin < 15


def test_a_paste_of_more_than_64_kib_is_dropped_whole() -> None:
    with started() as rig:
        rig.send("\x1b[200~" + "p" * 70_000 + "\x1b[201~" + "ab")
        rig.wait_for("longer than 64 KiB")
        rig.wait_for("lengths-2-0.")
        ends_well(rig)


def test_a_paste_that_never_ends_is_dropped_after_two_seconds() -> None:
    with started() as rig:
        rig.send("\x1b[200~secret")
        rig.wait_for("did not end", 5)
        rig.send("ab")
        rig.wait_for("lengths-2-0.")
        ends_well(rig)


def test_a_paste_that_never_ends_does_not_grow() -> None:
    with started() as rig:
        before = peak_memory(rig)
        rig.send("\x1b[200~" + "p" * 8_000_000)
        rig.wait_for("longer than 64 KiB")
        assert peak_memory(rig) - before < 16 * 1024
        rig.read(2.2)
        ends_well(rig)


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b[1114112;1;1114112u",
        "\x1b[99999999999999999999u",
        "\x1b[48;65535;65535;65535;65535t",
        "\x1b[48;0;0;0;0t",
        "\x1b[?2048;2$y",
        "\x1b[<0;99999;99999M\x1b[<0;99999;99999m",
        "\x1b[<64;0;0M",
        "\x1b[<35;10;10M",
        "\xff\xfe\x80",
        "\x1b",
        "\x1b[200",
        "\x1b]52;c;AAAA\x07",
        "\x1bP1$r0m\x1b\\",
        "\x9b31m",
        "\x00\x00\x00",
    ],
)
def test_no_sequence_of_a_terminal_ends_the_program(sequence: str) -> None:
    with started() as rig:
        rig.send(sequence.encode("latin-1"))
        rig.read(0.4)
        rig.send("\x1b[200~pasted!\x1b[201~")
        rig.wait_for("lengths")
        ends_well(rig)


def test_a_storm_of_sizes_is_laid_out_at_most_twenty_times_a_second() -> None:
    with started() as rig:
        begin = time.monotonic()
        count = 0
        while time.monotonic() - begin < 3.0:
            count += 1
            rig.resize(80 + count % 40, 24 + count % 20)
            rig.read(0.001)
        rig.resize(101, 31)
        rig.wait_for("size 101x31")
        seconds = time.monotonic() - begin
        assert count > 1000
        found = re.search(r"size 101x31 layouts (\d+)", rig.text())
        assert found is not None
        assert int(found[1]) <= 20 * seconds + 3
        ends_well(rig)


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (1, 500), (65535, 1), (65535, 65535)])
def test_no_size_ends_the_program_or_fills_the_memory(size: tuple[int, int]) -> None:
    with started() as rig:
        before = peak_memory(rig)
        rig.resize(*size)
        rig.read(1.5)
        rig.resize(80, 24)
        rig.read(0.5)
        rig.send("ab")
        rig.wait_for("lengths")
        assert peak_memory(rig) - before < 64 * 1024
        ends_well(rig)


def test_the_program_begins_at_no_size_at_all() -> None:
    with Rig(APP, "ours", size=(0, 0)) as rig:
        rig.wait_for("size 80x24")
        ends_well(rig)


def test_columns_and_lines_of_the_environment_are_not_believed() -> None:
    with Rig(APP, "ours", environment={"COLUMNS": "200", "LINES": "60"}) as rig:
        rig.wait_for("size 80x24")
        ends_well(rig)
