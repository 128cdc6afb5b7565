"""Colours stand in one place, and nothing fades or moves."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for path in (ROOT / "tui").rglob("*") if path.suffix in (".py", ".tcss"))

COLOR = re.compile(
    r"#(?:[0-9a-f]{6}|[0-9a-f]{3})\b(?!['\"], )|\brgba?\(|\bhsla?\(|\bansi_(?!sequences)[a-z]+"
    r"|(?:[\"']|: |bold |on )(?:bright_)?(?:red|green|yellow|blue|magenta|cyan|white|black)[\"';]",
    re.IGNORECASE,
)
"""A colour by its value or its name."""

MOVES = re.compile(r"\btransition:|\.animate\(|\banimate=(?!False)|\btint:|opacity: 0")
"""What fades or slides; a blend has no meaning in few colours either."""


def test_colours_stand_in_the_themes_alone() -> None:
    offences = [
        f"{path.relative_to(ROOT)}:{number} {line}"
        for path in SOURCES
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MOVES.search(line) or (path.name != "palettes.py" and COLOR.search(line))
    ]
    assert offences == []


def test_the_wall_sees_what_it_looks_for() -> None:
    for line in ("color: #0c0f16;", '"bold red"', "background: rgb(1, 2, 3);", "ansi_red", "color: white;"):
        assert COLOR.search(line), line
    assert not COLOR.search("ANSI_SEQUENCES_KEYS"), "what keys send is no colour"
    for line in (
        "transition: offset 500ms;",
        "widget.animate('offset')",
        "scroll_visible(animate=True)",
        "opacity: 0.7;",
    ):
        assert MOVES.search(line), line
