"""The set-up of two-factor authentication as it is seen, from the question who it is to the codes."""

from __future__ import annotations

import re
from datetime import timedelta

from security.crockford import ALPHABET
from security.facts import Enrolment
from tests.tui.house import House, Person
from tests.tui.snapshots.stage import Stage, on_stage
from tests.tui.test_enrol_first import a_reset_person
from tui.screens.confirm import ConfirmScreen
from tui.screens.enrol_first import EnrolFirstScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.screens.recovery_codes import RecoveryCodesScreen
from tui.screens.save_codes import SaveCodesScreen
from tui.screens.saved_proof import SavedProofScreen
from tui.screens.wizard import WizardScreen
from tui.widgets.qr_code import QrCode
from tui.widgets.text_field import TextField
from tui.words.two_factor import RESET


async def begin(stage: Stage) -> Enrolment:
    """Open the wizard as a person does."""
    await stage.press("enter")
    return await the_key(stage)


async def the_key(stage: Stage) -> Enrolment:
    """Wait for the wizard's key, whose groups are masked from then on."""
    await stage.reach(WizardScreen)
    wizard = stage.app.screen
    assert isinstance(wizard, WizardScreen)
    await stage.until(lambda: wizard._enrolment is not None and "expires" in stage.text)
    enrolment = wizard._enrolment
    assert enrolment is not None
    key = enrolment.secret.reveal
    assert re.fullmatch("[A-Z2-7]{32}", key)
    groups = [key[start : start + 4] for start in range(0, 32, 4)]
    stage.secrets.update({" ".join(groups[:4]): "key", " ".join(groups[4:]): ""})
    return enrolment


async def finish(stage: Stage, house: House) -> tuple[str, ...]:
    """Verify the key; the codes that are shown then are masked from then on."""
    person = Person(stage.app.visit.signed_in, (await begin(stage)).secret.reveal)  # type: ignore[arg-type]
    stage.secrets.clear()
    await stage.write(house.code(person))
    await stage.reach(RecoveryCodesScreen)
    page = stage.app.screen
    assert isinstance(page, RecoveryCodesScreen)
    assert page._codes is not None
    codes = tuple(code.reveal for code in page._codes.codes)
    assert all(re.fullmatch(f"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", code) for code in codes)
    stage.secrets.update({code: f"code {number}" for number, code in enumerate(codes, 1)})
    return codes


async def test_the_first_step_asks_who_it_is(house: House) -> None:
    person = await house.founder()
    house.clock.advance(timedelta(minutes=6))
    async with on_stage(house, person.signed_in) as stage:
        await stage.press("enter")
        await stage.reach(ReauthenticationScreen)
        async for _ in stage.at_sizes():
            stage.says("Confirm that it is you", "Step 1 of 4.", "Current password")
            stage.keeps("reauthentication.wizard")


async def test_scan_and_verify_stand_side_by_side_and_nothing_lies_over_the_code(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await begin(stage)
        async for size in stage.at_sizes():
            assert "Key expires in 10:00" in stage.part("#steps-expiry")
            assert stage.part("#steps-buttons") == "Verify & Enable Cancel"
            stage.says("Verify Code", "Sign out other sessions")
            assert stage.focused == "steps-code"
            code = stage.app.screen.query_one(QrCode)
            if size[0] < 76:
                assert not code.display
                stage.says("The QR code needs a terminal of")
                assert "F6 Regenerate" in stage.rows[-1]
                assert "F3" not in stage.rows[-1]
            else:
                inside = [row[code.region.x : code.region.right] for row in stage.rows]
                assert set("".join(inside[code.region.y : code.region.bottom])) <= set(" ▀▄█")
                assert code.region.width == code.region.height * 2 - 1
            stage.keeps("wizard.scan")


async def test_a_refused_code_is_said_inline_and_the_field_waits_for_the_next(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        enrolment = await begin(stage)
        right = house.code(Person(person.signed_in, enrolment.secret.reveal))
        await stage.write(f"{(int(right) + 1) % 1_000_000:06}")
        await stage.until(lambda: "not accepted" in stage.part("#steps-said"))
        async for _ in stage.at_sizes():
            assert "✗ Code not accepted. Is the phone's clock right?" in stage.part("#steps-said")
            assert stage.focused == "steps-code"
            stage.keeps("wizard.refused")


async def test_a_key_that_has_expired_is_gone_and_a_fresh_one_is_offered(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await begin(stage)
        stage.secrets.clear()
        house.clock.advance(timedelta(minutes=11))
        await stage.until(lambda: "expired" in stage.text)
        async for _ in stage.at_sizes():
            assert "! This key has expired. Nothing was switched on." in stage.part("#steps-expiry")
            assert stage.focused == "regenerate"
            assert "F5" not in stage.rows[-1]
            stage.keeps("wizard.expired")


async def test_leaving_the_program_from_the_wizard_asks_with_stay_focused(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await begin(stage)
        stage.secrets.clear()
        await stage.press("ctrl+q")
        await stage.reach(ConfirmScreen)
        async for _ in stage.at_sizes():
            stage.says("Leave Strongroom?", "Two-factor authentication is not on yet.", "Stay")
            assert stage.focused == "cancel"
            stage.keeps("confirm.wizard")


async def test_the_codes_are_numbered_and_shown_with_the_ways_to_keep_them(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        codes = await finish(stage, house)
        async for _ in stage.at_sizes():
            stage.says("✓ Two-Factor Authentication Enabled", "Save your backup codes in a secure location")
            stage.says("Save these backup codes", "Copy All Codes", "I've Saved My Codes", *codes)
            assert stage.focused == "copy"
            stage.keeps("recovery_codes.fresh")


async def test_codes_that_were_sent_to_the_clipboard_are_ticked_and_nothing_more_is_claimed(
    house: House,
) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await finish(stage, house)
        await stage.press("f5")
        async for _ in stage.at_sizes():
            stage.says("Copy All Codes ✓", "Sent to your terminal's clipboard; paste to check")
            stage.keeps("recovery_codes.sent")


async def test_saving_names_the_machine_and_the_file(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await finish(stage, house)
        stage.secrets.clear()
        await stage.press("f6")
        await stage.reach(SaveCodesScreen)
        async for _ in stage.at_sizes():
            stage.says("A new file on vault-1, which nobody but you may read.", "Save as text", "Save as PDF")
            path = stage.app.screen.query_one("#path", TextField)
            assert path.value == "~/strongroom-recovery-codes-2026-03-02"
            stage.keeps("save_codes.question")


async def test_the_proof_asks_for_one_code_which_is_not_spent(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await finish(stage, house)
        stage.secrets.clear()
        await stage.press("f7")
        await stage.reach(SavedProofScreen)
        async for _ in stage.at_sizes():
            stage.says("Type one of the codes from where you saved them.", "It is not spent by this.")
            stage.says("I've Saved My Codes")
            stage.keeps("saved_proof.question")


async def test_leaving_codes_that_were_not_proved_asks_with_stay_focused(house: House) -> None:
    person = await house.founder()
    async with on_stage(house, person.signed_in) as stage:
        await finish(stage, house)
        stage.secrets.clear()
        await stage.press("escape")
        await stage.reach(ConfirmScreen)
        async for _ in stage.at_sizes():
            stage.says("Leave without saving?", "These codes are shown once, and no way leads back to them.")
            assert stage.focused == "cancel"
            stage.keeps("confirm.codes")


async def test_whose_second_factor_was_reset_reads_why_beside_the_code(house: House) -> None:
    person = await a_reset_person(house)
    async with on_stage(house, person.signed_in) as stage:
        await the_key(stage)
        async for _ in stage.at_sizes():
            assert RESET in stage.part("SetupSteps")
            assert "Verify & Enable" in stage.part("#steps-buttons")
            stage.keeps("wizard.reset")


async def test_whoever_leaves_the_set_up_that_must_be_finds_it_offered_again_or_signs_out(
    house: House,
) -> None:
    person = await a_reset_person(house)
    async with on_stage(house, person.signed_in) as stage:
        await the_key(stage)
        stage.secrets.clear()
        await stage.press("escape")
        await stage.reach(EnrolFirstScreen)
        async for _ in stage.at_sizes():
            stage.says("Two-factor first", "Set up two-factor authentication", RESET, "Sign out")
            assert stage.focused == "set-up"
            stage.keeps("enrol_first.offered")
