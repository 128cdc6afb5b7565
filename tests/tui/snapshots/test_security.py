"""The security room as it is seen: overview, password, two-factor, and the questions that they ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from security.policy import STANDARD
from tests.tui.house import NEW_PASSWORD, PASSWORD, House
from tests.tui.session_visits import three_sessions
from tests.tui.snapshots.stage import Stage, keep_policy, on_stage
from tui.messages import Place
from tui.screens.disable import DisableScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.screens.regenerate import RegenerateScreen
from tui.words.measures import OFF_BANNER


async def fill(stage: Stage, current: str, new: str, again: str) -> None:
    """Type the three passwords."""
    for words in (current, new):
        await stage.write(words)
        await stage.press("enter")
    await stage.write(again)


async def test_without_two_factor_the_banner_stands_above_the_measures(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        async for _ in stage.at_sizes():
            stage.says(OFF_BANNER, "high", "! Two-factor", "min ↵", "2FA off", "Sessions 3")
            stage.keeps("overview.off")


async def test_with_every_measure_on_the_level_is_negligible_and_no_banner_stands(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        async for _ in stage.at_sizes():
            stage.says("negligible", "Every measure is on", "8 of 8 remaining", "2FA on")
            assert OFF_BANNER[:30] not in stage.text
            stage.keeps("overview.on")


async def test_the_password_page_says_whom_a_change_signs_out_and_the_rules(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.PASSWORD)
        async for size in stage.at_sizes():
            stage.says("Current password", "New password", "Confirm new password", "At least 12 characters")
            if size[1] > 20:
                stage.says("Update password", "Signs out your other 2 sessions")
            stage.keeps("password.clean")


async def test_a_password_that_is_too_short_has_a_mark_at_that_rule_and_a_word_for_its_strength(
    house: House,
) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.PASSWORD)
        stage.app.screen.query_one("#current").focus()
        await fill(stage, PASSWORD, "Sunset!42", "")
        async for _ in stage.at_sizes():
            assert "✓" in stage.row("1 symbol")
            assert "✓ At least 12 characters" not in stage.text
            stage.keeps("password.typed")


async def test_a_wrong_current_password_names_caps_lock_and_the_saved_value(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.PASSWORD)
        stage.app.screen.query_one("#current").focus()
        await fill(stage, "not this one", NEW_PASSWORD, NEW_PASSWORD)
        await stage.press("enter")
        async for _ in stage.at_sizes():
            stage.says("Current password is incorrect", "caps lock", "saved value")
            assert stage.focused == "current"
            stage.keeps("password.wrong")


async def test_a_change_says_afterwards_how_many_sessions_it_signed_out(house: House) -> None:
    person, _, _ = await three_sessions(house)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.PASSWORD)
        stage.app.screen.query_one("#current").focus()
        await fill(stage, PASSWORD, NEW_PASSWORD, NEW_PASSWORD)
        await stage.press("enter")
        await stage.until(lambda: "Password changed." in stage.text)
        async for _ in stage.at_sizes():
            stage.says("Password changed. 2 other sessions were signed out.", "Sessions 1")
            stage.keeps("password.changed")


async def test_where_members_sign_in_elsewhere_a_sentence_stands_in_place_of_the_form(house: House) -> None:
    person = await house.founder()
    elsewhere = replace(STANDARD, sso_sentence="Acme's members sign in at id.acme.example.")
    await keep_policy(house, person, elsewhere)
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.PASSWORD)
        async for _ in stage.at_sizes():
            stage.says("Acme's members sign in at id.acme.example.", "There is no password to change here.")
            assert "Current password" not in stage.text
            stage.keeps("password.single_sign_on")


async def test_two_factor_off_has_the_banner_and_one_button(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        async for _ in stage.at_sizes():
            stage.says(OFF_BANNER)
            assert "Disable 2FA" not in stage.text
            stage.keeps("two_factor.off")


async def test_two_factor_on_tells_since_when_how_many_codes_and_both_acts(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        async for _ in stage.at_sizes():
            stage.says("Enabled", "2 March 2026, 09:00", "8 of 8 backup codes remaining")
            stage.says("Regenerate recovery codes", "Disable 2FA")
            stage.keeps("two_factor.on")


async def test_where_two_factor_is_enforced_a_sentence_stands_in_place_of_the_button(house: House) -> None:
    person = await house.with_two_factor()
    await keep_policy(house, person, replace(STANDARD, enforces_two_factor=True))
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        async for _ in stage.at_sizes():
            stage.says("Enabled", "Regenerate recovery codes")
            assert "Disable 2FA" not in stage.text
            stage.keeps("two_factor.enforced")


async def test_disabling_asks_in_the_known_words_with_cancel_focused(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        await stage.press("d")
        await stage.reach(DisableScreen)
        async for _ in stage.at_sizes():
            stage.says("Are you sure you want to disable two-factor authentication?", "Disable 2FA", "Code")
            assert stage.focused == "cancel"
            stage.keeps("disable.question")


async def test_regenerating_says_that_every_code_stops_working_with_cancel_focused(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        await stage.press("g")
        await stage.reach(RegenerateScreen)
        async for _ in stage.at_sizes():
            stage.says("Every recovery code you have stops working at once.", "Sign out my other sessions")
            assert stage.focused == "cancel"
            stage.keeps("regenerate.question")


async def test_an_old_sign_in_is_asked_for_password_and_code(house: House) -> None:
    person = await house.with_two_factor()
    house.clock.advance(timedelta(minutes=6))
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        await stage.press("g")
        await stage.reach(RegenerateScreen)
        stage.app.screen.query_one("#act").focus()
        await stage.press("enter")
        await stage.reach(ReauthenticationScreen)
        async for _ in stage.at_sizes():
            stage.says(
                "Confirm that it is you", "This needs a sign-in of the last five minutes.", "Current password"
            )
            stage.keeps("reauthentication.code")


async def test_a_proof_that_is_missing_is_said_beside_its_field(house: House) -> None:
    person = await house.with_two_factor()
    async with on_stage(house, person.signed_in) as stage:
        await stage.go(Place.TWO_FACTOR)
        await stage.press("d")
        await stage.reach(DisableScreen)
        stage.app.screen.query_one("#act").focus()
        await stage.press("enter")
        async for _ in stage.at_sizes():
            assert "Type your" in stage.part("ProofFields")
            assert stage.app.focused is stage.app.screen.query("TextField").first()
            stage.keeps("disable.missing")
