"""The breach check tells what it knows, and a service that fails acquits nobody."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import threading
import time
from pathlib import Path

import pytest

from security.breach.screening import (
    BreachUnavailable,
    EmbeddedList,
    FileCheck,
    RangeClient,
    Screened,
    Screening,
)
from security.vocabulary import BreachOutcome
from tests.security import range_server
from tests.security.breach_lists import a_list, imported, passwords
from tests.security.range_server import Answer, in_turn, padding, reply, rows, serving, suffix_of

PASSWORD = "Plum tree, 7 lanterns"
COMMON = "Password123!"
OTHER = "Nine kites, 2 harbours"

BROKEN: dict[str, Answer] = {
    "silence": range_server.silence,
    "a drip": range_server.a_drip,
    "a flood": range_server.a_flood,
    "no http": range_server.garbage,
    "status 500": reply(padding(), "500 Internal Server Error"),
    "status 429": reply("", "429 Too Many Requests", "Retry-After: 9\r\n"),
    "status 204": reply(b"", "204 No Content"),
    "an empty body": reply(""),
    "a page": reply("<html>Please log in to the network</html>"),
    "a cut row": reply(padding() + "0123456789ABCDEF"),
    "a count that is no number": reply(f"{suffix_of(PASSWORD)}:many\r\n"),
    "other digits": reply(f"{suffix_of(PASSWORD)}:٣\r\n"),
    "too much": reply(padding(8000)),
    "compressed": reply(gzip.compress(padding().encode()), headers="Content-Encoding: gzip\r\n"),
    "a compressed bomb": reply(gzip.compress(b"0" * 50_000_000), headers="Content-Encoding: gzip\r\n"),
}


async def count(answer: Answer, password: str = PASSWORD) -> int:
    """What a client makes of one answer."""
    async with serving(answer) as server:
        client = RangeClient(server.url)
        try:
            return await client.count(password)
        finally:
            await client.close()


async def test_a_password_in_the_range_is_counted() -> None:
    assert await count(rows((PASSWORD, 37))) == 37


async def test_a_password_that_is_not_in_the_range_was_never_seen() -> None:
    assert await count(rows(("another", 5))) == 0


async def test_a_padded_row_with_count_nought_is_no_match() -> None:
    assert await count(rows((PASSWORD, 0))) == 0


@pytest.mark.parametrize("body", ["{}:3", "{}:3\n", "{}:3\r\n"])
async def test_rows_may_end_as_services_end_them(body: str) -> None:
    assert await count(reply(body.format(suffix_of(PASSWORD).lower()))) == 3


async def test_the_service_learns_five_hex_digits_and_no_more() -> None:
    async with serving(rows()) as server:
        client = RangeClient(server.url + "/")
        await client.count(PASSWORD)
        await client.close()
    digest = hashlib.sha1(PASSWORD.encode()).hexdigest()  # noqa: S324
    (request,) = server.requests
    assert request.startswith(f"GET /range/{digest[:5].upper()} HTTP/1.1\r\n")
    assert "add-padding: true" in request.lower()
    assert digest[5:12] not in request.lower()
    assert "plum" not in request.lower()


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
async def test_an_answer_that_cannot_be_trusted_is_none_and_comes_in_time(answer: Answer) -> None:
    began = time.perf_counter()
    with pytest.raises(BreachUnavailable):
        await count(answer)
    assert time.perf_counter() - began < 2.5


async def test_a_redirect_is_not_followed() -> None:
    async with serving(rows((PASSWORD, 9))) as elsewhere:
        away = reply("", "302 Found", f"Location: {elsewhere.url}/range/00000\r\n")
        with pytest.raises(BreachUnavailable):
            await count(away)
    assert elsewhere.requests == []


@pytest.mark.parametrize("first", ["no http", "status 500", "silence", "a page"])
async def test_one_failure_is_tried_again(first: str) -> None:
    assert await count(in_turn(BROKEN[first], rows((PASSWORD, 3)))) == 3


async def test_two_failures_are_not_tried_a_third_time() -> None:
    async with serving(BROKEN["status 500"]) as server:
        client = RangeClient(server.url)
        with pytest.raises(BreachUnavailable):
            await client.count(PASSWORD)
        await client.close()
    assert len(server.requests) == 2


async def test_nobody_at_the_port_is_unavailable() -> None:
    async with serving(rows()) as server:
        pass
    client = RangeClient(server.url)
    with pytest.raises(BreachUnavailable):
        await client.count(PASSWORD)
    await client.close()


async def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(reply("", "500 Proxy")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert await count(rows((PASSWORD, 2))) == 2
    assert proxy.requests == []


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "ftp://127.0.0.1",
        "https://",
        "https://name:word@api.example",
        "https://api.example/?x=1",
        "file:///etc/passwd",
        "api.example",
        "https://api.example:99999",
        "https://[::1",
        "https://api .example",
        "https://ａpi.example",
    ],
)
def test_only_https_or_this_machine_may_be_asked(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        RangeClient(url)


@pytest.mark.parametrize(
    "url", ["https://api.example", "http://127.0.0.1:8080", "http://[::1]:1/", "http://localhost"]
)
def test_https_and_this_machine_may_be_asked(url: str) -> None:
    RangeClient(url)


@pytest.mark.parametrize(
    ("answer", "password", "outcome"),
    [
        (rows(), PASSWORD, BreachOutcome.CLEAR_ONLINE),
        (rows((PASSWORD, 1)), PASSWORD, BreachOutcome.FOUND_ONLINE),
        (BROKEN["status 500"], PASSWORD, BreachOutcome.CLEAR_EMBEDDED),
        (BROKEN["status 500"], COMMON, BreachOutcome.FOUND_EMBEDDED),
        (BROKEN["an empty body"], COMMON, BreachOutcome.FOUND_EMBEDDED),
    ],
)
async def test_the_outcome_says_which_check_answered(
    answer: Answer, password: str, outcome: BreachOutcome
) -> None:
    async with serving(answer) as server:
        screening = Screening.at(server.url)
        assert (await screening.check(password)).outcome is outcome
        await screening.close()


@pytest.mark.parametrize("base_url", ["", None])
async def test_without_an_address_only_the_embedded_list_is_asked(base_url: str | None) -> None:
    screening = Screening.at(base_url)
    assert (await screening.check(PASSWORD)).outcome is BreachOutcome.CLEAR_EMBEDDED
    assert (await screening.check(COMMON)).outcome is BreachOutcome.FOUND_EMBEDDED
    await screening.close()


async def test_where_no_check_can_be_made_the_outcome_says_so() -> None:
    async with serving(BROKEN["status 500"]) as server:
        screening = Screening(RangeClient(server.url), None)
        assert (await screening.check(PASSWORD)).outcome is BreachOutcome.NOT_CHECKED
        await screening.close()
    assert (await Screening(None, None).check(PASSWORD)).outcome is BreachOutcome.NOT_CHECKED


async def test_fifty_checks_at_once_all_answer() -> None:
    async with serving(rows((PASSWORD, 4))) as server:
        client = RangeClient(server.url)
        assert await asyncio.gather(*[client.count(PASSWORD) for _ in range(50)]) == [4] * 50
        await client.close()


async def test_a_check_that_is_cancelled_leaves_the_client_usable() -> None:
    async with serving(in_turn(range_server.silence, rows((PASSWORD, 4)))) as server:
        client = RangeClient(server.url)
        check = asyncio.create_task(client.count(PASSWORD))
        async with asyncio.timeout(20):
            while not server.requests:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        check.cancel()
        await asyncio.gather(check, return_exceptions=True)
        assert await client.count(PASSWORD) == 4
        await client.close()


async def test_the_embedded_list_knows_common_passwords() -> None:
    assert await EmbeddedList().count(COMMON) == 1
    assert await EmbeddedList().count(PASSWORD) == 0


@pytest.fixture
def breach_file(tmp_path: Path) -> Path:
    """A breach file in which the password stands."""
    path = tmp_path / "breach.sha1"
    imported(path, a_list([PASSWORD, *passwords(500)]))
    return path


@pytest.mark.parametrize(
    ("answer", "password", "outcome"),
    [
        (rows(), PASSWORD, BreachOutcome.CLEAR_ONLINE),
        (rows((OTHER, 1)), OTHER, BreachOutcome.FOUND_ONLINE),
        (BROKEN["status 500"], PASSWORD, BreachOutcome.FOUND_OFFLINE),
        (BROKEN["silence"], PASSWORD, BreachOutcome.FOUND_OFFLINE),
        (BROKEN["an empty body"], OTHER, BreachOutcome.CLEAR_OFFLINE),
        (BROKEN["status 429"], COMMON, BreachOutcome.CLEAR_OFFLINE),
    ],
)
async def test_the_breach_file_is_asked_where_the_online_answer_fails_and_only_there(
    breach_file: Path, answer: Answer, password: str, outcome: BreachOutcome
) -> None:
    async with serving(answer) as server:
        screening = Screening.at(server.url, breach_file)
        assert (await screening.check(password)).outcome is outcome
        await screening.close()


async def test_with_the_online_check_off_the_breach_file_alone_is_asked(breach_file: Path) -> None:
    screening = Screening.at(None, breach_file)
    assert await screening.check(PASSWORD) == Screened(BreachOutcome.FOUND_OFFLINE)
    assert await screening.check(OTHER) == Screened(BreachOutcome.CLEAR_OFFLINE)
    await screening.close()


async def test_a_breach_file_that_cannot_be_trusted_acquits_nobody_and_is_told(breach_file: Path) -> None:
    screening = Screening.at(None, breach_file)
    assert (await screening.check(OTHER)).outcome is BreachOutcome.CLEAR_OFFLINE
    os.truncate(breach_file, breach_file.stat().st_size - 1)
    for password, outcome in (
        (PASSWORD, BreachOutcome.CLEAR_EMBEDDED),
        (COMMON, BreachOutcome.FOUND_EMBEDDED),
    ):
        assert await screening.check(password) == Screened(outcome, {"breach_file": "cut_short"})
    breach_file.unlink()
    assert (await screening.check(OTHER)).failures == {"breach_file": "absent"}
    imported(breach_file, a_list([PASSWORD]))
    assert (await screening.check(PASSWORD)).outcome is BreachOutcome.FOUND_OFFLINE
    await screening.close()


async def test_where_every_check_fails_each_says_why(tmp_path: Path) -> None:
    async with serving(BROKEN["status 500"]) as server:
        screening = Screening(RangeClient(server.url), None, file=FileCheck(tmp_path / "none"))
        screened = await screening.check(PASSWORD)
        await screening.close()
    assert screened == Screened(
        BreachOutcome.NOT_CHECKED, {"online": "no answer that can be trusted", "breach_file": "absent"}
    )


async def test_a_disk_that_does_not_answer_is_not_waited_for(
    breach_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = threading.Event()
    pread = os.pread

    def hanging(handle: int, size: int, at: int) -> bytes:
        may_go_on.wait(10)
        return pread(handle, size, at)

    monkeypatch.setattr(os, "pread", hanging)
    check = FileCheck(breach_file, deadline=0.1)
    began = time.perf_counter()
    with pytest.raises(BreachUnavailable, match="did not answer in time"):
        await check.count(PASSWORD)
    assert time.perf_counter() - began < 2
    may_go_on.set()
    monkeypatch.undo()
    await check.close()


async def test_a_look_up_does_not_hold_the_loop_up(
    breach_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pread = os.pread

    def slow(handle: int, size: int, at: int) -> bytes:
        time.sleep(0.2)
        return pread(handle, size, at)

    monkeypatch.setattr(os, "pread", slow)
    check = FileCheck(breach_file)
    asked = asyncio.create_task(check.count(PASSWORD))
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert await asked == 1
    assert turns > 10
    await check.close()


async def test_fifty_look_ups_at_once_all_answer(breach_file: Path) -> None:
    check = FileCheck(breach_file)
    those = passwords(1000)[475:525]
    assert await asyncio.gather(*map(check.count, those)) == [1] * 25 + [0] * 25
    await check.close()
