"""The restore drill (R107): people go on after a backup; restored, nothing used since works again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from security import backup_seal
from security.audit import Audit
from security.facts import SecondStepNeeded, Secret
from security.keys import KEYS_FACT
from security.overview import measures
from security.refusals import CodeRejected, SessionOver, Throttled, WrongCredentials
from security.restoring import Restored, Restoring, WindowsClosed
from security.vocabulary import BreachOutcome, EndReason, Measure
from store import facts, unfinished
from store.backup import copied_in, copy_out
from store.errors import Unfinished
from store.ids import new_id
from store.sqlite.backup import open_backup
from store.sqlite.custody import new_file
from store.store import open_store
from store.transaction import Transaction
from store.unfinished import Cut, begin
from tests import postgresql
from tests.security.people import OTHER_PASSWORD, PASSWORD, House, Person, an_origin
from tests.store.samples import writing

FIRST_DAY = timedelta(days=1)
"""What passes between the backup and the restore, if nothing else is said."""


def nothing(_done: int, _whole: int) -> None:
    """Tell nobody."""


@dataclass
class Drill:
    """A store of people, its backup, and what became of both."""

    house: House
    person: Person
    file: Path
    new_url: str
    token_before: Secret
    code_before: str
    events_before: int

    async def restore(self) -> tuple[WindowsClosed, House]:
        """Restore the backup elsewhere, and open what came of it."""
        house = self.house
        handle = open_backup(self.file)
        try:
            seal = backup_seal.read(handle, self.file)
            backup_seal.require_whole(handle, self.file, seal, house.keys, nothing)
            async with copied_in(self.new_url, handle, seal.length, nothing) as (url, mark):
                unfinished = await open_store(url, unfinished=mark)
                restoring = Restoring(unfinished, house.keys, house.clock)
                assert await restoring.verify() == self.events_before
                closed = await restoring.finish(Restored("root", an_origin("cron"), seal.made_at))
                await unfinished.close()
        finally:
            os.close(handle)
        store = await open_store(self.new_url)
        return closed, House(store, house.keys, house.clock, house.hasher, house.screening)


async def backed_up(house: House, directory: Path) -> tuple[Path, int]:
    """Back the store up, sealed with its keys; the file, and how many events are in it."""
    file, now = directory / "backups" / "one", house.clock.now()
    async with house.store.write(new_id(now), now) as tx:
        await facts.put(tx, KEYS_FACT, house.keys.fingerprint())
    with new_file(file) as draft:
        copied = await copy_out(house.store.url, draft, nothing)
        backup_seal.put(draft, copied, now, house.keys, nothing)
    return file, copied.events


@pytest.fixture
def elsewhere(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where no store is yet, on the same engine; PostgreSQL's own programs are those of the server."""
    monkeypatch.setenv("PATH", f"{postgresql.BUNDLED}:{os.environ['PATH']}")
    if engine == "sqlite":
        yield f"sqlite://{tmp_path / 'restored' / 'strongroom.db'}"
    else:
        with postgresql.new_database() as url:
            yield url


@pytest.fixture
async def drill(house: House, elsewhere: str, tmp_path: Path) -> Drill:
    """People with two factors, codes and sessions, and a backup of it all."""
    person = await house.owner()
    await person.enrol()
    person.wait(minutes=2)
    await person.sign_in(an_origin("second terminal"))
    file, events = await backed_up(house, tmp_path)
    return Drill(house, person, file, elsewhere, person.token, person.recovery.codes[1].reveal, events)


async def test_every_replay_is_refused_after_a_restore(drill: Drill) -> None:
    person, services = drill.person, drill.house.services
    # After the backup: a code is used, a recovery code is spent, a session is made and another revoked.
    used = person.app.next_code()
    origin = an_origin("third terminal")
    late = await services.sign_in.finish(await person.half(origin), used, origin)
    origin = an_origin("fourth terminal")
    by_code = await services.sign_in.finish_with_recovery_code(
        await person.half(origin), drill.code_before, origin
    )
    await services.sessions.revoke_others(by_code.token, origin)

    closed, restored = await drill.restore()

    assert closed.sessions == 2
    assert closed.batches == 1
    assert closed.authenticators == 1
    for token in (drill.token_before, late.token, by_code.token):
        with pytest.raises(SessionOver):
            await restored.services.sessions.list(token)
    origin = an_origin("thief")
    answer = await restored.services.sign_in.begin(person.email, PASSWORD, origin)
    assert isinstance(answer, SecondStepNeeded)
    with pytest.raises(CodeRejected):
        await restored.services.sign_in.finish(answer.half, used, origin)
    with pytest.raises(CodeRejected):
        await restored.services.sign_in.finish_with_recovery_code(answer.half, drill.code_before, origin)
    with pytest.raises(CodeRejected):
        await restored.services.sign_in.finish(answer.half, person.app.code(steps=1), origin)
    await restored.store.close()


async def test_a_session_that_was_open_says_that_the_store_was_restored(drill: Drill) -> None:
    _, restored = await drill.restore()
    with pytest.raises(SessionOver) as ended:
        await restored.services.sessions.list(drill.token_before)
    assert ended.value.reason == EndReason.RESTORED
    await restored.store.close()


async def test_people_sign_in_with_password_and_authenticator_and_are_told_that_they_have_no_codes(
    drill: Drill,
) -> None:
    _, restored = await drill.restore()
    drill.person.wait(minutes=2)
    origin = an_origin()
    answer = await restored.services.sign_in.begin(drill.person.email, PASSWORD, origin)
    assert isinstance(answer, SecondStepNeeded)
    signed_in = await restored.services.sign_in.finish(answer.half, drill.person.app.code(), origin)
    view = await restored.services.two_factor.state(signed_in.token)
    assert (view.is_on, view.codes_left, view.codes_in_batch, view.codes_acknowledged) == (True, 0, 0, False)
    states = measures(BreachOutcome.CLEAR_ONLINE, view, (), drill.house.clock.now())
    assert [state.measure for state in states if not state.is_on] == [Measure.RECOVERY_CODES]
    await restored.store.close()


async def test_a_password_that_was_changed_since_is_the_old_one(drill: Drill) -> None:
    person = drill.person
    await drill.house.services.passwords.change(
        person.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, person.app.next_code(), person.origin
    )
    _, restored = await drill.restore()
    answer = await restored.services.sign_in.begin(person.email, PASSWORD, an_origin())
    assert isinstance(answer, SecondStepNeeded)
    with pytest.raises(WrongCredentials):
        await restored.services.sign_in.begin(person.email, OTHER_PASSWORD, an_origin())
    await restored.store.close()


async def test_the_audit_verifies_and_tells_of_the_restore_in_every_chain(drill: Drill) -> None:
    house = drill.house
    house.clock.advance(FIRST_DAY)
    _, restored = await drill.restore()
    audit = Audit(restored.store, house.keys, house.clock)
    async with restored.store.read() as tx:
        chains = [*await house.org_ids(tx), None]
        told = await tx.fetch("SELECT details FROM audit_events WHERE name = 'system.store_restored'")
    for chain in chains:
        assert (await audit.verify(chain)).is_whole
    assert len(told) == len(chains)
    assert all('"operator": "root"' in str(row["details"]) for row in told)
    assert all('"backup_at": "2026-03-02' in str(row["details"]) for row in told)
    names = [event.name for event in await replace(drill.person, house=restored).events()]
    assert names.count("auth.session_revoked") == 2
    assert names.count("auth.2fa_recovery_codes_voided") == 1
    await restored.store.close()


async def test_the_old_store_stays_as_it_was(drill: Drill) -> None:
    before = await drill.house.dump()
    _, restored = await drill.restore()
    assert await drill.house.dump() == before
    await restored.store.close()


async def test_nothing_half_way_and_no_waiting_mail_comes_back(drill: Drill) -> None:
    _, restored = await drill.restore()
    for table in ("half_sign_ins", "totp_enrolments", "recovery_codes"):
        assert await restored.count(table) == 0
    assert await restored.mail() == []
    await restored.store.close()


async def held_up(house: House) -> tuple[Person, Throttled]:
    """An owner at whom somebody guessed, and how long nobody is let in."""
    owner = await house.owner()
    for _ in range(30):
        try:
            await house.services.sign_in.begin(owner.email, "not this one, 12", an_origin())
        except Throttled as held:
            return owner, held
        except WrongCredentials:
            continue
    raise AssertionError("nobody was held up")


async def test_whoever_was_held_up_by_wrong_tries_is_so_for_the_same_time_again(
    house: House, elsewhere: str, tmp_path: Path
) -> None:
    owner, refusal = await held_up(house)
    file, events = await backed_up(house, tmp_path)
    house.clock.advance(FIRST_DAY)
    drill = Drill(house, owner, file, elsewhere, owner.token, "", events)
    _, restored = await drill.restore()
    with pytest.raises(Throttled) as again:
        await restored.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    assert again.value.until - refusal.until == FIRST_DAY
    await restored.store.close()


async def test_a_restore_that_was_cut_off_still_knows_how_old_the_store_is(house: House) -> None:
    owner, refusal = await held_up(house)
    house.clock.advance(FIRST_DAY)
    async with writing(house.store) as tx:
        await begin(tx, Cut.RESTORE)
    restored = Restored("root", an_origin("cron"), house.clock.now() - FIRST_DAY)
    cut = Restoring(house.store, house.keys, house.clock)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unfinished, "finish", without_power)
        with pytest.raises(RuntimeError, match="power"):
            await cut.finish(restored)
    await Restoring(house.store, house.keys, house.clock).finish(replace(restored, made_at=None))
    with pytest.raises(Throttled) as again:
        await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    assert again.value.until - refusal.until == FIRST_DAY


async def without_power(_tx: Transaction) -> None:
    """End at the last step of a restore."""
    raise RuntimeError("power")


async def test_where_the_clock_is_behind_the_backup_codes_of_its_day_are_spent_all_the_same(
    drill: Drill,
) -> None:
    used = drill.person.app.code(steps=1)
    drill.house.clock.advance(-timedelta(seconds=90))
    _, restored = await drill.restore()
    drill.house.clock.advance(timedelta(seconds=90))
    origin = an_origin("thief")
    answer = await restored.services.sign_in.begin(drill.person.email, PASSWORD, origin)
    assert isinstance(answer, SecondStepNeeded)
    with pytest.raises(CodeRejected):
        await restored.services.sign_in.finish(answer.half, used, origin)
    await restored.store.close()


async def test_what_is_not_finished_is_used_by_nobody(drill: Drill) -> None:
    handle = open_backup(drill.file)
    length = backup_seal.read(handle, drill.file).length
    with pytest.raises(Unfinished):
        async with copied_in(drill.new_url, handle, length, nothing) as (url, _):
            await open_store(url)
    os.close(handle)
    with pytest.raises(Exception, match="There is no store"):
        await open_store(drill.new_url)
