"""Private files: whole or not at all, for their owner alone, never in the place of anything (R079, R106)."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tui import private_file
from tui.private_file import NameTaken, NoPlace, NotSaved, PrivateFile, save_pieces, save_private

ROOT = Path(__file__).parents[2]

KILLED = """
import asyncio, sys
from pathlib import Path
from tui.private_file import save_pieces

async def pieces():
    yield b"x" * 1_000_000
    print("written", flush=True)
    await asyncio.Event().wait()

asyncio.run(save_pieces(Path(sys.argv[1]), pieces()))
"""
"""A program that writes a part and then waits for its end."""


async def three() -> AsyncIterator[bytes]:
    """Three pieces."""
    for piece in (b"one\n", b"two\n", b"three\n"):
        yield piece


def left_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_all_pieces_are_in_a_file_for_its_owner_alone_and_nothing_lies_beside_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a b.csv"
    before = os.umask(0)
    try:
        await save_pieces(path, three())
    finally:
        os.umask(before)
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_nlink == 1
    assert left_in(tmp_path) == ["a b.csv"]


async def test_it_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    seen: list[list[str]] = []

    async def looking() -> AsyncIterator[bytes]:
        async for piece in three():
            seen.append(left_in(tmp_path))
            yield piece

    await save_pieces(path, looking())
    assert all(len(names) == 1 and names[0].startswith(".strongroom-") for names in seen)
    assert len(seen) == 3


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (Path.touch, "There is a file of that name already"),
        (Path.mkdir, "That is a folder"),
        (lambda path: path.symlink_to("nowhere"), "There is a file of that name already"),
    ],
)
async def test_what_stands_there_already_is_found_before_a_piece_is_taken(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    path, taken = tmp_path / "x.csv", []
    make(path)

    async def noted() -> AsyncIterator[bytes]:
        taken.append("one")
        yield b"one"

    with pytest.raises(NameTaken, match=sentence):
        await save_pieces(path, noted())
    assert taken == []
    assert left_in(tmp_path) == ["x.csv"]


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
@pytest.mark.parametrize("has_links", [True, False], ids=["links", "no links"])
async def test_what_takes_the_name_meanwhile_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], has_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_links:
        monkeypatch.setattr(os, "link", _refused)
    path = tmp_path / "x.csv"

    async def raced() -> AsyncIterator[bytes]:
        yield b"one"
        make(path)
        yield b"two"

    with pytest.raises(NameTaken):
        await save_pieces(path, raced())
    assert left_in(tmp_path) == ["x.csv"]
    assert path.is_symlink() or path.is_dir() or path.read_bytes() == b""
    assert not (tmp_path / "nowhere").exists()


async def test_a_disk_without_second_names_keeps_the_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _refused)
    await save_pieces(tmp_path / "x.csv", three())
    assert (tmp_path / "x.csv").read_bytes() == b"one\ntwo\nthree\n"
    assert stat.S_IMODE((tmp_path / "x.csv").stat().st_mode) == 0o600
    assert left_in(tmp_path) == ["x.csv"]


def _refused(*_: object, **__: object) -> None:
    """Answer as a disk does that knows no second name for a file."""
    raise OSError(errno.EPERM, "no links here")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full. Nothing was kept."),
        (errno.EDQUOT, "Your share of the disk is full. Nothing was kept."),
        (errno.EIO, "The disk reported a fault. Nothing was kept."),
        (errno.EROFS, "That disk is read-only. Nothing was written."),
        (errno.EACCES, "You may not write there. Nothing was written."),
    ],
)
async def test_each_fault_of_the_disk_has_its_sentence_and_leaves_nothing(
    tmp_path: Path, number: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fault(_: int) -> None:
        raise OSError(number, "")

    monkeypatch.setattr(os, "fsync", fault)
    with pytest.raises(NotSaved) as not_saved:
        await save_pieces(tmp_path / "x.csv", three())
    assert not_saved.value.sentence == sentence
    assert left_in(tmp_path) == []


async def test_a_folder_that_goes_while_one_writes_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()

    async def raced() -> AsyncIterator[bytes]:
        yield b"one"
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
        yield b"two"

    with pytest.raises(NoPlace, match="That folder does not exist"):
        await save_pieces(folder / "x.csv", raced())
    assert left_in(tmp_path) == []


async def test_a_folder_that_is_swapped_while_one_writes_gets_nothing(tmp_path: Path) -> None:
    folder, other = tmp_path / "kept", tmp_path / "other"
    folder.mkdir()
    other.mkdir()

    async def raced() -> AsyncIterator[bytes]:
        yield b"one"
        folder.rename(tmp_path / "moved")
        folder.symlink_to(other)
        yield b"two"

    await save_pieces(folder / "x.csv", raced())
    assert left_in(other) == []
    assert (tmp_path / "moved" / "x.csv").read_bytes() == b"onetwo"


@pytest.mark.parametrize("at", ["begin", "write", "keep"])
async def test_cancelled_anywhere_nothing_is_left(
    tmp_path: Path, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, plain = asyncio.get_running_loop(), getattr(PrivateFile, at)
    task: asyncio.Task[None] | None = None

    def cancelling(file: PrivateFile, *args: bytes) -> None:
        assert task is not None
        loop.call_soon_threadsafe(task.cancel)
        plain(file, *args)

    monkeypatch.setattr(PrivateFile, at, cancelling)
    task = asyncio.ensure_future(save_pieces(tmp_path / "x.csv", three()))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert left_in(tmp_path) == []


async def test_where_the_pieces_fail_nothing_is_left_and_the_fault_is_theirs(tmp_path: Path) -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"one"
        raise LookupError

    with pytest.raises(LookupError):
        await save_pieces(tmp_path / "x.csv", failing())
    assert left_in(tmp_path) == []


def test_a_program_that_is_killed_leaves_at_most_one_draft_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"written\n"
        program.send_signal(signal.SIGKILL)
        assert program.wait() == -signal.SIGKILL
    (draft,) = tmp_path.iterdir()
    assert draft.name.startswith(".strongroom-")
    assert draft.name.endswith(".part")
    assert stat.S_IMODE(draft.stat().st_mode) == 0o600


def test_no_handle_stays_open_however_it_ends(tmp_path: Path) -> None:
    def handles() -> int:
        return len(os.listdir("/proc/self/fd"))

    save_private(tmp_path / "one", b"x")
    before = handles()
    save_private(tmp_path / "two", b"x")
    for path in (tmp_path / "two", tmp_path / "no" / "where", tmp_path / "a\0b", tmp_path / ("x" * 300)):
        with pytest.raises(NotSaved):
            save_private(path, b"x")
    assert handles() == before


def test_no_sentence_holds_a_path() -> None:
    assert not any("/" in sentence for sentence in private_file._REASONS.values())
