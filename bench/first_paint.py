"""The first paint of the sign-in screen, ready for keys, beside a Textual app of one widget."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile

from bench.line import Line
from bench.paint import seconds_until

ROUNDS = 9


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
        floor = [sys.executable, "-m", "bench.one_widget"]
        ratios = []
        for _ in range(ROUNDS + 1):
            ours = seconds_until(b"Forgot your password?", program, environment)
            theirs = seconds_until(b"ready-for-keys", floor, environment)
            ratios.append(ours / theirs)
    return statistics.median(ratios[1:])  # the first round warms the caches


LINES = (Line("first paint of the sign-in screen / a one-widget Textual app", 1.25, True, first_paint),)
