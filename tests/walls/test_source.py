"""Laws that a reader of the source can check: randomness, time and text."""

from __future__ import annotations

import ast
from functools import cache
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


NOW = ("now", "utcnow", "time", "time_ns")
"""What asks for the time, whatever it is called on."""


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_randomness_comes_from_the_operating_system_alone(path: Path) -> None:
    """R117: neither the random module nor uuid4."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            assert not {alias.name for alias in node.names} & {"random", "numpy.random"}
        if isinstance(node, ast.ImportFrom):
            assert node.module != "random"
            assert "uuid4" not in {alias.name for alias in node.names}
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("uuid4", "uuid1")


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name != "clock.py"], ids=relative)
def test_only_the_clock_asks_what_time_it_is(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in NOW:
            asked = ast.unparse(node.func)
            assert asked not in (
                "datetime.now",
                "datetime.utcnow",
                "time.time",
                "datetime.datetime.now",
                "time.time_ns",
            )


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_digits_are_matched_as_ascii(path: Path) -> None:
    r"""R036: `\d` matches Arabic-Indic digits, `$` a trailing newline."""
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
            continue
        if isinstance(node.func.value, ast.Name) and node.func.value.id == "re":
            pattern = node.args[0]
            if isinstance(pattern, ast.Constant) and isinstance(pattern.value, str):
                assert r"\d" not in pattern.value


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_every_module_class_and_public_function_says_what_it_is_for(path: Path) -> None:
    tree = nodes(path)[0]
    assert isinstance(tree, ast.Module)
    assert ast.get_docstring(tree), "the module"
    for node in ast.walk(tree):
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if not node.name.startswith("_") and node.name not in ("compose", "render", "on_mount"):
            assert ast.get_docstring(node), f"{node.name}, line {node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_no_function_is_longer_than_sixty_lines(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 60, f"{node.name}, line {node.lineno}"


TUI = [path for path in SOURCES if relative(path).startswith("tui/")]
SHOWS = {"Static", "Label", "Button", "notify", "OptionList", "Option", "Checkbox"}


@pytest.mark.parametrize("path", TUI, ids=relative)
def test_text_that_is_put_together_is_never_parsed_as_markup(path: Path) -> None:
    """R081, R083: what is shown is a literal, Content, or has markup=False."""
    makers = {
        node.name
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        and node.returns is not None
        and "Content" in ast.unparse(node.returns)
    }
    for node in nodes(path):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        shown = node.args[0]
        if name not in SHOWS or not isinstance(
            shown, ast.JoinedStr | ast.BinOp | ast.Attribute | ast.Name | ast.Call
        ):
            continue
        says_no = any(word.arg == "markup" and ast.unparse(word.value) == "False" for word in node.keywords)
        is_content = isinstance(shown, ast.Call) and (
            "Content" in ast.unparse(shown.func) or ast.unparse(shown.func).split(".")[-1] in makers
        )
        assert says_no or is_content, f"{name}, line {node.lineno}: {ast.unparse(node)[:70]}"


@pytest.mark.parametrize("path", TUI, ids=relative)
def test_every_worker_names_itself_so_that_no_argument_reaches_a_log(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                assert ast.unparse(decorator) != "work", f"{node.name} has a bare @work"
                if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "work":
                    words = {word.arg for word in decorator.keywords}
                    assert "description" in words, f"{node.name}, line {node.lineno}"
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "run_worker"
        ):
            assert "description" in {word.arg for word in node.keywords}, f"line {node.lineno}"
