"""Names of registries, and paths of one machine, must not stand in any tracked file. Run by `make lint`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = {
    "a registry's address": re.compile(
        r"https?://[^\s\"')]*\b(pypi|pythonhosted|npmjs|registry|deb\.debian|anaconda)\b", re.IGNORECASE
    ),
    "an index option": re.compile(r"--(extra-)?index-url(?! ?\\?$)[ =]\S"),
    "a path of one machine": re.compile(r"(?<![\w.-])/(work|root|home/[a-z]+)/[A-Za-z.]"),
}


def tracked() -> list[Path]:
    """The text files that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=False)
    if listed.returncode:
        return []
    return [Path(name) for name in listed.stdout.split("\0") if name and Path(name).is_file()]


def offences(path: Path) -> list[str]:
    """Each forbidden text of one file, with its line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []
    return [
        f"{path}:{number}: {what}: {line.strip()[:80]}"
        for number, line in enumerate(lines, 1)
        for what, pattern in FORBIDDEN.items()
        if pattern.search(line)
    ]


def main() -> int:
    """Print every offence; exit 1 where there is one."""
    found = [offence for path in tracked() if path.name != "names.py" for offence in offences(path)]
    print("\n".join(found), end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
