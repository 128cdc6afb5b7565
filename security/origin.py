"""Where an act comes from: what a door knows of the terminal in front of it."""

from __future__ import annotations

from dataclasses import dataclass

from security.secret import Secret


@dataclass(frozen=True, slots=True)
class Origin:
    """The terminal, the network and the connection of one person's visit. Every text in it is foreign."""

    connection: Secret
    """Random for each connection, made by the door; the half-way state is bound to it (R027)."""
    source_ip: str
    """The client's address ("203.0.113.7", "2001:db8::7334") or "local" for a terminal of this machine."""
    client: str
    """The client in words, as the terminal tells ("OpenSSH, kitty")."""
    node: str
    """The machine that the program runs on."""
    device_secret: Secret | None = None
    """What an earlier sign-in left on this device (R026)."""
    city: str | None = None
    country: str | None = None
    """Where the door knows the place itself; else `security.places` may find it."""
    user_agent: str | None = None
    """What a client says of itself, where another program makes the session; `clients` puts it in words."""
