"""Clients: a session's client in words, from what a terminal or a browser says of itself."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from security.origin import Origin
from security.safe_text import sanitise

if TYPE_CHECKING:
    from ua_parser import PartialResult, Resolver

MAX_USER_AGENT_BYTES = 512
"""Bytes of a User-Agent that are looked at; what is longer is cut before any pattern sees it."""

MAX_CELLS = 64
"""Cells of a client in words."""

UNKNOWN = "unknown client"
"""A client that says nothing that could be understood."""

_NAMES = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mobile": "Opera",
}
"""Browsers under the name that people know, where the parser has another one for them on a phone."""

_SYSTEMS = {"Mac OS X": "macOS", "Chrome OS": "ChromeOS"}
"""Systems under the name that people know."""

_HAND_HELD = re.compile("iPhone|iPad|iPod")
"""Devices that say more than the name of their system."""

_PRODUCT = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40})(?:/([!#$%&'*+.^_`|~0-9A-Za-z-]{1,20}))?")
"""The first product and its version (RFC 9110, section 10.1.5)."""

_EVERYBODYS_PRODUCT = "mozilla"
"""What every browser says first, and which therefore says nothing."""


async def described(origin: Origin) -> Origin:
    """The origin with its client in words, where another program gave a User-Agent instead, or nothing.

    Never inside a transaction: the patterns are read from disk the first time.
    """
    if origin.user_agent is None:
        return origin if origin.client.strip() else replace(origin, client=UNKNOWN)
    return replace(origin, client=await asyncio.to_thread(client_of, origin))


def client_of(origin: Origin) -> str:
    """The client in words: of its User-Agent where another program gave one, else as its door says.

    "Firefox 131 on Linux", "Safari 18 on iPhone", "curl 8"; a client that no pattern knows is named by
    its own product and version, and one that names none is an unknown client. Foreign text, and bounded.
    """
    if origin.user_agent is None:
        return origin.client
    said = _bounded(origin.user_agent)
    if not said:
        return UNKNOWN
    found = _understood(said)
    named = _browser(found) or _product(said)
    system = _system(found, said)
    return sanitise(f"{named} on {system}" if system else named, max_cells=MAX_CELLS)


@cache
def _patterns() -> Resolver:
    """The parser's patterns; it keeps no answer, as the one that ua-parser has for everybody would."""
    from ua_parser import BasicResolver, load_lazy_builtins

    return BasicResolver(load_lazy_builtins())


def _bounded(user_agent: str) -> str:
    """The part of a User-Agent that is looked at, encodable whatever it held."""
    raw = user_agent[:MAX_USER_AGENT_BYTES].encode("utf-8", "replace")[:MAX_USER_AGENT_BYTES]
    return raw.decode("utf-8", "ignore").strip()


def _understood(said: str) -> PartialResult:
    """What the patterns find; those of devices, which are most of them, are left out."""
    from ua_parser import Domain

    return _patterns()(said, Domain.USER_AGENT | Domain.OS)


def _browser(found: PartialResult) -> str | None:
    """The browser or tool and its version, as far as a person needs it."""
    if found.user_agent is None or not found.user_agent.family.strip():
        return None
    family, version = found.user_agent.family.strip(), found.user_agent.major
    return " ".join(filter(None, (_NAMES.get(family, family), version)))


def _system(found: PartialResult, said: str) -> str | None:
    """The system or, where that says more, the device."""
    if found.os is None:
        return None
    if found.os.family == "iOS":
        device = _HAND_HELD.search(said)
        return "iOS" if device is None else device[0]
    return _SYSTEMS.get(found.os.family, found.os.family)


def _product(said: str) -> str:
    """What a client that no pattern knows calls itself."""
    product = _PRODUCT.match(said)
    if product is None or product[1].lower() == _EVERYBODYS_PRODUCT:
        return UNKNOWN
    return " ".join(filter(None, product.groups()))
