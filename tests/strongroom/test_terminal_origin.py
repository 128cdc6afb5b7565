"""The origin of a visit, read from the environment."""

from __future__ import annotations

import pytest

from security.facts import Secret
from strongroom.terminal_origin import MAX_TEXT, client_named, find_origin


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


def test_a_program_that_tells_its_version_is_named_with_it() -> None:
    assert (
        find_origin({"TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.5.4"}).client == "iTerm2 3.5.4"
    )
    assert find_origin({"LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.5.4"}).client == "iTerm2 3.5.4"
    assert find_origin({"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.95.0-insider"}).client == (
        "VS Code 1.95.0"
    )


def test_a_version_belongs_to_the_name_beside_it() -> None:
    told = {"TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2", "LC_TERMINAL_VERSION": "3.5.4"}
    assert find_origin(told).client == "tmux"


@pytest.mark.parametrize("version", ["1\x1b[2J", "", "x", "9" * 100_000, "1 2", "\u0661.2", "\udcff"])
def test_a_version_that_is_none_is_left_out(version: str) -> None:
    assert find_origin({"TERM_PROGRAM": "WezTerm", "TERM_PROGRAM_VERSION": version}).client == "WezTerm"


@pytest.mark.parametrize(
    ("answer", "client"),
    [
        ("kitty(0.35.2)", "kitty 0.35.2"),
        ("XTerm(388)", "xterm 388"),
        ("foot(1.17.2)", "foot 1.17.2"),
        ("WezTerm 20240203-110809-5046fc22", "WezTerm 20240203"),
        ("iTerm2 3.5.4", "iTerm2 3.5.4"),
        ("tmux 3.4", "tmux 3.4"),
        ("tmux next-3.6", "tmux"),
        ("ghostty 1.0.1-dev+abc", "Ghostty 1.0.1"),
        ("VTE(7600)", "VTE 0.76"),
        ("VTE(10002)", "VTE 1.0"),
        ("Windows Terminal 1.22", "Windows Terminal 1.22"),
    ],
)
def test_what_a_terminal_answers_is_put_into_words(answer: str, client: str) -> None:
    assert client_named({}, answer) == client
    assert client_named({"SSH_CONNECTION": "203.0.113.7 1 2 3"}, answer) == f"OpenSSH, {client}"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "kitty",
        "kitty(0.35",
        "(1.2)",
        "evil\x1b[31m(1)",
        "x" * 200,
        "OpenSSH, kitty(1)",
        "a(1)\n",
        "\u202ea(1)",
    ],
)
def test_an_answer_that_makes_no_sense_names_nothing(answer: str) -> None:
    assert client_named({}, answer) is None
