"""Throttling: a sliding log of tries, counted before they are checked (R019-R026)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from security.key_file import KeyPurpose
from security.refusals import Throttled
from store import throttles
from store.ids import new_id

if TYPE_CHECKING:
    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from store.store import Store
    from store.transaction import Transaction

FIVE_MINUTES = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

MEMORY = DAY + HOUR
"""How long a try is kept: longer than the longest window."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries in so long a window; the last of them locks for one window more."""

    tries: int
    window: timedelta


PASSWORD_OF_ACCOUNT = (Limit(10, FIVE_MINUTES),)
PASSWORD_OF_SOURCE = (Limit(10, FIVE_MINUTES),)
PASSWORD_OF_ALL = (Limit(1000, FIVE_MINUTES),)
SECOND_STEP_OF_ACCOUNT = (Limit(5, FIVE_MINUTES), Limit(20, HOUR), Limit(50, DAY))
SECOND_STEP_OF_SOURCE = (Limit(10, FIVE_MINUTES), Limit(50, HOUR))


@dataclass(frozen=True, slots=True)
class _Counter:
    """One thing that tries are counted for, under every version of the names key, the newest first."""

    names: tuple[bytes, ...]
    limits: tuple[Limit, ...]
    is_of_account: bool


@dataclass(frozen=True, slots=True)
class Reservation:
    """A try that counts already. It stays counted unless success releases it, or it was never checked."""

    attempt_id: str
    counters: tuple[_Counter, ...] = field(repr=False)


class Throttle:
    """Counts tries and refuses more of them than the limits allow.

    A try is reserved in a transaction of its own before anything is checked, so that a hundred
    guesses at once cannot pass a limit of five. Where the store fails, its error reaches the caller
    and nothing was checked (R025).
    """

    def __init__(self, store: Store, keys: KeyRing, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._clock = clock

    async def reserve_password(
        self, canonical: str, origin: Origin, known_device: str | None = None
    ) -> Reservation:
        """Count a try at a password, whether the name exists or not.

        `known_device` is the id of a device that this account signed in from before: its own counter
        replaces those of the account, the source and everybody, so that strangers cannot lock it out (R026).

        Raises:
            Throttled: a limit is reached; nothing was counted.
            StoreError: the counters cannot be read or written.
        """
        if known_device is not None:
            return await self._reserve(
                self._counter("password device", known_device, PASSWORD_OF_ACCOUNT, True)
            )
        return await self._reserve(
            self._counter("password account", canonical, PASSWORD_OF_ACCOUNT, True),
            self._counter("password source", network_of(origin.source_ip), PASSWORD_OF_SOURCE),
            self._counter("password all", "", PASSWORD_OF_ALL),
        )

    async def reserve_second_step(
        self, account_id: str, origin: Origin, known_device: str | None = None
    ) -> Reservation:
        """Count a try at a second factor; codes of every kind share the account's one counter (R020).

        A device that this account signed in from before counts by itself here too, so that a stranger
        who has the password cannot keep its owner out (R026).

        Raises:
            Throttled: a limit is reached; nothing was counted.
            StoreError: the counters cannot be read or written.
        """
        if known_device is not None:
            return await self._reserve(
                self._counter("second step device", known_device, SECOND_STEP_OF_ACCOUNT, True)
            )
        return await self._reserve(
            self._counter("second step account", account_id, SECOND_STEP_OF_ACCOUNT, True),
            self._counter("second step source", network_of(origin.source_ip), SECOND_STEP_OF_SOURCE),
        )

    async def failures_of(
        self,
        tx: Transaction,
        reservation: Reservation,
        canonical: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """How many tries of the account failed within a day before this one (R029).

        A known device counts by itself; with the name those of strangers are told there too, as far
        as they came after a moment, the last sign-in: what was told once is not told again.
        """
        day_ago = self._clock.now() - DAY
        own = [counter for counter in reservation.counters if counter.is_of_account]
        counted = 0
        for counter in own:
            counted += await throttles.count_since(tx, counter.names, day_ago)
        if canonical is not None:
            named = self._counter("password account", canonical, PASSWORD_OF_ACCOUNT, True)
            if named not in own:
                counted += await throttles.count_since(tx, named.names, max(day_ago, since or day_ago))
        return max(0, counted - 1)

    async def release(self, tx: Transaction, reservation: Reservation) -> None:
        """Uncount a try that succeeded, in the transaction of its success.

        The account's counter is cleared; the source's and everybody's only lose this one try (R021).
        """
        await self._uncount(tx, reservation)
        for counter in reservation.counters:
            if counter.is_of_account:
                await throttles.clear(tx, counter.names)
                await throttles.drop_locks(tx, counter.names)

    async def withdraw(self, reservation: Reservation) -> None:
        """Uncount a try that was never checked, because we were too busy; nobody's counter is cleared.

        Raises:
            StoreError: the counters cannot be written; the try stays counted.
        """
        now = self._clock.now()
        async with self._store.write(new_id(now), now) as tx:
            await self._uncount(tx, reservation)

    async def note_told(self, tx: Transaction, account_id: str, step: int) -> None:
        """Remember that somebody was told which later step a code belongs to: it is no secret any more."""
        now = self._clock.now()
        await throttles.add_attempt(tx, new_id(now), self._told(account_id, step).names[0], now)

    async def was_told(self, tx: Transaction, account_id: str, step: int) -> bool:
        """Whether somebody was told the code of a step before its time."""
        counter = self._told(account_id, step)
        return await throttles.count_since(tx, counter.names, self._clock.now() - DAY) > 0

    async def purge(self, tx: Transaction) -> int:
        """Forget the tries and locks that fell out of every window, and tell how many there were.

        Those that a clock ahead of its time has made are brought into the present (R119).
        """
        await throttles.draw_near(tx, self._clock.now())
        return await throttles.purge(tx, self._clock.now() - MEMORY)

    async def _reserve(self, *counters: _Counter) -> Reservation:
        """Count a try in every counter, or in none.

        Locks are looked up in a plain read first: a flood of refused tries writes nothing.
        """
        async with self._store.read() as tx:
            _refuse(await self._locked_until(tx, counters, self._clock.now()))
        now = self._clock.now()
        attempt_id = new_id(now)
        async with self._store.write(attempt_id, now) as tx:
            _refuse(await self._locked_until(tx, counters, now))
            for counter in counters:
                await throttles.add_attempt(tx, attempt_id, counter.names[0], now)
                for limit in counter.limits:
                    if await throttles.count_since(tx, counter.names, now - limit.window) >= limit.tries:
                        await throttles.put_lock(tx, counter.names[0], limit.window, now + limit.window)
        return Reservation(attempt_id, counters)

    async def _locked_until(
        self, tx: Transaction, counters: Iterable[_Counter], now: datetime
    ) -> datetime | None:
        """The end of the longest lock in force; the moment itself is free again (R023)."""
        ends = [
            await throttles.lock_until(tx, counter.names, limit.window)
            for counter in counters
            for limit in counter.limits
        ]
        return max((end for end in ends if end is not None and now < end), default=None)

    async def _uncount(self, tx: Transaction, reservation: Reservation) -> None:
        """Take one try back, and with it the locks that would not stand without it."""
        await throttles.release(tx, reservation.attempt_id)
        for counter in reservation.counters:
            if not await self._is_full(tx, counter, self._clock.now()):
                await throttles.drop_locks(tx, counter.names)

    async def _is_full(self, tx: Transaction, counter: _Counter, now: datetime) -> bool:
        """Whether one of the counter's limits is reached without the try that was released."""
        for limit in counter.limits:
            if await throttles.count_since(tx, counter.names, now - limit.window) >= limit.tries:
                return True
        return False

    def _told(self, account_id: str, step: int) -> _Counter:
        """Where it is kept that the code of a step was told; it limits nothing."""
        return self._counter("told step", f"{account_id} {step}", ())

    def _counter(
        self, kind: str, name: str, limits: tuple[Limit, ...], is_of_account: bool = False
    ) -> _Counter:
        """A counter under the names that the store knows it by: HMACs, one a key version (R022)."""
        data = f"{kind}\x00{name}".encode("utf-8", "replace")
        return _Counter(tuple(self._keys.macs(KeyPurpose.NAMES, data)), limits, is_of_account)


def network_of(source_ip: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 of an IPv6 one (R019)."""
    try:
        address = ipaddress.ip_address(source_ip.partition("%")[0])
    except ValueError:
        return source_ip
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
    return str(address)


def _refuse(until: datetime | None) -> None:
    """Say no where a lock is in force."""
    if until is not None:
        raise Throttled(until)
