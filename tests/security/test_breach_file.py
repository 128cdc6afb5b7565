"""The breach file answers from where it lies; one that cannot be trusted never says "not breached" (R009)."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from security.breach import format as breach_format
from security.breach import opened as breach_opened
from security.breach import packing as breach_packing
from security.breach.file import BreachFile, read_through, state
from security.breach.format import BODY_AT, DIGEST_SIZE, HEAD_SIZE, INDEX_SIZE
from security.breach.state import Standing, Unusable
from tests.security.breach_lists import a_list, digest_of, imported, packed, passwords

THOSE = passwords(2000)
LATER = passwords(2500)[2000:]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A sound breach file."""
    path = tmp_path / "breach.sha1"
    imported(path, a_list(THOSE))
    return path


def refused(file: BreachFile, digest: bytes = digest_of(THOSE[0])) -> Standing:
    """Why a look-up got no answer."""
    with pytest.raises(Unusable) as fault:
        file.knows(digest)
    return fault.value.state.standing


def written_over(path: Path, at: int, those: bytes) -> None:
    """Change some bytes of a file in place."""
    with path.open("r+b") as file:
        file.seek(at)
        file.write(those)


def test_every_hash_of_the_list_is_known_and_no_other(path: Path) -> None:
    file = BreachFile(path)
    assert all(file.knows(digest_of(password)) for password in THOSE)
    assert not any(file.knows(digest_of(password)) for password in LATER)
    file.close()


@settings(max_examples=60, deadline=None)
@given(
    st.sets(
        st.one_of(
            st.binary(min_size=20, max_size=20),
            st.binary(min_size=1, max_size=1).map(lambda end: b"\xab\xcd" + b"\x00" * 17 + end),
            st.sampled_from(
                [b"\x00" * 20, b"\xff" * 20, b"\x00\x00" + b"\xff" * 18, b"\x00\x01" + b"\x00" * 18]
            ),
        ),
        min_size=1,
        max_size=300,
    ),
    st.lists(st.binary(min_size=20, max_size=20), max_size=20),
    st.sampled_from([1, 2, 7, 256]),
)
def test_it_knows_what_a_set_of_the_digests_holds(
    tmp_path_factory: pytest.TempPathFactory, those: set[bytes], others: list[bytes], leaf: int
) -> None:
    path = tmp_path_factory.mktemp("packed") / "breach.sha1"
    neighbours = [
        ((int.from_bytes(digest) + step) % (1 << 160)).to_bytes(20) for digest in those for step in (-1, 1)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breach_packing, "UNLIKELY", 1 << 40)
        patch.setattr(breach_opened, "_LEAF", leaf)
        packed(path, sorted(those))
        file = BreachFile(path)
        for digest in (*those, *neighbours, *others):
            assert file.knows(digest) is (digest in those)
        file.close()
    shutil.rmtree(path.parent)


def test_it_is_never_loaded(tmp_path: Path) -> None:
    """A gigabyte that is mostly a hole: a look-up leaves the memory where it was."""
    path = tmp_path / "breach.sha1"
    hashes = 50_000_000
    starts = [bucket * hashes // breach_format.BUCKETS for bucket in range(breach_format.BUCKETS + 1)]
    index = breach_format.pack_index(starts)
    head = breach_format.Head(hashes, breach_format._EPOCH, hashlib.sha256(index).digest(), bytes(32))
    path.write_bytes(head.packed() + index)
    os.truncate(path, head.length)
    path.chmod(0o600)
    file = BreachFile(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refused(file, b"\x12\x34" + b"\x01" * 18) is Standing.DAMAGED  # a hole is full of noughts
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
    file.close()


@pytest.mark.soak
def test_a_look_up_takes_less_than_five_milliseconds(path: Path) -> None:
    file = BreachFile(path)
    file.knows(digest_of("warm"))
    times = []
    for password in LATER:
        began = time.perf_counter()
        file.knows(digest_of(password))
        times.append(time.perf_counter() - began)
    assert sorted(times)[len(times) // 2] < 0.005
    file.close()


def test_an_absent_file_is_told_and_taken_up_once_it_is_there(tmp_path: Path) -> None:
    path = tmp_path / "later" / "breach.sha1"
    file = BreachFile(path)
    assert refused(file) is Standing.ABSENT
    path.parent.mkdir()
    assert refused(file) is Standing.ABSENT
    imported(path, a_list(THOSE))
    assert file.knows(digest_of(THOSE[0]))
    path.unlink()
    assert refused(file) is Standing.ABSENT
    file.close()


def test_a_file_that_is_replaced_while_open_is_taken_up_anew(path: Path) -> None:
    file = BreachFile(path)
    assert not file.knows(digest_of(LATER[0]))
    imported(path, a_list(LATER))
    assert file.knows(digest_of(LATER[0]))
    assert not file.knows(digest_of(THOSE[0]))
    file.close()


def test_the_replaced_file_is_let_go_of(path: Path) -> None:
    file = BreachFile(path)
    file.knows(digest_of(THOSE[0]))
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        imported(path, a_list(THOSE))
        assert file.knows(digest_of(THOSE[0]))
    assert len(os.listdir("/proc/self/fd")) == before
    file.close()
    assert len(os.listdir("/proc/self/fd")) == before - 1


def test_a_file_that_is_cut_short_while_open_is_told_and_kills_nobody(path: Path) -> None:
    file = BreachFile(path)
    assert file.knows(digest_of(THOSE[0]))
    for size in (path.stat().st_size - 1, BODY_AT + 100, BODY_AT - 1, HEAD_SIZE, HEAD_SIZE - 1, 7, 0):
        os.truncate(path, size)
        assert refused(file) is Standing.CUT_SHORT
    file.close()


def test_a_file_that_is_cut_and_mended_a_thousand_times_meanwhile_kills_nobody(path: Path) -> None:
    """A mapped file would end this process by SIGBUS; here a look-up is right or says that it cannot tell."""
    whole = path.read_bytes()
    is_over = threading.Event()

    def cut_and_mend() -> None:
        while not is_over.is_set():
            os.truncate(path, BODY_AT)
            path.write_bytes(whole)

    other = threading.Thread(target=cut_and_mend)
    file = BreachFile(path)
    answers: list[bool | Standing] = []
    other.start()
    try:
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            try:
                answers.append(file.knows(digest_of(THOSE[len(answers) % len(THOSE)])))
            except Unusable as fault:
                answers.append(fault.state.standing)
    finally:
        is_over.set()
        other.join()
    assert False not in answers
    assert Standing.CUT_SHORT in answers
    assert file.knows(digest_of(THOSE[0]))
    file.close()


def test_a_read_that_comes_up_short_after_the_length_was_asked_is_told(path: Path) -> None:
    """The race that no question before the read can close."""
    opened = breach_opened.open_file(path)
    os.truncate(path, BODY_AT + 3 * DIGEST_SIZE)
    with pytest.raises(Unusable) as fault:
        opened.knows(max(map(digest_of, THOSE)))
    assert fault.value.state.standing is Standing.CUT_SHORT
    os.close(opened.handle)


def test_a_disk_that_fails_is_told_and_asked_anew(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = BreachFile(path)
    assert file.knows(digest_of(THOSE[0]))
    pread = os.pread

    def failing(handle: int, size: int, at: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", failing)
    with pytest.raises(Unusable, match="Input/output error") as fault:
        file.knows(digest_of(THOSE[0]))
    assert fault.value.state.standing is Standing.UNREADABLE
    monkeypatch.setattr(os, "pread", pread)
    assert file.knows(digest_of(THOSE[0]))
    file.close()


def test_digests_out_of_order_where_a_look_up_reads_are_told(tmp_path: Path) -> None:
    path = tmp_path / "breach.sha1"
    in_order = sorted(digest_of(password) for password in THOSE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breach_packing, "UNLIKELY", 1 << 40)
        bucket = sorted(b"\xab\xcd" + digest[2:] for digest in in_order)
        packed(path, bucket)
    for first in (0, 3, 300, 1100, 1998):
        packed_bytes = path.read_bytes()
        swapped = bucket[first + 1] + bucket[first]
        written_over(path, BODY_AT + first * DIGEST_SIZE, swapped)
        file = BreachFile(path)
        for digest in (bucket[first], bucket[first + 1]):
            assert refused(file, digest) is Standing.DAMAGED
        file.close()
        assert read_through(path, lambda _at: None).standing is Standing.DAMAGED
        path.write_bytes(packed_bytes)
    assert BreachFile(path).knows(bucket[0])


def test_a_digest_that_is_gone_without_a_trace_is_found_by_reading_all(path: Path) -> None:
    last = path.stat().st_size - 1
    written_over(path, last, bytes([path.read_bytes()[last] ^ 1]))
    assert state(path).is_usable
    found = read_through(path, lambda _at: None)
    assert (found.standing, found.is_usable) == (Standing.DAMAGED, False)


def test_reading_all_of_a_sound_file_says_so_and_how_far_it_is(path: Path) -> None:
    heard: list[int] = []
    found = read_through(path, heard.append)
    assert found == state(path)
    assert found.sentence == "2,000 hashes, imported on 21 November 2026."
    assert (found.hashes, found.is_usable, found.mends) == (2000, True, "")
    assert heard[-1] == path.stat().st_size


def a_directory(path: Path) -> None:
    """A directory under the name."""
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    """A named pipe, which nobody writes to."""
    path.unlink()
    os.mkfifo(path, 0o600)


def a_loop(path: Path) -> None:
    """A link that leads to itself."""
    path.unlink()
    path.symlink_to(path)


def longer(path: Path) -> None:
    """Something after the last digest."""
    with path.open("ab") as file:
        file.write(b"x" * 20)


def newer(path: Path) -> None:
    """A head of a version to come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breach_format, "VERSION", 2)
        imported(path, a_list(THOSE))


UNFIT: dict[str, tuple[Callable[[Path], object], Standing]] = {
    "absent": (os.unlink, Standing.ABSENT),
    "in no directory": (lambda path: shutil.rmtree(path.parent), Standing.ABSENT),
    "a directory": (a_directory, Standing.NO_FILE),
    "a pipe": (a_pipe, Standing.NO_FILE),
    "a loop of links": (a_loop, Standing.UNREADABLE),
    "empty": (lambda path: path.write_bytes(b""), Standing.CUT_SHORT),
    "cut by one byte": (lambda path: os.truncate(path, path.stat().st_size - 1), Standing.CUT_SHORT),
    "cut within the index": (lambda path: os.truncate(path, HEAD_SIZE + 8), Standing.CUT_SHORT),
    "cut within the head": (lambda path: os.truncate(path, 40), Standing.CUT_SHORT),
    "longer": (longer, Standing.DAMAGED),
    "another head": (lambda path: written_over(path, 24, b"\x01"), Standing.DAMAGED),
    "another index": (lambda path: written_over(path, HEAD_SIZE + 100, b"\xff"), Standing.DAMAGED),
    "digests of nought": (
        lambda path: written_over(path, BODY_AT, bytes(2000 * DIGEST_SIZE)),
        Standing.DAMAGED,
    ),
    "the list itself": (lambda path: path.write_text(a_list(THOSE)), Standing.OTHER_KIND),
    "a store": (lambda path: path.write_bytes(b"SQLite format 3\x00" + bytes(4096)), Standing.OTHER_KIND),
    "of a version to come": (newer, Standing.NEWER),
    "open to others": (lambda path: path.chmod(0o622), Standing.UNSAFE),
}


@pytest.mark.parametrize(("make", "standing"), UNFIT.values(), ids=UNFIT.keys())
def test_what_is_unfit_is_told_apart_in_words_and_never_says_unknown(
    tmp_path: Path, make: Callable[[Path], object], standing: Standing
) -> None:
    path = tmp_path / "kept" / "breach.sha1"
    path.parent.mkdir()
    imported(path, a_list(THOSE))
    path.with_name("breach.sha1.list").unlink()
    file = BreachFile(path)
    assert file.knows(digest_of(THOSE[0]))
    make(path)
    assert refused(file) is standing
    for found in (state(path), read_through(path, lambda _at: None)):
        assert found.standing is standing
        assert not found.is_usable
        assert found.sentence.endswith(".")
        assert str(path) in found.sentence
        assert found.mends
    file.close()


def test_an_index_that_contradicts_its_head_is_damage(path: Path) -> None:
    starts = [0] * breach_format.BUCKETS + [2000]
    starts[5] = 7
    index = breach_format.pack_index(starts)
    head = breach_format.Head(2000, breach_format._EPOCH, hashlib.sha256(index).digest(), b"0" * 32)
    written_over(path, 0, head.packed() + index)
    assert len(index) == INDEX_SIZE
    assert state(path).standing is Standing.DAMAGED


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_believed(path: Path) -> None:
    os.chown(path, 65534, 65534)
    assert state(path).standing is Standing.UNSAFE


def test_a_look_up_does_not_wait_for_ever_for_one_that_hangs(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("security.breach.file.PATIENCE", 0.1)
    file = BreachFile(path)
    with file._turn:
        assert refused(file) is Standing.UNREADABLE
        file.close()
    assert file.knows(digest_of(THOSE[0]))
    file.close()


def test_a_path_with_control_characters_is_shown_inert(tmp_path: Path) -> None:
    found = state(tmp_path / "\x1b[31mred")
    assert "\x1b" not in found.sentence + found.mends
