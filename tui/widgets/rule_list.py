"""The rules of a new password as a live list: a mark and the rule in words."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from security.facts import RuleState
from tui.words.refusals import rule_words


class RuleList(Widget):
    """Every rule with `✓` where it is met, `·` while nothing was typed and `✗` where it is broken."""

    DEFAULT_CSS = """
    RuleList {
        height: auto;
    }
    """

    rules: reactive[tuple[RuleState, ...]] = reactive((), layout=True)
    """The rules in the order in which they are shown."""
    is_judged: reactive[bool] = reactive(False)
    """Whether something was typed, so that a rule that is not met counts as broken."""

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Two columns where there is room, else one."""
        columns = self._columns(width)
        return max(1, -(-len(self.rules) // columns))

    def render(self) -> Content:
        """The rules, filling rows from left to right."""
        width = self.content_size.width
        columns = self._columns(width)
        cells = [self._cell(rule) for rule in self.rules]
        if columns == 1:
            return Content("\n").join(cells)
        half = width // 2
        rows = [cells[start : start + 2] for start in range(0, len(cells), 2)]
        return Content("\n").join(
            Content("").join([row[0].pad_right(max(1, half - row[0].cell_length)), *row[1:]]) for row in rows
        )

    def _columns(self, width: int) -> int:
        """Two columns need room for the longest rule twice."""
        longest = max((len(rule_words(rule)) for rule in self.rules), default=0) + 3
        return 2 if width >= 2 * longest else 1

    def _cell(self, rule: RuleState) -> Content:
        """One rule with its mark."""
        if rule.is_met:
            return Content.assemble(("✓ ", "$well"), (rule_words(rule), "$muted"))
        if self.is_judged:
            return Content.assemble(("✗ ", "$attention"), rule_words(rule))
        return Content.assemble(("· ", "$muted"), (rule_words(rule), "$muted"))
