"""The sheet of recovery codes: every code is read from text and PDF, and the file is private and new."""

from __future__ import annotations

import resource
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from security.facts import Secret
from security.safe_text import sanitise
from tui.private_file import NotSaved, save_private
from tui.recovery_sheet import as_pdf, as_text, sheet_lines

CODES = tuple(Secret(f"{number:04}-ABCD-EFGH-JKM{number % 10}") for number in range(1, 17))
LINES = sheet_lines(sanitise("amir@acme.example"), "2 March 2026", CODES)


def test_the_text_has_every_code_in_order_with_its_number() -> None:
    text = as_text(LINES).decode()
    assert [f"{number:2}.  {code.reveal}" for number, code in enumerate(CODES, 1)] == [
        line for line in text.splitlines() if "-ABCD-" in line
    ]


def pdf_text(path: Path) -> str:
    """What poppler reads of a PDF; it complains on stderr of whatever is wrong with the file."""
    if shutil.which("pdftotext") is None:
        pytest.skip("this test needs pdftotext; the package poppler-utils brings it on Debian")
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    assert done.stderr == b""
    return done.stdout.decode()


def test_a_pdf_reader_reads_the_same_lines_from_one_page(tmp_path: Path) -> None:
    save_private(tmp_path / "codes.pdf", as_pdf(LINES))
    pages = pdf_text(tmp_path / "codes.pdf").rstrip("\f").split("\f")
    assert len(pages) == 1
    assert [line.split() for line in pages[0].splitlines() if line] == [
        line.split() for line in LINES if line
    ]


def test_a_name_full_of_pdf_signs_and_foreign_letters_leaves_the_pdf_whole(tmp_path: Path) -> None:
    lines = sheet_lines(sanitise(r"a)(\)Tj(b@exämple.例え"), "2 March 2026", CODES)
    save_private(tmp_path / "codes.pdf", as_pdf(lines))
    text = pdf_text(tmp_path / "codes.pdf")
    assert r"For a)(\)Tj(b@exämple.??" in text
    assert all(code.reveal in text for code in CODES)


def test_the_cross_reference_table_points_at_every_object() -> None:
    pdf = as_pdf(LINES)
    table = pdf[int(pdf.rsplit(b"startxref\n", 1)[1].split()[0]) :].splitlines()
    assert table[0] == b"xref"
    for number, entry in enumerate(table[3:8], 1):
        assert pdf[int(entry[:10]) :].startswith(b"%d 0 obj" % number)


def test_the_file_is_for_its_owner_alone_whatever_the_umask(tmp_path: Path) -> None:
    save_private(tmp_path / "codes.txt", b"x")
    assert stat.S_IMODE((tmp_path / "codes.txt").stat().st_mode) == 0o600


def test_what_stands_there_already_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").write_bytes(b"dear")
    with pytest.raises(NotSaved, match="a file of that name already"):
        save_private(tmp_path / "codes.txt", b"x")
    assert (tmp_path / "codes.txt").read_bytes() == b"dear"


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "codes.txt").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotSaved, match="a file of that name already"):
        save_private(tmp_path / "codes.txt", b"x")
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("no/such/codes.txt", "folder does not exist"),
        ("x" * 300, "too long"),
        ("a\0b", "could not be written"),
    ],
)
def test_a_path_that_cannot_be_is_said(tmp_path: Path, name: str, sentence: str) -> None:
    with pytest.raises(NotSaved, match=sentence):
        save_private(tmp_path / name, b"x")


def test_where_the_disk_takes_only_a_part_no_half_file_is_left(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(NotSaved, match="could not be written"):
            save_private(tmp_path / "codes.txt", b"x" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "codes.txt").exists()
