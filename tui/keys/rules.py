"""Which keys may be: no clash, no key that does not exist or would never act, and always a way out.

Every refusal names the bindings, the key and, where there is one, the nearest name that exists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tui.keys.names import nearest, read_key, types_text
from tui.keys.table import KEYMAP, Key

NONE = "none"
"""What takes every key from a binding."""

GLOBAL_SCOPES = ("app",)
"""Scopes whose keys act on every screen."""

COMPANIONS: Mapping[str, tuple[str, ...]] = {
    "home": ("page", "list", "rooms", "tabs"),
    "scroll": ("page", "home", "list", "sign_in", "rooms", "tabs", "choice", "measures"),
    "two_factor": ("page", "home", "rooms", "tabs"),
    "activity": ("page", "home", "list", "scroll", "rooms", "tabs", "choice"),
    "sessions": ("page", "home", "list", "scroll", "rooms", "tabs"),
    "second_step": ("page", "code"),
    "idle_lock": ("code",),
    "wizard": ("code",),
    "list": ("page",),
    "rows": ("list", "page", "home", "scroll", "sessions", "activity"),
    "rooms": ("page",),
    "tabs": ("page",),
    "body": (
        *("page", "home", "scroll", "activity", "sessions", "two_factor", "wizard", "recovery_codes"),
        *("second_step", "sign_in", "idle_lock", "enrol_first"),
    ),
    "choice": ("page", "home", "dialog", "controls"),
    "code": ("page", "dialog", "body"),
    "tick_box": ("page", "dialog", "controls", "sign_in", "wizard"),
    "measures": ("page", "home", "list"),
    "reauthentication": ("dialog", "code"),
    "controls": ("dialog",),
    "help": ("dialog",),
    "palette": ("dialog",),
}
"""Scopes that are on the same screen, and whose keys must therefore differ."""

MEANT = frozenset(
    frozenset(pair)
    for pair in (
        ("rows.stop", "page.back"),
        ("rows.page_up", "scroll.page_up"),
        ("rows.page_down", "scroll.page_down"),
        ("body.page_up", "scroll.page_up"),
        ("body.page_down", "scroll.page_down"),
        ("choice.left", "controls.previous"),
        ("choice.right", "controls.next"),
    )
)
"""Two on one key on purpose: what has the focus goes first, and the other acts where that does not."""

IN_FIELDS = frozenset(["second_step", "idle_lock", "reauthentication", "wizard", "help", "palette", "code"])
"""Scopes of screens on which a field has the focus: it takes every key that types something."""

DIGITS_ALONE = frozenset(["wizard", "code"])
"""Of them, those where the field is six digits, which are not edited as a line is."""

NEEDED = {
    "app.help": "help",
    "app.palette": "the palette",
    "app.quit_now": "leaving the program",
    "page.back": "going back",
    "dialog.cancel": "closing a dialog",
    "wizard.cancel": "leaving the set-up",
    "recovery_codes.back": "leaving the recovery codes",
}
"""What has at least one key that acts in a field too, or somebody could be locked in."""

MOVES_FOCUS = frozenset(["tab", "shift+tab"])
"""Keys that always go from one control to the next."""

ANSWERS = frozenset(["enter", "backspace", "space"])
"""Keys of fields and buttons; they stay where the table has them and go nowhere else."""

ARROWS = frozenset(["up", "down", "left", "right", "home", "end", "delete"])
"""Keys with which one moves and deletes in a field."""

EDITS = frozenset(
    [
        *("left", "right", "home", "end", "delete", "alt+backspace", "ctrl+backspace"),
        *("ctrl+a", "ctrl+d", "ctrl+e", "ctrl+k", "ctrl+u", "ctrl+v", "ctrl+w", "ctrl+x", "ctrl+shift+a"),
        *("ctrl+left", "ctrl+right", "ctrl+shift+left", "ctrl+shift+right"),
        *("shift+left", "shift+right", "shift+home", "shift+end"),
    ]
)
"""Keys that type nothing, and that a field takes all the same."""


class KeysRefused(Exception):
    """The keys of the settings cannot be; the text is a sentence without its full stop."""

    def __init__(self, sentence: str, *, brought_by: str = "") -> None:
        """Keep the id whose line of the settings brought it, empty where that was a preset or the table."""
        super().__init__(sentence)
        self.brought_by = brought_by
        """The id under [keymap]."""


class KeyClash(KeysRefused):
    """Two bindings that can act on the same screen have the same key, or two rows have the same id."""


class UnknownBinding(KeysRefused):
    """The settings remap a binding that does not exist."""


class UnknownPreset(KeysRefused):
    """The settings name a preset that does not exist."""


class UnknownKey(KeysRefused):
    """The settings name a key that no keyboard sends."""


class UnusableKey(KeysRefused):
    """The settings give a key that something else needs, or that would never act."""


class LockedOut(KeysRefused):
    """The settings leave no key for something that everybody needs."""


def checked(
    preset: str, changes: Mapping[str, str], table: Iterable[Key] = KEYMAP
) -> dict[str, tuple[str, ...]]:
    """Return the keys of every binding that a preset or the settings change, checked.

    Raises:
        KeysRefused: for the first thing that is wrong.
    """
    from tui.keys.presets import PRESETS

    if preset not in PRESETS:
        raise UnknownPreset(
            f'no preset of keys is called "{preset}"{_perhaps(preset, PRESETS)}; '
            f"there are {', '.join(PRESETS)}"
        )
    rows = {row.id: row for row in table}
    for binding_id in changes:
        if binding_id not in rows:
            raise UnknownBinding(
                f'no binding is called "{binding_id}"{_perhaps(binding_id, rows)}', brought_by=binding_id
            )
    keys = {
        binding_id: _read(rows[binding_id], given, binding_id if binding_id in changes else "")
        for binding_id, given in {**PRESETS[preset].keys, **changes}.items()
    }
    whole = {row.id: ",".join(keys.get(row.id, row.keys.split(","))) for row in rows.values()}
    check(whole, brought_by=changes)
    _keep_ways_out(whole, changes)
    return keys


def check(keys_by_id: Mapping[str, str], *, brought_by: Iterable[str] = ()) -> None:
    """Refuse two bindings with one key where both can act.

    Raises:
        KeyClash: names both bindings and the key.
    """
    brought = set(brought_by)
    taken: dict[tuple[str, str], str] = {}
    scopes = {name.partition(".")[0] for name in keys_by_id}
    rivals = {scope: _rivals(scope, scopes) for scope in scopes}
    for binding_id, keys in keys_by_id.items():
        scope = binding_id.partition(".")[0]
        for key in (part.strip() for part in keys.split(",") if part.strip()):
            for rival_scope in rivals[scope]:
                rival = taken.get((rival_scope, key))
                if rival is not None and frozenset((binding_id, rival)) not in MEANT:
                    blamed = next((one for one in (binding_id, rival) if one in brought), "")
                    raise KeyClash(
                        f"{_told(binding_id)} and {_told(rival)} are both on {key}", brought_by=blamed
                    )
            taken[scope, key] = binding_id


def _rivals(scope: str, scopes: set[str]) -> set[str]:
    """Return the scopes whose keys can act at the same time as this one's."""
    if scope in GLOBAL_SCOPES:
        return scopes
    rivals = {scope, *GLOBAL_SCOPES, *COMPANIONS.get(scope, ())}
    return rivals | {other for other, with_it in COMPANIONS.items() if scope in with_it}


def _read(row: Key, given: str, brought_by: str) -> tuple[str, ...]:
    """Return the keys that were given for a row, as Textual names them."""
    if given.strip() == NONE:
        return ()
    keys: list[str] = []
    for part in given.split(","):
        try:
            key = read_key(part.strip())
        except ValueError as error:
            raise UnknownKey(f"{_told(row.id)} cannot have its key: {error}", brought_by=brought_by) from None
        if why := _unusable(row, key):
            raise UnusableKey(f"{_told(row.id)} cannot be on {key}: {why}", brought_by=brought_by)
        keys.append(key)
    return tuple(dict.fromkeys(keys))


def _unusable(row: Key, key: str) -> str:
    """Return why a row cannot have a key, or nothing."""
    if key in row.keys.split(","):
        return ""
    if key in MOVES_FOCUS:
        return "it goes from one control to the next everywhere"
    if key in ANSWERS:
        return "fields and buttons need it"
    is_typed = types_text(key)
    if row.priority and (is_typed or key in ARROWS):
        return "it acts before the field that has the focus, and the field needs that key"
    is_taken = is_typed or (key in EDITS and row.scope not in DIGITS_ALONE)
    if is_taken and row.scope in IN_FIELDS:
        return "a field has the focus there and would take it; a function key or ctrl acts"
    return ""


def _keep_ways_out(keys_by_id: Mapping[str, str], changes: Mapping[str, str]) -> None:
    """Refuse keys that lock somebody in.

    Raises:
        LockedOut: nothing is left for something that everybody needs.
    """
    first = {row.id for row in KEYMAP if row.priority}
    for binding_id, what in NEEDED.items():
        keys = [key for key in keys_by_id.get(binding_id, "escape").split(",") if key]
        if all(types_text(key) or (key in EDITS and binding_id not in first) for key in keys):
            raise LockedOut(
                f"{_told(binding_id)} needs a key that no field takes, such as a function key: "
                f"without it there is no key for {what} while a field has the focus",
                brought_by=binding_id if binding_id in changes else "",
            )


def _told(binding_id: str) -> str:
    """Return a binding as a sentence names it."""
    label = next((row.label for row in KEYMAP if row.id == binding_id), "")
    return f"{binding_id} ({label})" if label else binding_id


def _perhaps(given: str, known: Iterable[str]) -> str:
    """Return a question with the nearest name, where one is near."""
    near = nearest(given, known)
    return f' (did you mean "{near}"?)' if near else ""


if len({row.id for row in KEYMAP}) != len(KEYMAP):
    raise KeyClash("two rows of the key table have the same id")
check({row.id: row.keys for row in KEYMAP})
