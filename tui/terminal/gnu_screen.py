"""Whether GNU screen is around the program: what it hands on is less than its terminal's environment says."""

from __future__ import annotations

from collections.abc import Mapping


def is_gnu_screen(environment: Mapping[str, str]) -> bool:
    """Whether what is written goes to GNU screen, by STY, or by TERM where that came over SSH.

    tmux calls itself so too where it is set up like that; it then has set TMUX.
    """
    is_called_so = environment.get("TERM", "").startswith("screen")
    if environment.get("TMUX"):
        return is_called_so and bool(environment.get("STY"))
    return is_called_so or bool(environment.get("STY"))
