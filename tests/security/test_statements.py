"""How many statements an act takes: each is a trip to the server, so that none comes in unseen."""

from __future__ import annotations

import pytest

from security.refusals import WrongCredentials
from store.statements import Statement
from store.transaction import Transaction
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, an_origin


class Counted:
    """What was said to the store."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.said: list[str] = []

    def told(self) -> int:
        """How many statements there were since this was last asked."""
        number = len(self.said)
        self.said.clear()
        return number


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    """Everything that goes through a transaction from now on."""
    counted = Counted()
    run, hold = Transaction._run, Transaction.hold

    async def noted(tx: Transaction, statements: list[Statement]) -> object:
        """Note and go on."""
        counted.said.extend(statement.sql for statement in statements)
        return await run(tx, statements)

    async def noted_hold(tx: Transaction, *names: str) -> None:
        """Note what an embedded store need not say; on a server the hold is a statement like others."""
        counted.said.append(f"hold {len(names)}")
        await hold(tx, *names)

    monkeypatch.setattr(Transaction, "_run", noted)
    monkeypatch.setattr(Transaction, "hold", noted_hold)
    return counted


async def test_a_sign_in_from_a_new_device_takes_no_more_than_it_must(house: House, counted: Counted) -> None:
    owner = await house.owner()
    counted.told()
    await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    assert counted.told() <= 20


async def test_a_sign_in_from_a_known_device_takes_no_more_than_it_must(
    house: House, counted: Counted
) -> None:
    owner = await house.owner()
    counted.told()
    await house.services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert counted.told() <= 19


async def test_a_sign_in_that_is_refused_takes_no_more_than_it_must(house: House, counted: Counted) -> None:
    owner = await house.owner()
    counted.told()
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    assert counted.told() <= 10


async def test_a_heartbeat_takes_one_look_up(house: House, counted: Counted) -> None:
    owner = await house.owner()
    counted.told()
    await house.services.sessions.touch(owner.token)
    assert counted.told() == 1


async def test_an_act_passes_the_gate_by_three_statements(house: House, counted: Counted) -> None:
    owner = await house.owner()
    counted.told()
    await house.services.accounts.rename(owner.token, "Another name", an_origin())
    at_the_gate, names = 3, 2  # those of the others (R087), and the new one
    audit_and_feed = 4
    assert counted.told() <= at_the_gate + names + audit_and_feed


async def test_ending_many_sessions_takes_one_statement_more_for_each(house: House, counted: Counted) -> None:
    owner = await house.owner()
    for _ in range(6):
        await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    counted.told()
    assert await house.services.sessions.revoke_others(owner.token, an_origin()) == 6
    assert counted.told() <= 3 + 2 + 3 + 6
