"""The forms of an export: no formula, no control character, nothing lost by the reader of docs/export.md."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from security.export_forms import Cell, Csv, JsonLines, csv_text, encoder, rfc3339
from security.vocabulary import ExportForm

DOCS = Path(__file__).parents[2] / "docs" / "export.md"
FORMULA_STARTS = "=+-@＝＋－＠"
QUOTES_AND_BLANKS = "\"'`’“ \u00a0\u3000"

ANY = st.characters(min_codepoint=0, max_codepoint=0x10FFFF)
"""Every character there is, half pairs of surrogates too."""
NASTY = st.text(st.one_of(ANY, st.sampled_from("=+-@＝＋\t\r\n\0'\"\\;, u{}30B\x1b\x7f\x9b\u202e\ufeff")))
"""Texts in which what matters comes often."""


@cache
def reader() -> Callable[[str], str]:
    """The way back, as docs/export.md prints it."""
    (code,) = re.findall(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
    found: dict[str, object] = {}
    exec(compile(code, str(DOCS), "exec"), found)  # noqa: S102 - the page is ours
    return cast("Callable[[str], str]", found["stored"])


def cells(written: bytes) -> list[list[str]]:
    """The cells of a file, read by a reader that takes nothing but RFC 4180."""
    return list(csv.reader(io.StringIO(written.decode(), newline=""), strict=True))


def is_shown(char: str) -> bool:
    """Whether a character is no control, no format that hides or turns, and half of nothing."""
    return unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")


@settings(max_examples=2000, deadline=None)
@given(text=NASTY)
def test_the_reader_of_the_page_gives_back_every_text(text: str) -> None:
    row = cells(Csv(("first", "second")).lines([{"first": text, "second": text}]))
    assert [reader()(cell) for cell in row[0]] == [text, text]


@settings(max_examples=2000, deadline=None)
@given(text=NASTY)
def test_no_cell_begins_like_a_formula_nor_holds_a_control_character(text: str) -> None:
    cell = csv_text(text)
    assert all(is_shown(char) for char in cell)
    for part in (cell, *cell.split(";")[1:]):
        bare = part.lstrip(QUOTES_AND_BLANKS)
        assert not bare.startswith(tuple(FORMULA_STARTS)) or part.startswith("'")
    if text.lstrip(QUOTES_AND_BLANKS)[:1] in (*FORMULA_STARTS, "\t", "\r", "\0") and text.strip():
        assert cell.startswith("'")


@settings(max_examples=1000, deadline=None)
@given(text=NASTY)
def test_json_lines_give_back_every_text_and_hold_no_control_character(text: str) -> None:
    line = JsonLines(("text",)).lines([{"text": text}]).decode()
    assert line.endswith("\n")
    assert all(is_shown(char) for char in line[:-1])
    assert json.loads(line) == {"text": text}


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("OpenSSH, kitty", "OpenSSH, kitty"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\\u{9}=1"),
        ("\rx", "'\\u{D}x"),
        ("\0x", "'\\u{0}x"),
        ("＝1", "'＝1"),
        ("＋1", "'＋1"),
        ("－1", "'－1"),
        ("＠x", "'＠x"),
        ('"=1', "'\"=1"),
        ("  =1", "'  =1"),
        ("\u3000\u00a0“=1", "'\u3000\u00a0“=1"),
        ("'=1", "''=1"),
        ("'tis", "''tis"),
        ("a=1", "a=1"),
        ("C:\\new", "C:\\\\new"),
        ("a\x1b[31m\x7f\x9b", "a\\u{1B}[31m\\u{7F}\\u{9B}"),
        ("a\u202eb\u200bc\ufeff", "a\\u{202E}b\\u{200B}c\\u{FEFF}"),
        ("x;=1", "x\\u{3B}=1"),
        ('x; "@y', 'x\\u{3B} "@y'),
        ("x; y", "x; y"),
        ("Zoë’s 電話", "Zoë’s 電話"),
    ],
)
def test_each_kind_of_text_in_a_cell(text: str, cell: str) -> None:
    """R078, to the letter."""
    assert csv_text(text) == cell
    assert reader()(cell) == text


def test_a_file_has_a_header_crlf_quotes_where_needed_and_no_byte_order_mark() -> None:
    form = encoder(ExportForm.CSV, ("time", "client"))
    rows: list[dict[str, Cell]] = [{"time": "noon", "client": 'Say "hi", all'}, {"time": None, "client": ""}]
    written = form.begin() + form.lines(rows)
    assert written == b'time,client\r\nnoon,"Say ""hi"", all"\r\n,\r\n'


def test_what_is_no_text_has_its_own_way_in_each_form() -> None:
    row: dict[str, Cell] = {
        "by_other": True,
        "place": None,
        "details": '{"kept": "true", "name": "Zoë"}',
    }
    columns = tuple(row)
    assert cells(Csv(columns).lines([row])) == [["true", "", row["details"]]]
    assert (
        JsonLines(columns).lines([row]).decode()
        == '{"by_other":true,"place":null,"details":{"kept":"true","name":"Zoë"}}\n'
    )
    assert JsonLines(columns).begin() == b""


def test_times_are_told_in_utc_to_the_microsecond() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert rfc3339(datetime(2026, 3, 2, 9, tzinfo=tokyo)) == "2026-03-02T00:00:00.000000Z"
    assert rfc3339(datetime(2026, 3, 2, 9, 1, 2, 3, UTC)) == "2026-03-02T09:01:02.000003Z"


def test_the_page_names_every_column() -> None:
    from security.activity_export import COLUMNS

    assert re.findall(r"^\| `([a-z_]+)` \|", DOCS.read_text(), re.MULTILINE) == list(COLUMNS)
