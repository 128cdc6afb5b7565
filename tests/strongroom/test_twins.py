"""Every act of the screens has its command, and the other way round."""

from __future__ import annotations

import argparse
import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from security import services
from strongroom.grammar import person_acts
from strongroom.grammar.parser import Branch, Grammar, stem
from strongroom.grammar.tree import leaves, parse, whole
from strongroom.twins import BUTTONS, COMMANDS_ALONE, PAGES, SCREEN_ONLY, TWINS
from tests.strongroom.running import ROOT
from tui.keys.keymap import KEYMAP
from tui.messages import Place

CONTROLS = ("PushButton", "TickBox", "Choice", "TurnChoice")
"""What a person presses, ticks or turns."""

SAMPLES = {
    "ID": "0192f0c1",
    "NAME": "dark",
    "LENGTH": "7",
    "KIND": "password",
    "WORDS": "two words",
    "FILE": "codes.txt",
}
"""Something for each word in capitals."""

SCREEN_FLOWS = {
    "changes.follow": "a list on a screen renews itself; a command reads once",
    "founding.advice": "rules are told while a first password is typed; `admin init` is refused with them",
    "activity_export.count": "the number is shown before it is asked for; a command says it while it writes",
    "founding.found": "the first owner is made by `admin init`, through the same flow",
    "sessions.touch": "the heartbeat of a screen that stays open",
    "sessions.lock": "only a screen that was left alone locks itself",
    "sessions.unlock": "only a screen that was left alone locks itself",
    "sign_in.notice": "a screen is told why a kept session is over when it begins; a command when it acts",
    "sign_in.resume": "a screen begins with a kept session; each command acts with it at once",
    "activity.newest": "`older` without a place to begin at",
    "activity.newer": "a list on a screen is walked upward too",
    "activity.oldest": "a list on a screen is entered from its end too",
    "activity.at": "a list on a screen is entered where its bar is dragged to",
    "activity.total": "how long the bar beside the list is",
}
"""Flows that a screen alone calls, each with its reason."""

COMMAND_FLOWS = {
    "two_factor.pending": "two commands share an enrolment; one screen remembers it",
    "activity.mark": "a command goes on below an event by its id; a screen remembers the place",
}
"""Flows that a command alone calls, each with its reason."""


def person_commands() -> dict[str, Grammar]:
    """Every command of a person."""
    common = stem()
    grammar = Grammar(prog="strongroom", parents=[common])
    person_acts.grow(Branch("", grammar.add_subparsers(), common))
    return leaves(grammar)


def controls() -> set[str]:
    """Every button, box and choice of the screens, by module and id, or by its kind where it has none."""
    found = set()
    for path in sorted((ROOT / "tui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CONTROLS:
                named = [word.value for word in node.keywords if word.arg == "id"]
                ident = ast.literal_eval(named[0]) if named else node.func.id
                found.add(f"{path.stem}.{ident}")
    return found


def flows_called(*places: Path) -> set[str]:
    """Every `noun.verb` of the services that modules call, by reading them."""
    nouns = {name for name in services.Services.__slots__ if name not in ("clock", "housekeeping", "audit")}
    called = set()
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            called |= _called_in(ast.parse(path.read_text()), nouns)
    return called


def _called_in(module: ast.Module, nouns: set[str]) -> set[str]:
    """What one module calls, also by a name that it gave to a noun of the services."""
    aliases = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign):
            for name, value in _assigned(node):
                noun = _noun(value, nouns, {})
                if noun:
                    aliases[name] = noun
        elif isinstance(node, ast.Call):
            # A noun that is handed on is called `flow` by whoever takes it.
            handed = [noun for argument in node.args if (noun := _noun(argument, nouns, {}))]
            if handed:
                aliases.setdefault("flow", handed[0])
    return {
        f"{noun}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute)
        for noun in [_noun(node.value, nouns, aliases)]
        if noun
    }


def _assigned(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """The names that an assignment gives, each with its value."""
    target = node.targets[0]
    if isinstance(target, ast.Name):
        yield target.id, node.value
    elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        for one, value in zip(target.elts, node.value.elts, strict=False):
            if isinstance(one, ast.Name):
                yield one.id, value


def _noun(node: ast.expr, nouns: set[str], aliases: dict[str, str]) -> str:
    """The noun of the services that an expression is; empty where it is none."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if not isinstance(node, ast.Attribute) or node.attr not in nouns:
        return ""
    inner = node.value.value if isinstance(node.value, ast.Await) else node.value
    if isinstance(inner, ast.Call):
        inner = inner.func
    name = getattr(inner, "id", getattr(inner, "attr", ""))
    return node.attr if name in ("services", "_services", "ready") else ""


def commands_told() -> Iterator[str]:
    """Every command line that stands in a table."""
    yield from (*TWINS.values(), *BUTTONS.values(), *PAGES.values())


def words_of(line: str) -> list[str]:
    """A command line of a table as it could be typed."""
    words = [word for word in line.split() if "=" not in word][1:]
    return [SAMPLES.get(word, word) for word in words]


def test_every_key_has_a_command_or_a_reason() -> None:
    ids = {key.id for key in KEYMAP}
    told = set(TWINS) | {ident for ident in SCREEN_ONLY if ident in ids}
    assert told == ids
    assert not set(TWINS) & set(SCREEN_ONLY)


def test_every_button_has_a_command_or_a_reason() -> None:
    ids = {key.id for key in KEYMAP}
    reasons = {ident for ident in SCREEN_ONLY if ident not in ids} | set(TWINS) | set(SCREEN_ONLY)
    present = controls()
    assert present - set(BUTTONS) - reasons == set()
    assert set(BUTTONS) - present == set(), "no such button"
    assert {ident for ident in SCREEN_ONLY if ident not in ids} - present == set(), "neither key nor button"


def test_every_place_has_the_command_that_tells_the_same() -> None:
    assert set(PAGES) == {place.value for place in Place}


@pytest.mark.parametrize("line", sorted(set(commands_told())))
def test_each_command_that_is_told_can_be_typed(line: str) -> None:
    assert line.partition(" ")[0] == "strongroom" or "=" in line
    words = words_of(line)
    if words in ([], ["--help"]):
        return
    if words == ["admin", "init"]:
        words += ["--org", "O", "--name", "N", "--email", "E"]
    if words[:2] == ["profile", "rename"]:
        words[2] = "Ada"
    given = parse(words)
    assert isinstance(given, argparse.Namespace)
    assert given.run


def test_every_command_of_a_person_stands_for_an_act() -> None:
    told = {
        title
        for title in person_commands()
        for line in commands_told()
        if line.startswith(f"strongroom {title}")
    }
    assert set(person_commands()) - told - set(COMMANDS_ALONE) == set()
    assert not told & set(COMMANDS_ALONE)


def test_a_reason_is_one_sentence_and_every_key_is_named_once() -> None:
    for reason in (
        *SCREEN_ONLY.values(),
        *COMMANDS_ALONE.values(),
        *SCREEN_FLOWS.values(),
        *COMMAND_FLOWS.values(),
    ):
        assert len(reason.split()) > 4


def test_every_flow_of_a_screen_is_called_by_a_command_and_the_other_way_round() -> None:
    screens = flows_called(ROOT / "tui")
    commands = flows_called(ROOT / "strongroom" / "commands")
    assert screens - commands - set(SCREEN_FLOWS) == set()
    assert commands - screens - set(COMMAND_FLOWS) == set()
    assert not set(SCREEN_FLOWS) & commands, "a command calls it by now"
    assert not set(COMMAND_FLOWS) & screens, "a screen calls it by now"


def test_the_flows_that_are_looked_for_are_flows() -> None:
    kinds = get_type_hints(services.Services, vars(inspect.getmodule(services)) | _services_types())
    for flow in (*SCREEN_FLOWS, *COMMAND_FLOWS, *flows_called(ROOT / "strongroom" / "commands")):
        noun, _, verb = flow.partition(".")
        assert callable(getattr(kinds[noun], verb)), flow


def _services_types() -> dict[str, object]:
    """The classes that the bundle names for type checkers alone."""
    tree = ast.parse(Path(services.__file__).read_text())
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("security."):
            module = __import__(node.module or "", fromlist=["*"])
            found |= {name.name: getattr(module, name.name) for name in node.names}
    return found


def test_a_command_that_is_no_twin_is_the_programs_or_the_operators() -> None:
    others = set(leaves(whole())) - set(person_commands())
    assert {title.partition(" ")[0] for title in others} == {
        "admin",
        "audit",
        "completion",
        "config",
        "demo",
        "doctor",
        "version",
    }
