"""The risk level as a bar, a word and the way that is left to the best one."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from security.facts import Overview
from security.vocabulary import RiskLevel
from tui.words.measures import way_left

CELLS = 10
"""The bar's width."""

_FILLED = {
    RiskLevel.HIGH: 10,
    RiskLevel.ELEVATED: 7,
    RiskLevel.MEDIUM: 4,
    RiskLevel.LOW: 2,
    RiskLevel.NEGLIGIBLE: 0,
}

_STYLES = {
    RiskLevel.HIGH: "$danger",
    RiskLevel.ELEVATED: "$attention",
    RiskLevel.MEDIUM: "$attention",
    RiskLevel.LOW: "$well",
    RiskLevel.NEGLIGIBLE: "$well",
}


class RiskMeter(Widget):
    """Two lines: the bar with its word, and what leads to `negligible`."""

    DEFAULT_CSS = """
    RiskMeter {
        height: 2;
    }
    """

    overview: reactive[Overview | None] = reactive(None)
    """What to show; None before it was read."""

    def render(self) -> Content:
        """The bar and the word, never the colour alone."""
        if self.overview is None:
            return Content("")
        risk = self.overview.risk
        filled = _FILLED[risk]
        style = _STYLES[risk]
        bar = Content.assemble(
            ("Risk  ", "$muted"),
            ("▰" * filled, style),
            ("▱" * (CELLS - filled), "$muted"),
            "  ",
            (risk.value, f"bold {style}"),
        )
        way = way_left(self.overview)
        goal = (RiskLevel.NEGLIGIBLE.value, "$well") if way.endswith(" to ") else ("", "")
        return Content("\n").join([bar, Content.assemble((way, "$muted"), goal)])
