"""Changing the password, over real flows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from security import policy
from security.breach.screening import Screening
from security.facts import SignedIn
from security.policy import STANDARD
from security.refusals import SessionOver
from store import accounts
from tests.security import breach_lists
from tests.tui.house import EMAIL, NEW_PASSWORD, PASSWORD, House, Person, a_house, settled, shown, type_text
from tui.app import StrongroomApp
from tui.messages import GoTo, Place
from tui.screens.overview import OverviewScreen
from tui.screens.password import PasswordScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.widgets.proof_fields import ProofFields
from tui.widgets.text_field import TextField

OTHER_PASSWORD = "Nine-kites-2-Lakes"
SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


async def reach(pilot: Pilot[int]) -> None:
    """Go to the Password tab by keyboard."""
    await settled(pilot)
    await pilot.press("]")
    await settled(pilot)
    assert isinstance(pilot.app.screen, PasswordScreen)
    assert pilot.app.screen.focused is None
    await pilot.press("tab", "tab", "tab")


async def change(pilot: Pilot[int], current: str, new: str, confirmation: str | None = None) -> None:
    """Fill the three fields by keyboard and submit."""
    await type_text(pilot, current)
    await pilot.press("enter")
    await type_text(pilot, new)
    await pilot.press("enter")
    await type_text(pilot, new if confirmation is None else confirmation)
    await pilot.press("enter")
    await settled(pilot)


def an_app(house: House, signed_in: SignedIn) -> StrongroomApp:
    """An app that begins inside."""
    return StrongroomApp(house.door(signed_in))


async def test_a_change_says_before_and_after_whom_it_signs_out(house: House) -> None:
    person = await house.founder()
    others = [await house.sign_in_elsewhere(person, name) for name in ("a", "b")]
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        assert "Signs out your other 2 sessions" in shown(app)
        await change(pilot, PASSWORD, NEW_PASSWORD)
        assert "Password changed. 2 other sessions were signed out." in shown(app)
        assert "Checked against common passwords only." in shown(app)
        assert "This is your only session" in shown(app)
        assert [one.value for one in app.screen.query(TextField)] == ["", "", ""]
        await house.services.sessions.list(app.visit.token)
    for other in others:
        with pytest.raises(SessionOver):
            await house.services.sessions.list(other.token)
    await house.services.sign_in.begin(EMAIL, NEW_PASSWORD, house.origin("later"))


async def test_the_breach_file_refuses_its_passwords_and_is_named_by_those_that_pass(tmp_path: Path) -> None:
    path = tmp_path / "breach.sha1"
    breach_lists.imported(path, breach_lists.a_list([NEW_PASSWORD, *breach_lists.passwords(500)]))
    async with a_house(tmp_path, Screening.at(None, path)) as house:
        person = await house.founder()
        app = an_app(house, person.signed_in)
        async with app.run_test(size=(120, 40)) as pilot:
            await settled(pilot)
            assert "in no known breach (offline)" in shown(app)
            await reach(pilot)
            await change(pilot, PASSWORD, NEW_PASSWORD)
            assert "This password stands in a known breach." in shown(app)
            await house.services.sign_in.begin(EMAIL, PASSWORD, house.origin("later"))
            await pilot.press("ctrl+a")
            await type_text(pilot, OTHER_PASSWORD)
            await pilot.press("enter", "ctrl+a")
            await type_text(pilot, OTHER_PASSWORD)
            await pilot.press("enter")
            await settled(pilot)
            assert "In no known breach (checked offline)." in shown(app)


async def test_rules_are_marked_while_the_password_is_typed(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(80, 24)) as pilot:
        await reach(pilot)
        assert "· At least 12 characters" in shown(app)
        await pilot.press("tab")
        await type_text(pilot, "short1")
        await settled(pilot)
        assert "✗ At least 12 characters" in shown(app)
        assert "✓ 1 number" in shown(app)
        await type_text(pilot, " but then it grew, Longer")
        await settled(pilot)
        assert "✓ At least 12 characters" in shown(app)
        assert "✓ 1 symbol" in shown(app)
        assert "✓ 1 uppercase letter" in shown(app)
        assert "strong" in shown(app)


@pytest.mark.parametrize(
    ("current", "new", "confirmation", "sentence", "focused"),
    [
        ("not this one", NEW_PASSWORD, NEW_PASSWORD, "Current password is incorrect", "current"),
        (PASSWORD, NEW_PASSWORD, "something else", "not the same as the new password", "confirmation"),
        (PASSWORD, PASSWORD, PASSWORD, "The new password is the current one.", "candidate"),
        (PASSWORD, "Sunset!42", "Sunset!42", "breaks a rule", "candidate"),
        ("", NEW_PASSWORD, NEW_PASSWORD, "Type your current password.", "current"),
    ],
)
async def test_each_refusal_stands_beside_its_field_and_focuses_it(
    house: House, current: str, new: str, confirmation: str, sentence: str, focused: str
) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        await change(pilot, current, new, confirmation)
        assert sentence in shown(app)
        assert app.focused is not None
        assert app.focused.id == focused


async def test_a_wrong_current_password_names_caps_lock_and_the_saved_value(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        await change(pilot, "not this one", NEW_PASSWORD)
        assert "caps lock" in shown(app)
        assert "saved value" in shown(app)


async def test_an_old_sign_in_with_two_factor_asks_for_a_code_first(house: House) -> None:
    person = await house.with_two_factor()
    house.clock.advance(timedelta(minutes=6))
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await type_text(pilot, NEW_PASSWORD)
        await pilot.press("enter")
        await type_text(pilot, NEW_PASSWORD)
        await pilot.press("enter")
        for _ in range(200):
            await pilot.pause(0.01)
            if isinstance(app.screen, ReauthenticationScreen):
                break
        dialog = app.screen
        assert isinstance(dialog, ReauthenticationScreen)
        assert dialog.query_one(ProofFields).asks_code
        await type_text(pilot, PASSWORD)
        await pilot.press("tab")
        await type_text(pilot, house.code(person))
        await pilot.press("enter")
        await settled(pilot)
        assert "Password changed." in shown(app)


async def test_the_place_cannot_be_left_while_the_change_is_under_way(house: House) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await reach(pilot)
        screen = app.screen
        assert isinstance(screen, PasswordScreen)
        screen.saving = True
        await pilot.press("escape", "ctrl+pageup")
        screen.post_message(GoTo(Place.GENERAL))
        await settled(pilot)
        assert id(app.screen) == id(screen)
        screen.saving = False
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


async def test_a_session_that_was_ended_elsewhere_leads_to_sign_in_with_the_reason(house: House) -> None:
    person = await house.founder()
    other = await house.sign_in_elsewhere(person)
    app = an_app(house, person.signed_in)
    async with app.run_test(size=(120, 40)) as pilot:
        await reach(pilot)
        await house.services.passwords.change(
            other.token, PASSWORD, NEW_PASSWORD, NEW_PASSWORD, None, house.origin("elsewhere")
        )
        for _ in range(200):
            await pilot.pause(0.01)
            if "your password was changed" in shown(app):
                break
        assert "your password was changed" in shown(app)
        assert app.visit.signed_in is None


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_and_seen_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    person = await house.founder()
    app = an_app(house, person.signed_in)
    async with app.run_test(size=size) as pilot:
        await reach(pilot)
        for name in ("current", "candidate", "confirmation", "update"):
            assert app.focused is not None
            assert app.focused.id == name
            assert app.screen.region.contains_region(app.focused.region)
            await pilot.press("tab")
            await pilot.pause()
        await pilot.press(*["pagedown"] * 4)
        await pilot.pause()
        assert "invitation" in shown(app)


async def test_where_members_sign_in_elsewhere_a_sentence_stands_in_place_of_the_form(house: House) -> None:
    person = await house.founder()
    org_id = await organisation_of(house, person)
    elsewhere = replace(STANDARD, sso_sentence="Acme signs in at [red]id.acme.example.")
    async with house.store.write("sso", house.clock.now()) as tx:
        await policy.put(tx, org_id, elsewhere, version=2, at=house.clock.now(), by=None)
    app = an_app(house, person.signed_in)
    async with app.run_test() as pilot:
        await settled(pilot)
        app.post_message(GoTo(Place.PASSWORD))
        await settled(pilot)
        assert "Acme signs in at [red]id.acme.example." in shown(app)
        assert "Current password" not in shown(app)
        assert app.screen.focused is None
        await pilot.press("ctrl+s", "]")
        await settled(pilot)
        assert not isinstance(app.screen, PasswordScreen)


async def organisation_of(house: House, person: Person) -> str:
    """The organisation of an account, from its row."""
    async with house.store.read() as tx:
        record = await accounts.get(tx, person.signed_in.account.id)
    assert record is not None
    return record.org_id
