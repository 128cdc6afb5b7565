"""Acts of one person, and of one organisation, at the same instant: each is done after another, or refused.

The flows decide by what they have read. On a server many write at once, so each act holds its
organisation first; these are the ways in which two acts could otherwise both be right by themselves
and wrong together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from security.facts import PasswordChanged, RecoveryCodes, SignedIn, TwoFactorDisabled
from security.refusals import Refusal
from security.services import Services
from security.vocabulary import EventName
from store import recovery_codes as code_rows
from store import sessions as session_rows
from store import two_factor as two_factor_rows
from tests.security.doors import at_once, doors_of, kinds
from tests.security.people import PASSWORD, WRONG_PASSWORD, Authenticator, House, Person, an_origin

TURNS = 4
"""How often a race is run where it may be won by luck."""


@pytest.fixture
async def doors(house: House) -> AsyncIterator[list[Services]]:
    """Several processes' services over the house's store."""
    async with doors_of(house) as services:
        yield services


async def alive(person: Person) -> set[str]:
    """The sessions of a person whose end is not stored."""
    async with person.house.store.read() as tx:
        return {session.id for session in await session_rows.list_open(tx, person.account_id)}


async def names(person: Person) -> list[str]:
    """The names of what succeeded, in the order of the chain."""
    async with person.house.store.read() as tx:
        rows = await tx.fetch(
            "SELECT name FROM audit_events WHERE subject_id = :who AND outcome = 'success' ORDER BY seq",
            who=person.account_id,
        )
    return [str(row["name"]) for row in rows]


def last(found: list[str], name: EventName) -> int:
    """Where the newest event of a name stands; -1 where there is none."""
    return max((at for at, each in enumerate(found) if each == name), default=-1)


async def test_no_session_by_the_old_password_outlives_its_change(
    house: House, doors: list[Services]
) -> None:
    owner = await house.owner()
    old, new = PASSWORD, "Quiet harbour & 3 gulls"
    for turn in range(TURNS):
        sign_ins = [
            doors[number % len(doors)].sign_in.begin(
                owner.email, old, an_origin(source_ip=f"10.{turn}.0.{number}")
            )
            for number in range(6)
        ]
        change = doors[turn % len(doors)].passwords.change(owner.token, old, new, new, None, owner.origin)
        changed, *answers = await at_once(change, *sign_ins)
        assert set(kinds(answers)) <= {"SignedIn", "WrongCredentials"}
        assert isinstance(changed, PasswordChanged)
        owner.signed_in = changed.signed_in
        assert await alive(owner) == {owner.signed_in.session_id}
        events = await names(owner)
        assert last(events, EventName.SIGNED_IN) < last(events, EventName.PASSWORD_CHANGED)
        old, new = new, old
        owner.wait(minutes=6)
    assert await house.audit_is_whole()


async def test_one_code_at_three_kinds_of_act_is_taken_once(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    await owner.enrol()
    for turn in range(TURNS):
        origin = an_origin(source_ip=f"10.0.0.{turn}")
        half, code = await owner.half(origin), owner.app.next_code()
        answers = await at_once(
            doors[0].sign_in.finish(half, code, origin),
            doors[1].reauthentication.prove(owner.token, PASSWORD, code, owner.origin),
            doors[2].two_factor.disable(owner.token, WRONG_PASSWORD, code, owner.origin),
            doors[3].sessions.unlock(owner.token, code=code, origin=owner.origin),
        )
        good = [answer for answer in answers if not isinstance(answer, Refusal)]
        for answer in good:
            if isinstance(answer, SignedIn) and answer.session_id == owner.signed_in.session_id:
                owner.signed_in = answer
        spent = {type(answer).__name__ for answer in answers}
        assert len(good) == 1, spent
        owner.wait(minutes=6)
    assert await house.audit_is_whole()


async def test_of_two_codes_for_one_half_sign_in_one_is_spent(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    await owner.enrol()
    for turn in range(TURNS):
        origin = an_origin(source_ip=f"10.0.0.{turn}")
        half, code = await owner.half(origin), owner.app.next_code()
        spare = owner.recovery.codes[turn].reveal
        answers = await at_once(
            doors[0].sign_in.finish(half, code, origin),
            doors[1].sign_in.finish_with_recovery_code(half, spare, origin),
        )
        assert kinds(answers) == {"SignedIn": 1, "HalfSignInOver": 1}
        loser = owner.half(origin)
        if isinstance(answers[0], SignedIn):
            assert isinstance(
                await doors[2].sign_in.finish_with_recovery_code(await loser, spare, origin), SignedIn
            )
        else:
            assert isinstance(await doors[2].sign_in.finish(await loser, code, origin), SignedIn)


async def test_a_code_spent_beside_new_codes_was_spent_before_them(
    house: House, doors: list[Services]
) -> None:
    owner = await house.owner()
    for turn in range(TURNS):
        bea = await house.member(owner, f"Bea{turn}")
        codes, halves = await bea.enrol(), []
        for number in range(3):
            origin = an_origin(source_ip=f"10.{turn}.0.{number}")
            halves.append((await bea.half(origin), codes.codes[number].reveal, origin))
        made, *sign_ins = await at_once(
            doors[0].recovery_codes.regenerate(bea.token, bea.origin),
            *(
                door.sign_in.finish_with_recovery_code(*half)
                for door, half in zip(doors[1:], halves, strict=True)
            ),
        )
        assert isinstance(made, RecoveryCodes)
        assert set(kinds(sign_ins)) <= {"SignedIn", "CodeRejected"}
        async with house.store.read() as tx:
            live = await code_rows.live_batch(tx, bea.account_id)
            assert live is not None
            assert (live.id, await code_rows.count_left(tx, live.id)) == (made.batch_id, len(made.codes))
        events = await names(bea)
        assert events.count(EventName.RECOVERY_CODE_USED) == kinds(sign_ins)["SignedIn"]
        assert last(events, EventName.RECOVERY_CODE_USED) < last(events, EventName.RECOVERY_CODES_REGENERATED)
    assert await house.audit_is_whole()


async def test_codes_made_anew_beside_their_end_leave_none_behind(
    house: House, doors: list[Services]
) -> None:
    owner = await house.owner()
    for turn in range(TURNS):
        bea = await house.member(owner, f"Bea{turn}")
        await bea.enrol()
        other, code = await bea.sign_in(), bea.app.next_code()
        off, *made = await at_once(
            doors[0].two_factor.disable(bea.token, PASSWORD, code, bea.origin, end_others=False),
            doors[1].recovery_codes.regenerate(other.token, bea.origin, end_others=False),
            doors[2].recovery_codes.regenerate(bea.token, bea.origin, end_others=False),
        )
        assert isinstance(off, TwoFactorDisabled)
        assert set(kinds(made)) <= {"RecoveryCodes", "NotEnrolled", "SessionOver"}
        async with house.store.read() as tx:
            assert await two_factor_rows.get(tx, bea.account_id) is None
            assert await code_rows.live_batch(tx, bea.account_id) is None
    assert await house.audit_is_whole()


async def test_nobody_who_is_enrolled_has_an_enrolment_pending(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    for turn in range(2 * TURNS):
        bea = await house.member(owner, f"Bea{turn}")
        other = await bea.sign_in()
        enrolment = await house.services.two_factor.begin(bea.token, bea.origin)
        app = Authenticator(enrolment.secret, house.clock)
        confirmed, begun = await at_once(
            doors[0].two_factor.confirm(bea.token, enrolment.id, app.code(), bea.origin, end_others=False),
            doors[1].two_factor.begin(other.token, an_origin()),
        )
        async with house.store.read() as tx:
            is_on = await two_factor_rows.get(tx, bea.account_id) is not None
            is_pending = await two_factor_rows.get_enrolment(tx, bea.account_id) is not None
            has_codes = await code_rows.live_batch(tx, bea.account_id) is not None
        assert (is_on, is_pending) in ((True, False), (False, True))
        assert is_on == has_codes == isinstance(confirmed, RecoveryCodes)
        assert is_pending == (type(begun).__name__ == "Enrolment")


async def test_of_two_terminals_that_revoke_each_other_one_stays(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    for _ in range(2 * TURNS):
        other = await owner.sign_in()
        mine, theirs = owner.signed_in, other
        answers = await at_once(
            doors[0].sessions.revoke(mine.token, theirs.session_id, owner.origin),
            doors[1].sessions.revoke(theirs.token, mine.session_id, owner.origin),
        )
        assert kinds(answers) == {"NoneType": 1, "SessionOver": 1}
        owner.signed_in = mine if answers[0] is None else theirs
        assert await alive(owner) == {owner.signed_in.session_id}


async def test_a_session_ends_once_however_many_end_it(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    others = [await owner.sign_in() for _ in range(3)]
    owner.wait(days=400)
    owner.signed_in = await owner.sign_in()
    late = await owner.sign_in()
    await at_once(
        *(door.housekeeping.run() for door in doors),
        *(doors[0].sessions.touch(each.token) for each in others),
        doors[1].sessions.revoke(owner.token, late.session_id, owner.origin),
        doors[2].sign_in.sign_out(late.token, owner.origin),
        doors[3].sessions.revoke_others(owner.token, owner.origin),
    )
    assert await alive(owner) == {owner.signed_in.session_id}
    async with house.store.read() as tx:
        told = [
            str(row["subject_id"])
            for row in await tx.fetch("SELECT subject_id FROM changes WHERE kind = 'session_ended'")
        ]
    assert len(told) == len(set(told))
    assert {late.session_id} <= set(told)
    assert await house.audit_is_whole()


async def test_housekeeping_is_in_nobodys_way(house: House, doors: list[Services]) -> None:
    owner = await house.owner()
    people = [await house.member(owner, f"Bea{number}") for number in range(6)]
    owner.wait(minutes=20)

    async def work(number: int, person: Person) -> None:
        """Sign in, take a name, and go."""
        services, origin = doors[number % len(doors)], an_origin(source_ip=f"10.0.1.{number}")
        for turn in range(3):
            begun = await services.sign_in.begin(person.email, PASSWORD, origin)
            assert isinstance(begun, SignedIn)
            await services.accounts.rename(begun.token, f"Bea {turn}", origin)
            await services.sign_in.sign_out(begun.token, origin)

    async def keep(services: Services) -> None:
        """Keep house again and again."""
        for _ in range(4):
            await services.housekeeping.run()

    await at_once(*(work(*each) for each in enumerate(people)), *(keep(door) for door in doors))
    assert await house.audit_is_whole()
    for person in people:
        assert (await names(person)).count(EventName.SIGNED_OUT) == 3


async def test_of_thirty_guesses_at_once_through_many_doors_ten_are_checked(
    house: House, doors: list[Services]
) -> None:
    owner = await house.owner()
    answers = await at_once(
        *(
            doors[number % len(doors)].sign_in.begin(
                owner.email, WRONG_PASSWORD, an_origin(source_ip=f"10.0.2.{number}")
            )
            for number in range(30)
        )
    )
    assert kinds(answers) == {"WrongCredentials": 10, "Throttled": 20}
    assert await owner.count_events(EventName.SIGN_IN_FAILED, "failure") == 30


async def test_of_thirty_guesses_at_a_code_at_once_through_many_doors_five_are_checked(
    house: House, doors: list[Services]
) -> None:
    owner = await house.owner()
    await owner.enrol()
    halves = []
    for number in range(8):
        origin = an_origin(source_ip=f"10.0.2.{number}")
        halves.append((await owner.half(origin), origin))
    wrong = owner.app.wrong_code()
    answers = await at_once(
        *(
            doors[number % len(doors)].sign_in.finish(halves[number % 8][0], wrong, halves[number % 8][1])
            for number in range(30)
        )
    )
    assert kinds(answers) == {"CodeRejected": 5, "Throttled": 25}
