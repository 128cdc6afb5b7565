"""Lists of a thousand to five million rows of a real table: first paint, page down, memory."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from functools import cache, partial
from pathlib import Path

from bench.line import Line

ROWS = 5_000_000
"""Rows of the table; shorter lists are its beginning."""

_FILL = """
CREATE TABLE events (id INTEGER PRIMARY KEY, at TEXT, name TEXT, client TEXT, ip TEXT);
INSERT INTO events
WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows})
SELECT n, printf('2026-03-%02d %02d:%02d', n % 28 + 1, n % 24, n % 60),
    CASE n % 4 WHEN 0 THEN 'Signed in' WHEN 1 THEN 'Password changed' ELSE 'Session ended' END,
    CASE n % 3 WHEN 0 THEN 'OpenSSH, kitty 0.35.2' ELSE 'Firefox 131 on Linux' END,
    '203.0.113.' || (n % 250)
FROM numbers;
"""


@cache
def table() -> str:
    """The path of a database with all the rows, made once and taken away at the end."""
    folder = tempfile.mkdtemp(prefix="strongroom-bench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = Path(folder) / "lists.db"
    connection = sqlite3.connect(path)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    connection.executescript(_FILL.format(rows=ROWS))
    connection.close()
    return str(path)


def measured(what: str) -> float:
    """One figure, from a process of its own."""
    command = [sys.executable, "-m", "bench.list_app", what, table()]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


LINES = (
    Line(
        "first paint of a list of 1,000 to 5,000,000 rows / of 20 rows, the worst",
        1.1,
        True,
        partial(measured, "first_paint"),
    ),
    Line(
        "page down in a list of 5,000,000 rows / in Textual's DataTable of 1,000",
        0.25,
        True,
        partial(measured, "page_down"),
    ),
    Line(
        "memory of a list of 5,000,000 rows after 500 pages, beyond one of 20 rows",
        1.0,
        True,
        partial(measured, "memory"),
        unit="MB",
    ),
)
