"""Laws that a reader of the source can check: randomness, time and text.

Each law is one test over all modules that names every offence: a test for each module cost more than the
reading itself.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("strongroom", "tui", "security", "store")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


pytestmark = pytest.mark.xdist_group("source")  # so that one worker reads each module, and reads it once


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    """Every node of a module's syntax tree, the module itself first."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def relative(path: Path) -> str:
    """The path as a person would name it."""
    return path.relative_to(ROOT).as_posix()


def offences(is_one: Callable[[ast.AST], object], paths: list[Path] = SOURCES) -> list[str]:
    """Where in these modules a node offends against a law, as a person finds it."""
    return [
        f"{relative(path)}:{getattr(node, 'lineno', 1)} {ast.unparse(node)[:70]}"
        for path in paths
        for node in nodes(path)
        if is_one(node)
    ]


NOW = ("datetime.now", "datetime.utcnow", "time.time", "datetime.datetime.now", "time.time_ns")
"""What asks for the time."""

CHANCE = {"random", "numpy.random", "uuid4"}
"""What must not be imported, as a module or from one."""


def brings_chance(node: ast.AST) -> bool:
    """Whether a node brings randomness that is not the operating system's."""
    if isinstance(node, ast.Import):
        return bool({alias.name for alias in node.names} & CHANCE)
    if isinstance(node, ast.ImportFrom):
        return node.module == "random" or "uuid4" in {alias.name for alias in node.names}
    return isinstance(node, ast.Attribute) and node.attr in ("uuid4", "uuid1")


def test_randomness_comes_from_the_operating_system_alone() -> None:
    """R117: neither the random module nor uuid4."""
    assert offences(brings_chance) == []


def asks_the_time(node: ast.AST) -> bool:
    """Whether a node asks the machine for the time."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "time", "time_ns")
        and ast.unparse(node.func) in NOW
    )


def test_only_the_clock_asks_what_time_it_is() -> None:
    assert offences(asks_the_time, [path for path in SOURCES if path.name != "clock.py"]) == []


def matches_any_digit(node: ast.AST) -> bool:
    """Whether a node gives `re` a pattern with a class that means digits of every script."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
        return False
    pattern = node.args[0]
    return (
        isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and isinstance(pattern, ast.Constant)
        and isinstance(pattern.value, str)
        and r"\d" in pattern.value
    )


def test_digits_are_matched_as_ascii() -> None:
    r"""R036: `\d` matches Arabic-Indic digits, `$` a trailing newline."""
    assert offences(matches_any_digit) == []


def says_nothing(node: ast.AST) -> bool:
    """Whether a node is a module, a class or a public function without its sentence."""
    if isinstance(node, ast.Module):
        return not ast.get_docstring(node)
    if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    is_known = node.name.startswith("_") or node.name in ("compose", "render", "on_mount")
    return not is_known and not ast.get_docstring(node)


def test_every_module_class_and_public_function_says_what_it_is_for() -> None:
    assert offences(says_nothing) == []


def is_long(node: ast.AST) -> bool:
    """Whether a node is a function of more than sixty lines."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    return node.end_lineno is None or node.end_lineno - node.lineno >= 60


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert offences(is_long) == []


TUI = [path for path in SOURCES if relative(path).startswith("tui/")]
SHOWS = {"Static", "Label", "Button", "notify", "OptionList", "Option", "Checkbox"}


def makers_of(path: Path) -> set[str]:
    """The functions of a module that return Content."""
    return {
        node.name
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and "Content" in ast.unparse(node.returns)
    }


def may_be_parsed(node: ast.AST, makers: set[str]) -> bool:
    """Whether a node shows text that is put together, without saying that it is no markup."""
    if not (isinstance(node, ast.Call) and node.args):
        return False
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    shown = node.args[0]
    if name not in SHOWS or not isinstance(
        shown, ast.JoinedStr | ast.BinOp | ast.Attribute | ast.Name | ast.Call
    ):
        return False
    says_no = any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in node.keywords)
    is_content = isinstance(shown, ast.Call) and (
        "Content" in ast.unparse(shown.func) or ast.unparse(shown.func).split(".")[-1] in makers
    )
    return not (says_no or is_content)


def test_text_that_is_put_together_is_never_parsed_as_markup() -> None:
    """R081, R083: what is shown is a literal, Content, or has markup=False."""
    assert [
        place for path in TUI for place in offences(partial(may_be_parsed, makers=makers_of(path)), [path])
    ] == []


def is_nameless_worker(node: ast.AST) -> bool:
    """Whether a node makes a worker without a description."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for decorator in node.decorator_list:
            if ast.unparse(decorator) == "work":
                return True
            if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "work":
                return "description" not in {word.arg for word in decorator.keywords}
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_worker"
        and "description" not in {word.arg for word in node.keywords}
    )


def test_every_worker_names_itself_so_that_no_argument_reaches_a_log() -> None:
    assert offences(is_nameless_worker, TUI) == []


FORBIDDEN: dict[str, Callable[[ast.AST], object]] = {
    "import random": brings_chance,
    "from uuid import uuid4": brings_chance,
    "uuid.uuid4()": brings_chance,
    "time.time()": asks_the_time,
    r"re.compile('\\d+')": matches_any_digit,
    "class Room: pass": says_nothing,
    "def act():" + "\n  pass" * 61: is_long,
    "Static(text)": partial(may_be_parsed, makers=set()),
    "self.run_worker(load())": is_nameless_worker,
    "@work\nasync def load(self): pass": is_nameless_worker,
}
"""What each law forbids."""


def test_each_law_finds_what_it_forbids() -> None:
    """The reading itself: a law that overlooks what it is for would hold for ever."""
    for source, is_one in FORBIDDEN.items():
        assert any(is_one(node) for node in ast.walk(ast.parse(source))), source
