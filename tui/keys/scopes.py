"""Where keys act, in words: the headings of help and of docs/keys.md."""

from __future__ import annotations

from collections.abc import Mapping

MOVING = "Moving"
"""The heading of what moves a cursor, a focus or a page."""

EVERYWHERE = "Everywhere"
"""The heading of what acts on every screen."""

TITLES: Mapping[str, str] = {
    "app": EVERYWHERE,
    "page": "Every page",
    "home": "Every page",
    "sessions": "Sessions",
    "activity": "Activity",
    "two_factor": "Two-factor",
    "wizard": "Setting up two-factor",
    "recovery_codes": "Recovery codes, when they are shown",
    "second_step": "Sign-in, the second step",
    "sign_in": "Sign-in",
    "idle_lock": "The locked screen",
    "enrol_first": "Two-factor first",
    "reauthentication": "Dialogs",
    "dialog": "Dialogs",
    "controls": MOVING,
    "list": MOVING,
    "rows": MOVING,
    "measures": MOVING,
    "rooms": MOVING,
    "tabs": MOVING,
    "body": MOVING,
    "scroll": MOVING,
    "choice": MOVING,
    "tick_box": MOVING,
    "code": "A code's six digits",
    "help": MOVING,
    "palette": MOVING,
}
"""The heading of each scope, in the order in which they are told."""

PARTS: Mapping[str, str] = {
    "controls": "in a dialog",
    "list": "in a list",
    "rows": "in a long list",
    "measures": "in the measures",
    "rooms": "in the navigation",
    "tabs": "in the tabs",
    "body": "on a page",
    "scroll": "on a page",
    "choice": "in a choice",
    "tick_box": "on a box to tick",
    "help": "in help",
    "palette": "in the palette",
}
"""Where among the moves a scope acts."""
