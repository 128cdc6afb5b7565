"""What help lists and the palette offers: the screen's keys, the rooms, the themes; nothing of Textual's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import ActiveBinding

from tui.key_names import shown_key, written
from tui.keymap import KEYMAP
from tui.messages import Place
from tui.themes import SCHEMES

PLACES = {
    Place.OVERVIEW: ("Go to Overview", "The risk, and what lowers it"),
    Place.PASSWORD: ("Go to Password", "Change the password"),
    Place.TWO_FACTOR: ("Go to Two-factor", "Authenticator and recovery codes"),
    Place.SESSIONS: ("Go to Sessions", "Who is signed in as you, and from where"),
    Place.ACTIVITY: ("Go to Activity", "Everything that happened to your account"),
    Place.GENERAL: ("Go to General", "Name, appearance and this session"),
}
"""The places inside, as the palette names them."""

UNLISTED = frozenset(
    [
        *("app.palette", "app.hint_quit", "app.quit_now", "dialog.cancel"),
        *("page.back", "page.previous_tab", "page.next_tab", "scroll.page_up", "scroll.page_down"),
        *("home.go_general", "home.go_security", "home.sign_out"),
    ]
)
"""Keys that the palette does not offer."""


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One key."""

    section: str
    """The heading that it stands under."""
    keys: str
    """The keys as they are written on screens."""
    label: str
    """One or two words."""
    sentence: str
    """What it does."""

    def matches(self, words: str) -> bool:
        """Tell whether every word of a search is in the entry."""
        text = f"{self.keys} {self.label} {self.sentence}".casefold()
        return all(word in text for word in words.casefold().split())


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that can be done from the palette."""

    id: str
    """What the palette answers with."""
    label: str
    """Its name, "Go to Security"."""
    sentence: str
    """What it does."""
    key: str = ""
    """The key that does the same, as it is written on screens."""

    def matches(self, words: str) -> bool:
        """Tell whether every word of a search is in the command."""
        text = f"{self.label} {self.sentence}".casefold()
        return all(word in text for word in words.casefold().split())


_ROWS = {row.id: row for row in KEYMAP}


def help_entries(active: Iterable[ActiveBinding]) -> list[HelpEntry]:
    """Return the keys that act now, those of the screen before those of the program."""
    keys: dict[str, list[str]] = {}
    for entry in active:
        if entry.enabled and entry.binding.id in _ROWS:
            keys.setdefault(entry.binding.id, []).append(shown_key(entry.binding.key))
    entries = [
        HelpEntry(
            "Everywhere" if _ROWS[id_].scope == "app" else "This screen",
            ", ".join(dict.fromkeys(written)),
            _ROWS[id_].label,
            _ROWS[id_].tooltip,
        )
        for id_, written in keys.items()
    ]
    moving = [
        HelpEntry("Moving", "tab shift+tab", "Move", "Go to the next or the previous thing on the screen"),
        HelpEntry("Moving", "arrows", "Move", "Move within a list, the tabs or the rooms"),
        HelpEntry("Moving", "enter", "Act", "Press the button, open the row, send the field"),
    ]
    return [
        *(e for e in entries if e.section == "This screen"),
        *moving,
        *(e for e in entries if e.section != "This screen"),
    ]


def commands(active: Iterable[ActiveBinding], *, is_inside: bool) -> list[Command]:
    """Return what the palette offers now."""
    offered: dict[str, Command] = {}
    for entry in active:
        row = _ROWS.get(entry.binding.id or "")
        if row is not None and entry.enabled and row.id not in UNLISTED and row.scope != "list":
            key = written(entry.binding.key, entry.binding.key_display)
            offered.setdefault(row.id, Command(f"do {row.id}", row.label, row.tooltip, key))
    places = [Command(f"go {place}", name, sentence) for place, (name, sentence) in PLACES.items()]
    themes = [
        Command(f"theme {name}", f"Theme: {scheme.label}", scheme.sentence)
        for name, scheme in SCHEMES.items()
    ]
    leave = [Command("leave", "Sign out", "End this session and go back to sign-in")] if is_inside else []
    return [*(places if is_inside else []), *offered.values(), *themes, *leave]
