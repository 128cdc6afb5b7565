"""No secret stands where others look: arguments, environment, store, state, what is shown, a crash."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.strongroom.commands.person import EMAIL, NEW_PASSWORD, Person, code_of
from tests.strongroom.running import PASSWORD, environment_of

CANARY = "Canary7-Secret-Walnut"


def watched(home: Path, *arguments: str, given: str) -> tuple[int, bytes, bytes]:
    """Run a command and look at its process all the while: its code, what it wrote, what others could see."""
    process = subprocess.Popen(
        [sys.executable, "-m", "strongroom", *arguments],
        env=environment_of(home),
        cwd=home,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(given.encode())
    process.stdin.close()
    seen = b""
    while process.poll() is None:
        for name in ("cmdline", "environ"):
            with suppress(OSError):  # it is over, or keeps its environment from us
                seen += Path(f"/proc/{process.pid}/{name}").read_bytes()
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    with process.stdout:
        return process.returncode, process.stdout.read(), seen


def files_of(home: Path) -> dict[str, bytes]:
    """Every file of a home with its content."""
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "lines", "code"),
    [
        (("login", "--email", EMAIL, "--password-stdin"), (CANARY,), 4),
        (("login", "--email", EMAIL, "--recovery-code", "--password-stdin"), (PASSWORD, CANARY), 4),
        (("password", "change", "--password-stdin"), (PASSWORD, CANARY), 0),
        (("password", "change", "--password-stdin"), (CANARY, NEW_PASSWORD), 4),
        (("2fa", "disable", "--yes", "--password-stdin"), (CANARY, CANARY), 4),
        (("2fa", "verify", "--code-stdin"), (CANARY,), 8),
        (("codes", "regenerate", "--yes", "--password-stdin"), (CANARY, CANARY), 0),
        (("codes", "confirm", "--code-stdin"), (CANARY,), 4),
        (
            ("admin", "init", "--org", "O", "--name", "N", "--email", "n@x.example", "--password-stdin"),
            (CANARY,),
            8,
        ),
    ],
)
def test_what_is_given_on_standard_input_stands_nowhere_else(
    enrolled_person: Person, arguments: tuple[str, ...], lines: tuple[str, ...], code: int
) -> None:
    home = enrolled_person.home
    ended, written, seen = watched(home, *arguments, given="\n".join(lines))
    assert ended == code, written
    assert b"strongroom" in seen
    for secret in lines:
        assert secret.encode() not in written
        assert secret.encode() not in seen
        for name, content in files_of(home).items():
            assert secret.encode() not in content, name


def test_key_codes_and_token_stand_in_no_file_but_the_tokens_own(person: Person) -> None:
    secret = person.facts("2fa", "enroll")["secret"]
    codes = person.facts("2fa", "verify", "--code-stdin", given=code_of(secret))["recovery_codes"]
    token = person.kept.read_text().strip()
    assert person.kept.stat().st_mode & 0o777 == 0o600
    files = files_of(person.home)
    for one in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert [name for name, content in files.items() if one.encode() in content] == []
    kept = str(person.kept.relative_to(person.home))
    assert [name for name, content in files.items() if token.encode() in content] == [kept]


@pytest.mark.parametrize(
    "option",
    [
        f"--password={CANARY}",
        f"--code={CANARY}",
        f"--password-stdin={CANARY}",
        f"--code-stdin={CANARY}",
        f"--totp={CANARY}",
        f"--pin={CANARY}",
        f"-p{CANARY}",
        CANARY,
    ],
)
@pytest.mark.parametrize("title", ["login", "password change", "2fa verify", "2fa disable", "codes confirm"])
def test_a_secret_that_was_typed_as_an_argument_is_not_repeated(
    person: Person, title: str, option: str
) -> None:
    ended = person.run(*title.split(), option)
    assert ended.code == 2
    assert CANARY not in ended.out + ended.err
    assert CANARY not in person.run(*title.split(), option, "--json").out


def test_a_crash_tells_its_kind_and_no_more(person: Person) -> None:
    program = (
        "import sys\n"
        "from security.passwords import Passwords\n"
        "async def fail(self, *given):\n"
        "    raise KeyError(given)\n"
        "Passwords.change = fail\n"
        "from strongroom.cli import main\n"
        "sys.exit(main(['password', 'change', '--password-stdin']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(person.home),
        input=f"{CANARY}\n{CANARY}\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "KeyError, incident " in done.stderr
    assert CANARY not in done.stdout + done.stderr
    assert all(CANARY.encode() not in content for content in files_of(person.home).values())
