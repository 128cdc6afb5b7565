"""What help lists: the present screen first, then moving, everywhere, the other screens, answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import ActiveBinding

from tui.help.search import WORDS, score
from tui.help.topics import TOPICS
from tui.keys.keymap import KeysNow
from tui.keys.names import shown_key, types_text
from tui.keys.scopes import EVERYWHERE, MOVING, TITLES
from tui.keys.table import KEYMAP

PRESENT = "This screen"
"""The heading of what acts on the screen that help was called from."""

OUTSIDE_FIELDS = "While no field has the focus"
"""The heading of what a field keeps from acting now."""

ANSWERS = "In plain words"
"""The heading of the answers."""

FIXED = (
    ("tab, shift+tab", "Go to the next or the previous thing on the screen"),
    ("arrows", "Move within a list, the tabs or the rooms"),
    ("enter", "Press the button, open the row, send the field"),
)
"""Moves that are nobody's to change."""

MERGED = frozenset(["dialog.cancel", "reauthentication.use_recovery_code", "app.quit_now"])
"""Of other screens, what is told for another scope already."""


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One key, or one answer."""

    section: str
    """The heading that it stands under."""
    keys: str
    """The keys as they are written on screens; an answer's title."""
    label: str
    """One or two words."""
    sentence: str
    """What it does."""
    words: str = ""
    """What else people call it."""
    twin: str = ""
    """The command that does the same without a screen."""

    def matches(self, typed: str) -> bool:
        """Tell whether every word of a search is in the entry."""
        about = f"{self.keys} {self.sentence} {self.twin} {self.section}"
        return score(typed, self.label, about, self.words) > 0


_ROWS = {row.id: row for row in KEYMAP}


def help_entries(
    active: Iterable[ActiveBinding],
    reachable: Iterable[ActiveBinding],
    keys: KeysNow,
    twins: Mapping[str, str],
    place: str = "",
) -> list[HelpEntry]:
    """Return all that help knows; of the present screen's bindings `reachable` has those that act now.

    A key that does something else in one place has its command there under "place binding.id".
    """
    acting, present = _written(reachable), list(active)
    letters = _written(one for one in present if types_text(one.binding.key))
    kept = {id_: written for id_, written in letters.items() if id_ not in acting}

    def entry(section: str, id_: str, written: Iterable[str]) -> HelpEntry:
        """One binding's entry."""
        row, twin = _ROWS[id_], twins.get(f"{place} {id_}", twins.get(id_, ""))
        return HelpEntry(section, ", ".join(written), row.label, row.tooltip, WORDS.get(id_, ""), twin)

    def section_of(id_: str) -> str:
        """The heading of what acts now."""
        title = TITLES[_ROWS[id_].scope]
        return title if title in (MOVING, EVERYWHERE) else PRESENT

    now = [entry(section_of(id_), id_, written) for id_, written in acting.items()]
    told = {*acting, *_written(present), *MERGED}
    others = [
        entry(TITLES[row.scope], row.id, keys.shown(row.id))
        for row in sorted(KEYMAP, key=lambda row: list(TITLES).index(row.scope))
        if row.id not in told and TITLES[row.scope] != MOVING and keys.of(row.id)
    ]
    return [
        *(one for one in now if one.section == PRESENT),
        *(HelpEntry(MOVING, fixed, "Move", sentence) for fixed, sentence in FIXED),
        *(one for one in now if one.section == MOVING),
        *(one for one in now if one.section == EVERYWHERE),
        *(entry(OUTSIDE_FIELDS, id_, written) for id_, written in kept.items()),
        *others,
        *(HelpEntry(ANSWERS, one.title, one.title, one.told(keys), one.words) for one in TOPICS),
    ]


def found(entries: Iterable[HelpEntry], typed: str) -> list[HelpEntry]:
    """Return what matches; where something was typed, the answers stand behind the present screen."""
    matching = [one for one in entries if one.matches(typed)]
    if not typed.strip():
        return matching
    order = {PRESENT: 0, ANSWERS: 1}
    return sorted(matching, key=lambda one: order.get(one.section, 2))


def _written(active: Iterable[ActiveBinding]) -> dict[str, tuple[str, ...]]:
    """Return the keys of each binding of ours, as they are written on screens."""
    keys: dict[str, list[str]] = {}
    for one in active:
        if one.enabled and one.binding.id in _ROWS:
            keys.setdefault(one.binding.id, []).append(shown_key(one.binding.key))
    return {id_: tuple(dict.fromkeys(shown)) for id_, shown in keys.items()}
