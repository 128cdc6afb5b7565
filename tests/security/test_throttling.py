"""Tries are counted before they are checked, and a lock ends when it said."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from security.clock import MovedClock
from security.counters import network_of
from security.facts import Secret
from security.key_entries import KeyPurpose
from security.keys import KeyRing
from security.origin import Origin
from security.refusals import Throttled
from security.throttling import Reservation, Throttle
from store.errors import StoreError
from store.ids import new_id
from store.store import Store, open_store
from tests.security.stores import everything_in

AMIR = "amir@acme.example"
ACCOUNT = "0195-account"
MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)

ROTATED_AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def source(ip: str = "203.0.113.7") -> Origin:
    """A terminal at an address."""
    return Origin(Secret("connection"), ip, "OpenSSH", "test")


def sources() -> list[Origin]:
    """So many sources that none of them reaches its own limit."""
    return [source(f"198.51.100.{last}") for last in range(1, 255)]


@pytest.fixture
def throttle(store: Store, keys: KeyRing, clock: MovedClock) -> Throttle:
    """Counters in the test's store."""
    return Throttle(store, keys, clock)


async def tries(count: int, one: Callable[[int], Awaitable[Reservation]]) -> list[Reservation]:
    """So many tries, one after another, none of them released."""
    return [await one(number) for number in range(count)]


async def until(one: Awaitable[Reservation]) -> datetime:
    """When a try that is refused would be answered."""
    with pytest.raises(Throttled) as refused:
        await one
    return refused.value.until


async def release(store: Store, throttle: Throttle, reservation: Reservation, clock: MovedClock) -> None:
    """What a success does."""
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await throttle.release(tx, reservation)


async def attempts(store: Store) -> int:
    """How many tries are counted in all counters."""
    async with store.read() as tx:
        row = await tx.fetch_one("SELECT count(*) AS total FROM attempts")
    return int(str(row["total"])) if row is not None else 0


async def test_the_eleventh_password_of_an_account_waits_until_five_minutes_after_the_tenth(
    throttle: Throttle, clock: MovedClock
) -> None:
    places = sources()
    await tries(9, lambda number: throttle.reserve_password(AMIR, places[number]))
    clock.advance(MINUTE)
    await throttle.reserve_password(AMIR, places[9])
    assert await until(throttle.reserve_password(AMIR, places[10])) == clock.now() + 5 * MINUTE


async def test_the_eleventh_password_of_a_source_waits_whatever_the_name(throttle: Throttle) -> None:
    await tries(10, lambda number: throttle.reserve_password(f"{number}@acme.example", source()))
    await until(throttle.reserve_password("another@acme.example", source()))
    await throttle.reserve_password("another@acme.example", source("203.0.113.8"))


async def test_the_thousand_and_first_password_of_all_waits(
    throttle: Throttle, store: Store, keys: KeyRing, clock: MovedClock
) -> None:
    counter = keys.mac(KeyPurpose.NAMES, b"password all\x00").digest
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        for number in range(999):
            await tx.execute(
                "INSERT INTO attempts (id, counter, at) VALUES (:id, :counter, :at)",
                id=str(number),
                counter=counter,
                at=clock.now(),
            )
    await throttle.reserve_password(AMIR, source())
    await until(throttle.reserve_password("new@acme.example", source("192.0.2.1")))


async def test_ipv6_counts_by_64_and_ipv4_by_address(throttle: Throttle) -> None:
    await tries(
        10, lambda number: throttle.reserve_password(f"{number}@x.example", source(f"2001:db8::{number}"))
    )
    await until(throttle.reserve_password(AMIR, source("2001:db8:0:0:ffff::1")))
    await throttle.reserve_password(AMIR, source("2001:db8:0:1::1"))


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("local", "local"),
        ("", ""),
    ],
)
def test_a_source_is_the_network_that_one_person_can_have(ip: str, network: str) -> None:
    assert network_of(ip) == network


@pytest.mark.parametrize(
    ("limit", "spacing", "window"),
    [
        (5, timedelta(0), 5 * MINUTE),
        (20, timedelta(minutes=2), 60 * MINUTE),
        (50, timedelta(minutes=20), 1440 * MINUTE),
    ],
)
async def test_a_second_factor_has_five_in_five_minutes_twenty_an_hour_fifty_a_day(
    throttle: Throttle, clock: MovedClock, limit: int, spacing: timedelta, window: timedelta
) -> None:
    places = sources()
    for number in range(limit):
        clock.advance(spacing)
        await throttle.reserve_second_step(ACCOUNT, places[number])
    assert await until(throttle.reserve_second_step(ACCOUNT, places[-1])) == clock.now() + window


async def test_a_source_has_ten_second_factors_in_five_minutes_and_fifty_an_hour(
    throttle: Throttle, clock: MovedClock
) -> None:
    for number in range(10):
        await throttle.reserve_second_step(f"account-{number}", source())
    await until(throttle.reserve_second_step("another", source()))
    clock.advance(5 * MINUTE)
    for number in range(10, 50):
        clock.advance(MINUTE)
        await throttle.reserve_second_step(f"account-{number}", source())
    assert await until(throttle.reserve_second_step("another", source())) == clock.now() + 60 * MINUTE


async def test_a_lock_ends_at_its_moment_and_not_before(throttle: Throttle, clock: MovedClock) -> None:
    await tries(5, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    clock.advance(5 * MINUTE - MOMENT)
    await until(throttle.reserve_second_step(ACCOUNT, source()))
    clock.advance(MOMENT)
    await throttle.reserve_second_step(ACCOUNT, source())


async def test_tries_made_while_locked_neither_count_nor_lengthen_the_lock(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    await tries(5, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    counted, ends = await attempts(store), clock.now() + 5 * MINUTE
    for _ in range(20):
        clock.advance(timedelta(seconds=10))
        assert await until(throttle.reserve_second_step(ACCOUNT, source())) == ends
    assert await attempts(store) == counted


async def test_of_a_hundred_guesses_at_once_five_are_checked(throttle: Throttle) -> None:
    answers = await asyncio.gather(
        *[throttle.reserve_second_step(ACCOUNT, place) for place in sources()[:100]], return_exceptions=True
    )
    assert sum(isinstance(answer, Reservation) for answer in answers) == 5
    assert sum(isinstance(answer, Throttled) for answer in answers) == 95


async def test_guesses_through_two_doors_share_one_limit(
    throttle: Throttle, store_url: str, keys: KeyRing, clock: MovedClock
) -> None:
    other = await open_store(store_url)
    doors = [throttle, Throttle(other, keys, clock)]
    answers = await asyncio.gather(
        *[
            doors[number % 2].reserve_second_step(ACCOUNT, place)
            for number, place in enumerate(sources()[:60])
        ],
        return_exceptions=True,
    )
    await other.close()
    assert sum(isinstance(answer, Reservation) for answer in answers) == 5


async def test_success_clears_the_account_but_not_the_source(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    await tries(8, lambda _: throttle.reserve_password(AMIR, source()))
    await release(store, throttle, await throttle.reserve_password(AMIR, source()), clock)
    await tries(2, lambda number: throttle.reserve_password(f"{number}@x.example", source()))
    await until(throttle.reserve_password(AMIR, source()))
    await tries(9, lambda number: throttle.reserve_password(AMIR, sources()[number]))


async def test_a_success_at_the_last_try_lifts_the_lock_that_it_put_up(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    for number in range(9):
        await throttle.reserve_password(f"{number}@x.example", source())
    await release(store, throttle, await throttle.reserve_password(AMIR, source()), clock)
    await throttle.reserve_password(AMIR, source())
    await until(throttle.reserve_password(AMIR, source()))


async def test_a_success_under_way_does_not_lift_a_lock_that_others_deserve(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    mine = await throttle.reserve_password(AMIR, source())
    for number in range(9):
        await throttle.reserve_password(f"{number}@x.example", source())
    clock.advance(MINUTE)
    await until(throttle.reserve_password("x@x.example", source()))
    await release(store, throttle, mine, clock)
    await throttle.reserve_password("x@x.example", source())
    await until(throttle.reserve_password("x@x.example", source()))


async def test_a_try_that_is_not_released_stays_counted(throttle: Throttle, store: Store) -> None:
    await throttle.reserve_second_step(ACCOUNT, source())
    assert await attempts(store) == 2


async def test_a_known_device_is_not_locked_out_by_strangers(throttle: Throttle) -> None:
    await tries(10, lambda number: throttle.reserve_password(AMIR, sources()[number]))
    await until(throttle.reserve_password(AMIR, source()))
    await throttle.reserve_password(AMIR, source(), known_device="device-1")


async def test_a_known_device_has_a_limit_of_its_own(throttle: Throttle, clock: MovedClock) -> None:
    await tries(10, lambda _: throttle.reserve_password(AMIR, source(), known_device="device-1"))
    assert (
        await until(throttle.reserve_password(AMIR, source(), known_device="device-1"))
        == clock.now() + 5 * MINUTE
    )
    await throttle.reserve_password(AMIR, source(), known_device="device-2")
    await throttle.reserve_password(AMIR, source())


async def test_counters_are_there_after_a_restart(
    throttle: Throttle, store: Store, store_url: str, keys: KeyRing, clock: MovedClock
) -> None:
    await tries(5, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    await store.close()
    again = await open_store(store_url)
    await until(Throttle(again, keys, clock).reserve_second_step(ACCOUNT, source()))
    await again.close()


async def test_counters_are_found_after_the_names_key_was_rotated(throttle: Throttle, keys: KeyRing) -> None:
    await tries(3, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    keys.rotate(KeyPurpose.NAMES, ROTATED_AT)
    await tries(2, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    await until(throttle.reserve_second_step(ACCOUNT, source()))


async def test_a_lock_holds_after_the_names_key_was_rotated(throttle: Throttle, keys: KeyRing) -> None:
    await tries(5, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    keys.rotate(KeyPurpose.NAMES, ROTATED_AT)
    await until(throttle.reserve_second_step(ACCOUNT, source()))


async def test_no_name_or_address_is_in_the_store(throttle: Throttle, store: Store) -> None:
    await throttle.reserve_password("canary@acme.example", source("198.51.100.99"))
    kept = await everything_in(store)
    assert b"canary" not in kept
    assert b"198.51.100.99" not in kept


async def test_where_the_counters_cannot_be_written_nothing_is_allowed(
    throttle: Throttle, store: Store
) -> None:
    await store.close()
    with pytest.raises(StoreError):
        await throttle.reserve_password(AMIR, source())
    with pytest.raises(StoreError):
        await throttle.reserve_second_step(ACCOUNT, source())


async def test_a_clock_set_back_opens_no_lock_and_forgets_no_try(
    throttle: Throttle, clock: MovedClock
) -> None:
    await tries(4, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    clock.advance(-60 * MINUTE)
    await throttle.reserve_second_step(ACCOUNT, source())
    await until(throttle.reserve_second_step(ACCOUNT, source()))


async def test_failures_before_a_success_are_told(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    for _ in range(6):
        await throttle.reserve_password(AMIR, source())
        clock.advance(6 * MINUTE)
    last = await throttle.reserve_password(AMIR, source())
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await throttle.release(tx, last) == 6


async def test_what_fell_out_of_every_window_is_forgotten(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    await tries(5, lambda _: throttle.reserve_second_step(ACCOUNT, source()))
    clock.advance(timedelta(hours=24))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await throttle.purge(tx) == 0
    clock.advance(timedelta(hours=1, seconds=1))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        assert await throttle.purge(tx) > 0
    assert await attempts(store) == 0


async def test_a_cancelled_reservation_counts_or_does_not_but_locks_nobody_for_good(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    task = asyncio.create_task(throttle.reserve_second_step(ACCOUNT, source()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await attempts(store) in (0, 2)
    await throttle.reserve_second_step(ACCOUNT, source())


def test_a_reservation_shows_no_counter() -> None:
    assert "counters" not in repr(Reservation("id", ()))


async def test_a_lock_of_a_clock_that_was_a_year_ahead_lasts_one_window_once_it_is_right(
    throttle: Throttle, store: Store, clock: MovedClock
) -> None:
    clock.advance(timedelta(days=365))
    await tries(10, lambda _: throttle.reserve_password(AMIR, source()))
    clock.advance(timedelta(days=-365))
    async with store.write(new_id(clock.now()), clock.now()) as tx:
        await throttle.purge(tx)
    right = clock.now()
    assert await until(throttle.reserve_password(AMIR, source())) == right + 5 * MINUTE
    clock.advance(5 * MINUTE)
    await throttle.reserve_password(AMIR, source())
