"""`python -m strongroom` and the console script: the same program, begun with the collector of cycles off."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run one command and give its exit code; the console script's entry.

    What an import makes stays: looking through it for garbage, again and again, is a tenth of a start.
    Each command switches the collector on, the screen once it is painted and the store is open.
    """
    gc.disable()
    try:
        from strongroom import cli
    except KeyboardInterrupt:  # somebody was quicker than the imports, and wants no traceback of them
        return 130
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
