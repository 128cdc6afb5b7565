"""The first step of sign-in, over real flows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from textual.widgets import Button

from security.facts import Secret, SignedIn
from security.refusals import WrongCredentials
from security.vocabulary import Role
from tests.tui.house import EMAIL, PASSWORD, House, settled, shown, type_text
from tui.app import StrongroomApp
from tui.screens.overview import OverviewScreen
from tui.screens.second_step import SecondStepScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets import trouble
from tui.widgets.text_field import TextField
from tui.widgets.trouble import Trouble

SIZES = [(60, 20), (80, 24), (120, 40), (250, 80)]


@dataclass(slots=True)
class Drawer:
    """A keeper in memory."""

    tokens: list[str] = field(default_factory=list)

    def read_token(self) -> Secret | None:
        return None

    def save(self, signed_in: SignedIn) -> None:
        self.tokens.append(signed_in.token.reveal)

    def save_device(self, secret: Secret) -> None:
        pass

    def forget(self) -> None:
        self.tokens.clear()


async def attempt(app: StrongroomApp, email: str, password: str, size: tuple[int, int] = (80, 24)) -> str:
    """Sign in by keyboard alone and return what is shown afterwards."""
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await type_text(pilot, email)
        await pilot.press("enter")
        await type_text(pilot, password)
        await pilot.press("enter")
        await settled(pilot)
        return shown(app)


async def test_a_right_pair_leads_inside(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("tab")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, OverviewScreen)
        assert app.visit.account.email == EMAIL


async def test_with_two_factor_a_right_pair_leads_to_the_second_step(house: House) -> None:
    await house.with_two_factor()
    app = StrongroomApp(house.door())
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await pilot.pause(0.3)
        assert isinstance(app.screen, SecondStepScreen)
        assert app.visit.signed_in is None


async def test_unknown_wrong_and_suspended_show_the_same_screen(house: House) -> None:
    owner = await house.founder()
    flows, origin = house.services, house.origin("kitchen")
    async with house.store.read() as tx:
        org_id = str((await tx.fetch("SELECT id FROM organisations"))[0]["id"])
    member = await flows.founding.add_member(org_id, "Bo", "bo.b@acme.example", PASSWORD, Role.MEMBER, origin)
    await flows.accounts.suspend(owner.signed_in.token, member, origin)
    screens = [
        (await attempt(StrongroomApp(house.door()), email, password)).replace(email, "X" * len(email))
        for email, password in [
            (EMAIL, "wrong wrong"),
            ("amir@acme.exampla", PASSWORD),
            ("bo.b@acme.example", PASSWORD),
        ]
    ]
    assert "Email and password don't match." in screens[0]
    assert screens[0] == screens[1] == screens[2]


async def test_after_a_refusal_the_email_stays_and_the_password_is_gone(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, "wrong wrong")
        await pilot.press("enter")
        await settled(pilot)
        fields = {one.id: one for one in app.screen.query(TextField)}
        assert fields["email"].value == EMAIL
        assert fields["password"].value == ""
        assert app.focused is fields["password"]


async def test_the_first_empty_field_says_so_and_gets_the_focus(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await pilot.press("tab", "enter")
        await settled(pilot)
        assert "Type your email." in shown(app)
        assert app.focused is not None
        assert app.focused.id == "email"


async def test_a_lock_counts_down_and_says_when_it_is_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trouble, "TICK_SECONDS", 0.02)
    await house.founder()
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(EMAIL, "wrong wrong", house.origin())
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await settled(pilot)
        assert "answered in 5:00" in shown(app)
        house.clock.advance(timedelta(seconds=61))
        await pilot.pause(0.1)
        assert "answered in 3:59" in shown(app)
        house.clock.advance(timedelta(seconds=239))
        await pilot.pause(0.1)
        assert "You can try again now." in shown(app)
        assert isinstance(app.screen, SignInScreen)


async def test_a_second_enter_does_not_make_a_second_try(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, "wrong wrong")
        await pilot.press("enter", "enter")
        await settled(pilot)
    async with house.store.read() as tx:
        failed = await tx.fetch("SELECT id FROM audit_events WHERE name = 'auth.sign_in_failed'")
    assert len(failed) == 1


async def test_forgot_your_password_is_answered_honestly(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        app.screen.query_one("#forgot", Button).focus()
        await pilot.press("enter")
        await settled(pilot)
        assert "An administrator of your organisation can reset it." in shown(app)
        assert "help@acme.example" in shown(app)


@pytest.mark.parametrize("ticked", [True, False])
async def test_the_tick_decides_whether_the_token_is_kept(house: House, ticked: bool) -> None:
    await house.founder()
    drawer = Drawer()
    app = StrongroomApp(replace(house.door(), keeper=drawer))
    async with app.run_test() as pilot:
        await settled(pilot)
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("tab", *(["space"] if ticked else []), "tab", "enter")
        await settled(pilot)
        assert app.visit.signed_in is not None
        assert bool(drawer.tokens) is ticked


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("password_changed", "your password was changed"),
        ("revoked", "revoked from another one"),
        ("unknown", "Your session is over."),
    ],
)
async def test_the_terminal_that_was_ended_names_the_reason(house: House, reason: str, sentence: str) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await app.push_screen(SignInScreen(ended=reason))
        await settled(pilot)
        assert sentence in shown(app)


async def test_a_store_that_fails_is_told_in_its_own_sentence(house: House) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test() as pilot:
        await settled(pilot)
        await house.store.close()
        await type_text(pilot, EMAIL)
        await pilot.press("enter")
        await type_text(pilot, PASSWORD)
        await pilot.press("enter")
        await settled(pilot)
        assert app.screen.query_one("#trouble", Trouble).words is not None
        assert isinstance(app.screen, SignInScreen)
        assert app.screen.saving is False


@pytest.mark.parametrize("size", SIZES)
async def test_every_control_can_be_reached_and_seen_at_every_size(
    house: House, size: tuple[int, int]
) -> None:
    await house.founder()
    app = StrongroomApp(house.door())
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        seen = []
        for _ in range(5):
            assert app.focused is not None
            assert app.screen.region.contains_region(app.focused.region)
            seen.append(app.focused)
            await pilot.press("tab")
        assert len(set(seen)) == 5


def test_the_first_screen_imports_nothing_heavy() -> None:
    heavy = "argon2 cryptography zxcvbn httpx qrcode aiosqlite sqlite3 pyotp"
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys, tui.screens.sign_in\nprint([m for m in {heavy!r}.split() if m in sys.modules])",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "[]"
