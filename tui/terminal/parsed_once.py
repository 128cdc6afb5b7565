"""A style sheet whose rules are parsed once in a process, however many visits it shows."""

from __future__ import annotations

from functools import lru_cache

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation

Place = tuple[str, CSSLocation, bool, int, str]
"""A source and how it is read: text, where it stands, whether widgets give way to it, tie-breaker, scope."""

MOST_COLOURS = 16
"""For how many sets of colours rules are kept: each theme, at each number of colours, is one."""


@lru_cache(maxsize=MOST_COLOURS)
def _rules_in(colours: tuple[tuple[str, str], ...]) -> dict[Place, list[RuleSet]]:
    """What was parsed under some colours so far; the sources are the program's own, so they are few."""
    return {}


class ParsedOnce(Stylesheet):
    """Textual's own, but that apps share what they parsed: nothing changes a rule once it stands.

    Textual keeps the rules of 64 sources, for each app anew. The screens have more, read again with every
    new kind of widget, so that none of them was ever found there.
    """

    def _parse_rules(
        self,
        css: str,
        read_from: CSSLocation,
        is_default_rules: bool = False,
        tie_breaker: int = 0,
        scope: str = "",
    ) -> list[RuleSet]:
        """Return the rules of one source, parsed where no app did so before."""
        known = _rules_in(tuple(self._variables.items()))
        place = (css, read_from, is_default_rules, tie_breaker, scope)
        if place not in known:
            known[place] = super()._parse_rules(*place)
        return known[place]

    def reparse(self) -> None:
        """Take the rules under the colours of now; rules that fail leave the present ones as they are."""
        self.parse()
