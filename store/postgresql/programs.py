"""PostgreSQL's own programs on this machine: which there are, and running one so that it ends with us.

A password never stands in their arguments, which every user of the machine can read.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from store.errors import StoreError, Unavailable
from store.shielding import see_through

DEBIAN = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs of every version beside each other."""

_VERSION = re.compile(r"\(PostgreSQL\) ([0-9]{1,3})")
_PATIENCE = 10.0
"""Seconds to answer which version it is, and to end when it is asked to."""
_MOST_SAID = 64 * 1024


class Failed(StoreError):
    """A program ended with an error; the sentence holds what it said last."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program of one version."""

    path: Path
    major: int


async def find(name: str, at_least: int, nearest: int) -> Program:
    """Find a program that is not older than `at_least`: that of the version `nearest`, or the next newer one.

    Raises Unavailable where there is none, with what to install.
    """
    found = [program for path in _candidates(name) if (program := await _known(path)) is not None]
    fit = [program for program in found if program.major >= at_least]
    if fit:
        return min(fit, key=lambda program: (program.major < nearest, abs(program.major - nearest)))
    have = f" The newest here is {max(program.major for program in found)}." if found else ""
    raise Unavailable(
        f"{name} of PostgreSQL {at_least} or newer is needed, and is not on this machine.{have}"
        f" On Debian: apt-get install postgresql-client-{max(at_least, nearest)}"
    )


def _candidates(name: str) -> Sequence[Path]:
    """Every program of this name: the one on the path first, then those of Debian's versions."""
    on_path = shutil.which(name)
    return [*([Path(on_path)] if on_path else []), *sorted(DEBIAN.glob(f"*/bin/{name}"))]


async def _known(path: Path) -> Program | None:
    """Ask a program which version it is; None where it does not say."""
    try:
        said = await run(Program(path, 0), "--version", environment=environment({}))
    except (StoreError, OSError):
        return None
    match = _VERSION.search(said)
    return Program(path, int(match[1])) if match else None


def environment(connection: Mapping[str, str]) -> Mapping[str, str]:
    """The environment of a program: what leads to the server, and of ours only what it needs.

    Nothing that PG... means here, and no setting of this program, reaches it.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "KRB5CCNAME") if name in os.environ}
    return {**kept, "LC_ALL": "C", "PGAPPNAME": "strongroom", **connection}


async def run(
    program: Program,
    *arguments: str,
    environment: Mapping[str, str],
    timeout: float | None = _PATIENCE,
    keeps: tuple[int, ...] = (),
) -> str:
    """Run a program to its end and give what it wrote; whatever ends this ends the program too.

    It inherits the open files that it `keeps`, under the same numbers.
    Raises Failed, or Unavailable where it takes too long or cannot be begun.
    """
    async with _running(program, arguments, environment, keeps) as process:
        try:
            async with asyncio.timeout(timeout):
                out, err = await asyncio.gather(_read(process.stdout), _read(process.stderr))
                code = await process.wait()
        except TimeoutError as error:
            raise Unavailable(f"{program.path.name} did not end in {timeout:g} seconds.") from error
    if code:
        raise Failed(_last_line(err) or f"{program.path.name} ended with {code}.")
    return out.decode(errors="replace")


@asynccontextmanager
async def _running(
    program: Program, arguments: Sequence[str], environment: Mapping[str, str], keeps: tuple[int, ...]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Begin a program in a session of its own, so that a key on the terminal ends it through us alone."""
    try:
        process = await asyncio.create_subprocess_exec(
            program.path,
            *arguments,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            pass_fds=keeps,
        )
    except OSError as error:
        raise Unavailable(f"{program.path} cannot be run: {error.strerror}.") from error
    try:
        yield process
    finally:
        if process.returncode is None:
            await see_through(_end(process))


async def _end(process: asyncio.subprocess.Process) -> None:
    """Ask a program to end, and end it where it does not."""
    with suppress(ProcessLookupError):
        process.terminate()
        try:
            async with asyncio.timeout(_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    """Read a stream to its end, and keep the last of it."""
    kept = b""
    while stream is not None and (piece := await stream.read(8192)):
        kept = (kept + piece)[-_MOST_SAID:]
    return kept


def _last_line(said: bytes) -> str:
    """The last thing that a program complained of."""
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error:" in line]
    return (errors or lines or [""])[0 if errors else -1]
