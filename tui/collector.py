"""Python's collector of cycles: off while the program starts, on again as soon as the screen stands."""

from __future__ import annotations

import gc


def collect_again() -> None:
    """Switch the collector on where the start switched it off; it passes over what stands by then."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
