"""Changing the password: the order of the checks, the other sessions, the notice, and two at once."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from security.breach.screening import Screened, Screening
from security.facts import PasswordChanged, SignedIn
from security.policy import STANDARD
from security.refusals import (
    BreachedPassword,
    BreachUnchecked,
    CodeRejected,
    ConfirmationDiffers,
    PolicyForbids,
    ReauthenticationNeeded,
    Refusal,
    SamePassword,
    SessionOver,
    Throttled,
    UnusableInput,
    WeakPassword,
    WrongCredentials,
    WrongPassword,
)
from security.services import Services
from security.vocabulary import BreachOutcome, EventName, PasswordRule
from tests.security.breach_lists import a_list, imported, passwords
from tests.security.people import OTHER_PASSWORD, PASSWORD, WRONG_PASSWORD, House, Person


async def change(
    owner: Person,
    *,
    current: str = PASSWORD,
    new: str = OTHER_PASSWORD,
    confirmation: str | None = None,
    code: str | None = None,
) -> PasswordChanged:
    """Change the password, with the confirmation as it should be."""
    return await change_by(owner.house.services, owner, current, new, confirmation, code)


async def change_by(
    services: Services,
    owner: Person,
    current: str = PASSWORD,
    new: str = OTHER_PASSWORD,
    confirmation: str | None = None,
    code: str | None = None,
) -> PasswordChanged:
    """The same through services of one's own."""
    return await services.passwords.change(
        owner.token, current, new, new if confirmation is None else confirmation, code, owner.origin
    )


class Listening(Screening):
    """A breach check that notes what it was asked."""

    def __init__(self, answer: BreachOutcome = BreachOutcome.CLEAR_ONLINE) -> None:
        """Give one answer to everything."""
        super().__init__(None, None)
        self.answer = answer
        self.asked = 0

    async def check(self, password: str) -> Screened:
        """Note that somebody asked."""
        self.asked += 1
        return Screened(self.answer)


async def test_a_change_ends_the_other_sessions_and_rotates_this_one(house: House) -> None:
    owner = await house.owner()
    others = [await owner.sign_in() for _ in range(2)]
    changed = await change(owner)
    assert changed.sessions_ended == 2
    assert changed.breach is BreachOutcome.CLEAR_EMBEDDED
    assert changed.signed_in.session_id == owner.signed_in.session_id
    assert len(await house.services.sessions.list(changed.signed_in.token)) == 1
    for token, reason in ((others[0].token, "password_changed"), (owner.token, "unknown")):
        with pytest.raises(SessionOver) as over:
            await house.services.accounts.view(token)
        assert over.value.reason == reason
    assert await owner.last_event() == ("auth.password_changed", "success", "")
    assert (await house.mail_kinds()).count("password_changed") == 1
    with pytest.raises(WrongCredentials):
        await owner.sign_in()
    owner.password = OTHER_PASSWORD
    assert isinstance(await owner.sign_in(), SignedIn)


async def test_the_mail_goes_to_the_stored_address(house: House) -> None:
    owner = await house.owner()
    await change(owner)
    assert (await house.mail())[-1].address == "amir@acme.example"


async def test_the_confirmation_is_compared_after_normalisation(house: House) -> None:
    owner = await house.owner()
    await change(owner, new="Q\u00faiet harbour & 3", confirmation="Qu\u0301iet harbour & 3")


@pytest.mark.parametrize(
    ("typed", "refusal", "reason"),
    [
        ({"current": WRONG_PASSWORD}, WrongPassword, "wrong_password"),
        ({"confirmation": "Something else 9!"}, ConfirmationDiffers, "confirmation_differs"),
        ({"confirmation": "x" * 5000}, ConfirmationDiffers, "confirmation_differs"),
        ({"new": "Sunset!42"}, WeakPassword, "weak_password"),
        ({"new": PASSWORD}, SamePassword, "same_password"),
        ({"new": "two\nlines of 1 password!"}, UnusableInput, "unusable_input"),
        ({"current": "\x00"}, UnusableInput, "unusable_input"),
    ],
)
async def test_a_refused_change_changes_nothing_and_is_audited(
    house: House, typed: dict[str, str], refusal: type[Refusal], reason: str
) -> None:
    owner = await house.owner()
    other = await owner.sign_in()
    with pytest.raises(refusal):
        await change(owner, **typed)
    assert await owner.last_event() == ("auth.password_change_refused", "failure", reason)
    await house.services.accounts.view(other.token)
    await house.services.accounts.view(owner.token)
    assert isinstance(await owner.sign_in(), SignedIn)


async def test_every_broken_rule_is_named(house: House) -> None:
    owner = await house.owner()
    with pytest.raises(WeakPassword) as refusal:
        await change(owner, new="acme")
    assert {
        PasswordRule.LENGTH,
        PasswordRule.UPPER,
        PasswordRule.DIGIT,
        PasswordRule.SYMBOL,
        PasswordRule.CONTEXT,
    } <= set(refusal.value.reasons)


async def test_the_network_hears_of_a_new_password_only_when_all_else_is_proven(house: House) -> None:
    owner = await house.owner()
    listening = Listening()
    services = house.build(house.store, screening=listening)
    for typed in (
        {"current": WRONG_PASSWORD},
        {"confirmation": "Another one, 4 gulls"},
        {"new": "weak"},
        {"new": PASSWORD},
    ):
        with pytest.raises(Refusal):
            await change_by(services, owner, **typed)
    assert listening.asked == 0
    await change_by(services, owner)
    assert listening.asked == 1


@pytest.mark.parametrize("outcome", [outcome for outcome in BreachOutcome if outcome.is_found])
async def test_a_breached_password_is_refused(house: House, outcome: BreachOutcome) -> None:
    owner = await house.owner()
    with pytest.raises(BreachedPassword) as refusal:
        await change_by(house.build(house.store, screening=Listening(outcome)), owner)
    assert refusal.value.outcome is outcome
    assert await owner.last_event() == ("auth.password_change_refused", "failure", "breached_password")


UNSCREENED = pytest.mark.parametrize("outcome", [BreachOutcome.NOT_CHECKED, BreachOutcome.CLEAR_EMBEDDED])
"""No breaches were asked: nothing answered at all, or only the embedded list of common passwords did."""


@UNSCREENED
async def test_without_a_breach_check_the_standard_policy_allows_and_audits_it(
    house: House, outcome: BreachOutcome
) -> None:
    owner = await house.owner()
    before = await owner.count_events(EventName.BREACH_CHECK_SKIPPED)
    services = house.build(house.store, screening=Listening(outcome))
    assert (await change_by(services, owner)).breach is outcome
    assert await owner.count_events(EventName.BREACH_CHECK_SKIPPED) == before + 1


@UNSCREENED
async def test_without_a_breach_check_a_strict_policy_refuses(house: House, outcome: BreachOutcome) -> None:
    house.services = house.build(house.store, screening=Listening())
    owner = await house.owner(policy=replace(STANDARD, breach_strict=True))
    services = house.build(house.store, screening=Listening(outcome))
    with pytest.raises(BreachUnchecked):
        await change_by(services, owner)


async def test_the_second_factor_is_asked_for_when_the_authentication_is_old(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    owner.wait(minutes=6)
    with pytest.raises(ReauthenticationNeeded) as needed:
        await change(owner)
    assert needed.value.second_factor
    with pytest.raises(CodeRejected):
        await change(owner, code=owner.app.wrong_code())
    assert await owner.last_event() == ("auth.second_factor_failed", "failure", "code_rejected")
    changed = await change(owner, code=owner.app.code())
    await house.services.recovery_codes.regenerate(changed.signed_in.token, owner.origin)


async def test_a_fresh_authentication_needs_no_code_and_spends_none(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    code = owner.app.next_code()
    changed = await change(owner, code=code)
    proven = await house.services.reauthentication.prove(
        changed.signed_in.token, OTHER_PASSWORD, code, owner.origin
    )
    assert proven.recovery_codes_left is None


async def test_a_code_is_not_spent_by_a_change_that_is_refused(house: House) -> None:
    owner = await house.owner()
    await owner.enrol()
    owner.wait(minutes=6)
    code = owner.app.code()
    with pytest.raises(WeakPassword):
        await change(owner, new="weak", code=code)
    await change(owner, code=code)


async def test_guessing_the_current_password_is_throttled(house: House) -> None:
    owner = await house.owner()
    for _ in range(10):
        with pytest.raises(WrongPassword):
            await change(owner, current=WRONG_PASSWORD)
    with pytest.raises(Throttled):
        await change(owner)
    assert await owner.last_event() == ("auth.password_change_refused", "failure", "throttled")


async def test_two_changes_at_once_succeed_exactly_once(house: House) -> None:
    owner = await house.owner()
    store, services = await house.second()
    try:
        answers = await asyncio.gather(
            change(owner, new="The first of 2 changes!"),
            change_by(services, owner, new="The other of 2 changes!"),
            return_exceptions=True,
        )
    finally:
        await store.close()
    assert sum(isinstance(answer, PasswordChanged) for answer in answers) == 1
    assert sum(isinstance(answer, (SessionOver, WrongPassword)) for answer in answers) == 1
    assert await owner.count_events(EventName.PASSWORD_CHANGED) == 1


async def test_advice_knows_the_persons_own_words_and_policy(house: House) -> None:
    owner = await house.owner()
    advice = await house.services.passwords.advise(owner.token, "Haddad and 3 gulls!")
    unmet = {state.rule for state in advice.rules if not state.is_met}
    assert unmet == {PasswordRule.CONTEXT}
    founding = house.services.passwords.founding_advice("Haddad and 3 gulls!", ["Amir Haddad"])
    assert {state.rule for state in founding.rules if not state.is_met} == {PasswordRule.CONTEXT}


async def test_where_members_sign_in_elsewhere_no_password_is_changed(house: House) -> None:
    owner = await house.owner(policy=replace(STANDARD, sso_sentence="Acme signs in at id.acme.example."))
    view = await house.services.policies.view(owner.token)
    assert view.sso_sentence == "Acme signs in at id.acme.example."
    with pytest.raises(PolicyForbids):
        await change(owner)
    with pytest.raises(PolicyForbids):
        await change(owner, current=WRONG_PASSWORD)


async def test_a_breach_file_counts_as_screened_for_a_strict_policy(house: House, tmp_path: Path) -> None:
    path = tmp_path / "breach.sha1"
    imported(path, a_list(passwords(500)))
    screening = Screening.at(None, path)
    house.services = house.build(house.store, screening=screening)
    owner = await house.owner(policy=replace(STANDARD, breach_strict=True))
    changed = await change(owner)
    assert changed.breach is BreachOutcome.CLEAR_OFFLINE
    assert await owner.count_events(EventName.BREACH_CHECK_SKIPPED) == 0
    owner.signed_in = changed.signed_in
    imported(path, a_list(["Third one, 5 lamps", *passwords(500)]))
    with pytest.raises(BreachedPassword) as refusal:
        await change(owner, current=OTHER_PASSWORD, new="Third one, 5 lamps")
    assert refusal.value.outcome is BreachOutcome.FOUND_OFFLINE
    os.truncate(path, 5000)
    with pytest.raises(BreachUnchecked):
        await change(owner, current=OTHER_PASSWORD, new="Fourth one, 6 lamps")
    await screening.close()


async def test_a_breach_file_of_no_use_is_told_in_the_audit(house: House, tmp_path: Path) -> None:
    owner = await house.owner()
    path = tmp_path / "breach.sha1"
    path.write_text("no breach file")
    screening = Screening.at(None, path)
    changed = await change_by(house.build(house.store, screening=screening), owner)
    assert changed.breach is BreachOutcome.CLEAR_EMBEDDED
    told = [event for event in await owner.events() if event.name == EventName.BREACH_CHECK_SKIPPED][-1]
    assert json.loads(told.details) == {"breach_file": "other_kind"}
    assert await house.audit_is_whole()
    await screening.close()
