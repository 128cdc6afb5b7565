"""Whole sets of keys to choose from in the settings; each is laid over the table, [keymap] over each.

What a preset does not name keeps its keys. Nothing here needs Textual: the settings are read without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Preset:
    """One set of keys."""

    sentence: str
    """Whom it is for."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Binding ids and their keys; "none" takes a key away."""


VIM = {
    "page.previous_tab": "H,left_square_bracket,ctrl+pageup",
    "page.next_tab": "L,right_square_bracket,ctrl+pagedown",
    "rows.page_up": "ctrl+b,ctrl+u,pageup",
    "rows.page_down": "ctrl+f,ctrl+d,pagedown",
    "scroll.page_up": "ctrl+b,ctrl+u,pageup",
    "scroll.page_down": "ctrl+f,ctrl+d,pagedown",
    "help.page_up": "ctrl+b,pageup",
    "help.page_down": "ctrl+f,pagedown",
    "body.scroll_up": "up,k",
    "body.scroll_down": "down,j",
    "controls.previous": "up,left,k,h",
    "controls.next": "down,right,j,l",
}
"""What fingers know from vi, also in dialogs."""

EMACS = {
    "app.palette": "alt+x,f9,colon",
    "page.back": "ctrl+g,escape",
    "dialog.cancel": "ctrl+g,escape",
    "wizard.cancel": "ctrl+g,escape",
    "recovery_codes.back": "ctrl+g,escape",
    "rows.stop": "ctrl+g,escape",
    "list.up": "ctrl+p",
    "list.down": "ctrl+n",
    "list.first": "home",
    "list.last": "end",
    "rows.page_up": "alt+v,pageup",
    "rows.page_down": "ctrl+v,pagedown",
    "scroll.page_up": "alt+v,pageup",
    "scroll.page_down": "ctrl+v,pagedown",
    "help.up": "up,ctrl+p",
    "help.down": "down,ctrl+n",
    "palette.previous_command": "up,ctrl+p",
    "palette.next_command": "down,ctrl+n",
    "body.scroll_up": "up,ctrl+p",
    "body.scroll_down": "down,ctrl+n",
    "rooms.previous": "up,left,ctrl+p,ctrl+b",
    "rooms.next": "down,right,ctrl+n,ctrl+f",
    "tabs.previous": "left,ctrl+b",
    "tabs.next": "right,ctrl+f",
    "choice.left": "left,ctrl+b",
    "choice.right": "right,ctrl+f",
    "controls.previous": "up,left,ctrl+p,ctrl+b",
    "controls.next": "down,right,ctrl+n,ctrl+f",
    "sessions.filter": "ctrl+r,slash",
    "activity.filter": "ctrl+r,slash",
}
"""What fingers know from Emacs; the palette is M-x."""

FUNCTION_KEYS = {
    "app.help": "f1",
    "app.palette": "f9,ctrl+p",
    "app.quit": "f10",
    "app.toggle_utc": "ctrl+t",
    "page.previous_tab": "f11,ctrl+pageup,ctrl+left",
    "page.next_tab": "f12,ctrl+pagedown,ctrl+right",
    "page.refresh": "f5",
    "list.up": "none",
    "list.down": "none",
    "list.first": "home",
    "list.last": "end",
    "rooms.previous": "up,left",
    "rooms.next": "down,right",
    "tabs.previous": "left",
    "tabs.next": "right",
    "choice.left": "left",
    "choice.right": "right",
    "home.go_general": "ctrl+g",
    "home.go_security": "ctrl+y",
    "home.sign_out": "ctrl+d",
    "sessions.filter": "f3",
    "sessions.name": "f4",
    "sessions.lifetime": "f6",
    "sessions.others": "f7",
    "sessions.revoke": "f8,delete",
    "activity.filter": "f3",
    "activity.kind": "f4",
    "activity.export": "f6",
    "two_factor.enable": "f3",
    "two_factor.regenerate": "f4",
    "two_factor.disable": "f8",
}
"""No key that types something but the space bar."""

PRESETS: Mapping[str, Preset] = {
    "standard": Preset("Letters outside fields, function keys within them."),
    "vim": Preset("For who knows vi: H and L for tabs, ^f ^b ^d ^u for pages, hjkl in dialogs too.", VIM),
    "emacs": Preset("For who knows Emacs: ^n ^p ^f ^b to move, ^g to leave, alt+x for the palette.", EMACS),
    "function-keys": Preset(
        "No letters at all, for screen readers and terminals that take letters, and against mistyping.",
        FUNCTION_KEYS,
    ),
}
"""Every preset by its name in the settings."""
