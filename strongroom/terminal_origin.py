"""The origin of a visit at a terminal of this machine or behind the stock sshd, read from the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from ipaddress import ip_address

from security.facts import Secret
from security.origin import Origin

MAX_TEXT = 64
"""Characters kept of anything that a terminal says of itself."""

_NAMES = {
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


def find_origin(environment: Mapping[str, str], device_secret: Secret | None = None) -> Origin:
    """Describe the terminal in front of us; each text is bounded, and foreign all the same.

    The address is that of SSH_CONNECTION, which sshd sets and a person may forge for themselves;
    "local" means that there is none, "unknown" that it is no address.
    """
    over_ssh = "SSH_CONNECTION" in environment or "SSH_CLIENT" in environment
    terminal = _terminal(environment)
    return Origin(
        connection=Secret(secrets.token_urlsafe(32)),
        source_ip=_source_ip(environment) if over_ssh else "local",
        client=f"OpenSSH, {terminal}" if over_ssh else terminal,
        node=_bounded(os.uname().nodename) or "unknown",
        device_secret=device_secret,
    )


def _terminal(environment: Mapping[str, str]) -> str:
    """The terminal's name: what the program says of itself first, the kind of terminal last."""
    for variable in ("TERM_PROGRAM", "LC_TERMINAL", "TERM"):
        named = _bounded(environment.get(variable, ""))
        if named:
            return _NAMES.get(named, named)
    return "unknown terminal"


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
