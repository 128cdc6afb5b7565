"""Clients in words, from a User-Agent or as the door says."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import product

import pytest

from security.clients import MAX_CELLS, MAX_USER_AGENT_BYTES, UNKNOWN, client_of, described
from security.origin import Origin
from tests.security.people import an_origin

ON_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
ON_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)


def calling_itself(user_agent: str) -> Origin:
    """An origin that another program made for a client with this User-Agent."""
    return replace(an_origin(client=""), user_agent=user_agent)


@pytest.mark.parametrize(
    ("user_agent", "client"),
    [
        (ON_LINUX, "Firefox 131 on Linux"),
        (ON_IPHONE, "Safari 18 on iPhone"),
        (ON_IPHONE.replace("iPhone;", "iPad;"), "Safari 18 on iPad"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.2849.46",
            "Edge 130 on Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Mobile Safari/537.36",
            "Chrome 130 on Android",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Safari/605.1.15",
            "Safari 18 on macOS",
        ),
        ("curl/8.5.0", "curl 8"),
        ("kubectl/v1.30.0 (linux/amd64)", "kubectl v1.30.0 on Linux"),
        ("payroll-sync/2.1 (nightly)", "payroll-sync 2.1"),
        ("payroll-sync", "payroll-sync"),
    ],
)
def test_a_user_agent_is_put_into_words(user_agent: str, client: str) -> None:
    assert client_of(calling_itself(user_agent)) == client


@pytest.mark.parametrize(
    "user_agent", ["", "   ", "Mozilla/5.0 (compatible)", "(nothing)", "\x1b[2J", "\ud800"]
)
def test_a_client_that_says_nothing_is_unknown(user_agent: str) -> None:
    assert client_of(calling_itself(user_agent)) == UNKNOWN


def test_without_a_user_agent_the_client_is_as_the_door_says() -> None:
    assert client_of(an_origin(client="OpenSSH, kitty")) == "OpenSSH, kitty"


async def test_an_origin_is_described_by_its_user_agent_and_otherwise_left_alone() -> None:
    origin = calling_itself(ON_LINUX)
    assert await described(origin) == replace(origin, client="Firefox 131 on Linux")
    plain = an_origin()
    assert await described(plain) is plain
    assert (await described(replace(plain, client=" "))).client == UNKNOWN


HOSTILE = (
    "\x1b[31mred",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b31m",
    "a\u202eb\u2066c",
    "nul\x00/1",
    "[/red]",
    "x" * 1_000_000,
    "e" + "\u0301" * 100_000,
    "\udcff\ud800",
    "\n\r\t",
)


@pytest.mark.parametrize(
    "shape", ["{}", "{}/1.0", "Mozilla/5.0 ({}) Firefox/131.0", "Mozilla/5.0 (X11; Linux) {}/7"]
)
def test_hostile_text_is_inert_and_bounded(shape: str) -> None:
    for hostile in HOSTILE:
        client = client_of(calling_itself(shape.format(hostile)))
        assert client, ascii(hostile[:40])
        assert not set(client) & set("\x1b\x9b\x07\x00\u202e\u2066\n\r\t"), ascii(hostile[:40])
        assert len(client) <= 5 * MAX_CELLS
        client.encode()


ROWS = (
    "a",
    "(",
    "a;",
    "a/",
    " ",
    "Version/",
    "Mobile ",
    "like Mac OS X ",
    "1.",
    "0_",
    "; ",
    "Linux ",
    "\x00",
)
"""What patterns with several repetitions in a row could lose themselves in."""


@pytest.mark.parametrize(
    "begin", ["", "Mozilla/5.0 (", "Mozilla/5.0 (Linux; Android ", "Opera/9.80 (", "Dalvik/"]
)
def test_no_user_agent_keeps_the_patterns_busy(begin: str) -> None:
    """The greatest length that is looked at, and a million characters, which are cut first."""
    client_of(calling_itself("warm"))
    for row, length in product(ROWS, (MAX_USER_AGENT_BYTES, 1_000_000)):
        began = time.thread_time()
        client_of(calling_itself(begin + row * length))
        assert time.thread_time() - began < 0.15, (row, length)
