"""Every setting in one table: how it is read, what it is where nobody sets it, and its sentence.

The program reads its settings by this table, and docs/settings.md is rendered from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from strongroom import setting_values as values
from tui.keys.presets import PRESETS

CONNECTIONS = 10
"""Connections to a server that one process takes at most."""

BREACH_URL = "https://api.pwnedpasswords.com"
"""The public range service; it sees five hexadecimal digits of a SHA-1 and never a password."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting."""

    name: str
    """Its key in a settings file; STRONGROOM_ and the name in capitals is its variable."""
    read: Callable[[object], Any]
    """Turns what was given into the checked value, or raises ValueError with the end of a sentence."""
    takes: str
    """What may be given."""
    default: object
    """The value where nobody sets it; None where it follows from something else or there is none."""
    otherwise: str
    """The default in words."""
    sentence: str
    """What it does."""
    flag: str = ""
    """Its option on the command line, where it has one."""


ROWS = (
    SettingRow(
        "store",
        values.as_store,
        "`sqlite://` and the absolute path of a file, or `postgresql://USER@HOST/DATABASE`",
        None,
        "`strongroom.db` in the data directory",
        "The store: a file of this machine, or a database on a PostgreSQL server that several machines "
        "share. The server's password is not taken from the command line, where every user of the machine "
        "could read it: it comes from `~/.pgpass` or the file that `PGPASSFILE` names, from the environment, "
        "or from a settings file of mode 0600.",
        "--store",
    ),
    SettingRow(
        "store_connections",
        values.as_connections,
        f"{values.MIN_CONNECTIONS} to {values.MAX_CONNECTIONS}",
        CONNECTIONS,
        f"{CONNECTIONS}",
        "The most connections that one process takes to a store on a server, beside the one that listens for "
        "changes. A connection is taken for milliseconds, so ten serve hundreds of people.",
    ),
    SettingRow(
        "keys",
        values.as_path,
        "an absolute path",
        None,
        "the credential `strongroom-keys` where the service manager hands it over, "
        "else `keys.json` beside the store, or in the data directory where the store is on a server",
        "The file with the store's keys. Machines that share a store each have a copy of the same file; with "
        "other keys than those that it was founded with a store is not opened.",
        "--keys",
    ),
    SettingRow(
        "keep_signed_in",
        values.as_switch,
        "`true`, `false`",
        True,
        "`true`",
        'Whether "Keep me signed in on this machine" is offered. With `false` nothing is read from the state '
        "directory or written to it, neither a session nor the secret of a device, and a session that was "
        "kept is removed. For an account that several people share, as behind `ForceCommand`.",
    ),
    SettingRow(
        "support_contact",
        values.as_text,
        "a line of at most 200 characters",
        None,
        "nobody",
        "Whom a person who is locked out may ask.",
    ),
    SettingRow(
        "idle_lock_minutes",
        values.as_minutes,
        "1 to 1440",
        10,
        "10",
        "Minutes without a key before the screen locks.",
    ),
    SettingRow(
        "breach_url",
        values.as_breach_url,
        'an https address (http only to this machine), or `"off"`',
        BREACH_URL,
        f"`{BREACH_URL}`",
        "The range service that new passwords are looked up at. It sees five hexadecimal digits of a SHA-1, "
        "never a password. With `off`, as when it does not answer, the breach file is asked instead. "
        "The embedded list of common passwords is always asked.",
    ),
    SettingRow(
        "breach_file",
        values.as_path,
        "an absolute path",
        None,
        "`breach.sha1` beside the store, or in the data directory where the store is on a server",
        "The breach file, asked where it exists and the range service is off or does not answer. "
        "`strongroom admin breach import` makes it from a list of SHA-1 hashes of any size, ordered by hash.",
    ),
    SettingRow(
        "place_file",
        values.as_path,
        "an absolute path",
        None,
        "none: places are unknown",
        "A city file in MaxMind's format, as GeoLite2 City or DB-IP City Lite: with it a session shows the "
        "city and the country of its address. It is read on this machine alone, and a new one that takes its "
        "place is taken up at once. `strongroom doctor` says what state it is in and how to get one.",
    ),
    SettingRow(
        "color",
        values.as_colour,
        ", ".join(f"`{depth}`" for depth in values.COLOURS),
        "auto",
        "`auto`: by COLORTERM, TERM and NO_COLOR",
        "How many colours the terminal shows.",
        "--color",
    ),
    SettingRow(
        "appearance",
        values.as_appearance,
        ", ".join(f"`{appearance}`" for appearance in values.APPEARANCES),
        "dark",
        "`dark`",
        "The look before somebody has signed in, and of new accounts; each account then keeps its own.",
    ),
    SettingRow(
        "plain",
        values.as_switch,
        "`true`, `false`",
        False,
        "`false`",
        "Whether lines and numbered questions take the place of the screen, for screen readers. The option "
        "`--plain` and `ACCESSIBLE=1` in the environment ask for the same.",
    ),
    SettingRow(
        "issuer",
        values.as_issuer,
        f"at most {values.MAX_ISSUER_BYTES} bytes without a colon",
        None,
        "the organisation's short name",
        "The name that stands in the authenticator app.",
    ),
    SettingRow(
        "mouse",
        values.as_switch,
        "`true`, `false`",
        True,
        "`true`",
        "Whether the mouse is used at the start; ctrl+o switches it at any time. While it is off the "
        "terminal reports no clicks, and marks and copies text by itself.",
    ),
    SettingRow(
        "local_time",
        values.as_switch,
        "`true`, `false`",
        True,
        "`true`",
        "Whether times are shown in this machine's zone; in UTC otherwise. `t` switches it.",
    ),
    SettingRow(
        "keymap_preset",
        values.as_preset,
        ", ".join(f"`{name}`" for name in PRESETS),
        "standard",
        "`standard`",
        "A whole set of keys for the screens. docs/keys.md has all of them side by side.",
    ),
    SettingRow(
        "keymap",
        values.as_keymap,
        "a table of binding ids and keys, in a file alone",
        {},
        "the keys of the preset",
        "Other keys for single bindings, over those of the preset.",
    ),
)
"""All of them, in the order in which they are told."""

BY_NAME: Mapping[str, SettingRow] = {row.name: row for row in ROWS}
