"""`strongroom completion`: each shell takes it, and completes words, options, choices and files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pexpect
import pytest

from tests.strongroom.running import strongroom

CASES = [
    ("strongroom sess", "session"),
    ("strongroom session rev", "revoke"),
    ("strongroom 2fa enroll --qr-", "--qr-inverted"),
    ("strongroom profile appearance high", "high-contrast"),
    ("strongroom completion z", "zsh"),
    ("strongroom admin backup some", "some-file"),
    ("strongroom codes regenerate --output some", "some-file"),
]
"""What is typed, and what it becomes."""


def needed(program: str) -> str:
    """A shell of this machine."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"this test needs {program}")
    return found


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A directory with one file to complete, and what each shell reads."""
    (tmp_path / "some-file").touch()
    for shell in ("bash", "zsh", "fish"):
        ended = strongroom(tmp_path, "completion", shell)
        assert (ended.code, ended.err) == (0, "")
        (tmp_path / f"_{shell}").write_text(ended.out)
    return tmp_path


@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_bash_completes(place: Path, typed: str, becomes: str) -> None:
    script = (
        f"source ./_bash; COMP_LINE='{typed}'; COMP_POINT=${{#COMP_LINE}}; COMP_WORDS=({typed});"
        " COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); spec=$(complete -p strongroom); f=${spec#*-F };"
        " ${f%% *} strongroom \"${COMP_WORDS[COMP_CWORD]}\" ''; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        [needed("bash"), "--norc", "-c", script], cwd=place, capture_output=True, text=True, timeout=60
    )
    assert becomes in done.stdout.split(), done


@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_fish_completes(place: Path, typed: str, becomes: str) -> None:
    script = f"source ./_fish; complete -C '{typed}'"
    done = subprocess.run(
        [needed("fish"), "--no-config", "-c", script],
        cwd=place,
        env={"HOME": str(place), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert becomes in [line.partition("\t")[0] for line in done.stdout.splitlines()], done


@pytest.mark.parametrize(("typed", "becomes"), CASES)
def test_zsh_completes(place: Path, typed: str, becomes: str) -> None:
    (place / "functions").mkdir()
    (place / "_zsh").rename(place / "functions" / "_strongroom")
    shell = pexpect.spawn(
        needed("zsh"),
        ["-f", "-i"],
        cwd=str(place),
        env={"HOME": str(place), "PATH": "/usr/bin:/bin", "TERM": "dumb"},
        encoding="utf-8",
        timeout=60,
        dimensions=(24, 200),
    )
    shell.sendline(
        "PS1='READY> '; fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; print LOADED"
    )
    shell.expect("LOADED\r\n")
    shell.expect("READY> ")
    shell.send(f"{typed}\t")
    shell.expect_exact(f"{typed.rpartition(' ')[0]} {becomes}")
    shell.sendcontrol("u")
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
    shell.wait()


def test_it_needs_neither_settings_nor_a_store(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("nonsense = 1\n")
    assert strongroom(tmp_path, "completion", "bash").code == 0
    assert strongroom(tmp_path, "completion", "tcsh").code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
