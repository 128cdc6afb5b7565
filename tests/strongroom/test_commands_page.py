"""docs/commands.md says what the grammar says."""

from __future__ import annotations

from strongroom.commands_page import render
from strongroom.grammar.tree import leaves, whole
from tests.strongroom.running import ROOT


def test_the_page_of_the_commands_is_that_of_the_grammar() -> None:
    assert (ROOT / "docs" / "commands.md").read_text() == render()


def test_every_command_and_option_is_told_with_a_sentence() -> None:
    for title, parser in leaves(whole()).items():
        assert parser.description, title
        assert parser.description[0].isupper()
        for action in parser._actions:
            assert action.help, (title, action.dest)
