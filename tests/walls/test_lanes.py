"""Laws of writing: an act holds its lane before anything else, and does nothing slow while it holds it."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LANES = ROOT / "security" / "lanes.py"
SOURCES = sorted(
    path for package in ("strongroom", "tui", "security") for path in (ROOT / package).rglob("*.py")
)

WRITES = {"act_in", "act_of_session", "act_on_counters", "act"}
"""What begins a write: the lanes, and the gate's act."""

SLOW = {"to_thread", "run_in_executor", "hash", "verify", "accept", "prove", "sleep", "prepared", "placed"}
"""Calls that hash, wait, or ask a thread, a file or the network."""


def relative(path: Path) -> str:
    """The path as a person would name it."""
    return path.relative_to(ROOT).as_posix()


def name_of(call: ast.Call) -> str:
    """The last name of what is called."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def writes_of(tree: ast.AST) -> list[ast.AsyncWith]:
    """Every block that is a write."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.AsyncWith)
        and any(
            isinstance(item.context_expr, ast.Call) and name_of(item.context_expr) in WRITES
            for item in node.items
        )
    ]


def begins_a_write(node: ast.AST) -> bool:
    """Whether a node asks a store itself for a write."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "write"
        and ast.unparse(node.func.value).endswith("store")
    )


def test_a_write_is_begun_by_the_lanes_alone() -> None:
    begun = {
        f"{relative(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and begins_a_write(node)
    }
    assert {place.partition(":")[0] for place in begun} == {relative(LANES)}, sorted(begun)


def test_the_lanes_hold_before_they_hand_out() -> None:
    """Each of their blocks begins with a hold, or has one before the yield."""
    blocks = [
        node
        for node in ast.walk(ast.parse(LANES.read_text(encoding="utf-8")))
        if isinstance(node, ast.AsyncWith)
        and ast.unparse(node.items[0].context_expr).startswith("store.write(")
    ]
    assert len(blocks) == 3
    for block in blocks:
        said = [ast.unparse(block.items[0].context_expr), *map(ast.unparse, block.body)]
        held = next(place for place, one in enumerate(said) if "hold" in one)
        assert held < said.index("yield tx")


def test_nothing_slow_is_done_in_a_write() -> None:
    writes = {
        path: writes_of(ast.parse(path.read_text(encoding="utf-8")))
        for path in SOURCES
        if "security" in path.parts
    }
    assert sum(map(len, writes.values())) > 30  # they are found at all
    assert [
        f"{relative(path)}:{node.lineno}"
        for path, begun in writes.items()
        for write in begun
        for statement in write.body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and name_of(node) in SLOW
    ] == []
