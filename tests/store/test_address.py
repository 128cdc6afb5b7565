"""The URL of a store on a server is read strictly, and its password is never told."""

from __future__ import annotations

import os
import pwd
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import StoreError, UnsupportedUrl
from store.postgresql.address import Address, address_of
from store.postgresql.hosts import Host
from store.store import open_store

CANARY = "Zq7x"
"""What passwords of these tests are made of."""


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://ann@db.example.org/kept", [("db.example.org", 5432)]),
        ("postgres://ann@db.example.org:6000/kept", [("db.example.org", 6000)]),
        ("postgresql://ann@one,two:6000,three/kept", [("one", 5432), ("two", 6000), ("three", 5432)]),
        ("postgresql://ann@one,two/kept?port=6000", [("one", 6000), ("two", 6000)]),
        ("postgresql://ann@one,two/kept?port=6000,6001", [("one", 6000), ("two", 6001)]),
        ("postgresql://ann@[2001:db8::1]:6000,[::1]/kept", [("2001:db8::1", 6000), ("::1", 5432)]),
        ("postgresql:///kept?host=::1&user=ann", [("::1", 5432)]),
        ("postgresql:///kept?host=/run/postgresql&user=ann", [("/run/postgresql", 5432)]),
        ("postgresql://ann@/kept?host=/one,/two&port=1,2", [("/one", 1), ("/two", 2)]),
        ("postgresql://ann@%2Frun%2Fpostgresql/kept", [("/run/postgresql", 5432)]),
    ],
)
def test_hosts_are_read_in_their_order_each_with_its_port(url: str, hosts: list[tuple[str, int]]) -> None:
    address = address_of(url)
    assert [(host.name, host.port) for host in address.hosts] == hosts
    assert (address.user, address.database) == ("ann", "kept")


def test_names_and_passwords_are_read_without_their_escapes() -> None:
    address = address_of("postgresql://a%40n:p%2F%3a%25:%00%C3%A9@h/k%2Fpt".replace("%00", ""))
    assert (address.user, address.password, address.database) == ("a@n", "p/:%:é", "k/pt")


def test_who_connects_is_the_user_of_this_process_where_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PGUSER", "USER", "LOGNAME"):
        monkeypatch.setenv(name, "mallory")
    assert address_of("postgresql://h/kept").user == pwd.getpwuid(os.geteuid()).pw_name


NO_HOST = "names a host that is neither a name nor an address; an IPv6 address stands in [ ]"
UNCLEAR = "is not clear: in a password or a name, @ is written %40, / %2F, ? %3F, # %23 and % %25"
REFUSED = {
    "postgresql://h": "names no database; it is written postgresql://USER@HOST/DATABASE",
    "postgresql://h/": "names no database; it is written postgresql://USER@HOST/DATABASE",
    "postgresql://h/a/b": "names a database with a /, which is written %2F",
    "postgresql:///kept": "names no host; a socket file is named by its directory: "
    "postgresql:///DATABASE?host=/DIRECTORY",
    "postgresql://one/kept?host=two": "names its hosts twice",
    "postgresql://one:1/kept?port=2": "names its ports twice",
    "postgresql://one,two/kept?port=1,2,3": "names another number of ports than of hosts",
    "postgresql://one,/kept": NO_HOST,
    "postgresql://on e/kept": "has a space or a character that cannot be seen; a space is written %20",
    "postgresql://h/kept\t": "has a space or a character that cannot be seen; a space is written %20",
    "postgresql://h/ke\u202ept": "has a space or a character that cannot be seen; a space is written %20",
    "postgresql://h/ke%00pt": "names a database with a character that cannot be seen",
    "postgresql://h/ke%E2%80%AEpt": "names a database with a character that cannot be seen",
    "postgresql://a%0Ann@h/kept": "names a user with a character that cannot be seen",
    "postgresql://a:%00@h/kept": "has a password with a NUL, which PostgreSQL cannot take",
    "postgresql://h/ke%pt": "has a % that is not followed by two hexadecimal digits; % itself is written %25",
    "postgresql://h/ke%FFpt": "has a %-escape that spells no UTF-8 text",
    "postgresql://h:0/kept": "has a port that is not a number from 1 to 65535",
    "postgresql://h:65536/kept": "has a port that is not a number from 1 to 65535",
    "postgresql://h:٥٤٣٢/kept": "has a port that is not a number from 1 to 65535",
    "postgresql://h:/kept": "has a host with a colon and no port",
    "postgresql://[::1/kept": "has an IPv6 address that is not written [ADDRESS] or [ADDRESS]:PORT",
    "postgresql://[h]/kept": "has an IPv6 address that is not written [ADDRESS] or [ADDRESS]:PORT",
    "postgresql://[fe80::1%25eth0]/kept": NO_HOST,
    "postgresql://bücher.example/kept": NO_HOST,
    f"postgresql://h/{'k' * 64}": "names a database of more than 63 bytes, which PostgreSQL would cut",
    f"postgresql://{'é' * 32}@h/kept": "names a user of more than 63 bytes, which PostgreSQL would cut",
    f"postgresql://h/kept?host=/{'d' * 120}": "names its hosts twice",
    f"postgresql:///kept?host=/{'d' * 120}": "names a socket file with a path that is too long or "
    "cannot be seen",
    f"postgresql://{','.join(['h'] * 17)}/kept": "names more than 16 hosts",
    f"postgresql://h/kept?user={'a' * 5000}": "is longer than 4,096 characters",
    "postgresql://a:b@c@h/kept": UNCLEAR,
    "postgresql://h/kept#a": UNCLEAR,
    "postgresql://h/kept?user=a&user=b": 'names "user" twice',
    "postgresql://ann@h/kept?user=bob": "names the user twice",
    "postgresql://h/kept?sslmode=": 'names "sslmode" and gives it no value',
    "postgresql://h/kept?sslmode=full": 'gives "sslmode" a value that is not known; '
    "it is verify-full, or disable on this machine",
    "postgresql://h/kept?sslrootcert=root.crt": 'gives "sslrootcert" a value that is not the '
    "absolute path of a file",
    "postgresql://h/kept?passfile=system": 'gives "passfile" a value that is not the absolute path of a file',
    "postgresql://h/kept?sslcert=/a.crt": 'names one of "sslcert" and "sslkey" without the other',
    "postgresql://h/kept?target_session_attrs=any": "asks for servers that take no writes; "
    "target_session_attrs is always read-write",
    "postgresql://h/kept?connect_timeout=60": 'has a parameter that is not known here, "connect_timeout". '
    "Each host has 3 seconds to answer, always",
    "postgresql://h/kept?password=Zq7x": 'has a parameter that is not known here, "password". '
    "A password stands before the @, or better in ~/.pgpass",
    "postgresql://h/kept?options=-c": 'has a parameter that is not known here, "options". '
    "What each session is set to is the program's own",
}


@pytest.mark.parametrize("url", REFUSED)
def test_what_is_not_plain_is_refused_in_words(url: str) -> None:
    with pytest.raises(UnsupportedUrl) as refusal:
        address_of(url)
    assert str(refusal.value) == f"The store's URL {REFUSED[url]}."


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("ssl_mode", 'Did you mean "sslmode"?'),
        ("SSLMODE", 'Did you mean "sslmode"?'),
        ("sslroot", 'Did you mean "sslrootcert"?'),
        (
            "Zq7x",
            "Known are: host, passfile, port, sslcert, sslcrl, sslkey, sslmode, sslrootcert,"
            " target_session_attrs, user.",
        ),
    ],
)
def test_an_unknown_parameter_is_refused_with_the_nearest_name(written: str, hint: str) -> None:
    with pytest.raises(UnsupportedUrl) as refusal:
        address_of(f"postgresql://h/kept?{written}=verify-full")
    assert str(refusal.value) == f"The store's URL has a parameter that is not known. {hint}"


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_a_server_beyond_this_machine_has_to_prove_who_it_is(mode: str) -> None:
    """R108: a weaker way is refused, also where only one of the hosts is elsewhere."""
    for host in ("db.example.org", "192.0.2.1", "0.0.0.0", "127.1", "[2001:db8::1]"):  # noqa: S104 - a name in a URL
        with pytest.raises(UnsupportedUrl) as refusal:
            address_of(f"postgresql://localhost,{host}/kept?sslmode={mode}")
        assert str(refusal.value) == (
            f"The store's URL asks for sslmode={mode}, by which somebody between here and {host} could"
            " read and change everything. A server on another machine needs sslmode=verify-full,"
            " which is the default."
        )


@pytest.mark.parametrize("mode", ["allow", "prefer", "require", "verify-ca"])
def test_a_half_measure_is_refused_on_this_machine_too(mode: str) -> None:
    with pytest.raises(UnsupportedUrl) as refusal:
        address_of(f"postgresql://localhost/kept?sslmode={mode}")
    assert str(refusal.value) == (
        f"The store's URL asks for sslmode={mode}, by which nobody knows who answers."
        " On this machine it is disable, the default, or verify-full."
    )


def test_a_socket_file_is_not_said_to_have_tls() -> None:
    with pytest.raises(UnsupportedUrl) as refusal:
        address_of("postgresql:///kept?host=/run/postgresql&sslmode=verify-full")
    assert str(refusal.value) == (
        "The store's URL asks for sslmode=verify-full, and a socket file, which never leaves this machine,"
        " has no TLS."
    )


@pytest.mark.parametrize(
    ("hosts", "mode", "has_tls", "told"),
    [
        ("db.example.org", "", [True], "verify-full"),
        ("localhost", "", [False], "disable"),
        ("LOCALHOST", "", [False], "disable"),
        ("127.0.0.2", "", [False], "disable"),
        ("[::1]", "", [False], "disable"),
        ("[::ffff:127.0.0.1]", "", [False], "disable"),
        ("[::ffff:192.0.2.1]", "", [True], "verify-full"),
        ("localhost.example.org", "", [True], "verify-full"),
        ("127.0.0.1", "disable", [False], "disable"),
        ("127.0.0.1", "verify-full", [True], "verify-full"),
        ("localhost,db.example.org", "", [False, True], "verify-full"),
        ("localhost,db.example.org", "verify-full", [True, True], "verify-full"),
        ("%2Frun", "", [False], ""),
        ("%2Frun", "disable", [False], ""),
    ],
)
def test_tls_is_asked_of_every_host_beyond_this_machine_and_of_others_where_named(
    hosts: str, mode: str, has_tls: list[bool], told: str
) -> None:
    address = address_of(f"postgresql://{hosts}/kept" + (f"?sslmode={mode}" if mode else ""))
    assert [address.has_tls(host) for host in address.hosts] == has_tls
    assert address.sslmode == told


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://ann:Zq7x@one:6000,two/kept?sslmode=verify-full", "postgresql://ann@one:6000,two/kept"),
        ("postgres://ann@[::1]:6000/kept", "postgresql://ann@[::1]:6000/kept"),
        ("postgresql:///kept?host=/a%20b&user=ann", "postgresql://ann@/a%20b/kept"),
        ("postgresql://a%40b%2F:Zq7x@h/k%3Fept", "postgresql://a%40b%2F@h/k%3Fept"),
        ("postgresql://zoë@h/büro", "postgresql://zoë@h/büro"),
    ],
)
def test_the_place_for_people_has_no_password_and_no_parameters(url: str, place: str) -> None:
    assert address_of(url).place == place


async def test_a_store_is_refused_by_the_same_words() -> None:
    with pytest.raises(UnsupportedUrl, match="names no database"):
        await open_store("postgresql://h")
    with pytest.raises(UnsupportedUrl, match="A store on a server is named postgresql://USER@HOST/DATABASE"):
        address_of("sqlite:///tmp/a.db")


def told(url: str) -> str:
    """All that may be told of a URL: what its address is shown as, or the words of its refusal."""
    try:
        address = address_of(url)
    except StoreError as error:
        return f"{error} {error!r} {error.__cause__} {error.__context__}"
    return f"{address.place} {address!r} {address.settings} {address}"


passwords = st.lists(st.sampled_from([*"@:/?#[]%&=,+ \\;\n\t\0é"]), max_size=5).map(
    lambda signs: CANARY + "".join(sign + CANARY for sign in signs)
)
hosts = st.sampled_from(["h", "one,two:6000", "[::1]", "localhost", "", "%2Frun", "bad host", "h:99999"])
ends = st.sampled_from(["", "/", "/kept", "/a/b", "/kept?sslmode=require", "/kept?x=y", "/kept?host=/run"])


@given(passwords, st.sampled_from(["", "ann"]), hosts, ends, st.booleans())
def test_no_url_makes_its_password_appear(
    password: str, user: str, host: str, end: str, is_escaped: bool
) -> None:
    written = quote(password, safe="") if is_escaped else password
    assert CANARY not in told(f"postgresql://{user}:{written}@{host}{end}")


@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_url_holds_it_is_an_address_that_can_be_shown_or_refused(before: str, after: str) -> None:
    for url in (
        f"postgresql://{before}@h/{after}",
        f"postgresql://{quote(before)}@h/{quote(after, safe='')}",
    ):
        try:
            shown = address_of(url).place
        except UnsupportedUrl as error:
            shown = str(error)
        assert shown.isprintable()


def test_a_host_that_failed_is_asked_last_and_one_that_took_writes_first() -> None:
    address = address_of("postgresql://one,two,three/kept")
    one, two, three = address.hosts
    assert address.next_hosts() == [one, two, three]
    address.note(one, is_good=False)
    address.note(two, is_good=True)
    assert address.next_hosts() == [two, three, one]


def test_the_programs_of_postgresql_are_led_to_the_same_place_by_their_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGPASSFILE", "/kept/pgpass")
    address = address_of("postgresql://ann:Zq7x@one:6000,[::1]/kept?sslrootcert=/root.crt")
    assert address.libpq() == {
        "PGHOST": "one,::1",
        "PGPORT": "6000,5432",
        "PGUSER": "ann",
        "PGDATABASE": "kept",
        "PGPASSWORD": "Zq7x",
        "PGPASSFILE": "/kept/pgpass",
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": "/root.crt",
        "PGTARGETSESSIONATTRS": "read-write",
        "PGCONNECT_TIMEOUT": "3",
        "PGGSSENCMODE": "disable",
        "PGAPPNAME": "strongroom",
    }


def test_two_addresses_that_say_the_same_are_equal() -> None:
    first: Address = address_of("postgresql://ann@h/kept")
    first.note(Host("h", 5432), is_good=True)
    assert first == address_of("postgres://ann@h:5432/kept")
