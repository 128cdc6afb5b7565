"""The origin of a visit at a terminal of this machine or behind the stock sshd, read from the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from ipaddress import ip_address

from security.origin import Origin
from security.secret import Secret

MAX_TEXT = 64
"""Characters kept of anything that a terminal says of itself."""

_NAMES = {
    "XTerm": "xterm",
    "alacritty": "Alacritty",
    "xterm-kitty": "kitty",
    "xterm-ghostty": "Ghostty",
    "ghostty": "Ghostty",
    "iTerm.app": "iTerm2",
    "iTerm2": "iTerm2",
    "Apple_Terminal": "Apple Terminal",
    "WezTerm": "WezTerm",
    "wezterm": "WezTerm",
    "vscode": "VS Code",
    "tmux": "tmux",
    "tmux-256color": "tmux",
    "screen-256color": "screen",
    "foot-extra": "foot",
}
"""Terminals whose variable is not the name that people know."""


_VERSION = re.compile(r"[vV]?([0-9][0-9A-Za-z.]{0,15})(?:[-+_][0-9A-Za-z.+_-]{0,48})?")
"""A version, of which what follows the first dash is the build's and nobody's wish to read."""

_ANSWER = re.compile(r"([A-Za-z][A-Za-z0-9 ._-]{0,31}?)(?: +([^ ()]{1,64})|\(([^ ()]{1,64})\))")
"""What terminals answer when they are asked: "kitty(0.35.2)", "tmux 3.4", "WezTerm 20240203-110809"."""

_SAID = (("TERM_PROGRAM", "TERM_PROGRAM_VERSION"), ("LC_TERMINAL", "LC_TERMINAL_VERSION"), ("TERM", ""))
"""Where name and version stand: what the program says of itself first, the kind of terminal last."""


def find_origin(environment: Mapping[str, str], device_secret: Secret | None = None) -> Origin:
    """Describe the terminal in front of us; each text is bounded, and foreign all the same.

    The address is that of SSH_CONNECTION, which sshd sets and a person may forge for themselves;
    "local" means that there is none, "unknown" that it is no address.
    """
    return Origin(
        connection=Secret(secrets.token_urlsafe(32)),
        source_ip=_source_ip(environment) if _is_over_ssh(environment) else "local",
        client=_client(environment, _terminal(environment)),
        node=_bounded(os.uname().nodename) or "unknown",
        device_secret=device_secret,
    )


def client_named(environment: Mapping[str, str], answer: str) -> str | None:
    """The client by what its terminal answered when it was asked; None where that makes no sense.

    It counts more than the environment, which may be that of another terminal by the time it comes here.
    """
    said = _ANSWER.fullmatch(answer[:128])
    if said is None:
        return None
    name, version = said[1], _version(said[2] or said[3])
    if name == "VTE" and version.isdecimal() and len(version) in (4, 5):
        version = f"{int(version) // 10_000}.{int(version) // 100 % 100}"
    return _client(environment, _joined(name, version))


def _is_over_ssh(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is that of another machine."""
    return "SSH_CONNECTION" in environment or "SSH_CLIENT" in environment


def _client(environment: Mapping[str, str], terminal: str) -> str:
    """The terminal, and what connects it with us."""
    return f"OpenSSH, {terminal}" if _is_over_ssh(environment) else terminal


def _terminal(environment: Mapping[str, str]) -> str:
    """The terminal's name and, where it tells, its version."""
    for name, version in _SAID:
        named = _bounded(environment.get(name, ""))
        if named:
            return _joined(named, _version(environment.get(version, "")))
    return "unknown terminal"


def _joined(name: str, version: str) -> str:
    """A name as people know it, with a version where there is one."""
    return f"{_NAMES.get(name, name)} {version}".rstrip()[:MAX_TEXT]


def _version(foreign: str) -> str:
    """The part of a version that a person would say, or nothing where it is none."""
    said = _VERSION.fullmatch(foreign[:64])
    return "" if said is None else said[1].rstrip(".")


def _source_ip(environment: Mapping[str, str]) -> str:
    """The client's address in its shortest form."""
    for variable in ("SSH_CONNECTION", "SSH_CLIENT"):
        words = environment.get(variable, "")[:256].split(" ", 1)
        address = words[0].partition("%")[0]
        try:
            return str(ip_address(address))
        except ValueError:
            continue
    return "unknown"


def _bounded(foreign: str) -> str:
    """Foreign text of the environment, short, and encodable whatever bytes it held."""
    return foreign[:1024].encode("utf-8", "replace").decode().strip()[:MAX_TEXT]
