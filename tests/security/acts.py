"""The acts of the flows: each with the people it needs, so that it can be interrupted anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from security.activity_facts import ActivityQuery
from security.facts import Secret
from security.refusals import CodeRejected
from security.vocabulary import Appearance, ExportForm, Role
from tests.security.people import (
    OPERATOR,
    OTHER_PASSWORD,
    PASSWORD,
    Authenticator,
    Dump,
    House,
    Person,
    an_origin,
)

BESIDE = ("acts", "attempts", "locks")
"""Tables of the counters and of the idempotency ids, which have transactions of their own."""


@dataclass(frozen=True)
class Ready:
    """A person about to act, with what they hold in their hands."""

    person: Person
    hand: str = ""
    """A code or an id that the act needs."""


@dataclass(frozen=True)
class Act:
    """One act: what must be before it, and the act itself."""

    prepare: Callable[[House], Awaitable[Ready]]
    perform: Callable[[House, Ready], Awaitable[object]]


async def an_owner(house: House) -> Ready:
    """An owner with another session, kept signed in."""
    owner = await house.owner(keep=True)
    return Ready(owner, (await owner.sign_in()).session_id)


async def an_enrolled(house: House) -> Ready:
    """An owner with two factors, another session and the next code in hand."""
    owner = await house.owner()
    await owner.enrol(acknowledge=False)
    await owner.sign_in()
    return Ready(owner, owner.app.next_code())


async def an_old_visit(house: House) -> Ready:
    """The same, with an authentication that is not fresh any more."""
    ready = await an_enrolled(house)
    ready.person.wait(minutes=6)
    return Ready(ready.person, ready.person.app.code())


async def a_half(house: House) -> Ready:
    """An owner between the two steps."""
    ready = await an_enrolled(house)
    return Ready(ready.person, (await ready.person.half(ready.person.origin)).reveal)


async def a_locked(house: House) -> Ready:
    """An enrolled owner behind the idle lock."""
    ready = await an_enrolled(house)
    await house.services.sessions.lock(ready.person.token)
    return ready


async def a_pending(house: House) -> Ready:
    """An owner in the wizard."""
    owner = await house.owner()
    await owner.sign_in()
    enrolment = await house.services.two_factor.begin(owner.token, owner.origin)
    owner.authenticator = Authenticator(enrolment.secret, house.clock)
    return Ready(owner, enrolment.id)


async def with_a_member(house: House) -> Ready:
    """An owner and a member."""
    owner = await house.owner()
    return Ready(owner, (await house.member(owner)).account_id)


async def with_older_sessions(house: House) -> Ready:
    """An owner in a new session, with two that are two hours old."""
    owner = await house.owner()
    await owner.sign_in()
    owner.wait(hours=2)
    owner.signed_in = await owner.sign_in()
    return Ready(owner)


async def an_empty_house(house: House) -> Ready:
    """Nobody yet; the person is only a shell."""
    return Ready(Person(house, "", "", "", an_origin(), None))  # type: ignore[arg-type]


async def add_member(house: House, ready: Ready) -> object:
    """Add a member to the only organisation."""
    return await house.services.founding.add_member(
        await house.org_id(), "Cleo", "cleo@acme.example", PASSWORD, Role.ADMIN, ready.person.origin
    )


async def with_an_enrolled_member(house: House) -> Ready:
    """An owner, and a member with two factors, half way in, with a wrong code behind them."""
    owner = await house.owner()
    bea = await house.member(owner)
    await bea.enrol()
    half = await bea.half(bea.origin)
    with suppress(CodeRejected):
        await house.services.sign_in.finish(half, bea.app.wrong_code(), bea.origin)
    return Ready(owner, bea.email)


async def with_a_closed_member(house: House) -> Ready:
    """An owner, and a member who cannot sign in."""
    ready = await with_a_member(house)
    await house.services.accounts.suspend(ready.person.token, ready.hand, ready.person.origin)
    return ready


async def add_organisation(house: House, ready: Ready) -> object:
    """Add a second organisation."""
    return await house.operations.organisations.add(
        "Borealis", "Cleo Nord", "cleo@borealis.example", PASSWORD, OPERATOR, ready.person.origin
    )


async def operator_adds(house: House, ready: Ready) -> object:
    """Add a member to the only organisation, as the operator does."""
    return await house.operations.members.add(
        None, "Cleo", "cleo@acme.example", Role.ADMIN, PASSWORD, OPERATOR, ready.person.origin
    )


def half_of(ready: Ready) -> Secret:
    """The half-way state in hand."""
    return Secret(ready.hand)


ACTS: dict[str, Act] = {
    "found": Act(an_empty_house, lambda house, _: house.owner()),
    "add_member": Act(an_owner, add_member),
    "sign_in": Act(an_owner, lambda h, r: h.services.sign_in.begin(r.person.email, PASSWORD, an_origin())),
    "first_step": Act(
        an_enrolled, lambda h, r: h.services.sign_in.begin(r.person.email, PASSWORD, an_origin())
    ),
    "second_step": Act(
        a_half,
        lambda h, r: h.services.sign_in.finish(half_of(r), r.person.app.code(), r.person.origin),
    ),
    "recovery_step": Act(
        a_half,
        lambda h, r: h.services.sign_in.finish_with_recovery_code(
            half_of(r), r.person.recovery.codes[0].reveal, r.person.origin
        ),
    ),
    "resume": Act(an_owner, lambda h, r: h.services.sign_in.resume(r.person.token, r.person.origin)),
    "sign_out": Act(an_owner, lambda h, r: h.services.sign_in.sign_out(r.person.token, r.person.origin)),
    "revoke": Act(an_owner, lambda h, r: h.services.sessions.revoke(r.person.token, r.hand, r.person.origin)),
    "revoke_others": Act(
        an_owner, lambda h, r: h.services.sessions.revoke_others(r.person.token, r.person.origin)
    ),
    "name_device": Act(
        an_owner,
        lambda h, r: h.services.sessions.name_device(r.person.token, r.hand, "Desk", r.person.origin),
    ),
    "set_lifetime": Act(
        with_older_sessions,
        lambda h, r: h.services.sessions.set_lifetime(r.person.token, timedelta(hours=1), r.person.origin),
    ),
    "lock": Act(an_owner, lambda h, r: h.services.sessions.lock(r.person.token)),
    "unlock": Act(
        a_locked,
        lambda h, r: h.services.sessions.unlock(r.person.token, password=PASSWORD, origin=r.person.origin),
    ),
    "unlock_by_code": Act(
        a_locked, lambda h, r: h.services.sessions.unlock(r.person.token, code=r.hand, origin=r.person.origin)
    ),
    "prove": Act(
        an_enrolled,
        lambda h, r: h.services.reauthentication.prove(r.person.token, PASSWORD, r.hand, r.person.origin),
    ),
    "change_password": Act(
        an_old_visit,
        lambda h, r: h.services.passwords.change(
            r.person.token, PASSWORD, OTHER_PASSWORD, OTHER_PASSWORD, r.hand, r.person.origin
        ),
    ),
    "begin_enrolment": Act(
        an_owner, lambda h, r: h.services.two_factor.begin(r.person.token, r.person.origin)
    ),
    "confirm_enrolment": Act(
        a_pending,
        lambda h, r: h.services.two_factor.confirm(
            r.person.token, r.hand, r.person.app.code(), r.person.origin
        ),
    ),
    "cancel_enrolment": Act(
        a_pending, lambda h, r: h.services.two_factor.cancel(r.person.token, r.hand, r.person.origin)
    ),
    "disable": Act(
        an_enrolled,
        lambda h, r: h.services.two_factor.disable(r.person.token, PASSWORD, r.hand, r.person.origin),
    ),
    "regenerate": Act(
        an_enrolled, lambda h, r: h.services.recovery_codes.regenerate(r.person.token, r.person.origin)
    ),
    "acknowledge": Act(
        an_enrolled,
        lambda h, r: h.services.recovery_codes.acknowledge(
            r.person.token, r.person.recovery.batch_id, r.person.recovery.codes[0].reveal, r.person.origin
        ),
    ),
    "rename": Act(
        an_owner, lambda h, r: h.services.accounts.rename(r.person.token, "Amir H", r.person.origin)
    ),
    "set_appearance": Act(
        an_owner, lambda h, r: h.services.accounts.set_appearance(r.person.token, Appearance.LIGHT)
    ),
    "export_activity": Act(
        an_owner,
        lambda h, r: h.services.activity_export.begin(
            r.person.token, ActivityQuery(), r.person.origin, ExportForm.CSV
        ),
    ),
    "suspend": Act(
        with_a_member, lambda h, r: h.services.accounts.suspend(r.person.token, r.hand, r.person.origin)
    ),
    "add_organisation": Act(an_owner, add_organisation),
    "operator_add": Act(an_owner, operator_adds),
    "operator_suspend": Act(
        with_an_enrolled_member, lambda h, r: h.operations.members.suspend(r.hand, OPERATOR, r.person.origin)
    ),
    "operator_restore": Act(
        with_a_closed_member, lambda h, r: h.operations.members.restore(r.hand, OPERATOR, r.person.origin)
    ),
    "reset_two_factor": Act(
        with_an_enrolled_member,
        lambda h, r: h.operations.members.reset_two_factor(r.hand, "Lost both", OPERATOR, r.person.origin),
    ),
}
"""Every act that writes, by name."""

OF_OPERATORS = {
    "add_organisation",
    "operator_add",
    "operator_suspend",
    "operator_restore",
    "reset_two_factor",
}
"""Those of them that need no session."""


def difference(before: Dump, after: Dump) -> dict[str, tuple[int, int]]:
    """How many rows of each table went and came, where any did; a changed row is one of each."""
    found = {}
    for table in sorted({*before, *after} - {*BESIDE}):
        old, new = Counter(before.get(table, [])), Counter(after.get(table, []))
        gone, come = (old - new).total(), (new - old).total()
        if gone or come:
            found[table] = (gone, come)
    return found
