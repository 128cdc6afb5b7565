"""The breach check tells what it knows, and a service that fails acquits nobody."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import time

import pytest

from security.breach import BreachUnavailable, EmbeddedList, RangeClient, Screening
from security.vocabulary import BreachOutcome
from tests.security import range_server
from tests.security.range_server import Answer, in_turn, padding, reply, rows, serving, suffix_of

PASSWORD = "Plum tree, 7 lanterns"
COMMON = "Password123!"

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
        assert await screening.check(password) is outcome
        await screening.close()


@pytest.mark.parametrize("base_url", ["", None])
async def test_without_an_address_only_the_embedded_list_is_asked(base_url: str | None) -> None:
    screening = Screening.at(base_url)
    assert await screening.check(PASSWORD) is BreachOutcome.CLEAR_EMBEDDED
    assert await screening.check(COMMON) is BreachOutcome.FOUND_EMBEDDED
    await screening.close()


async def test_where_no_check_can_be_made_the_outcome_says_so() -> None:
    async with serving(BROKEN["status 500"]) as server:
        screening = Screening(RangeClient(server.url), None)
        assert await screening.check(PASSWORD) is BreachOutcome.NOT_CHECKED
        await screening.close()
    assert await Screening(None, None).check(PASSWORD) is BreachOutcome.NOT_CHECKED


async def test_fifty_checks_at_once_all_answer() -> None:
    async with serving(rows((PASSWORD, 4))) as server:
        client = RangeClient(server.url)
        assert await asyncio.gather(*[client.count(PASSWORD) for _ in range(50)]) == [4] * 50
        await client.close()


async def test_a_check_that_is_cancelled_leaves_the_client_usable() -> None:
    async with serving(in_turn(range_server.silence, rows((PASSWORD, 4)))) as server:
        client = RangeClient(server.url)
        check = asyncio.create_task(client.count(PASSWORD))
        await asyncio.sleep(0.2)
        check.cancel()
        await asyncio.gather(check, return_exceptions=True)
        assert await client.count(PASSWORD) == 4
        await client.close()


async def test_the_embedded_list_knows_common_passwords() -> None:
    assert await EmbeddedList().count(COMMON) == 1
    assert await EmbeddedList().count(PASSWORD) == 0
