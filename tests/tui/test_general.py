"""Name, appearance and the way out, over real flows."""

from __future__ import annotations

import pytest

from security.refusals import SessionOver
from security.sign_in import SignIn
from security.vocabulary import Appearance, ChangeKind
from store.errors import Unavailable
from tests.tui.house import House, settled, shown, type_text
from tui.app import StrongroomApp
from tui.messages import AccountChanged, AppearanceChosen
from tui.screens.general import GeneralScreen
from tui.screens.overview import OverviewScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.choice import Choice
from tui.widgets.text_field import TextField

SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


async def test_a_new_name_is_kept_and_shown_as_the_store_has_it(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("tab", "tab", "tab")
        await type_text(pilot, " Jr")
        await pilot.press("enter")
        await settled(pilot)
        assert "Your name is Amir Example Jr." in shown(app)
        assert (await house.services.accounts.view(app.visit.token)).name == "Amir Example Jr"


async def test_a_name_that_cannot_be_taken_says_why_beside_it(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("tab", "tab", "tab", "ctrl+u", "ctrl+s")
        await settled(pilot)
        assert "✗ The name is missing." in shown(app)
        assert app.focused is not None
        assert app.focused.id == "name"


async def test_the_appearance_changes_at_once_and_stays_with_the_account(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        app.screen.query_one(Choice).focus()
        await pilot.press("right")
        await settled(pilot)
        assert app.theme == "strongroom-light"
        assert (await house.services.accounts.view(app.visit.token)).appearance is Appearance.LIGHT


async def test_signing_out_ends_the_session_and_leads_to_sign_in(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("s", "enter")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        await pilot.press("s", "s", "tab", "enter")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "You signed out." in shown(app)
    with pytest.raises(SessionOver):
        await house.services.sessions.list(person.signed_in.token)


async def test_on_arrival_a_bare_key_acts_and_after_escape_it_does_so_again(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("2")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("tab", "tab", "tab", "escape", "2")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_and_seen_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert isinstance(app.screen, GeneralScreen)
        await pilot.press("tab", "tab", "tab")
        seen = []
        for _ in range(4):
            assert app.focused is not None
            assert app.screen.region.contains_region(app.focused.region)
            seen.append(app.focused.id or type(app.focused).__name__)
            await pilot.press("tab")
            await pilot.pause()
        assert seen == ["name", "save", "Choice", "sign-out"]


async def test_the_button_signs_out_at_once(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        app.screen.query_one("#sign-out").focus()
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)


async def test_a_name_changed_elsewhere_reaches_the_field_unless_it_is_being_typed_over(house: House) -> None:
    person = await house.founder()
    token = person.signed_in.token
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await house.services.accounts.rename(token, "Ada Example", house.origin())
        await pilot.press("r")
        await settled(pilot)
        field = app.screen.query_one("#name", TextField)
        assert field.value == "Ada Example"
        await pilot.press("tab", "tab", "tab", "x")
        await house.services.accounts.rename(token, "Zoe Example", house.origin())
        app.screen.post_message(AccountChanged(ChangeKind.ACCOUNT_CHANGED))
        await settled(pilot)
        assert field.value == "Ada Examplex"


async def test_a_theme_of_the_palette_is_the_one_that_is_marked(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        app.post_message(AppearanceChosen("strongroom-light"))
        await settled(pilot)
        await pilot.press("r")
        await settled(pilot)
        assert app.theme == "strongroom-light"
        assert app.screen.query_one(Choice).chosen == 1


async def test_a_sign_out_that_the_store_does_not_hear_of_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_arguments: object) -> None:
        raise Unavailable("The store is gone.")

    monkeypatch.setattr(SignIn, "sign_out", gone)
    person = await house.founder()
    app = StrongroomApp(house.door(person.signed_in))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("s", "tab", "enter")
        await settled(pilot)
        assert isinstance(app.screen, SignInScreen)
        assert "This terminal forgot your session" in shown(app)
        assert "You signed out." not in shown(app)
