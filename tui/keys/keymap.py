"""What screens take from the table of keys, and the keys of one visit: the table, a preset, the settings.

Screens take their rows with `bindings("page", "overview")`. A bare letter acts only while no field has
the focus, because a field takes every printable key first; no bare letter is a priority binding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from textual.binding import Binding, BindingsMap, BindingType

from tui.keys.names import shown_key, types_text
from tui.keys.rules import KeyClash, KeysRefused, UnknownBinding, check, checked
from tui.keys.table import KEYMAP, Key

__all__ = [
    "KEYMAP",
    "Key",
    "KeyClash",
    "KeysNow",
    "KeysRefused",
    "UnknownBinding",
    "app_bindings",
    "bindings",
    "check",
]

_NAMED = re.compile(r"\{([a-z_]+\.[a-z_]+)\}")
_ROWS = {row.id: row for row in KEYMAP}


def bindings(
    *scopes: str, without: Iterable[str] = (), labels: Mapping[str, str] | None = None
) -> list[BindingType]:
    """Return the bindings of some scopes but for those named, for a screen's BINDINGS.

    `labels` has other words for the footer, by id: what is only read is closed, not cancelled.
    """
    known = {row.scope for row in KEYMAP}
    if missing := [scope for scope in scopes if scope not in known]:
        raise UnknownBinding(f"no bindings for {', '.join(missing)}")
    taken = [row for row in KEYMAP if row.scope in scopes and row.id not in without]
    return [replace(row.binding(), description=(labels or {}).get(row.id, row.label)) for row in taken]


CLOSES = {"dialog.cancel": "Close"}
"""What escape is called where there is nothing to cancel."""


def app_bindings(*ids: str) -> list[BindingType]:
    """Return keys of the app for a dialog, which the app's own do not reach."""
    rows = [row for row in KEYMAP if row.id in ids]
    return [replace(row.binding(), action=row.id) for row in rows]


class KeysNow:
    """The keys of one visit, checked when it begins."""

    def __init__(self, preset: str = "standard", changes: Mapping[str, str] | None = None) -> None:
        """Lay a preset over the table, and the keys of the settings over both.

        Raises:
            KeysRefused: they cannot be; the sentence names bindings and key.
        """
        is_standard = preset == "standard" and not changes
        self._changed = {} if is_standard else checked(preset, changes or {})

    def of(self, binding_id: str) -> tuple[str, ...]:
        """Return the keys of a binding as Textual names them; none where the settings took them away."""
        changed = self._changed.get(binding_id)
        return tuple(_ROWS[binding_id].keys.split(",")) if changed is None else changed

    def shown(self, binding_id: str) -> tuple[str, ...]:
        """Return the keys of a binding as they are written on screens."""
        return tuple(dict.fromkeys(shown_key(key) for key in self.of(binding_id)))

    def name(self, binding_id: str, *, in_field: bool = False) -> str:
        """Return what a sentence calls the key of a binding; `in_field` takes one that types nothing."""
        keys = self.of(binding_id)
        acting = [key for key in keys if not (in_field and types_text(key))]
        if acting:
            return shown_key(acting[0])
        return f"“{_ROWS[binding_id].label}” in the palette"

    def told(self, sentence: str) -> str:
        """Return a sentence in which `{page.refresh}` stands for the key of that binding."""
        return _NAMED.sub(lambda found: self.name(found[1]), sentence)

    def lay_over(self, taken: BindingsMap) -> BindingsMap:
        """Return the bindings of a node with the keys of this visit.

        Textual's own keymap is laid on after a field took its letters out, so that what was moved from a
        letter to a function key would not act there; and it drops whatever else was on the new key.
        """
        if not self._changed:
            return taken
        laid: dict[str, list[Binding]] = {}
        moved: set[str] = set()
        for key, binding in taken:
            changed = self._changed.get(binding.id or "")
            if changed is None:
                laid.setdefault(key, []).append(binding)
            elif binding.id not in moved:
                moved.add(binding.id or "")
                for other in changed:
                    laid.setdefault(other, []).append(binding.with_key(other, key_display=None))
        return BindingsMap.from_keys(laid)
