"""Style sheets whose rules are parsed once: the same rules as Textual's own, and others in other colours."""

from __future__ import annotations

import pytest
from textual.css.stylesheet import Stylesheet, StylesheetParseError

from tests.tui.house import House
from tests.tui.session_visits import go_to
from tui.app import StrongroomApp
from tui.terminal.parsed_once import ParsedOnce


def told(sheet: Stylesheet) -> list[tuple[object, ...]]:
    """Every rule of a sheet: whom it is for, what it says, and how it is weighed."""
    return [
        (rule.selectors, repr(rule.styles.get_rules()), rule.is_default_rules, rule.tie_breaker)
        for rule in sheet.rules
    ]


async def test_the_rules_are_those_that_textual_would_parse_in_every_theme(house: House) -> None:
    app = StrongroomApp(house.door((await house.founder()).signed_in))
    async with app.run_test() as pilot:
        await go_to(pilot)
        for theme in app.available_themes:
            app.theme = theme
            await pilot.pause()
            theirs = Stylesheet(variables=app.get_css_variables())
            theirs.source = app.stylesheet.source.copy()
            theirs.parse()
            assert told(app.stylesheet) == told(theirs)
            assert len(theirs.rules) > 50


def test_two_apps_in_the_same_colours_have_one_set_of_rules_and_another_colour_has_its_own() -> None:
    sheets = [ParsedOnce(variables={"tone": tone}) for tone in ("red", "red", "blue")]
    for sheet in sheets:
        sheet.add_source("Label { color: $tone; }", ("here", "Label.css"))
    assert sheets[0].rules[0] is sheets[1].rules[0]
    assert sheets[0].rules[0] is not sheets[2].rules[0]
    sheets[1].set_variables({"tone": "blue"})
    sheets[1].reparse()
    assert sheets[1].rules[0] is sheets[2].rules[0]


def test_a_source_that_fails_leaves_the_rules_that_stand() -> None:
    sheet = ParsedOnce(variables={"tone": "red"})
    sheet.add_source("Label { color: $tone; }", ("here", "Label.css"))
    before = sheet.rules
    sheet.add_source("Label { color: nothing-like-it; }", ("there", "Label.css"))
    with pytest.raises(StylesheetParseError):
        sheet.reparse()
    assert sheet._rules is before
