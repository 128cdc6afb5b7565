"""The URL of a store on a server, read strictly: what it does not say plainly is refused, not guessed.

No sentence of a refusal repeats the URL or a part of it that may be a password.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field

from store.errors import UnsupportedUrl
from store.postgresql.escapes import decoded, refused
from store.postgresql.hosts import Host, read_hosts

SCHEMES = ("postgresql", "postgres")
VERIFIED = "verify-full"
"""TLS by which nobody in between can pass for the server."""
PLAIN = "disable"
"""No TLS; on this machine alone."""

_LONGEST = 4096
_LONGEST_NAME = 63
_WEAK = ("allow", "prefer", "require", "verify-ca")
_KNOWN = (
    "host", "passfile", "port", "sslcert", "sslcrl", "sslkey", "sslmode", "sslrootcert",
    "target_session_attrs", "user",
)  # fmt: skip
_PATHS = ("passfile", "sslcert", "sslcrl", "sslkey", "sslrootcert")
_NOT_HERE = {
    "password": "A password stands before the @, or better in ~/.pgpass",
    "connect_timeout": "Each host has 3 seconds to answer, always",
    "dbname": "The database is named after the hosts: postgresql://USER@HOST/DATABASE",
    "options": "What each session is set to is the program's own",
    "service": "Services are not looked up; name the hosts",
    "hostaddr": "Name the address as the host",
}
"""What libpq knows and this program does not, with the reason."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a URL says."""

    hosts: tuple[Host, ...]
    """At least one, in the order in which they are asked."""
    database: str
    """The database that holds the store."""
    user: str = ""
    """Who connects; empty where the URL does not say."""
    password: str = field(default="", repr=False)
    """The password; empty where the URL holds none."""
    sslmode: str = ""
    """`verify-full`, `disable`, or empty where the URL does not say."""
    paths: dict[str, str] = field(default_factory=dict)
    """Files that are named: certificates, keys, the password file."""


def read(url: str) -> Parts:
    """Read a URL.

    Raises UnsupportedUrl.
    """
    if len(url) > _LONGEST:
        raise refused(f"is longer than {_LONGEST:,} characters")
    if not url.isprintable() or " " in url:
        raise refused("has a space or a character that cannot be seen; a space is written %20")
    scheme, separator, rest = url.partition("://")
    if scheme not in SCHEMES or not separator:
        raise UnsupportedUrl("A store on a server is named postgresql://USER@HOST/DATABASE.")
    rest, _, query = rest.partition("?")
    authority, slash, path = rest.partition("/")
    if authority.count("@") > 1 or "@" in path + query or "#" in url:
        raise refused(
            "is not clear: in a password or a name, @ is written %40, / %2F, ? %3F, # %23 and % %25"
        )
    if not slash or not path:
        raise refused("names no database; it is written postgresql://USER@HOST/DATABASE")
    if "/" in path:
        raise refused("names a database with a /, which is written %2F")
    named = _parameters(query)
    login, _, listed = authority.rpartition("@")
    user, _, password = login.partition(":")
    return Parts(
        hosts=read_hosts(listed, named),
        database=_name(decoded(path), "database"),
        user=_user(user, named),
        password=_password(password),
        sslmode=_sslmode(named),
        paths={name: _path(name, named[name]) for name in _PATHS if name in named},
    )


def _parameters(query: str) -> dict[str, str]:
    """Read what stands after the question mark."""
    found: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        if name not in _KNOWN:
            raise _unknown(name)
        if name in found:
            raise refused(f'names "{name}" twice')
        found[name] = decoded(value)
        if not found[name]:
            raise refused(f'names "{name}" and gives it no value')
    if found.get("target_session_attrs", "read-write") != "read-write":
        raise refused("asks for servers that take no writes; target_session_attrs is always read-write")
    return found


def _unknown(name: str) -> UnsupportedUrl:
    """Say what was meant, and never what was written, which may be the rest of a password."""
    if name in _NOT_HERE:
        return refused(f'has a parameter that is not known here, "{name}". {_NOT_HERE[name]}')
    near = difflib.get_close_matches(name[:64].lower(), _KNOWN, n=1, cutoff=0.5)
    hint = f'Did you mean "{near[0]}"?' if near else f"Known are: {', '.join(_KNOWN)}."
    return UnsupportedUrl(f"The store's URL has a parameter that is not known. {hint}")


def _name(name: str, what: str) -> str:
    """Read the name of a user or a database."""
    if not name.isprintable():
        raise refused(f"names a {what} with a character that cannot be seen")
    if len(name.encode()) > _LONGEST_NAME:
        raise refused(f"names a {what} of more than {_LONGEST_NAME} bytes, which PostgreSQL would cut")
    return name


def _user(text: str, named: dict[str, str]) -> str:
    """Read who connects, named before the @ or as a parameter."""
    if text and "user" in named:
        raise refused("names the user twice")
    return _name(decoded(text) or named.get("user", ""), "user")


def _password(text: str) -> str:
    """Read the password."""
    password = decoded(text)
    if "\0" in password:
        raise refused("has a password with a NUL, which PostgreSQL cannot take")
    return password


def _sslmode(named: dict[str, str]) -> str:
    """Read how TLS is to be done; whether that is enough depends on the host."""
    mode = named.get("sslmode", "")
    if mode not in ("", VERIFIED, PLAIN, *_WEAK):
        raise refused(
            f'gives "sslmode" a value that is not known; it is {VERIFIED}, or {PLAIN} on this machine'
        )
    return mode


def _path(name: str, value: str) -> str:
    """Read the path of a file."""
    if name == "sslrootcert" and value == "system":
        return value
    if not value.startswith("/") or not value.isprintable():
        raise refused(f'gives "{name}" a value that is not the absolute path of a file')
    return value
