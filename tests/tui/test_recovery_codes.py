"""Fresh recovery codes: shown once, copied and saved on request, and proved before they are put away."""

from __future__ import annotations

import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Static

from security.facts import RecoveryCodes, Secret
from tests.tui.house import a_house, settled
from tests.tui.test_recovery_sheet import pdf_text
from tests.tui.two_factor_visits import Visit, visiting
from tui.screens.confirm import ConfirmScreen
from tui.screens.recovery_codes import RecoveryCodesScreen
from tui.screens.save_codes import SaveCodesScreen
from tui.screens.saved_proof import SavedProofScreen
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    """A person with a fresh, unacknowledged batch on the screen."""
    async with a_house(tmp_path) as house:
        person = await house.with_two_factor()
        async with visiting(house, person) as visit:
            await _show(visit)
            yield visit


async def _show(visit: Visit, *, is_first: bool = True) -> None:
    """Make a batch and show it."""
    app = visit.app
    batch = await visit.house.services.recovery_codes.regenerate(app.visit.token, app.visit.origin)
    visit.person.codes = tuple(code.reveal for code in batch.codes)
    await visit.open(RecoveryCodesScreen(batch, is_first=is_first))


async def test_every_code_stands_there_with_its_number_in_two_columns(visit: Visit) -> None:
    text = visit.text()
    for number, code in enumerate(visit.person.codes, 1):
        assert f"{number} {code}" in text
    assert f"1 {visit.person.codes[0]} 5 {visit.person.codes[4]}" in text


async def test_the_words_are_those_that_people_know(visit: Visit) -> None:
    for words in (
        "✓ Two-Factor Authentication Enabled",
        "Save your backup codes in a secure location",
        "Save these backup codes",
        "Copy All Codes",
        "I've Saved My Codes",
        "not on the phone, not on the monitor",
        "recovery takes 72 hours",
        "each of the 8",
    ):
        assert words in visit.text()


async def test_a_regenerated_batch_does_not_claim_that_two_factor_was_enabled_now(visit: Visit) -> None:
    await _show(visit, is_first=False)
    assert "New recovery codes" in visit.text()
    assert "Authentication Enabled" not in visit.text()


async def test_copying_sends_every_code_and_ticks_the_button(
    visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    original = visit.app.send_to_clipboard

    def send(text: str) -> str:
        sent.append(text)
        return original(text)

    monkeypatch.setattr(visit.app, "send_to_clipboard", send)
    assert sent == []
    await visit.press("f5")
    assert sent == ["\n".join(visit.person.codes)]
    assert "Copy All Codes ✓" in visit.text()
    assert "Sent to your terminal's clipboard; paste to check" in visit.text()


@pytest.mark.parametrize(("button", "ending"), [("#text", ".txt"), ("#pdf", ".pdf")])
async def test_saving_writes_a_private_file_and_says_machine_and_path(
    visit: Visit, own_home: Path, button: str, ending: str
) -> None:
    await visit.press("f6")
    visit.app.screen.query_one(button, PushButton).press()
    await settled(visit.pilot)
    path = own_home / f"strongroom-recovery-codes-2026-03-02{ending}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = pdf_text(path) if ending == ".pdf" else path.read_text()
    assert all(code in text for code in visit.person.codes)
    assert "Saved on vault-1 as" in visit.text()
    assert path.name in visit.text().replace(" ", "")


async def test_an_existing_file_is_not_touched_and_the_sentence_stands_at_the_field(
    visit: Visit, own_home: Path
) -> None:
    path = own_home / "strongroom-recovery-codes-2026-03-02.txt"
    path.write_text("dear")
    await visit.press("f6", "enter")
    assert visit.top() is SaveCodesScreen
    assert "There is a file of that name already." in visit.text()
    assert path.read_text() == "dear"
    assert visit.app.focused is visit.app.screen.query_one(TextField)


@pytest.mark.parametrize("typed", ["", "   ", "~/", "~nobody-of-that-name/x"])
async def test_a_path_that_names_no_file_is_said(visit: Visit, typed: str) -> None:
    await visit.press("f6")
    visit.app.screen.query_one(TextField).value = typed
    await visit.press("enter")
    assert visit.top() is SaveCodesScreen
    assert "✗" in visit.text()


async def test_the_proof_is_asked_for_while_the_codes_are_out_of_sight(visit: Visit) -> None:
    await visit.press("f7")
    assert visit.top() is SavedProofScreen
    assert not any(code in visit.text() for code in visit.person.codes)


async def test_one_code_in_small_letters_without_dashes_is_proof_and_is_not_spent(visit: Visit) -> None:
    await visit.press("f7")
    await visit.type(visit.person.codes[2].replace("-", "").lower())
    await visit.press("enter")
    assert visit.answers == [True]
    state = await visit.state()
    assert (state.codes_acknowledged, state.codes_left) == (True, 8)


async def test_a_wrong_proof_is_said_at_the_field_and_acknowledges_nothing(visit: Visit) -> None:
    await visit.press("f7")
    await visit.type("0000-0000-0000-0000")
    await visit.press("enter")
    assert "That is none of these codes." in visit.text()
    assert visit.answers == []
    assert not (await visit.state()).codes_acknowledged


async def test_an_empty_proof_is_said_without_asking_the_store(visit: Visit) -> None:
    await visit.press("f7", "enter")
    assert "Type one of the codes." in visit.text()


async def test_the_codes_can_be_looked_at_again_before_they_are_proved(visit: Visit) -> None:
    await visit.press("f7", "escape")
    assert visit.person.codes[0] in visit.text()


async def test_leaving_without_proof_asks_and_says_what_happens(visit: Visit) -> None:
    await visit.press("escape")
    assert "Leave without saving?" in visit.text()
    assert "The next sign-in offers to make new codes." in visit.text()
    await visit.press("enter")
    assert visit.top() is RecoveryCodesScreen


async def test_whoever_leaves_all_the_same_is_not_acknowledged(visit: Visit) -> None:
    await visit.press("escape")
    await visit.press("right", "enter")
    assert visit.answers == [False]
    assert not (await visit.state()).codes_acknowledged


async def test_ctrl_q_asks_too(visit: Visit) -> None:
    await visit.press("ctrl+q")
    assert visit.top() is ConfirmScreen
    await visit.press("right", "enter")
    assert visit.app.return_code == 0


async def test_once_they_are_left_no_widget_holds_a_code(visit: Visit) -> None:
    statics = list(visit.app.screen.query(Static))
    code = visit.person.codes[0]
    assert any(code in str(static.content) for static in statics)
    await visit.press("escape")
    await visit.press("right", "enter")
    assert not any(code in str(static.content) for static in statics)


async def test_no_key_leads_back_to_codes_that_were_left(visit: Visit) -> None:
    await visit.press("escape")
    await visit.press("right", "enter")
    for key in ("escape", "f5", "f6", "f7", "left_square_bracket", "ctrl+z"):
        await visit.press(key)
        assert not any(code in visit.text() for code in visit.person.codes)


async def test_sixteen_codes_can_all_be_reached_on_the_smallest_terminal(tmp_path: Path) -> None:
    async with a_house(tmp_path / "small") as house:
        person = await house.with_two_factor()
        codes = tuple(Secret(f"{number:04}-AAAA-BBBB-CCCC") for number in range(16))
        batch = RecoveryCodes("none", codes, person.signed_in)
        async with visiting(house, person, size=(60, 20)) as visit:
            await visit.open(RecoveryCodesScreen(batch, is_first=True))
            seen = visit.text()
            await visit.press("tab", "tab")
            seen += visit.text()
            assert all(code.reveal in seen for code in codes)
            assert "I've Saved My Codes" in visit.text()
