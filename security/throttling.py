"""Throttling: a sliding log of tries, counted before they are checked (R019-R026)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from security.counters import (
    DAY,
    HOUR,
    PASSWORD_OF_ACCOUNT,
    PASSWORD_OF_ALL,
    PASSWORD_OF_SOURCE,
    SECOND_STEP_OF_ACCOUNT,
    SECOND_STEP_OF_SOURCE,
    Counter,
    Limit,
    limits_of,
    network_of,
    windows_of,
)
from security.key_file import KeyPurpose
from security.lanes import act_on_counters, hold_counters
from security.refusals import Throttled
from store import throttles
from store.ids import new_id

if TYPE_CHECKING:
    from security.clock import Clock
    from security.keys import KeyRing
    from security.origin import Origin
    from store.store import Store
    from store.transaction import Transaction

MEMORY = DAY + HOUR
"""How long a try is kept: longer than the longest window."""

CLOCKS_MAY_DIFFER = HOUR
"""What lies ahead by less may be of another machine whose clock is right, and ours is behind."""

PURGE_AT_ONCE = 1000
"""Tries that are forgotten in one transaction."""

HELD_AT_ONCE = 500
"""Counters of each kind that one transaction of housekeeping holds."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A try that counts already. It stays counted unless success releases it, or it was never checked."""

    attempt_id: str
    counters: tuple[Counter, ...] = field(repr=False)

    @property
    def held(self) -> tuple[bytes, ...]:
        """The names of the counters that are held while they are counted."""
        return tuple(name for counter in self.counters if not counter.is_of_all for name in counter.names)


class Throttle:
    """Counts tries and refuses more of them than the limits allow.

    A try is reserved in a transaction of its own before anything is checked, so that a hundred
    guesses at once cannot pass a limit of five: whoever counts holds the counter. Only that of everybody
    is not held, or all the world would stand in one queue; its limit of a thousand may be passed by as
    many tries as are being reserved at that moment. Where the store fails, its error reaches the caller
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
                self._counter("password device", known_device, PASSWORD_OF_ACCOUNT, is_of_account=True)
            )
        return await self._reserve(
            self._counter("password account", canonical, PASSWORD_OF_ACCOUNT, is_of_account=True),
            self._counter("password source", network_of(origin.source_ip), PASSWORD_OF_SOURCE),
            self._counter("password all", "", PASSWORD_OF_ALL, is_of_all=True),
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
                self._counter("second step device", known_device, SECOND_STEP_OF_ACCOUNT, is_of_account=True)
            )
        return await self._reserve(
            self._counter("second step account", account_id, SECOND_STEP_OF_ACCOUNT, is_of_account=True),
            self._counter("second step source", network_of(origin.source_ip), SECOND_STEP_OF_SOURCE),
        )

    async def release(
        self,
        tx: Transaction,
        reservation: Reservation,
        canonical: str | None = None,
        since: datetime | None = None,
    ) -> int:
        """Uncount a try that succeeded, in the transaction of its success, and tell what failed before it.

        The account's counter is cleared; the source's and everybody's only lose this one try (R021).
        What is told are the tries of the account that failed within a day (R029). A known device
        counts by itself; with the name those of strangers are told there too, as far as they came
        after a moment, the last sign-in: what was told once is not told again.
        """
        await hold_counters(tx, reservation.held)
        day_ago = self._clock.now() - DAY
        own = [counter for counter in reservation.counters if counter.is_of_account]
        failed = [(counter.names, day_ago) for counter in own]
        if canonical is not None:
            named = self._counter("password account", canonical, PASSWORD_OF_ACCOUNT, is_of_account=True)
            if named not in own:
                failed.append((named.names, max(day_ago, since or day_ago)))
        return await self._uncount(tx, reservation, failed, own)

    async def succeed(self, reservation: Reservation) -> None:
        """Release a try that succeeded, in a transaction of its own.

        Raises:
            StoreError: the counters cannot be written; the try stays counted.
        """
        async with act_on_counters(self._store, self._clock.now(), reservation.held) as tx:
            await self.release(tx, reservation)

    async def withdraw(self, reservation: Reservation) -> None:
        """Uncount a try that was never checked, because we were too busy; nobody's counter is cleared.

        Raises:
            StoreError: the counters cannot be written; the try stays counted.
        """
        async with act_on_counters(self._store, self._clock.now(), reservation.held) as tx:
            await self._uncount(tx, reservation)

    async def clear_second_step(self, tx: Transaction, account_id: str, device_ids: Sequence[str]) -> None:
        """Forget the tries and locks of an account's second step, its devices' too: the factor is gone.

        Only what is in use is held: somebody may have had a great many devices.
        """
        counters = [self._counter("second step account", account_id, ())]
        counters += [self._counter("second step device", device_id, ()) for device_id in device_ids]
        names = [name for counter in counters for name in counter.names]
        for start in range(0, len(names), HELD_AT_ONCE):
            used = await throttles.in_use(tx, names[start : start + HELD_AT_ONCE])
            if used:
                await hold_counters(tx, used)
                await throttles.clear(tx, used)

    async def note_told(self, tx: Transaction, account_id: str, step: int) -> None:
        """Remember that somebody was told which later step a code belongs to: it is no secret any more."""
        now = self._clock.now()
        await throttles.add_attempt(tx, new_id(now), self._told(account_id, step).names[:1], now)

    async def was_told(self, tx: Transaction, account_id: str, step: int) -> bool:
        """Whether somebody was told the code of a step before its time."""
        told = self._told(account_id, step).names
        found = await throttles.standing(tx, [(told, self._clock.now() - DAY)])
        return found.totals[0] > 0

    async def purge(self, tx: Transaction) -> int:
        """Forget some of the tries and locks that fell out of every window, and tell how many there were.

        Those that a clock far ahead of its time has made are brought into the present (R119). Nobody
        writes tries that are so old any more, so only the counters of the former and of old locks are held.
        """
        now = self._clock.now()
        beyond, before = now + CLOCKS_MAY_DIFFER, now - MEMORY
        ahead = await throttles.ahead(tx, beyond, HELD_AT_ONCE)
        locked = await throttles.over(tx, before, HELD_AT_ONCE)
        await hold_counters(tx, [*ahead, *locked])
        await throttles.draw_near(tx, ahead, now, beyond)
        return await throttles.purge(tx, before, PURGE_AT_ONCE, locked)

    async def _reserve(self, *counters: Counter) -> Reservation:
        """Count a try in every counter, or in none.

        Locks are looked up in a plain read first: a flood of refused tries writes nothing.
        """
        reservation = Reservation(new_id(self._clock.now()), counters)
        async with self._store.look() as tx:
            names = [name for counter in counters for name in counter.names]
            _refuse(await throttles.locked_until(tx, names), self._clock.now())
        async with act_on_counters(self._store, self._clock.now(), reservation.held) as tx:
            now = self._clock.now()
            found = await throttles.standing(tx, windows_of(counters, now))
            _refuse(found.locked_until, now)
            await throttles.add_attempt(
                tx, reservation.attempt_id, [counter.names[0] for counter in counters], now
            )
            for (counter, limit), total in zip(limits_of(counters), found.totals, strict=True):
                if total + 1 >= limit.tries:
                    await throttles.put_lock(tx, counter.names[0], limit.window, now + limit.window)
        return reservation

    async def _uncount(
        self,
        tx: Transaction,
        reservation: Reservation,
        failed: Sequence[tuple[throttles.Names, datetime]] = (),
        cleared: Sequence[Counter] = (),
    ) -> int:
        """Take one try back, and with it the locks that would not stand without it; what failed before.

        The cleared counters lose all that still counts in them, and every lock.
        """
        now = self._clock.now()
        counters = reservation.counters
        windows = [*windows_of(counters, now), *failed]
        found = await throttles.standing(tx, windows, without=reservation.attempt_id)
        emptied = [name for counter in cleared for name in counter.names]
        await throttles.release(tx, reservation.attempt_id, emptied, now - DAY)
        if found.locked_until is not None:
            limits = zip(limits_of(counters), found.totals, strict=False)
            full = {counter.names for (counter, limit), total in limits if total >= limit.tries}
            open_ones = [counter for counter in counters if counter in cleared or counter.names not in full]
            await throttles.drop_locks(tx, [name for counter in open_ones for name in counter.names])
        return sum(found.totals[len(windows) - len(failed) :])

    def _told(self, account_id: str, step: int) -> Counter:
        """Where it is kept that the code of a step was told; it limits nothing."""
        return self._counter("told step", f"{account_id} {step}", ())

    def _counter(
        self,
        kind: str,
        name: str,
        limits: tuple[Limit, ...],
        *,
        is_of_account: bool = False,
        is_of_all: bool = False,
    ) -> Counter:
        """A counter under the names that the store knows it by: HMACs, one a key version (R022)."""
        data = f"{kind}\x00{name}".encode("utf-8", "replace")
        return Counter(tuple(self._keys.macs(KeyPurpose.NAMES, data)), limits, is_of_account, is_of_all)


def _refuse(until: datetime | None, now: datetime) -> None:
    """Say no where a lock is in force; the moment of its end is free again (R023)."""
    if until is not None and now < until:
        raise Throttled(until)
