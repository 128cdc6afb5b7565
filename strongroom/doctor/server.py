"""What the doctor looks at where the store is on a server, beside the store itself."""

from __future__ import annotations

from datetime import timedelta
from shlex import quote
from ssl import SSLError
from typing import TYPE_CHECKING

from strongroom.doctor.findings import Finding, Mark
from strongroom.settings import Settings
from tui.words.refusals import counted

if TYPE_CHECKING:
    from store.errors import StoreError
    from store.postgresql.address import Address
    from store.postgresql.server_facts import ServerFacts

CLOCKS_MAY_DIFFER = timedelta(seconds=2)
"""A clock that is further off is one that somebody set, or nobody keeps (R119)."""

TOO_FEW = "Set max_connections higher on the server, or store_connections lower on the machines."
"""What to do where a server has no connection left."""


def mends_of(fault: StoreError, settings: Settings) -> str:
    """What to look at where a server does not answer, or not us."""
    from store.errors import BadPermissions, Missing, Unavailable
    from store.postgresql.address import address_of

    address = address_of(settings.store)
    if fault.__cause__ is None:
        return ""  # about a file of this machine, and it says what mends it
    if getattr(fault.__cause__, "sqlstate", None) == "42501":
        return "To see who owns what, on the server: psql -l, and \\dn and \\dt strongroom.* in the database."
    if isinstance(fault, BadPermissions):
        return (
            "Look at the user's name, at the password (~/.pgpass, mode 0600, or PGPASSWORD), and at "
            "pg_hba.conf on the server, where the first line that fits counts. The server's log says which "
            "it is."
        )
    if isinstance(fault, Missing):
        named = f"-O {quote(address.user)} -E UTF8 -T template0 {quote(address.database)}"
        return f"To make the database, on the server: createdb {named}"
    if isinstance(fault, Unavailable):
        return _mends_of_unavailable(fault, address)
    return ""


def _mends_of_unavailable(fault: StoreError, address: Address) -> str:
    """What to look at where a server does not serve now."""
    cause = fault.__cause__
    if isinstance(cause, SSLError):
        return (
            "The name in the store's URL has to be the one in the server's certificate, and sslrootcert "
            "there the file of the authority that signed it."
        )
    if getattr(cause, "sqlstate", None) == "53300":
        return TOO_FEW
    host = address.hosts[0]
    return f"Look whether it answers from here: pg_isready -h {quote(host.name)} -p {host.port}"


def examine_server(facts: ServerFacts, settings: Settings) -> tuple[Finding, ...]:
    """How a server that answered stands."""
    from store.postgresql.address import address_of

    return (
        _room(facts, settings),
        _way(facts, address_of(settings.store)),
        _durability(facts),
        _clock(facts),
    )


def outdated(facts: ServerFacts, settings: Settings) -> Finding:
    """Said of a store whose schema an older program has left; the machines of others may still run that."""
    return Finding(
        "store",
        Mark.AMISS,
        f"The store {settings.store_place} has schema {facts.schema}, and this program has {facts.newest}.",
        "To bring it up to date, after which older programs cannot open it: strongroom audit verify",
    )


def _room(facts: ServerFacts, settings: Settings) -> Finding:
    """Which server it is, and whether it has connections left for this machine."""
    needed = settings.store_connections + 1
    sentence = f"PostgreSQL {facts.version}, {facts.taken} of {facts.room} connections taken."
    # One of those taken is the one by which we ask.
    if facts.room - (facts.taken - 1) >= needed:
        return Finding("server", Mark.WELL, sentence)
    return Finding(
        "server",
        Mark.AMISS,
        f"{sentence} A process here takes up to {needed}.",
        TOO_FEW,
    )


def _way(facts: ServerFacts, address: Address) -> Finding:
    """How the server is reached."""
    if facts.tls:
        return Finding("way there", Mark.WELL, f"{facts.tls}, sslmode={address.sslmode}.")
    if all(host.is_socket for host in address.hosts):
        return Finding("way there", Mark.WELL, "A socket file of this machine.")
    return Finding("way there", Mark.WELL, "Without TLS, on a line that does not leave this machine.")


def _durability(facts: ServerFacts) -> Finding:
    """Whether what is committed survives the loss of power, and of the machine."""
    off = [
        name
        for name, is_on in (("fsync", facts.flushes), ("full_page_writes", facts.writes_full_pages))
        if not is_on
    ]
    if off:
        return Finding(
            "durability",
            Mark.AMISS,
            f"{' and '.join(off)} off: a loss of power can spoil the store, and bring back codes that were"
            " used.",
            "On the server, as its administrator: "
            + "; ".join(f"ALTER SYSTEM SET {name} = on" for name in off)
            + "; SELECT pg_reload_conf();",
        )
    sentence = f"synchronous_commit is {facts.commit_waits}"
    if not facts.wants_standby:
        return Finding(
            "durability",
            Mark.WELL,
            f"{sentence}, and no synchronous standby is asked for: what is committed is on one machine.",
            "To lose nothing with it: a standby, and its name in synchronous_standby_names.",
        )
    if facts.standbys is None:
        return Finding(
            "durability",
            Mark.WELL,
            f"{sentence}. A commit waits for a synchronous standby; whether one follows is not ours to see.",
            "To let this user see it: GRANT pg_read_all_stats TO the user.",
        )
    if not facts.standbys:
        return Finding(
            "durability",
            Mark.AMISS,
            f"{sentence}, and no synchronous standby follows: a change waits for one that is not there.",
            "Start the standby, or take it out of synchronous_standby_names.",
        )
    follow = f"{counted(facts.standbys, 'synchronous standby')} follows"
    if facts.standbys > 1:
        follow = f"{facts.standbys} synchronous standbys follow"
    return Finding("durability", Mark.WELL, f"{sentence}, and {follow}.")


def _clock(facts: ServerFacts) -> Finding:
    """Whether the server and this machine go by the same time."""
    off = abs(facts.clock_ahead.total_seconds())
    which = "ahead of" if facts.clock_ahead > timedelta(0) else "behind"
    if off - facts.clock_unsure.total_seconds() <= CLOCKS_MAY_DIFFER.total_seconds():
        return Finding("clock", Mark.WELL, f"The server's clock and this machine's differ by {off:.1f} s.")
    return Finding(
        "clock",
        Mark.AMISS,
        f"The server's clock is {off:,.1f} s {which} this machine's.",
        "Let every machine follow a time server, for example with chrony: codes and sessions go by it.",
    )
