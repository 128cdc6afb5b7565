"""What the palette offers: everything that can be done, from wherever somebody is; nothing of Textual's.

What belongs to another page goes there first and begins there, by the page's own action, which still asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import ActiveBinding

from tui.key_names import written
from tui.key_scopes import MOVING, TITLES
from tui.key_table import KEYMAP
from tui.keymap import KeysNow
from tui.messages import GoTo, Place
from tui.search_words import WORDS, score
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
class Act:
    """Something that belongs to one page and can be asked for from every other."""

    binding_id: str
    """The binding that does it there; empty where the page has none."""
    label: str
    """Its name."""
    sentence: str
    """What it does."""
    place: Place
    """Where to go for it."""
    begin: str = ""
    """The action of that place that begins it; empty where going there is all."""
    otherwise: str = ""
    """What is said where the place does not offer that action."""
    advice: str = ""
    """What is said on arrival."""
    words: str = ""
    """What else people call it."""
    offered: Callable[[AccountView], bool] = lambda _account: True
    """Whether there is anything to do for an account."""


def _is_on(account: AccountView) -> bool:
    """Two-factor is on."""
    return account.has_two_factor


def _is_off(account: AccountView) -> bool:
    """Two-factor is off."""
    return not account.has_two_factor


ENFORCED = "Your organisation requires two-factor authentication: it cannot be disabled."
"""Why two-factor stays on."""

ONLY_ONE = "There is no other session: nobody else is signed in as you."
"""Why nobody is signed out."""

ACTS = (
    Act(
        "",
        "Change the password",
        "Asks for the current one; signs out your other sessions",
        Place.PASSWORD,
        words="passphrase passwd new update",
    ),
    Act(
        "two_factor.enable",
        "Set up two-factor",
        "With an authenticator app, in about two minutes",
        Place.TWO_FACTOR,
        begin="enable",
        offered=_is_off,
    ),
    Act(
        "two_factor.regenerate",
        "Regenerate recovery codes",
        "Makes new ones; the old ones stop working; asks first",
        Place.TWO_FACTOR,
        begin="regenerate",
        offered=_is_on,
    ),
    Act(
        "two_factor.disable",
        "Disable two-factor",
        "Asks for the password and a code",
        Place.TWO_FACTOR,
        begin="disable",
        otherwise=ENFORCED,
        offered=_is_on,
    ),
    Act(
        "sessions.revoke",
        "Revoke a session",
        "Ends the chosen one at once; asks first",
        Place.SESSIONS,
        advice="Choose a session; {sessions.revoke} revokes it.",
    ),
    Act(
        "sessions.others",
        "Sign out everywhere else",
        "Only this session stays; asks first",
        Place.SESSIONS,
        begin="others",
        otherwise=ONLY_ONE,
    ),
    Act(
        "sessions.name",
        "Name a device",
        "Gives the chosen session's device a name",
        Place.SESSIONS,
        advice="Choose a session; {sessions.name} names its device.",
    ),
    Act(
        "sessions.lifetime",
        "Session lifetime",
        "How long your sessions live at most",
        Place.SESSIONS,
        begin="lifetime",
    ),
    Act(
        "sessions.filter",
        "Filter sessions",
        "Only those with some words",
        Place.SESSIONS,
        begin="filter",
    ),
    Act(
        "activity.filter",
        "Search the activity",
        "Only the events with some words",
        Place.ACTIVITY,
        begin="filter",
    ),
    Act(
        "activity.export",
        "Export the activity",
        "Writes your events to a file; asks where",
        Place.ACTIVITY,
        begin="export",
    ),
    Act(
        "",
        "Change your name",
        "How others see you",
        Place.GENERAL,
        "rename",
        words="rename profile edit display",
    ),
)
"""What can be begun from every page inside."""


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


def errand_of(number: str) -> GoTo:
    """Return the way to what belongs to another page."""
    act = ACTS[int(number)]
    return GoTo(act.place, begin=act.begin, otherwise=act.otherwise, advice=act.advice)


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
