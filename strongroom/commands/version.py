"""`strongroom version`: which program this is."""

from __future__ import annotations

import argparse

from strongroom import __version__
from strongroom.commands.answer import Answer, give


def run(given: argparse.Namespace) -> int:
    """Say the version."""
    return give(Answer((f"Strongroom {__version__}",), {"version": __version__}), given)
