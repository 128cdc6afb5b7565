"""Who is in the demo: the people of Acme Financial Group and what they sign in with, none of it secret."""

from __future__ import annotations

from dataclasses import dataclass

from security.vocabulary import Role

ORGANISATION = "Acme Financial Group"


@dataclass(frozen=True, slots=True)
class Terminal:
    """Something that a person signs in with, at an address of RFC 5737 or RFC 3849."""

    client: str
    source_ip: str
    city: str
    country: str


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


_OSLO = Terminal("Firefox 131 · Linux", "198.51.100.4", "Oslo", "Norway")
_PHONE = Terminal("Safari · iPhone", "2001:db8:85a3::7334", "Oslo", "Norway")
_DESK = Terminal("OpenSSH, kitty", "203.0.113.7", "Oslo", "Norway")

OWNER = Person("Amir Haddad", "amir", Role.OWNER, "Copper7-Lantern-Orbit", (_DESK, _OSLO, _PHONE), 5, 7, 12)
"""Whose eyes the demo is seen through."""

MEMBERS = (
    Person(
        "Ingrid Solberg",
        "ingrid",
        Role.ADMIN,
        "Juniper!48-Harbour",
        (
            Terminal("OpenSSH, foot", "203.0.113.41", "Bergen", "Norway"),
            Terminal("Firefox 132 · Linux", "203.0.113.42", "Bergen", "Norway"),
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
            Terminal("OpenSSH, iTerm2", "198.51.100.90", "Lima", "Peru"),
            Terminal("Chrome 130 · Android", "198.51.100.91", "Lima", "Peru"),
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
        (Terminal("OpenSSH, Alacritty", "203.0.113.77", "Bengaluru", "India"),),
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
            Terminal("OpenSSH, GNOME Terminal", "203.0.113.55", "Bergen", "Norway"),
            Terminal("Safari · iPad", "2001:db8:bee::12", "Bergen", "Norway"),
        ),
        10,
        7,
    ),
    Person(
        "Lucía Paredes",
        "lucia",
        Role.MEMBER,
        "Marigold#33-Tramway",
        (Terminal("OpenSSH, Windows Terminal", "198.51.100.120", "Lima", "Peru"),),
        12,
        13,
    ),
    Person(
        "Henrik Berg",
        "henrik",
        Role.MEMBER,
        "Granite=52-Compass",
        (Terminal("OpenSSH, WezTerm", "2001:db8:40::5", "Tromsø", "Norway"),),
        12,
        8,
        44,
    ),
    Person(
        "Yuki Tanaka",
        "yuki",
        Role.MEMBER,
        "Paper:84-Lighthouse",
        (Terminal("OpenSSH, Ghostty", "203.0.113.130", "Osaka", "Japan"),),
        14,
        1,
    ),
    Person(
        "Noor van Dijk",
        "noor",
        Role.MEMBER,
        "Saffron+76-Meadow",
        (Terminal("OpenSSH, xterm-256color", "198.51.100.200", "Utrecht", "Netherlands"),),
        14,
        8,
        60,
    ),
    Person(
        "Tomasz Zieliński",
        "tomasz",
        Role.MEMBER,
        "Walnut;95-Sparrow",
        (Terminal("OpenSSH, Konsole", "203.0.113.201", "Gdańsk", "Poland"),),
        15,
        9,
    ),
    Person(
        "Grace Okafor",
        "grace",
        Role.MEMBER,
        "Cinder@14-Plateau",
        (Terminal("OpenSSH, tmux", "2001:db8:77::9", "Lagos", "Nigeria"),),
        17,
        8,
        70,
    ),
    Person("Elif Kaya", "elif", Role.MEMBER, "Ripple$68-Almanac", (), 0, 9),
)
"""Everybody else; Elif was added last week and has not signed in yet."""
