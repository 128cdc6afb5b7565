"""Who is in the demo: the people of Acme Financial Group and what they sign in with, none of it secret."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from security.vocabulary import Role

ORGANISATION = "Acme Financial Group"

PLACES = Path(__file__).with_name("places.mmdb")
"""The demo's own city file: it knows the addresses of its people, which are kept for documentation."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """Something that a person signs in with, at an address of RFC 5737 or RFC 3849."""

    client: str
    """The client in words."""
    source_ip: str
    """Where that is, the demo's city file knows."""
    user_agent: str | None = None
    """What a browser says of itself; another program would hand it on."""


@dataclass(frozen=True, slots=True)
class Person:
    """One member of the demo."""

    name: str
    local: str
    """The address before @acme.example."""
    role: Role
    password: str
    terminals: tuple[Terminal, ...]
    every: int
    """Days between two sign-ins; 0 for somebody who never did."""
    hour: int
    """When their day begins, UTC."""
    enrols_on: int = 0
    """The day of the story on which two-factor authentication was turned on; 0 for never."""

    @property
    def email(self) -> str:
        """The whole address."""
        return f"{self.local}@acme.example"


_FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"
_SAFARI = (
    "Mozilla/5.0 ({}; CPU {} 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)
_CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Mobile Safari/537.36"
)

_OSLO = Terminal("Firefox 131 on Linux", "198.51.100.4", _FIREFOX.format(131))
_PHONE = Terminal("Safari 18 on iPhone", "2001:db8:85a3::7334", _SAFARI.format("iPhone", "iPhone OS"))
_DESK = Terminal("OpenSSH, kitty 0.35.2", "203.0.113.7")

OWNER = Person("Amir Haddad", "amir", Role.OWNER, "Copper7-Lantern-Orbit", (_DESK, _OSLO, _PHONE), 5, 7, 12)
"""Whose eyes the demo is seen through."""

MEMBERS = (
    Person(
        "Ingrid Solberg",
        "ingrid",
        Role.ADMIN,
        "Juniper!48-Harbour",
        (
            Terminal("OpenSSH, foot 1.17.2", "203.0.113.41"),
            Terminal("Firefox 132 on Linux", "203.0.113.42", _FIREFOX.format(132)),
        ),
        7,
        6,
        15,
    ),
    Person(
        "Mateo Quispe",
        "mateo",
        Role.MEMBER,
        "Velvet%19-Cordillera",
        (
            Terminal("OpenSSH, iTerm2 3.5.4", "198.51.100.90"),
            Terminal("Chrome 130 on Android", "198.51.100.91", _CHROME),
        ),
        9,
        14,
        31,
    ),
    Person(
        "Ravi Menon",
        "ravi",
        Role.ADMIN,
        "Quartz&27-Monsoon",
        (Terminal("OpenSSH, Alacritty", "203.0.113.77"),),
        10,
        4,
        20,
    ),
    Person(
        "Sunniva Dahl",
        "sunniva",
        Role.MEMBER,
        "Birch?61-Waterfall",
        (
            Terminal("OpenSSH, VTE 0.76", "203.0.113.55"),
            Terminal("Safari 18 on iPad", "2001:db8:bee::12", _SAFARI.format("iPad", "OS")),
        ),
        10,
        7,
    ),
    Person(
        "Lucía Paredes",
        "lucia",
        Role.MEMBER,
        "Marigold#33-Tramway",
        (Terminal("OpenSSH, Windows Terminal 1.22", "198.51.100.120"),),
        12,
        13,
    ),
    Person(
        "Henrik Berg",
        "henrik",
        Role.MEMBER,
        "Granite=52-Compass",
        (Terminal("OpenSSH, WezTerm 20240203", "2001:db8:40::5"),),
        12,
        8,
        44,
    ),
    Person(
        "Yuki Tanaka",
        "yuki",
        Role.MEMBER,
        "Paper:84-Lighthouse",
        (Terminal("OpenSSH, Ghostty 1.0.1", "203.0.113.130"),),
        14,
        1,
    ),
    Person(
        "Noor van Dijk",
        "noor",
        Role.MEMBER,
        "Saffron+76-Meadow",
        (Terminal("OpenSSH, xterm-256color", "198.51.100.200"),),
        14,
        8,
        60,
    ),
    Person(
        "Tomasz Zieliński",
        "tomasz",
        Role.MEMBER,
        "Walnut;95-Sparrow",
        (Terminal("OpenSSH, Konsole 24.02.2", "203.0.113.201"),),
        15,
        9,
    ),
    Person(
        "Grace Okafor",
        "grace",
        Role.MEMBER,
        "Cinder@14-Plateau",
        (Terminal("OpenSSH, tmux 3.4", "2001:db8:77::9"),),
        17,
        8,
        70,
    ),
    Person("Elif Kaya", "elif", Role.MEMBER, "Ripple$68-Almanac", (), 0, 9),
)
"""Everybody else; Elif was added last week and has not signed in yet."""
