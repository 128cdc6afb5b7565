"""The walls, tried at run time: what an import really brings in."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

TERMINAL = {"textual", "rich"}
HEAVY = {
    "aiosqlite",
    "argon2",
    "asyncpg",
    "cryptography",
    "httpx",
    "maxminddb",
    "pyotp",
    "qrcode",
    "sqlite3",
    "ua_parser",
    "zxcvbn",
}


def modules_of(package: str) -> list[str]:
    """Every module below a package of ours, the package itself first."""
    found = pkgutil.walk_packages([str(ROOT / package)], prefix=f"{package}.")
    return [package, *(module.name for module in found if not module.name.endswith("__main__"))]


def loaded_by(*modules: str) -> set[str]:
    """The top-level names in sys.modules of a fresh interpreter after it imported the modules."""
    code = f"import sys\nfor name in {modules!r}: __import__(name)\n"
    code += "print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("package", ["security", "store"])
def test_a_headless_package_brings_no_terminal_library(package: str) -> None:
    assert not loaded_by(*modules_of(package)) & TERMINAL


def test_the_store_brings_nothing_of_the_floors_above() -> None:
    assert not loaded_by(*modules_of("store")) & {"security", "tui", "strongroom"}


def test_the_rules_bring_no_screen_and_no_door() -> None:
    assert not loaded_by(*modules_of("security")) & {"tui", "strongroom"}


@pytest.mark.parametrize("module", ["tui.app", "tui.screens.sign_in", "security.services", "security.facts"])
def test_the_first_paint_waits_for_no_heavy_library(module: str) -> None:
    assert not loaded_by(module) & HEAVY


def test_the_command_line_answers_help_without_screen_or_store() -> None:
    assert not loaded_by("strongroom.cli") & (HEAVY | TERMINAL)


ALONE = """
import os, sys
import aiosqlite, argon2, asyncpg, cryptography.hazmat.primitives.asymmetric.ed25519, httpx, idna
import maxminddb, qrcode
import textual.app, textual.screen, textual.widgets, ua_parser, zxcvbn
assert not any(name.partition(".")[0] in ("strongroom", "tui", "security", "store") for name in sys.modules)
for name in sys.argv[1:]:
    if (child := os.fork()) == 0:
        __import__(name)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""
"""Imports each module in a process that has nothing of ours yet; names those that cannot."""


@pytest.mark.parametrize("package", ["strongroom", "tui", "security", "store"])
def test_every_module_can_be_imported_alone(package: str) -> None:
    modules = modules_of(package)
    done = subprocess.run(
        [sys.executable, "-c", ALONE, *modules], capture_output=True, text=True, cwd=ROOT, timeout=300
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr[-2000:]
    assert len(list(modules)) > 50
