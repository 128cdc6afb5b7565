"""The first paint of the sign-in screen, ready for keys, beside a Textual app of one widget."""

from __future__ import annotations

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from contextlib import closing

from bench.line import Line
from bench.paint import seconds_until

ROUNDS = 15

ACCOUNTS = 100_000
"""Accounts in the store that is opened behind the screen."""

_FILL = """
WITH RECURSIVE numbers (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)
INSERT INTO accounts (id, org_id, email, email_canonical, name, role, status, appearance, breach_outcome,
                      created_at)
SELECT printf('filler-%06d', n), org_id, printf('f%06d@acme.example', n), printf('f%06d@acme.example', n),
       'Filler', 'member', status, appearance, breach_outcome, created_at
FROM numbers, (SELECT * FROM accounts LIMIT 1)
"""


def first_paint() -> float:
    """The median, over the rounds, of Strongroom's time through the one-widget app's."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "STRONGROOM_HOME": f"{home}/strongroom",
            "STRONGROOM_BREACH_URL": "off",
        }
        program = [sys.executable, "-m", "strongroom"]
        words = [
            "admin",
            "init",
            "--org",
            "Acme",
            "--name",
            "Ada",
            "--email",
            "ada@acme.example",
            "--password-stdin",
        ]
        subprocess.run(
            [*program, *words, "--password-stdin"],
            input=b"Lantern-Orchard 47 rivers\n",
            env=environment,
            check=True,
            capture_output=True,
        )
        with closing(sqlite3.connect(f"{home}/strongroom/strongroom.db")) as connection, connection:
            connection.execute(_FILL, (ACCOUNTS - 1,))
        floor = [sys.executable, "-m", "bench.one_widget"]
        ratios = []
        for _ in range(ROUNDS + 1):
            ours = seconds_until(b"Forgot your password?", program, environment)
            theirs = seconds_until(b"ready-for-keys", floor, environment)
            ratios.append(ours / theirs)
    return statistics.median(ratios[1:])  # the first round warms the caches


LINES = (
    Line(
        f"first paint of the sign-in screen, {ACCOUNTS:,} accounts in the store / a one-widget Textual app",
        1.25,
        True,
        first_paint,
    ),
)
