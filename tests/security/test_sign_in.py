"""Sign-in: the password step, refusals that tell nothing, throttling, new devices, resuming and sign-out."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from security.breach.screening import Screening
from security.facts import SecondStepNeeded, Secret, SignedIn
from security.hashing import SHOW_PARAMETERS, HashParameters, PasswordHasher
from security.policy import STANDARD
from security.refusals import Busy, SessionLocked, SessionOver, Throttled, UnusableInput, WrongCredentials
from security.tokens import token_hash
from security.vocabulary import EventName, Role
from store import accounts as account_rows
from store import sessions as session_rows
from store.ids import new_id
from tests.security.people import PASSWORD, WRONG_PASSWORD, House, Person, an_origin


async def begin(house: House, person: Person, password: str = PASSWORD, **origin: str) -> SignedIn:
    """Sign in with a password alone."""
    answer = await house.services.sign_in.begin(person.email, password, an_origin(**origin))
    assert isinstance(answer, SignedIn)
    return answer


async def test_the_right_pair_begins_a_session_that_acts_for_its_person(house: House) -> None:
    owner = await house.owner()
    signed_in = await begin(house, owner)
    assert (await house.services.accounts.view(signed_in.token)).email == "amir@acme.example"
    assert signed_in.expires_at == house.clock.now() + timedelta(days=30)
    assert await owner.count_events(EventName.SIGNED_IN) == 2
    assert (await house.change_kinds())[-1] == "session_started"


async def test_the_name_is_the_same_in_every_writing(house: House) -> None:
    await house.owner()
    answer = await house.services.sign_in.begin("  AMIR@Acme.Example", PASSWORD, an_origin())
    assert isinstance(answer, SignedIn)


async def test_only_the_hash_of_a_token_is_stored_and_the_token_has_256_bits(house: House) -> None:
    owner = await house.owner()
    async with house.store.read() as tx:
        session = await session_rows.get(tx, owner.signed_in.session_id)
    assert session is not None
    assert session.token_hash == token_hash(owner.token)
    assert len(owner.token.reveal) == 43


async def test_unknown_wrong_and_suspended_are_one_refusal_with_as_many_statements(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner, "Bea", Role.MEMBER)
    await house.services.accounts.suspend(owner.token, bea.account_id, owner.origin)
    seen = []
    for email, password in (
        ("nobody@acme.example", PASSWORD),
        (owner.email, WRONG_PASSWORD),
        (bea.email, PASSWORD),
        ("", PASSWORD),
    ):
        before = await house.count("audit_events"), await house.count("acts")
        with pytest.raises(WrongCredentials) as refusal:
            await house.services.sign_in.begin(email, password, an_origin())
        after = await house.count("audit_events"), await house.count("acts")
        seen.append((str(refusal.value), after[0] - before[0], after[1] - before[1]))
    assert len(set(seen)) == 1


async def test_a_failure_is_audited_with_its_cause_for_the_operator_only(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    assert await owner.last_event() == ("auth.sign_in_failed", "failure", "wrong_credentials")
    assert "password" in (await owner.events())[-1].details


async def test_an_unusable_password_is_refused_before_any_look_up(house: House) -> None:
    await house.owner()
    acts = await house.count("acts")
    for password in ("", "line\nbreak", "x" * 5000):
        with pytest.raises(UnusableInput):
            await house.services.sign_in.begin("amir@acme.example", password, an_origin())
    assert await house.count("acts") == acts


async def test_the_eleventh_try_is_throttled_for_known_and_unknown_names_alike(house: House) -> None:
    owner = await house.owner()
    ends = []
    for at, email in enumerate((owner.email, "nobody@acme.example")):
        for attempt in range(10):
            origin = an_origin(source_ip=f"192.0.2.{at * 20 + attempt}")
            with pytest.raises(WrongCredentials):
                await house.services.sign_in.begin(email, WRONG_PASSWORD, origin)
        with pytest.raises(Throttled) as refusal:
            await house.services.sign_in.begin(email, PASSWORD, an_origin(source_ip="192.0.2.99"))
        ends.append(refusal.value.until)
    assert ends[0] == ends[1] == house.clock.now() + timedelta(minutes=5)
    assert await owner.last_event() == ("auth.sign_in_failed", "failure", "throttled")


async def test_a_known_device_gets_in_while_strangers_have_locked_the_name(house: House) -> None:
    owner = await house.owner()
    for attempt in range(10):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(
                owner.email, WRONG_PASSWORD, an_origin(source_ip=f"192.0.2.{attempt}")
            )
    answer = await house.services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert isinstance(answer, SignedIn)


async def test_a_hundred_guesses_at_once_are_checked_ten_times_at_most(house: House) -> None:
    owner = await house.owner()
    guesses = [
        house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin(source_ip=f"192.0.2.{guess}"))
        for guess in range(100)
    ]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, WrongCredentials) for answer in answers) == 10
    assert sum(isinstance(answer, Throttled) for answer in answers) == 90


async def test_a_new_device_is_told_once_and_known_the_next_time(house: House) -> None:
    owner = await house.owner()
    origin = an_origin(client="OpenSSH, foot")
    first = await house.services.sign_in.begin(owner.email, PASSWORD, origin)
    assert isinstance(first, SignedIn)
    assert first.is_new_device
    assert first.device_secret is not None
    second = await house.services.sign_in.begin(
        owner.email, PASSWORD, replace(origin, device_secret=first.device_secret)
    )
    assert isinstance(second, SignedIn)
    assert not second.is_new_device
    assert second.device_secret is None
    assert (await house.mail_kinds()).count("new_device") == 1
    assert await owner.count_events(EventName.NEW_DEVICE) == 1


async def test_the_device_of_one_person_is_new_for_another(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    answer = await house.services.sign_in.begin(bea.email, PASSWORD, owner.origin)
    assert isinstance(answer, SignedIn)
    assert answer.is_new_device


async def test_a_network_never_seen_marks_the_session(house: House) -> None:
    owner = await house.owner()
    near = await begin(house, owner, source_ip="203.0.113.200")
    far = await begin(house, owner, source_ip="192.0.2.1")
    marks = {view.id: view.is_new_network for view in await house.services.sessions.list(owner.token)}
    assert marks[near.session_id] is False
    assert marks[far.session_id] is True


async def test_a_success_after_five_failures_is_told_to_the_person(house: House) -> None:
    owner = await house.owner()
    for _ in range(4):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    await begin(house, owner)
    assert "signed_in_after_failures" not in await house.mail_kinds()
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    await begin(house, owner)
    assert "signed_in_after_failures" in await house.mail_kinds()


async def test_the_oldest_of_twenty_sessions_ends_for_one_more(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, session_limit=3))
    first = owner.signed_in
    for _ in range(2):
        owner.wait(seconds=1)
        await begin(house, owner)
    owner.wait(seconds=1)
    latest = await begin(house, owner)
    assert latest.other_sessions_ended == 1
    assert len(await house.services.sessions.list(latest.token)) == 3
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(first.token)
    assert over.value.reason == "limit"


async def test_sessions_begun_at_once_stay_within_the_limit(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, session_limit=4))
    owner.wait(seconds=1)
    store, services = await house.second()
    try:
        both = (house.services, services)
        begun = await asyncio.gather(
            *(both[at % 2].sign_in.begin(owner.email, PASSWORD, an_origin()) for at in range(8))
        )
    finally:
        await store.close()
    alive = 0
    for answer in begun:
        assert isinstance(answer, SignedIn)
        try:
            await house.services.accounts.view(answer.token)
            alive += 1
        except SessionOver:
            continue
    assert alive == 4


async def test_a_hash_of_lower_parameters_is_made_anew_after_the_sign_in(
    house: House, screening: Screening
) -> None:
    owner = await house.owner()
    stronger = PasswordHasher(HashParameters(memory_kib=128, passes=1), is_for_show=True)
    services = house.build(house.store, hasher=stronger)
    changed_at = await stored(house, owner)
    answer = await services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert isinstance(answer, SignedIn)
    now = await stored(house, owner)
    assert now.password_hash is not None
    assert "m=128" in now.password_hash
    assert now.password_changed_at == changed_at.password_changed_at
    assert (await owner.last_event())[0] == "auth.password_rehashed"
    await services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert await owner.count_events(EventName.PASSWORD_REHASHED) == 1
    stronger.close()


async def stored(house: House, person: Person) -> account_rows.AccountRecord:
    """The account's row."""
    async with house.store.read() as tx:
        account = await account_rows.get(tx, person.account_id)
    assert account is not None
    return account


class FailingHasher(PasswordHasher):
    """Verifies as ever, and is too busy to hash anew."""

    async def hash(self, password: str) -> str:
        """Be busy."""
        raise Busy


class OvertakenHasher(PasswordHasher):
    """Lets another sign-in make the hash anew while this one's has been verified and not yet decided."""

    house: House
    person: Person

    async def verify(self, stored: str | None, password: str) -> bool:
        """Verify, and write another hash of the same password."""
        is_right = await super().verify(stored, password)
        assert stored is not None
        other = await super().hash(password)
        at = self.house.clock.now()
        async with self.house.store.write(new_id(at), at) as tx:
            assert await account_rows.rehash(tx, self.person.account_id, other, was=stored)
        return is_right


async def test_a_sign_in_that_is_overtaken_by_a_rehash_is_still_right(house: House) -> None:
    owner = await house.owner()
    overtaken = OvertakenHasher(HashParameters(memory_kib=128, passes=1), is_for_show=True)
    overtaken.house, overtaken.person = house, owner
    services = house.build(house.store, hasher=overtaken)
    owner.wait(minutes=1)
    assert isinstance(await services.sign_in.begin(owner.email, PASSWORD, owner.origin), SignedIn)
    overtaken.close()


async def test_a_rehash_that_fails_does_not_fail_the_sign_in(house: House) -> None:
    owner = await house.owner()
    busy = FailingHasher(HashParameters(memory_kib=128, passes=1), is_for_show=True)
    answer = await house.build(house.store, hasher=busy).sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert isinstance(answer, SignedIn)
    busy.close()


async def test_a_kept_session_is_resumed_under_its_token(house: House) -> None:
    owner = await house.owner(keep=True)
    owner.wait(days=2)
    resumed = await house.services.sign_in.resume(owner.token, owner.origin)
    assert resumed.token == owner.token
    assert resumed.session_id == owner.signed_in.session_id
    assert await owner.last_event() == ("auth.session_resumed", "success", "")


async def test_a_session_that_was_not_kept_is_not_resumed(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(SessionOver):
        await house.services.sign_in.resume(owner.token, owner.origin)


async def test_resuming_answers_for_locked_idle_and_ended_sessions(house: House) -> None:
    owner = await house.owner(keep=True)
    await house.services.sessions.lock(owner.token)
    with pytest.raises(SessionLocked):
        await house.services.sign_in.resume(owner.token, owner.origin)
    owner.wait(days=7)
    with pytest.raises(SessionOver) as over:
        await house.services.sign_in.resume(owner.token, owner.origin)
    assert over.value.reason == "idle"
    with pytest.raises(SessionOver) as over:
        await house.services.sign_in.resume(Secret("nonsense"), owner.origin)
    assert over.value.reason == "unknown"


async def test_sign_out_ends_the_session_once(house: House) -> None:
    owner = await house.owner()
    await house.services.sign_in.sign_out(owner.token, owner.origin)
    assert await owner.last_event() == ("auth.signed_out", "success", "signed_out")
    assert (await house.change_kinds())[-1] == "session_ended"
    with pytest.raises(SessionOver) as over:
        await house.services.sign_in.sign_out(owner.token, owner.origin)
    assert over.value.reason == "signed_out"


async def test_the_sentence_on_single_sign_on_is_shown_to_every_name(house: House) -> None:
    assert await house.services.sign_in.notice() is None
    await house.owner(policy=replace(STANDARD, sso_sentence="Acme signs in at id.acme.example."))
    assert await house.services.sign_in.notice() == "Acme signs in at id.acme.example."


async def test_a_password_changed_while_it_was_verified_makes_no_sign_in(house: House) -> None:
    owner = await house.owner()

    class Racing(PasswordHasher):
        """Changes the stored hash while it verifies."""

        async def verify(self, stored: str | None, password: str) -> bool:
            """Verify, and let somebody else win."""
            answer = await super().verify(stored, password)
            async with house.store.write("racing", house.clock.now()) as tx:
                await account_rows.set_password(
                    tx, owner.account_id, "other", house.clock.now(), "clear_embedded", was=stored
                )
            return answer

    racing = Racing(HashParameters(memory_kib=64, passes=1), is_for_show=True)
    with pytest.raises(WrongCredentials):
        await house.build(house.store, hasher=racing).sign_in.begin(owner.email, PASSWORD, owner.origin)
    racing.close()


async def test_the_half_way_state_is_all_that_a_password_gives_where_a_second_factor_is_on(
    house: House,
) -> None:
    owner = await house.owner()
    await owner.enrol()
    answer = await house.services.sign_in.begin(owner.email, PASSWORD, an_origin())
    assert isinstance(answer, SecondStepNeeded)
    assert answer.expires_at == house.clock.now() + timedelta(minutes=5)
    with pytest.raises(SessionOver):
        await house.services.accounts.view(answer.half)


class FullHasher(PasswordHasher):
    """Has no room for another check."""

    async def verify(self, stored: str | None, password: str) -> bool:
        """Be busy."""
        raise Busy


async def test_tries_that_were_never_checked_lock_nobody_out(house: House) -> None:
    owner = await house.owner()
    full = FullHasher(SHOW_PARAMETERS, is_for_show=True)
    services, origin = house.build(house.store, hasher=full), an_origin()
    for _ in range(12):
        with pytest.raises(Busy):
            await services.sign_in.begin(owner.email, PASSWORD, origin)
        with pytest.raises(Busy):
            await services.reauthentication.prove(owner.token, PASSWORD, None, owner.origin)
    assert await house.count("attempts") == 0
    await house.services.sign_in.begin(owner.email, PASSWORD, origin)
    full.close()


async def test_a_try_that_was_never_checked_clears_no_failure_before_it(house: House) -> None:
    owner = await house.owner()
    full = FullHasher(SHOW_PARAMETERS, is_for_show=True)
    origin = an_origin()
    for _ in range(9):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, origin)
    with pytest.raises(Busy):
        await house.build(house.store, hasher=full).sign_in.begin(owner.email, PASSWORD, origin)
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, origin)
    with pytest.raises(Throttled):
        await house.services.sign_in.begin(owner.email, PASSWORD, origin)
    full.close()


async def test_failures_of_strangers_are_told_once_to_who_signs_in_from_a_known_device(house: House) -> None:
    owner = await house.owner()
    owner.wait(minutes=1)
    for _ in range(5):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(owner.email, WRONG_PASSWORD, an_origin())
    owner.wait(minutes=1)
    await house.services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    owner.wait(minutes=1)
    await house.services.sign_in.begin(owner.email, PASSWORD, owner.origin)
    assert (await house.mail_kinds()).count("signed_in_after_failures") == 1
