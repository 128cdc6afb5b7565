"""The question whether it is still you: only the flow's yes counts, and nothing typed stays behind."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.tui.house import PASSWORD, House, a_house
from tests.tui.two_factor_visits import visiting
from tui.screens.reauthentication import ReauthenticationScreen
from tui.widgets.proof_fields import ProofFields
from tui.widgets.text_field import TextField


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house of its own for each test."""
    async with a_house(tmp_path) as built:
        yield built


async def test_the_password_alone_proves_it_where_two_factor_is_off(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        before = visit.app.visit.token
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert visit.answers == [True]
        assert visit.app.visit.token != before


async def test_the_new_token_is_the_one_that_works(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        house.clock.advance(timedelta(minutes=6))
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.type(PASSWORD)
        await visit.press("enter")
        enrolment = await house.services.two_factor.begin(visit.app.visit.token, visit.app.visit.origin)
        assert enrolment.id


async def test_a_wrong_password_is_said_at_its_field_which_is_empty_and_has_the_focus(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.type("not this one")
        await visit.press("enter")
        assert visit.answers == []
        assert "Current password is incorrect. A saved value may be out of date" in visit.text()
        field = visit.app.screen.query_one("#proof-password").query_one(TextField)
        assert (field.value, visit.app.focused) == ("", field)


async def test_an_empty_password_is_said_without_trying_it(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.press("enter")
        assert "Type your password." in visit.text()


async def test_with_two_factor_on_enter_leads_from_the_password_to_the_code(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(ReauthenticationScreen(second_factor=True))
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert visit.app.focused is visit.app.screen.query_one("#proof-code").query_one(TextField)
        await visit.press(*house.code(person), "enter")
        assert visit.answers == [True]


async def test_a_recovery_code_serves_as_well_and_is_spent(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(ReauthenticationScreen(second_factor=True))
        await visit.type(PASSWORD)
        await visit.press("tab")
        await visit.type(person.codes[0])
        await visit.press("enter")
        assert visit.answers == [True]
        assert (await visit.state()).codes_left == 7


async def test_a_wrong_code_is_said_at_the_code_and_the_password_stays(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(ReauthenticationScreen(second_factor=True))
        await visit.type(PASSWORD)
        await visit.press("tab", *"000000", "enter")
        assert "Code not accepted" in visit.text()
        fields = visit.app.screen.query_one(ProofFields)
        assert (fields.password, fields.code) == (PASSWORD, "")


async def test_where_the_flow_wants_a_code_that_nobody_asked_for_the_field_appears(house: House) -> None:
    person = await house.with_two_factor()
    async with visiting(house, person) as visit:
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert visit.app.focused is visit.app.screen.query_one("#proof-code").query_one(TextField)


async def test_cancel_proves_nothing(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        before = visit.app.visit.token
        await visit.open(ReauthenticationScreen(second_factor=False))
        await visit.press("escape")
        assert visit.answers == [None]
        assert visit.app.visit.token == before


async def test_a_saving_question_is_not_closed(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        question = ReauthenticationScreen(second_factor=False)
        await visit.open(question)
        question.saving = True
        await visit.press("escape")
        assert visit.app.screen is question
        question.saving = False


async def test_once_it_is_answered_the_fields_hold_nothing(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.open(ReauthenticationScreen(second_factor=False))
        fields = list(visit.app.screen.query(TextField))
        await visit.type(PASSWORD)
        await visit.press("enter")
        assert [field.value for field in fields] == ["", ""]


async def test_a_cancelled_question_leaves_nothing_in_its_fields(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        await visit.open(ReauthenticationScreen(second_factor=False))
        fields = list(visit.app.screen.query(TextField))
        await visit.type(PASSWORD)
        await visit.press("escape")
        assert [field.value for field in fields] == ["", ""]
