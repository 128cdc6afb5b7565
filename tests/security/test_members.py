"""Members in an operator's hands: added, listed, closed, opened, freed of a second factor that is lost."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from security.activity_facts import ActivityQuery
from security.facts import SecondStepNeeded, SignedIn
from security.members import Members
from security.operator_facts import MemberAdded, MemberChanged
from security.origin import Origin
from security.policy import STANDARD
from security.refusals import (
    AlreadySo,
    CodeRejected,
    EmailTaken,
    EnrolmentOver,
    HalfSignInOver,
    LastOwner,
    NameTaken,
    NoSuchMember,
    NoSuchOrganisation,
    NothingToReset,
    PolicyForbids,
    Refusal,
    SessionOver,
    Throttled,
    UnusableField,
    WeakPassword,
    WrongCredentials,
)
from security.second_factor import MAX_CONSECUTIVE
from security.vocabulary import AccountStatus, NoticeKind, Role
from store import accounts as account_rows
from store import two_factor as two_factor_rows
from store.store import open_store
from tests.security.people import OPERATOR, PASSWORD, House, Person, an_origin

FROM = an_origin("command line", "local")
"""Where an operator's commands come from."""


async def add(
    members: Members, *, organisation: str | None = None, name: str = "Cleo", email: str = "cleo@acme.example"
) -> MemberAdded:
    """Add a member."""
    return await members.add(organisation, name, email, Role.MEMBER, PASSWORD, OPERATOR, FROM)


async def last(person: Person) -> tuple[str, str, str, str | None, str | None, dict[str, str]]:
    """The newest event of a person to the letter: name, outcome, reason, actor, session, details."""
    event = (await person.events())[-1]
    return event.name, event.outcome, event.reason, event.actor_id, event.session, json.loads(event.details)


async def status(house: House, person: Person) -> str:
    """What an account may do."""
    async with house.store.read() as tx:
        account = await account_rows.get(tx, person.account_id)
    assert account is not None
    return account.status


async def at_two_doors(
    house: House, one: Callable[[Members], Awaitable[object]], other: Callable[[Members], Awaitable[object]]
) -> list[str]:
    """What two operators on two machines are answered at once, as names of types."""
    store = await open_store(house.store.url)
    try:
        answers = await asyncio.gather(
            one(house.operations.members), other(house.operate(store).members), return_exceptions=True
        )
    finally:
        await store.close()
    return sorted(type(answer).__name__ for answer in answers)


async def test_a_member_is_added_told_and_audited_as_the_operators_act(house: House) -> None:
    await house.owner()
    answer = await add(house.operations.members)
    assert (answer.member.name, answer.member.email, answer.member.organisation) == (
        "Cleo",
        "cleo@acme.example",
        "Acme Financial Group",
    )
    assert (answer.member.role, answer.member.status) == (Role.MEMBER, AccountStatus.ACTIVE)
    assert answer.member.last_active_at is None
    signed_in = await house.services.sign_in.begin("cleo@acme.example", PASSWORD, an_origin())
    assert isinstance(signed_in, SignedIn)
    async with house.store.read() as tx:
        rows = await tx.fetch(
            "SELECT name, actor_id, details, source_ip FROM audit_events"
            " WHERE subject_id = :who ORDER BY seq",
            who=answer.member.id,
        )
    assert [str(row["name"]) for row in rows[:2]] == ["account.created", "auth.breach_check_skipped"]
    assert json.loads(str(rows[0]["details"])) == {
        "breach": "clear_embedded",
        "operator": OPERATOR,
        "role": "member",
    }
    assert (rows[0]["actor_id"], rows[0]["source_ip"]) == (None, "local")
    created = await house.mail_of(NoticeKind.ACCOUNT_CREATED)
    assert (created.address, json.loads(created.facts)) == (
        "cleo@acme.example",
        {"organisation": "Acme Financial Group"},
    )
    assert await house.audit_is_whole()


async def test_the_organisation_is_named_by_name_or_id_where_there_are_several(house: House) -> None:
    await house.owner()
    second = await house.operations.organisations.add(
        "Borealis", "Nord", "nord@borealis.example", PASSWORD, OPERATOR, FROM
    )
    members = house.operations.members
    with pytest.raises(UnusableField):
        await add(members)
    with pytest.raises(NoSuchOrganisation):
        await add(members, organisation="Nowhere")
    by_name = await add(members, organisation="borealis", email="one@borealis.example")
    by_id = await add(members, organisation=second.organisation.id, email="two@borealis.example", name="Dag")
    assert {by_name.member.organisation, by_id.member.organisation} == {"Borealis"}


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"email": "AMIR@acme.example"}, EmailTaken),
        ({"email": "no address"}, UnusableField),
        ({"name": "Amir HaddaԀ"}, UnusableField),
        ({"name": "Arnir Haddad"}, NameTaken),
        ({"email": "\u0430mir@acme.example"}, UnusableField),
        ({"email": "cleo@\u0430cme.example"}, UnusableField),
        ({"email": "cleo@\u0430\u0441\u043c\u0435.example"}, NameTaken),
        ({"name": ""}, UnusableField),
    ],
)
async def test_a_member_who_cannot_be_is_refused(
    house: House, typed: dict[str, str], refusal: type[Refusal]
) -> None:
    await house.owner()
    with pytest.raises(refusal):
        await add(house.operations.members, **typed)
    assert await house.count("accounts") == 1


async def test_two_people_may_have_one_name(house: House) -> None:
    await house.owner()
    assert (await add(house.operations.members, name="Amir Haddad")).member.name == "Amir Haddad"


async def test_the_organisations_rules_hold_for_a_first_password(house: House) -> None:
    await house.owner(policy=replace(STANDARD, minimum_length=len(PASSWORD)))
    with pytest.raises(WeakPassword):
        await house.operations.members.add(
            None, "Cleo", "cleo@acme.example", Role.MEMBER, PASSWORD[:-1], OPERATOR, FROM
        )


async def test_where_members_sign_in_elsewhere_no_password_is_set(house: House) -> None:
    await house.owner(policy=replace(STANDARD, sso_sentence="Sign in with Acme's own page."))
    with pytest.raises(PolicyForbids):
        await add(house.operations.members)
    assert await house.count("accounts") == 1


async def test_one_address_added_at_once_by_two_operators_makes_one_account(house: House) -> None:
    await house.owner()
    found = await at_two_doors(
        house, add, lambda members: add(members, email="CLEO@acme.example", name="Dag")
    )
    assert found == ["EmailTaken", "MemberAdded"]
    assert await house.count("accounts") == 2


async def test_names_that_look_alike_added_at_once_by_two_operators_make_one_account(house: House) -> None:
    await house.owner()
    found = await at_two_doors(
        house,
        lambda members: add(members, name="Bo Arnold"),
        lambda members: add(members, name="Bo Amold", email="bo@acme.example"),
    )
    assert found == ["MemberAdded", "NameTaken"]
    assert await house.count("accounts") == 2


async def test_the_list_tells_who_is_there_and_no_secret(house: House) -> None:
    owner = await house.owner()
    owner.wait(seconds=1)
    bea = await house.member(owner)
    await bea.enrol()
    owner.wait(minutes=2)
    await house.services.sessions.touch(bea.token)
    await house.operations.organisations.add(
        "Borealis", "Nord", "nord@borealis.example", PASSWORD, OPERATOR, FROM
    )
    everybody = await house.operations.members.list()
    assert [(one.organisation, one.email, one.role, one.has_two_factor) for one in everybody] == [
        ("Acme Financial Group", "amir@acme.example", Role.OWNER, False),
        ("Acme Financial Group", "bea@acme.example", Role.MEMBER, True),
        ("Borealis", "nord@borealis.example", Role.OWNER, False),
    ]
    assert [one.last_active_at for one in everybody] == [
        house.clock.now() - timedelta(minutes=2, seconds=1),
        house.clock.now(),
        None,
    ]
    assert "argon2" not in repr(everybody)
    some = await house.operations.members.list("BOREALIS")
    assert [one.email for one in some] == ["nord@borealis.example"]
    with pytest.raises(NoSuchOrganisation):
        await house.operations.members.list("Nowhere")


async def test_a_long_list_is_read_page_by_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("security.members.PAGE", 2)
    await house.owner()
    for number in range(4):
        house.clock.advance(timedelta(seconds=1))
        await add(house.operations.members, name=f"Member {number}", email=f"m{number}@acme.example")
    listed = await house.operations.members.list()
    assert [one.email for one in listed] == [
        "amir@acme.example",
        *(f"m{number}@acme.example" for number in range(4)),
    ]


async def test_suspending_ends_every_session_and_whatever_was_half_way(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    await bea.sign_in()
    half = await bea.half(bea.origin)
    changed = await house.operations.members.suspend("BEA@acme.example", OPERATOR, FROM)
    assert (changed.member.status, changed.sessions_ended) == (AccountStatus.SUSPENDED, 2)
    assert await last(bea) == (
        "account.suspended",
        "success",
        "",
        None,
        None,
        {"operator": OPERATOR, "sessions_ended": "2"},
    )
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(bea.token)
    assert over.value.reason == "account_closed"
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, bea.app.next_code(), bea.origin)
    with pytest.raises(WrongCredentials):
        await house.services.sign_in.begin(bea.email, PASSWORD, an_origin())
    mail = await house.mail_of(NoticeKind.ACCOUNT_SUSPENDED)
    assert mail.address == "bea@acme.example"
    assert json.loads(mail.facts)["sessions_ended"] == "2"
    assert (await house.change_kinds())[-1] == "account_changed"


async def test_each_session_that_a_suspension_ends_names_the_operator(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.operations.members.suspend(bea.account_id, OPERATOR, FROM)
    revoked = next(event for event in await bea.events() if event.name == "auth.session_revoked")
    assert (revoked.actor_id, revoked.reason, json.loads(revoked.details)) == (
        None,
        "account_closed",
        {"operator": OPERATOR, "session_id": bea.signed_in.session_id},
    )
    assert revoked.session is not None


async def test_what_an_operator_did_is_shown_to_the_member_as_anothers_act(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.operations.members.suspend(bea.email, OPERATOR, FROM)
    await house.operations.members.restore(bea.email, OPERATOR, FROM)
    bea.signed_in = await bea.sign_in()
    page = await house.services.activity.newest(bea.token, ActivityQuery(), 50)
    by_others = {event.name.value for event in page.events if event.is_by_other}
    assert by_others == {"account.suspended", "account.restored", "auth.session_revoked"}


async def test_restoring_opens_the_account_and_no_session(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.operations.members.suspend(bea.email, OPERATOR, FROM)
    changed = await house.operations.members.restore(bea.email, OPERATOR, FROM)
    assert changed == MemberChanged(changed.member, 0)
    assert changed.member.status is AccountStatus.ACTIVE
    assert await last(bea) == ("account.restored", "success", "", None, None, {"operator": OPERATOR})
    assert (await house.mail_of(NoticeKind.ACCOUNT_RESTORED)).address == bea.email
    with pytest.raises(SessionOver):
        await house.services.accounts.view(bea.token)
    assert (await bea.sign_in()).account.id == bea.account_id


@pytest.mark.parametrize(
    ("act", "refusal", "tag"),
    [
        (lambda members, who: members.suspend(who, OPERATOR, FROM), LastOwner, "account.suspended"),
        (lambda members, who: members.restore(who, OPERATOR, FROM), AlreadySo, "account.restored"),
        (
            lambda members, who: members.reset_two_factor(who, "Lost both", OPERATOR, FROM),
            NothingToReset,
            "auth.2fa_reset",
        ),
    ],
)
async def test_what_an_operator_is_refused_is_audited_and_changes_nothing(
    house: House, act: Callable[[Members, str], Awaitable[object]], refusal: type[Refusal], tag: str
) -> None:
    owner = await house.owner()
    with pytest.raises(refusal) as refused:
        await act(house.operations.members, owner.email)
    assert await last(owner) == (tag, "failure", refused.value.tag, None, None, {"operator": OPERATOR})
    assert await house.services.accounts.view(owner.token)
    assert (await house.operations.members.list())[0].status is AccountStatus.ACTIVE


async def test_nobody_of_that_address_is_said_so(house: House) -> None:
    await house.owner()
    members = house.operations.members
    for who in ("nobody@acme.example", "00000000-0000-7000-8000-000000000000", "", "a\0b", "\ud800"):
        with pytest.raises(NoSuchMember):
            await members.suspend(who, OPERATOR, FROM)
        with pytest.raises(NoSuchMember):
            await members.reset_two_factor(who, "Lost both", OPERATOR, FROM)


async def test_a_removed_account_is_nobodys(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    at = house.clock.now()
    async with house.store.write(bea.account_id, at) as tx:
        await account_rows.set_status(tx, bea.account_id, AccountStatus.REMOVED)
    with pytest.raises(NoSuchMember):
        await house.operations.members.restore(bea.email, OPERATOR, FROM)
    assert [one.email for one in await house.operations.members.list()] == [owner.email]
    assert (await house.operations.organisations.list())[0].members == 1


async def test_closing_a_closed_account_is_a_conflict(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await house.operations.members.suspend(bea.email, OPERATOR, FROM)
    with pytest.raises(AlreadySo) as refused:
        await house.operations.members.suspend(bea.email, OPERATOR, FROM)
    assert refused.value.status is AccountStatus.SUSPENDED


async def test_two_owners_closed_at_once_leave_one(house: House) -> None:
    owner = await house.owner()
    second = await house.member(owner, "Olga", Role.OWNER)
    found = await at_two_doors(
        house,
        lambda members: members.suspend(owner.email, OPERATOR, FROM),
        lambda members: members.suspend(second.email, OPERATOR, FROM),
    )
    assert found == ["LastOwner", "MemberChanged"]
    assert sorted([await status(house, owner), await status(house, second)]) == ["active", "suspended"]


async def test_an_owner_and_an_operator_who_close_each_others_account_leave_one(house: House) -> None:
    owner = await house.owner()
    second = await house.member(owner, "Olga", Role.OWNER)
    answers = await asyncio.gather(
        house.services.accounts.suspend(owner.token, second.account_id, owner.origin),
        house.operations.members.suspend(owner.email, OPERATOR, FROM),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, Refusal) for answer in answers) == 1
    assert sorted([await status(house, owner), await status(house, second)]) == ["active", "suspended"]


async def test_a_suspended_owner_does_not_count_as_one(house: House) -> None:
    owner = await house.owner()
    second = await house.member(owner, "Olga", Role.OWNER)
    await house.operations.members.suspend(owner.email, OPERATOR, FROM)
    with pytest.raises(LastOwner):
        await house.operations.members.suspend(second.email, OPERATOR, FROM)


async def test_a_reset_takes_secret_codes_sessions_and_everything_half_done(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    await bea.sign_in()
    half = await bea.half(bea.origin)
    changed = await house.operations.members.reset_two_factor(bea.email, " Lost  both ", OPERATOR, FROM)
    assert (changed.member.has_two_factor, changed.member.must_enrol, changed.sessions_ended) == (
        False,
        True,
        2,
    )
    assert await last(bea) == (
        "auth.2fa_reset",
        "success",
        "",
        None,
        None,
        {"operator": OPERATOR, "sessions_ended": "2", "stated_reason": "Lost both"},
    )
    for table in (
        "totp_secrets",
        "recovery_codes",
        "half_sign_ins WHERE spent_at IS NULL",
        "totp_enrolments",
    ):
        assert await house.count(table) == 0
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish(half, bea.app.next_code(), bea.origin)
    with pytest.raises(HalfSignInOver):
        await house.services.sign_in.finish_with_recovery_code(half, bea.recovery.codes[0].reveal, bea.origin)
    with pytest.raises(SessionOver) as over:
        await house.services.accounts.view(bea.token)
    assert over.value.reason == "two_factor_changed"
    mail = await house.mail_of(NoticeKind.TWO_FACTOR_RESET)
    assert mail.address == "bea@acme.example"
    assert "Lost both" not in mail.facts
    assert (await house.change_kinds())[-1] == "two_factor_changed"
    assert await house.audit_is_whole()


async def test_an_enrolment_that_was_begun_before_a_reset_is_void(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    other = await bea.sign_in()
    pending = await house.services.two_factor.begin(other.token, bea.origin)
    await bea.enrol(end_others=False)
    await house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, FROM)
    with pytest.raises(SessionOver):
        await house.services.two_factor.confirm(other.token, pending.id, bea.app.code(), bea.origin)
    again = await bea.sign_in()
    with pytest.raises(EnrolmentOver):
        await house.services.two_factor.confirm(again.token, pending.id, bea.app.code(), bea.origin)


async def wrong_codes(house: House, person: Person, origin: Origin, count: int) -> None:
    """Fail the second step from one origin."""
    half = await person.half(origin)
    for _ in range(count):
        with suppress(CodeRejected):
            await house.services.sign_in.finish(half, person.app.wrong_code(), origin)


async def test_a_reset_opens_the_locks_of_the_account_and_of_its_devices(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    for origin in (an_origin(source_ip="192.0.2.99"), bea.origin):
        await wrong_codes(house, bea, origin, 5)
        with pytest.raises(Throttled):
            await house.services.sign_in.finish(await bea.half(origin), bea.app.code(), origin)
    assert await house.count("locks") > 0
    before = await house.count("attempts")
    await house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, FROM)
    assert await house.count("attempts") < before
    bea.signed_in = await bea.sign_in(bea.origin)
    await bea.enrol()
    answer = await house.services.sign_in.begin(bea.email, PASSWORD, bea.origin)
    assert isinstance(answer, SecondStepNeeded)
    with pytest.raises(CodeRejected):
        await house.services.sign_in.finish(answer.half, bea.app.wrong_code(), bea.origin)
    signed_in = await house.services.sign_in.finish(answer.half, bea.app.next_code(), bea.origin)
    assert signed_in.account.id == bea.account_id


async def test_a_reset_leaves_the_counters_of_others_alone(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    bea = await house.member(owner)
    await bea.enrol()
    await wrong_codes(house, owner, owner.origin, 5)
    await house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, FROM)
    with pytest.raises(Throttled):
        await house.services.sign_in.finish(await owner.half(owner.origin), owner.app.code(), owner.origin)


async def test_a_hundred_failures_are_forgotten_by_a_reset(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    at = house.clock.now()
    async with house.store.write(bea.account_id, at) as tx:
        for _ in range(MAX_CONSECUTIVE):
            await two_factor_rows.add_failure(tx, bea.account_id)
    await house.operations.members.reset_two_factor(bea.email, "Blocked", OPERATOR, FROM)
    bea.signed_in = await bea.sign_in()
    await bea.enrol()
    assert (await bea.sign_in()).account.has_two_factor


async def test_two_resets_at_once_are_one(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()

    async def reset(members: Members) -> object:
        """Reset."""
        return await members.reset_two_factor(bea.email, "Lost both", OPERATOR, FROM)

    assert await at_two_doors(house, reset, reset) == ["MemberChanged", "NothingToReset"]
    assert (await house.mail_kinds()).count("two_factor_reset") == 1


async def test_a_reset_and_a_sign_in_at_once_leave_no_session_by_the_old_factor(house: House) -> None:
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    half = await bea.half(bea.origin)
    code = bea.app.next_code()
    answers = await asyncio.gather(
        house.services.sign_in.finish(half, code, bea.origin),
        house.operations.members.reset_two_factor(bea.email, "Lost both", OPERATOR, FROM),
        return_exceptions=True,
    )
    assert isinstance(answers[1], MemberChanged)
    async with house.store.read() as tx:
        row = await tx.fetch_one(
            "SELECT count(*) AS n FROM sessions WHERE account_id = :who AND ended_at IS NULL",
            who=bea.account_id,
        )
    assert row is not None
    assert row["n"] == 0


@pytest.mark.parametrize("reason", ["", "   ", "x" * 201, "x" * 5000, "a\x1b[31mb", "a\nb", "a\u202eb"])
async def test_a_reason_is_asked_for_short_and_visible(house: House, reason: str) -> None:
    owner = await house.owner()
    await owner.enrol()
    with pytest.raises(UnusableField) as refused:
        await house.operations.members.reset_two_factor(owner.email, reason, OPERATOR, FROM)
    assert refused.value.field == "reason"
    assert await house.count("totp_secrets") == 1


async def test_a_reason_of_two_hundred_characters_is_kept_whole(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    reason = ("ünlost " * 40)[:199] + "!"
    await house.operations.members.reset_two_factor(owner.email, reason, OPERATOR, FROM)
    assert (await last(owner))[5]["stated_reason"] == reason
