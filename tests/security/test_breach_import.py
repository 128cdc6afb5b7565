"""A list of hashes becomes the breach file whole, or the old file stands (R009)."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from security.breach import lists as breach_list
from security.breach.file import BreachFile, read_through, state
from security.breach.format import BODY_AT, DIGEST_SIZE
from security.breach.importing import ImportRefused, import_list
from security.breach.lists import BadList
from security.breach.packing import RANGES, Packing
from tests.security.breach_lists import IMPORTED_AT, a_list, digest_of, hash_of, imported, passwords

ROOT = Path(__file__).parents[2]
THOSE = passwords(3000)

CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from security.breach.importing import import_list
print("begun", flush=True)
at = datetime(2026, 11, 21, tzinfo=UTC)
import_list(sys.stdin.buffer, Path(sys.argv[1]), at, lambda read, _: print(read, flush=True))
"""
"""An import that tells how far it is, in a process that may be killed."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the breach file belongs; nothing is there."""
    return tmp_path / "breach.sha1"


def body(path: Path) -> list[bytes]:
    """The digests of a breach file as they stand there."""
    found = path.read_bytes()[BODY_AT:]
    return [found[at : at + DIGEST_SIZE] for at in range(0, len(found), DIGEST_SIZE)]


def fault_of(path: Path, text: str | bytes) -> BadList:
    """Why a list is refused; nothing is left of it."""
    with pytest.raises(BadList) as fault:
        imported(path, text)
    assert sorted(each.name for each in path.parent.iterdir()) == ["breach.sha1.list"]
    return fault.value


@pytest.mark.parametrize(
    "text",
    [
        a_list(THOSE),
        a_list(THOSE, ending="\n"),
        a_list(THOSE, count=""),
        a_list(THOSE, ending="\n", count="").lower(),
        a_list(THOSE, count=":10434004"),
        a_list(THOSE).rstrip("\r\n"),
        a_list(THOSE) + "\r\n\n",
        "\ufeff" + a_list(THOSE),
        a_list([*THOSE, *THOSE]),
        a_list(THOSE, count=":007"),
    ],
    ids=[
        "as it is published",
        "line feeds",
        "no counts",
        "small letters",
        "great counts",
        "no end of the last line",
        "empty lines at the end",
        "a mark of its encoding",
        "each twice",
        "counts with noughts in front",
    ],
)
@pytest.mark.parametrize("piece", [64, 1000, 1 << 20])
def test_every_form_of_the_list_gives_the_same_file(
    path: Path, text: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breach_list, "PIECE", piece)
    head = imported(path, text)
    assert body(path) == sorted(map(digest_of, THOSE))
    assert (head.hashes, head.imported_at, head.length) == (3000, IMPORTED_AT, path.stat().st_size)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_through(path, lambda _at: None).is_usable


@settings(max_examples=40, deadline=None)
@given(
    st.sets(st.binary(min_size=20, max_size=20), min_size=1, max_size=60),
    st.integers(min_value=1, max_value=300),
    st.data(),
)
def test_what_is_imported_is_what_stood_in_the_list(
    tmp_path_factory: pytest.TempPathFactory, those: set[bytes], piece: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("list") / "breach.sha1"
    counts = data.draw(st.lists(st.sampled_from([None, 0, 1, 52]), min_size=len(those), max_size=len(those)))
    lines = [
        (digest.hex().upper() if index % 2 else digest.hex()) + ("" if count is None else f":{count}")
        for index, (digest, count) in enumerate(zip(sorted(those), counts, strict=True))
    ]
    seen = [digest for digest, count in zip(sorted(those), counts, strict=True) if count != 0]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(breach_list, "PIECE", piece)
        if seen:
            imported(path, "\r\n".join(lines))
            assert body(path) == seen
        else:
            assert "holds no hash" in fault_of(path, "\r\n".join(lines)).sentence


def test_a_hash_with_count_nought_was_never_seen(path: Path) -> None:
    lines = sorted(f"{hash_of(one)}:{index and 7}\n" for index, one in enumerate(THOSE[:3]))
    imported(path, "".join(lines))
    file = BreachFile(path)
    assert [file.knows(digest_of(one)) for one in THOSE[:3]] == [False, True, True]
    file.close()


GOOD = a_list(THOSE[:50], ending="\n")


@pytest.mark.parametrize("piece", [100, 1 << 20])
@pytest.mark.parametrize(
    ("bad", "says", "helps"),
    [
        ("password1", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 39 + "G:1", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 41 + ":1", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 40 + ":", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 40 + ":1:2", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 40 + ":-1", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 40 + ":٣", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 40 + ":1\r\r", "is no SHA-1", "40 hexadecimal digits"),
        (" " + "F" * 40 + ":1", "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 20, "is no SHA-1", "40 hexadecimal digits"),
        ("F" * 32 + ":9", "is no SHA-1", "NTLM"),
        ("F" * 35 + ":9", "is no SHA-1", "one range"),
        ("0" * 40 + ":1", "is out of order", "LC_ALL=C sort"),
    ],
)
def test_the_first_bad_line_is_named_and_not_repeated(
    path: Path, bad: str, says: str, helps: str, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breach_list, "PIECE", piece)
    for text in (f"{GOOD}{bad}\nworse\n", f"{GOOD}{bad}"):
        fault = fault_of(path, text)
        assert fault.sentence.startswith("Line 51 of the list ")
        assert says in fault.sentence
        assert helps in fault.hint
        assert bad not in fault.sentence + fault.hint


def test_a_line_far_in_is_named_by_its_number(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(breach_list, "PIECE", 1000)
    lines = a_list(THOSE).splitlines(keepends=True)
    lines[2345], lines[2346] = lines[2346], lines[2345]
    assert fault_of(path, "".join(lines)).sentence == "Line 2,347 of the list is out of order."
    lines = a_list(THOSE).splitlines(keepends=True)
    lines[2000] = "\n\n#\n"
    assert fault_of(path, "".join(lines)).sentence == "Line 2,003 of the list is no SHA-1."


@pytest.mark.parametrize(
    ("text", "helps"),
    [
        (b"\x1f\x8b\x08\x00" + bytes(3000), "compressed"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(3000), "compressed"),
        (b"PK\x03\x04" + b"\n" * 3000, "compressed"),
        (b"\xfd7zXZ\x00" + bytes(40), "compressed"),
        (a_list(THOSE).encode("utf-16"), "UTF-16"),
        (b"strongroom-sha1\n" + bytes(3000), "imported already"),
        (b"A" * 5_000_000, "40 hexadecimal digits"),
        (b"\x00" * 5_000_000, "40 hexadecimal digits"),
    ],
)
def test_what_is_given_in_a_lists_place_is_recognised(path: Path, text: bytes, helps: str) -> None:
    fault = fault_of(path, text)
    assert fault.sentence == "Line 1 of the list is no SHA-1."
    assert helps in fault.hint


def test_a_line_without_an_end_is_not_read_to_the_end(path: Path) -> None:
    with open("/dev/zero", "rb") as endless, pytest.raises(BadList):
        import_list(endless, path, IMPORTED_AT, lambda _bytes, _hashes: None)


@pytest.mark.parametrize("text", ["", "\n", "\r\n\r\n", "\ufeff", a_list(THOSE[:9], count=":0")])
def test_a_list_without_a_hash_is_refused_since_it_would_let_all_pass(path: Path, text: str) -> None:
    assert fault_of(path, text).sentence == "The list holds no hash."


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        (lambda digits: digits < "7F000", "to FFFFF, "),
        (lambda digits: digits >= "10000", "begins with 00000 to"),
        (lambda digits: not "80000" <= digits < "90000", "begins with 7F"),
    ],
    ids=["it stops early", "it begins late", "a stretch is missing"],
)
def test_a_list_that_is_not_whole_is_refused_though_every_line_is_good(
    path: Path, kept: Callable[[str], bool], says: str
) -> None:
    """What it lacks would pass for never breached."""
    lines = a_list(THOSE).splitlines(keepends=True)
    fault = fault_of(path, "".join(line for line in lines if kept(line[:5])))
    assert fault.sentence.startswith("The list is not whole: none of its hashes begins with ")
    assert says in fault.sentence


def test_in_a_list_as_long_as_the_published_one_a_single_missing_range_is_seen(path: Path) -> None:
    """The counts of one thousand million hashes, without the hashes."""
    with path.open("w+b") as file:
        packing = Packing(file)
        packing._counts = array("Q", [950]) * RANGES
        packing._counts[0x7ABCD] = 0
        packing.hashes = sum(packing._counts)
        with pytest.raises(BadList, match="begins with 7ABCD, where about 950 are"):
            packing.finish(IMPORTED_AT)
        packing._counts[0x7ABCD] = 1
        packing.hashes += 1
        assert packing.finish(IMPORTED_AT).hashes == 950 * (RANGES - 1) + 1


@pytest.mark.parametrize("number", [1, 2, 10, 64, 500, 3000])
def test_a_short_list_is_whole_however_its_hashes_lie(path: Path, number: int) -> None:
    assert imported(path, a_list(passwords(number))).hashes == number


def test_a_failed_import_leaves_the_old_file_and_nothing_else(path: Path) -> None:
    imported(path, a_list(THOSE))
    old = path.read_bytes()
    for text in ("no list\n", a_list(THOSE[:100]) + "0" * 40, ""):
        with pytest.raises(BadList):
            imported(path, text)
        assert path.read_bytes() == old
        assert sorted(each.name for each in path.parent.iterdir()) == ["breach.sha1", "breach.sha1.list"]


def test_a_read_error_or_a_signal_in_the_middle_leaves_the_old_file(path: Path) -> None:
    imported(path, a_list(THOSE))
    old = path.read_bytes()
    for fault in (OSError(5, "Input/output error"), KeyboardInterrupt(), SystemExit(143)):

        def stop(_bytes: int, _hashes: int, fault: BaseException = fault) -> None:
            raise fault

        with path.with_name("breach.sha1.list").open("rb") as source, pytest.raises(type(fault)):
            import_list(source, path, IMPORTED_AT, stop)
        assert path.read_bytes() == old
        assert sorted(each.name for each in path.parent.iterdir()) == ["breach.sha1", "breach.sha1.list"]


def child(path: Path, *, first: Callable[[], None] | None = None) -> subprocess.Popen[bytes]:
    """An import in a process of its own that waits for its list."""
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=first,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    return process


def half_done(path: Path, those: list[str]) -> subprocess.Popen[bytes]:
    """An import that has read more than a piece and waits for the rest."""
    process = child(path)
    assert process.stdin is not None
    assert process.stdout is not None
    text = a_list(those).encode()
    process.stdin.write(text[: breach_list.PIECE + 100_000])
    process.stdin.flush()
    assert int(process.stdout.readline()) >= breach_list.PIECE
    return process


MANY = passwords(40_000)


def test_after_kill_9_in_the_middle_the_old_file_stands_and_the_next_import_goes_through(path: Path) -> None:
    imported(path, a_list(THOSE))
    old = path.read_bytes()
    process = half_done(path, MANY)
    assert BreachFile(path).knows(digest_of(THOSE[0]))  # the old one answers meanwhile
    process.kill()
    process.communicate()
    assert path.read_bytes() == old
    imported(path, a_list(MANY))
    assert state(path).hashes == 40_000
    assert sorted(each.name for each in path.parent.iterdir()) == ["breach.sha1", "breach.sha1.list"]


def test_two_imports_at_once_are_one_import_and_a_refusal(path: Path) -> None:
    process = half_done(path, MANY)
    with pytest.raises(ImportRefused, match="Another import is under way"):
        imported(path, a_list(THOSE))
    process.communicate(a_list(MANY).encode()[breach_list.PIECE + 100_000 :])
    assert process.returncode == 0
    assert state(path).hashes == 40_000
    imported(path, a_list(THOSE))
    assert state(path).hashes == 3000


def test_an_import_that_was_overtaken_never_empties_what_the_other_put_in_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between our open and our lock the draft got the breach file's name."""
    flock = fcntl.flock

    def overtaken(handle: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", flock)
        imported(path.with_name("other"), a_list(MANY[:500]))
        os.rename(path.with_name(".breach.sha1.new"), path)
        path.write_bytes(path.with_name("other").read_bytes())
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", overtaken)
    with pytest.raises(ImportRefused, match="was just done"):
        imported(path, a_list(THOSE))
    assert state(path).hashes == 500


def test_a_full_disk_leaves_the_old_file_and_gives_its_room_back(path: Path) -> None:
    imported(path, a_list(THOSE))
    old = path.read_bytes()

    def no_room() -> None:
        """Let no file of the child grow past what the draft needs at first."""
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    process = child(path, first=no_room)
    _, said = process.communicate(a_list(MANY).encode())
    assert process.returncode == 1
    assert b"File too large" in said
    assert path.read_bytes() == old
    assert sorted(each.name for each in path.parent.iterdir()) == ["breach.sha1", "breach.sha1.list"]


def test_memory_does_not_grow_with_the_list(path: Path) -> None:
    """Ten times the list takes no more memory, since neither list nor file is held."""
    tell = CHILD + "\nimport resource\nprint('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"

    def peak(number: int) -> int:
        """Kilobytes that an import of so many hashes takes at most."""
        done = subprocess.run(
            [sys.executable, "-c", tell, str(path)],
            cwd=ROOT,
            input=a_list(passwords(number)).encode(),
            capture_output=True,
            check=True,
        )
        return int(done.stdout.split()[-1])

    assert peak(600_000) - peak(60_000) < 12 * 1024


def test_the_list_itself_is_never_written_over(path: Path) -> None:
    path.write_text(a_list(THOSE))
    with path.open("rb") as source, pytest.raises(ImportRefused, match="lies where the breach file belongs"):
        import_list(source, path, IMPORTED_AT, lambda _bytes, _hashes: None)
    assert path.read_text() == a_list(THOSE).replace("\r\n", "\n")


@pytest.mark.parametrize("content", [b"-----BEGIN OPENSSH PRIVATE KEY-----\n", b"x"])
def test_what_is_no_breach_file_is_never_written_over(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match="no breach file, and was left alone"):
        imported(path, a_list(THOSE))
    assert path.read_bytes() == content
    path.unlink()
    path.mkdir()
    with pytest.raises(ImportRefused, match="left alone"):
        imported(path, a_list(THOSE))


def test_a_damaged_breach_file_and_an_empty_one_are_replaced(path: Path) -> None:
    for content in (b"", b"strongroom-sha1\n" + bytes(100)):
        path.write_bytes(content)
        imported(path, a_list(THOSE))
        assert state(path).is_usable


def test_through_a_link_the_file_that_it_leads_to_is_replaced(tmp_path: Path, path: Path) -> None:
    big = tmp_path / "big"
    big.mkdir()
    path.symlink_to(big / "breach.sha1")
    imported(path, a_list(THOSE))
    assert path.is_symlink()
    assert state(big / "breach.sha1").is_usable
    assert state(path).is_usable


def test_look_ups_go_on_while_files_are_replaced_under_them(path: Path) -> None:
    imported(path, a_list(THOSE))
    file = BreachFile(path)
    process = child(path)
    text = a_list(MANY).encode()
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.close()
    until = time.monotonic() + 30
    asked = 0
    while process.poll() is None:
        assert file.knows(digest_of(THOSE[asked % 3000]))
        asked += 1
        assert time.monotonic() < until
    assert asked > 10
    assert file.knows(digest_of(MANY[-1]))
    file.close()
    process.stdout.close()  # type: ignore[union-attr]
    process.stderr.close()  # type: ignore[union-attr]
