"""What the palette offers: everything that can be done, from wherever somebody is; nothing of Textual's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding

from tui.acts_anywhere import ACTS
from tui.help.search import WORDS, score
from tui.keys.keymap import KeysNow
from tui.keys.names import written
from tui.keys.scopes import MOVING, TITLES
from tui.keys.table import KEYMAP
from tui.messages import Place
from tui.themes import SCHEMES

if TYPE_CHECKING:
    from security.facts import AccountView

PLACES = {
    Place.OVERVIEW: ("Go to Overview", "The risk, and what lowers it", "home start risk measures"),
    Place.PASSWORD: ("Go to Password", "Change the password", "new passphrase"),
    Place.TWO_FACTOR: ("Go to Two-factor", "Authenticator and recovery codes", "2fa mfa otp totp backup"),
    Place.SESSIONS: ("Go to Sessions", "Who is signed in as you, and from where", "devices logins revoke"),
    Place.ACTIVITY: (
        "Go to Activity",
        "Everything that happened to your account",
        "log history audit events",
    ),
    Place.GENERAL: ("Go to General", "Name, appearance and this session", "profile you name email theme"),
}
"""The places inside: name, sentence and what else people call them."""

UNLISTED = frozenset(
    [
        *("app.palette", "app.hint_quit", "app.quit_now", "dialog.cancel"),
        *("page.back", "page.previous_tab", "page.next_tab"),
        *("home.go_general", "home.go_security", "home.sign_out", "sign_in.quit"),
    ]
)
"""Keys that the palette does not offer, or offers by another name."""


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
    words: str = ""
    """What else people call it."""


_ROWS = {row.id: row for row in KEYMAP}
_BY_BINDING = {act.binding_id: act for act in ACTS if act.binding_id}


def commands(
    active: Iterable[ActiveBinding], keys: KeysNow, account: AccountView | None = None
) -> list[Command]:
    """Return what the palette offers now; `account` is whose rooms one is in, None outside of them."""
    here: dict[str, Command] = {}
    for entry in active:
        row = _ROWS.get(entry.binding.id or "")
        if row is not None and entry.enabled and row.id not in UNLISTED and TITLES[row.scope] != MOVING:
            key = written(entry.binding.key, entry.binding.key_display)
            act = _BY_BINDING.get(row.id)
            label, sentence = (row.label, row.tooltip) if act is None else (act.label, act.sentence)
            words = WORDS.get(row.id, "")
            here.setdefault(row.id, Command(f"do {row.id}", label, sentence, key, words))
    of_page = [one for id_, one in here.items() if not id_.startswith("app.")]
    of_app = [_named(id_, one) for id_, one in here.items() if id_.startswith("app.")]
    themes = [
        Command(f"theme {name}", f"Theme: {scheme.label}", scheme.sentence, words="colours colors appearance")
        for name, scheme in SCHEMES.items()
    ]
    if account is None:
        return [*of_page, *of_app, *themes]
    places = [Command(f"go {place}", *told[:2], words=told[2]) for place, told in PLACES.items()]
    acts = [
        Command(
            f"act {number}",
            act.label,
            act.sentence,
            next(iter(keys.shown(act.binding_id)), "") if act.binding_id else "",
            f"{act.words} {WORDS.get(act.binding_id, '')}",
        )
        for number, act in enumerate(ACTS)
        if act.binding_id not in here and act.offered(account)
    ]
    return [*of_page, *places, *acts, *of_app, *themes, *_leaving(keys)]


_NAMES = {
    "app.toggle_utc": "Times: local or UTC",
    "app.toggle_mouse": "Mouse on or off",
    "app.redraw": "Redraw the screen",
}
"""What the palette calls keys whose one word says too little."""


def _named(binding_id: str, command: Command) -> Command:
    """Return a command of the program by a name that says enough."""
    label = _NAMES.get(binding_id, command.label)
    return Command(command.id, label, command.sentence, command.key, command.words)


def _leaving(keys: KeysNow) -> list[Command]:
    """Return the two ways of going away from what is shown."""
    return [
        Command(
            "lock",
            "Lock the screen",
            "Nothing of it stays; your password opens it",
            words="away afk idle hide now",
        ),
        Command(
            "leave",
            "Sign out",
            "End this session and go back to sign-in",
            next(iter(keys.shown("home.sign_out")), ""),
            WORDS["home.sign_out"],
        ),
    ]


def found(offered: Sequence[Command], typed: str, recent: Sequence[str] = ()) -> list[Command]:
    """Return what matches, the best first; where nothing is typed, what was used last comes first."""
    if not typed.strip():
        last = [one for id_ in recent for one in offered if one.id == id_]
        return [*last, *(one for one in offered if one not in last)]
    rated = [(score(typed, one.label, one.sentence, one.words), one) for one in offered]
    return [one for rate, one in sorted(rated, key=lambda each: -each[0]) if rate]
