"""How each setting is read: from TOML, from the environment and from a flag, into one checked value."""

from __future__ import annotations

import os
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from strongroom.paths import is_on_server, store_path
from tui.keys.presets import PRESETS

COLOURS = ("auto", "truecolor", "256", "16", "none")
"""The colour depths that may be asked for."""

APPEARANCES = ("dark", "light", "high-contrast", "terminal")
"""The appearances as they are set; those of `security.vocabulary`, for which no first paint waits."""

MAX_ISSUER_BYTES = 10
"""A longer issuer makes the QR code one version larger."""

MIN_CONNECTIONS = 2
MAX_CONNECTIONS = 100

_MAX_TEXT = 200
_MAX_PATH = 4096
"""Linux takes no longer path."""
_YES = frozenset(["1", "true", "yes", "on"])
_NO = frozenset(["0", "false", "no", "off"])


def as_text(value: object, *, at_most: int = _MAX_TEXT) -> str:
    """One line of text without control characters."""
    if not isinstance(value, str):
        raise ValueError("must be text in quotation marks")
    if not value.strip():
        raise ValueError("is empty")
    if len(value) > at_most:
        raise ValueError(f"is longer than {at_most} characters")
    if not value.isprintable():
        raise ValueError("holds characters that cannot be printed")
    return value


def as_switch(value: object) -> bool:
    """A yes or no: a TOML boolean, or one of the usual words."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        word = value.strip().casefold()
        if word in _YES:
            return True
        if word in _NO:
            return False
    raise ValueError("must be true or false")


def as_store(value: object) -> str:
    """A store's address; nothing of it is repeated where it is refused, as it may hold a password."""
    text = as_text(value, at_most=_MAX_PATH)
    if is_on_server(text):
        place_of(text)
    else:
        store_path(text)
    return text


def place_of(url: str) -> str:
    """The address of a store on a server as people are told it: without password and parameters.

    Raises:
        ValueError: no store can be reached by it.
    """
    from store.errors import UnsupportedUrl
    from store.postgresql.address import address_of

    try:
        return address_of(url).place
    except UnsupportedUrl as error:
        raise ValueError(str(error).removeprefix("The store's URL ").removesuffix(".")) from None


def holds_password(url: str) -> bool:
    """Whether a store's address holds a password, before the host or among the parameters.

    It may be one that nobody has checked yet: a password with a [ in it must not end in a fault of ours.
    """
    _, _, rest = url.partition("://")
    if not rest or (rest.startswith("/") and "?" not in rest):
        return False
    login = rest.rpartition("@")[0]
    names = (pair.partition("=")[0] for pair in rest.partition("?")[2].split("&"))
    return bool(login.partition(":")[2]) or any("password" in name.casefold() for name in names)


def as_path(value: object) -> Path:
    """An absolute path; ~ is the home directory."""
    path = os.path.expanduser(as_text(value, at_most=_MAX_PATH))
    if not os.path.isabs(path):
        raise ValueError("must be an absolute path")
    return Path(path)


def as_minutes(value: object) -> int:
    """Whole minutes, from 1 to one day."""
    return _whole(value, 1, 1440, "of minutes ")


def as_connections(value: object) -> int:
    """How many connections: two at least, as one reads while another writes."""
    return _whole(value, MIN_CONNECTIONS, MAX_CONNECTIONS)


def _whole(value: object, least: int, most: int, unit: str = "") -> int:
    """A whole number between two others."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 4:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"must be a whole number {unit}from {least} to {most}")
    return value


def as_colour(value: object) -> str:
    """One of the colour depths."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if text not in COLOURS:
        raise ValueError(f"must be one of {', '.join(COLOURS)}")
    return text


def as_appearance(value: object) -> str:
    """One of the appearances."""
    if value not in APPEARANCES:
        raise ValueError(f"must be one of {', '.join(APPEARANCES)}")
    return str(value)


def as_issuer(value: object) -> str:
    """The issuer of the QR code: at most ten bytes and no colon, which separates it from the account."""
    text = as_text(value)
    if len(text.encode()) > MAX_ISSUER_BYTES or ":" in text:
        raise ValueError(f"must be at most {MAX_ISSUER_BYTES} bytes without a colon")
    return text


def as_breach_url(value: object) -> str | None:
    """The breach range service's base address, None for "off"; plain http only to this machine (R120)."""
    text = as_text(value)
    if text == "off":
        return None
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is not an address") from None
    if parts.username is not None or parts.query or parts.fragment or not host:
        raise ValueError('must be a plain https address, or "off"')
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ValueError('must begin with https:// (http:// only for this machine), or be "off"')
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine, without asking DNS."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def as_preset(value: object) -> str:
    """The name of a set of keys."""
    text = as_text(value)
    if text not in PRESETS:
        near = get_close_matches(text, PRESETS, n=1, cutoff=0.5)
        perhaps = f'; did you mean "{near[0]}"?' if near else ""
        raise ValueError(f"must be one of {', '.join(PRESETS)}{perhaps}")
    return text


def as_keymap(value: object) -> dict[str, str]:
    """Binding ids and their keys; which ids exist is for the screens to say."""
    if not isinstance(value, dict):
        raise ValueError("must be a table of binding ids and keys, under [keymap]")
    for name, keys in value.items():
        if not isinstance(keys, str) or not keys.strip() or not keys.isprintable():
            raise ValueError(f'has no usable key for "{name}"')
    return {str(name): str(keys) for name, keys in value.items()}
