"""What is seen outside: sign-in in its two steps, the first run, resuming, the lock, and too little room."""

from __future__ import annotations

from dataclasses import replace

import pytest

from security.facts import Secret, SignedIn
from security.policy import STANDARD
from security.refusals import WrongCredentials
from tests.tui.house import EMAIL, PASSWORD, House
from tests.tui.snapshots.stage import Stage, keep_policy, on_stage, size_words
from tui.messages import IdleReached
from tui.screens.confirm import ConfirmScreen
from tui.screens.first_run import FirstRunScreen
from tui.screens.idle_lock import IdleLockScreen
from tui.screens.opening import OpeningScreen
from tui.screens.second_step import SecondStepScreen
from tui.screens.sign_in import SignInScreen
from tui.screens.too_small import TooSmallScreen

Size = tuple[int, int]


TOO_SMALL = ((59, 20), (60, 19), (24, 6))
"""A column too few, a row too few, and next to nothing."""


class Kept:
    """A keeper that holds a session of an earlier run."""

    def __init__(self, token: Secret) -> None:
        """Keep a token."""
        self._token = token

    def read_token(self) -> Secret | None:
        """The kept one."""
        return self._token

    def save(self, signed_in: SignedIn) -> None:
        """Keep nothing else."""

    def save_device(self, secret: Secret) -> None:
        """Keep nothing else."""

    def forget(self) -> None:
        """Keep it all the same."""


async def give(stage: Stage, password: str) -> None:
    """Type email and password, and go on."""
    await stage.write(EMAIL)
    await stage.press("enter")
    await stage.write(password)
    await stage.pilot.press("enter")


async def test_sign_in_begins_in_the_email_with_both_ways_on_the_card(house: House) -> None:
    await house.founder()
    async with on_stage(house, None) as stage:
        async for _ in stage.at_sizes():
            stage.says(
                "Email", "Password", "Keep me signed in on this machine", "Sign in", "Forgot your password?"
            )
            assert stage.focused == "email"
            stage.keeps("sign_in.clean")


async def test_a_wrong_pair_is_told_in_one_sentence_and_the_email_stays(house: House) -> None:
    await house.founder()
    async with on_stage(house, None) as stage:
        await give(stage, "wrong wrong")
        await stage.until(lambda: "match" in stage.text)
        async for _ in stage.at_sizes():
            stage.says("✗ Email and password don't match.", "Check both, and caps lock.", EMAIL)
            assert stage.focused == "password"
            stage.keeps("sign_in.wrong")


async def test_what_is_missing_is_said_at_the_field(house: House) -> None:
    await house.founder()
    async with on_stage(house, None) as stage:
        await stage.press("tab", "enter")
        async for _ in stage.at_sizes():
            stage.says("Type your email.", "Type your password.")
            assert stage.focused == "email"
            stage.keeps("sign_in.missing")


async def test_too_many_tries_are_counted_down(house: House) -> None:
    await house.founder()
    for _ in range(10):
        with pytest.raises(WrongCredentials):
            await house.services.sign_in.begin(EMAIL, "wrong wrong", house.origin())
    async with on_stage(house, None) as stage:
        await give(stage, PASSWORD)
        await stage.until(lambda: "Too many" in stage.text)
        async for _ in stage.at_sizes():
            stage.says("✗ Too many tries. The next one is answered in 5:00.", "Nothing was checked.")
            stage.keeps("sign_in.throttled")


async def test_the_organisations_sentence_about_single_sign_on_stands_above(house: House) -> None:
    person = await house.founder()
    elsewhere = replace(STANDARD, sso_sentence="Acme's members sign in at id.acme.example.")
    await keep_policy(house, person, elsewhere)
    async with on_stage(house, None) as stage:
        async for _ in stage.at_sizes():
            stage.says("Acme's members sign in at id.acme.example.", "Email", "Password")
            stage.keeps("sign_in.single_sign_on")


async def test_who_forgot_the_password_is_told_who_can_help(house: House) -> None:
    await house.founder()
    async with on_stage(house, None) as stage:
        stage.app.screen.query_one("#forgot").focus()
        await stage.press("enter")
        async for _ in stage.at_sizes():
            stage.says("An administrator of your organisation can reset it.", "help@acme.example")
            stage.keeps("sign_in.forgot")


async def test_the_terminal_that_was_signed_out_names_the_reason(house: House) -> None:
    await house.founder()
    async with on_stage(house, None) as stage:
        stage.app.push_screen(SignInScreen(ended="password_changed"))
        await stage.until(lambda: stage.focused == "email")
        async for _ in stage.at_sizes():
            stage.says("You were signed out because your password was changed.", "That is meant so, once")
            stage.says("Email", "Sign in")
            stage.keeps("sign_in.ended")


async def test_the_second_step_is_one_field_for_six_digits(house: House) -> None:
    await house.with_two_factor()
    async with on_stage(house, None) as stage:
        await give(stage, PASSWORD)
        await stage.reach(SecondStepScreen)
        async for _ in stage.at_sizes():
            stage.says("step 2 of 2", "Two-factor authentication", "Use a backup code instead")
            assert stage.focused == "CodeInput"
            stage.keeps("second_step.digits")


async def test_a_refused_code_names_the_clock(house: House) -> None:
    person = await house.with_two_factor()
    wrong = f"{(int(house.code(person)) + 1) % 1_000_000:06}"
    async with on_stage(house, None) as stage:
        await give(stage, PASSWORD)
        await stage.reach(SecondStepScreen)
        await stage.write(wrong)
        await stage.until(lambda: "not accepted" in stage.text)
        async for _ in stage.at_sizes():
            stage.says("✗ Code not accepted.", "Is the phone's clock right?", "Use a backup code instead")
            assert stage.focused == "CodeInput"
            stage.keeps("second_step.refused")


async def test_a_backup_code_has_a_field_of_its_own_and_a_way_back(house: House) -> None:
    await house.with_two_factor()
    async with on_stage(house, None) as stage:
        await give(stage, PASSWORD)
        await stage.reach(SecondStepScreen)
        await stage.press("f2")
        async for _ in stage.at_sizes():
            stage.says("Backup code", "It works once", "Use six digits instead")
            stage.keeps("second_step.backup_code")


async def test_the_first_run_asks_for_organisation_name_email_and_password(house: House) -> None:
    async with on_stage(house, None, door=house.door(needs_founding=True)) as stage:
        async for _ in stage.at_sizes():
            assert type(stage.app.screen) is FirstRunScreen
            stage.says("Set up your organisation", "Organisation", "Your name", "Email", "Password again")
            assert stage.focused == "organisation"
            stage.keeps("first_run.clean")


async def test_the_rules_are_held_against_the_first_password_while_it_is_typed(house: House) -> None:
    async with on_stage(house, None, door=house.door(needs_founding=True)) as stage:
        for words in ("Acme", "Amir Example", EMAIL):
            await stage.write(words)
            await stage.press("enter")
        await stage.write("Sunset!42")
        await stage.until(lambda: "At least 12 characters" in stage.text)
        async for _ in stage.at_sizes():
            assert "✓" in stage.row("1 symbol")
            stage.keeps("first_run.typed")


async def test_leaving_a_form_that_was_begun_asks_with_stay_focused(house: House) -> None:
    async with on_stage(house, None, door=house.door(needs_founding=True)) as stage:
        await stage.write("Acme")
        await stage.press("escape")
        await stage.reach(ConfirmScreen)
        async for _ in stage.at_sizes():
            stage.says("Leave Strongroom?", "Nothing was set up yet.", "What you typed here is forgotten.")
            assert stage.focused == "cancel"
            stage.keeps("confirm.first_run")


async def test_a_kept_session_is_said_to_be_gone_back_to(house: House) -> None:
    person = await house.founder()
    door = replace(house.door(), keeper=Kept(person.signed_in.token))
    async with on_stage(house, None, door=door) as stage:
        stage.app.push_screen(OpeningScreen())
        await stage.reach(OpeningScreen)
        async for _ in stage.at_sizes():
            stage.says("Going back to your session…")
            assert EMAIL not in stage.text
            stage.keeps("opening.waiting")


async def test_the_lock_shows_nothing_of_what_was_there(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        stage.app.post_message(IdleReached())
        await stage.reach(IdleLockScreen)
        async for _ in stage.at_sizes():
            stage.says("Locked", "Your password opens it again.", "Use a code instead", "Sign out")
            assert EMAIL not in stage.text
            assert stage.focused == "password"
            stage.keeps("idle_lock.password")


async def test_the_lock_takes_six_digits_where_two_factor_is_on(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        stage.app.post_message(IdleReached())
        await stage.reach(IdleLockScreen)
        await stage.press("f2")
        async for _ in stage.at_sizes():
            stage.says("Six digits from your app open it again.", "Use the password instead")
            stage.keeps("idle_lock.digits")


@pytest.mark.parametrize("size", TOO_SMALL, ids=size_words)
async def test_too_little_room_names_the_size_and_the_command(house: House, size: Size) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in, size) as stage:
        await stage.reach(TooSmallScreen)
        stage.says("needs 60x20", "strongroom --help")
        stage.keeps("too_small.page")
