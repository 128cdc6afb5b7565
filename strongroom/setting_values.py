"""How each setting is read: from TOML, from the environment and from a flag, into one checked value."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from strongroom.paths import store_path

COLOURS = ("auto", "truecolor", "256", "16", "none")
"""The colour depths that may be asked for."""

MAX_ISSUER_BYTES = 10
"""A longer issuer makes the QR code one version larger."""

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
    """A store's address."""
    text = as_text(value, at_most=_MAX_PATH)
    store_path(text)
    return text


def as_path(value: object) -> Path:
    """An absolute path; ~ is the home directory."""
    path = os.path.expanduser(as_text(value, at_most=_MAX_PATH))
    if not os.path.isabs(path):
        raise ValueError("must be an absolute path")
    return Path(path)


def as_minutes(value: object) -> int:
    """Whole minutes, from 1 to one day."""
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 4:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1440:
        raise ValueError("must be a whole number of minutes from 1 to 1440")
    return value


def as_colour(value: object) -> str:
    """One of the colour depths."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if text not in COLOURS:
        raise ValueError(f"must be one of {', '.join(COLOURS)}")
    return text


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


def as_keymap(value: object) -> dict[str, str]:
    """Binding ids and their keys; which ids exist is for the screens to say."""
    if not isinstance(value, dict):
        raise ValueError("must be a table of binding ids and keys, under [keymap]")
    for name, keys in value.items():
        if not isinstance(keys, str) or not keys.strip() or not keys.isprintable():
            raise ValueError(f'has no usable key for "{name}"')
    return {str(name): str(keys) for name, keys in value.items()}
