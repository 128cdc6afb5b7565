"""The origin of a visit, read from the environment."""

from __future__ import annotations

import pytest

from security.facts import Secret
from strongroom.terminal_origin import MAX_TEXT, find_origin


def test_a_terminal_of_this_machine_is_local() -> None:
    origin = find_origin({"TERM": "xterm-kitty"})
    assert (origin.source_ip, origin.client) == ("local", "kitty")
    assert origin.node


def test_ssh_gives_the_address_and_the_client() -> None:
    origin = find_origin({"SSH_CONNECTION": "203.0.113.7 51000 10.0.0.1 22", "TERM": "foot"})
    assert (origin.source_ip, origin.client) == ("203.0.113.7", "OpenSSH, foot")


@pytest.mark.parametrize(
    ("connection", "address"),
    [
        ("2001:DB8:0::7334 51000 ::1 22", "2001:db8::7334"),
        ("fe80::1%eth0 51000 ::1 22", "fe80::1"),
        ("", "unknown"),
        ("\x1b[31m evil", "unknown"),
        ("203.0.113.7.8 1 2 3", "unknown"),
        ("9" * 100_000, "unknown"),
    ],
)
def test_the_address_is_an_address_or_unknown(connection: str, address: str) -> None:
    assert find_origin({"SSH_CONNECTION": connection}).source_ip == address


def test_what_the_program_says_of_itself_comes_before_the_kind_of_terminal() -> None:
    assert find_origin({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app"}).client == "iTerm2"
    assert find_origin({"TERM": "xterm-256color", "LC_TERMINAL": "iTerm2"}).client == "iTerm2"
    assert find_origin({"TERM": "xterm-256color"}).client == "xterm-256color"
    assert find_origin({}).client == "unknown terminal"


def test_hostile_names_are_bounded_and_can_be_stored() -> None:
    assert len(find_origin({"TERM": "x" * 10_000}).client) == MAX_TEXT
    find_origin({"TERM": "\udcff\ud800"}).client.encode()


def test_each_visit_has_a_connection_of_its_own_that_no_repr_shows() -> None:
    first, second = find_origin({}), find_origin({})
    assert first.connection != second.connection
    assert len(first.connection.reveal) >= 43
    assert first.connection.reveal not in repr(first)


def test_the_device_secret_is_handed_on() -> None:
    assert find_origin({}, Secret("known")).device_secret == Secret("known")
