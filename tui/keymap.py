"""Every key of the program in one table: id, keys, what it does. Clashes are refused; settings may remap.

Screens take their rows with `bindings("page", "overview")`. A bare letter acts only while no field has
the focus, because a field takes every printable key first; no bare letter is a priority binding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from textual.binding import Binding, BindingType


@dataclass(frozen=True, slots=True)
class Key:
    """One row of the table."""

    id: str
    """`scope.action`; the action of the same name runs (`page.back` runs `action_back`)."""
    keys: str
    """Keys as Textual names them, the first one is shown."""
    label: str
    """One or two words for the footer."""
    tooltip: str
    """A sentence for help and palette."""
    show: bool = True
    """Whether the footer shows it."""
    priority: bool = False
    """Whether it acts before the widget that has the focus; never for a bare letter."""
    display: str = ""
    """How the key is written, where Textual's way would be unclear."""

    @property
    def scope(self) -> str:
        """The part before the dot: the app, every page, or one screen."""
        return self.id.partition(".")[0]

    @property
    def action(self) -> str:
        """The part after the dot."""
        return self.id.partition(".")[2]

    def binding(self) -> Binding:
        """Return the row as Textual takes it."""
        return Binding(
            self.keys,
            self.action,
            self.label,
            show=self.show,
            key_display=self.display or None,
            priority=self.priority,
            tooltip=self.tooltip,
            id=self.id,
        )


KEYMAP: tuple[Key, ...] = (
    Key(
        "app.help", "question_mark,f1", "Help", "Show the keys of this screen and of the program", display="?"
    ),
    Key("app.palette", "ctrl+p,colon", "Palette", "Go to a room, do a thing or choose a theme", display="^p"),
    Key("app.quit_now", "ctrl+q", "Quit", "Leave the program", show=False, priority=True, display="^q"),
    Key("app.quit", "q", "Quit", "Leave the program"),
    Key("app.toggle_mouse", "ctrl+o", "Mouse", "Switch the mouse on or off", show=False, display="^o"),
    Key(
        "app.redraw",
        "ctrl+l",
        "Redraw",
        "Draw the whole screen again",
        show=False,
        priority=True,
        display="^l",
    ),
    Key("app.hint_quit", "ctrl+c", "Copy", "Say which key leaves the program", show=False, display="^c"),
    Key("app.toggle_utc", "t", "UTC", "Show times in local time or in UTC", show=False),
    Key("page.back", "escape", "Back", "Go back, or close", display="esc"),
    Key(
        "page.previous_tab",
        "left_square_bracket,ctrl+pageup",
        "Tabs",
        "Go to the tab on the left",
        display="[ ]",
    ),
    Key(
        "page.next_tab",
        "right_square_bracket,ctrl+pagedown",
        "Next",
        "Go to the tab on the right",
        False,
        display="]",
    ),
    Key("page.refresh", "r", "Refresh", "Read everything again"),
    Key("page.save", "ctrl+s", "Save", "Save what was typed", display="^s"),
    Key("dialog.cancel", "escape", "Cancel", "Close without doing anything", display="esc"),
    Key("help.scroll_list(-1)", "up", "Up", "Scroll up", show=False),
    Key("help.scroll_list(1)", "down", "Down", "Scroll down", show=False),
    Key("help.scroll_list(-2)", "pageup", "Up", "Scroll a page up", show=False),
    Key("help.scroll_list(2)", "pagedown", "Down", "Scroll a page down", show=False),
    Key("palette.previous_command", "up", "Up", "Mark the command above", show=False),
    Key("palette.next_command", "down", "Down", "Mark the command below", show=False),
    Key("list.up", "k", "Up", "Move up", show=False),
    Key("list.down", "j", "Down", "Move down", show=False),
    Key("list.first", "g,home", "First", "Go to the first row", show=False),
    Key("list.last", "G,end", "Last", "Go to the last row", show=False),
    Key("list.open", "enter,space", "Open", "Open or start the chosen row", display="enter"),
    Key("rows.up", "up", "Up", "Move up", show=False),
    Key("rows.down", "down", "Down", "Move down", show=False),
    Key("rows.page_up", "pageup", "Up", "Move a page up", show=False),
    Key("rows.page_down", "pagedown", "Down", "Move a page down", show=False),
    Key("rows.stop", "escape", "Stop", "End a search that is under way", show=False, display="esc"),
    Key("home.go_general", "1", "General", "Go to Profile, General", show=False),
    Key("home.go_security", "2", "Security", "Go to Profile, Security", show=False),
    Key("home.sign_out", "s", "Sign out", "End this session and go back to sign-in; asks first", show=False),
    Key("scroll.page_up", "pageup", "Up", "Scroll to what is above", show=False),
    Key("scroll.page_down", "pagedown", "Down", "Scroll to what is below", show=False),
    Key("sign_in.quit", "escape", "Quit", "Leave the program", display="esc"),
    Key("second_step.use_recovery_code", "f2", "Backup code", "Use a backup code instead of the six digits"),
    Key(
        "idle_lock.use_code",
        "f2",
        "Use a code",
        "Unlock with a code instead of the password, or the other way",
    ),
    Key("idle_lock.sign_out", "f3", "Sign out", "End this session and go back to sign-in"),
    Key(
        "measures.start", "enter,space", "Start", "Start what puts the chosen measure right", display="enter"
    ),
    Key(
        "reauthentication.use_recovery_code",
        "f2",
        "Backup code",
        "Use a backup code instead of the six digits",
    ),
    Key("sessions.filter", "slash", "Filter", "Show only the sessions with some words", display="/"),
    Key("sessions.revoke", "x,delete", "Revoke", "End the chosen session at once; asks first"),
    Key("sessions.others", "o", "Others", "Sign out everywhere else: only this session stays; asks first"),
    Key("sessions.name", "n", "Name", "Give the chosen session's device a name"),
    Key("sessions.lifetime", "d", "Duration", "Choose how long your sessions live at most"),
    Key("activity.filter", "slash", "Filter", "Show only the events with some words", display="/"),
    Key("activity.kind", "f", "Kind", "Show only the events of one kind; again for the next"),
    Key("two_factor.regenerate", "g", "Regenerate", "Make new recovery codes; the old ones stop working"),
    Key("two_factor.disable", "d", "Disable", "Disable two-factor authentication"),
    Key("two_factor.enable", "e", "Set up", "Set up two-factor authentication"),
    Key("wizard.cancel", "escape", "Cancel", "Leave the set-up; nothing is switched on", display="esc"),
    Key("wizard.invert", "f3", "Invert", "Swap the QR code's black and white"),
    Key("wizard.margin", "f4", "Margin", "Draw a wider quiet zone around the QR code"),
    Key("wizard.copy_key", "f5", "Copy key", "Send the key to your terminal's clipboard"),
    Key("wizard.regenerate", "f6", "Regenerate", "Make a new key; the one shown stops working"),
    Key("recovery_codes.copy", "f5", "Copy All Codes", "Send all codes to your terminal's clipboard"),
    Key("recovery_codes.save", "f6", "Save", "Save the codes as text or PDF on the machine of the program"),
    Key("recovery_codes.saved", "f7", "I've Saved My Codes", "Go on, after typing one of the codes as proof"),
    Key(
        "recovery_codes.back",
        "escape",
        "Leave",
        "Leave without typing a code as proof; asks first",
        display="esc",
    ),
)
"""The table. Rows may be added for a screen under the screen's own scope."""

GLOBAL_SCOPES = ("app",)
"""Scopes whose keys act on every screen."""

COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "home": ("page", "list"),
    "scroll": ("page", "home", "list", "sign_in"),
    "two_factor": ("page", "home"),
    "activity": ("page", "home", "list", "scroll"),
    "sessions": ("page", "home", "list", "scroll"),
    "second_step": ("page",),
    "list": ("page",),
    "rows": ("list",),
    "measures": ("page", "home"),
    "reauthentication": ("dialog",),
    "help": ("dialog",),
    "palette": ("dialog",),
}
"""Scopes that are on the same screen, and whose keys must therefore differ."""


class KeyClash(Exception):
    """Two bindings that can act on the same screen have the same key, or two rows have the same id."""


class UnknownBinding(Exception):
    """The settings remap a binding that does not exist."""


def bindings(*scopes: str, without: Iterable[str] = ()) -> list[BindingType]:
    """Return the bindings of some scopes but for those named, for a screen's BINDINGS."""
    known = {row.scope for row in KEYMAP}
    if missing := [scope for scope in scopes if scope not in known]:
        raise UnknownBinding(f"no bindings for {', '.join(missing)}")
    return [row.binding() for row in KEYMAP if row.scope in scopes and row.id not in without]


def app_bindings(*ids: str) -> list[BindingType]:
    """Return keys of the app for a dialog, which the app's own do not reach."""
    rows = [row for row in KEYMAP if row.id in ids]
    return [replace(row.binding(), action=row.id) for row in rows]


def remapped(changes: Mapping[str, str], table: Iterable[Key] = KEYMAP) -> dict[str, str]:
    """Check the keys of the settings file against the table and return them for `App.set_keymap`.

    Raises:
        UnknownBinding: for an id that the table does not have.
        KeyClash: where two bindings of one screen would have the same key.
    """
    if not changes and table is KEYMAP:
        return {}  # checked below, when this module was imported
    rows = list(table)
    if unknown := sorted(set(changes) - {row.id for row in rows}):
        raise UnknownBinding(f"no binding is called {', '.join(unknown)}")
    check({row.id: changes.get(row.id, row.keys) for row in rows})
    return dict(changes)


def check(keys_by_id: Mapping[str, str]) -> None:
    """Refuse two bindings with one key where both can act.

    Raises:
        KeyClash: names both bindings and the key.
    """
    taken: dict[tuple[str, str], str] = {}
    scopes = {name.partition(".")[0] for name in keys_by_id}
    rivals = {scope: _rivals(scope, scopes) for scope in scopes}
    for binding_id, keys in keys_by_id.items():
        scope = binding_id.partition(".")[0]
        for key in (part.strip() for part in keys.split(",")):
            for rival_scope in rivals[scope]:
                rival = taken.get((rival_scope, key))
                if rival is not None:
                    raise KeyClash(f"{binding_id} and {rival} are both on {key}")
            taken[scope, key] = binding_id


def _rivals(scope: str, scopes: set[str]) -> set[str]:
    """Return the scopes whose keys can act at the same time as this one's."""
    if scope in GLOBAL_SCOPES:
        return scopes
    rivals = {scope, *GLOBAL_SCOPES, *COMPANIONS.get(scope, ())}
    return rivals | {other for other, with_it in COMPANIONS.items() if scope in with_it}


if len({row.id for row in KEYMAP}) != len(KEYMAP):
    raise KeyClash("two rows of the key table have the same id")
check({row.id: row.keys for row in KEYMAP})
