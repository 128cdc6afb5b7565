"""One table of keys, without clashes."""

from __future__ import annotations

import pytest

from tui import keymap
from tui.key_names import character_of, shown_key
from tui.keymap import KEYMAP, KeyClash, UnknownBinding


def test_every_binding_has_an_id_of_its_own_and_a_sentence() -> None:
    ids = [row.id for row in KEYMAP]
    assert len(set(ids)) == len(ids)
    assert all(row.tooltip and row.label and "." in row.id for row in KEYMAP)


def test_no_bare_letter_acts_before_the_field_that_has_the_focus() -> None:
    for row in KEYMAP:
        if row.priority:
            assert all(len(shown_key(key)) > 1 for key in row.keys.split(","))


def test_the_tables_bindings_carry_id_action_and_tooltip() -> None:
    by_id = {binding.id: binding for binding in keymap.bindings("app") if not isinstance(binding, tuple)}
    assert by_id["app.help"].action == "help"
    assert by_id["app.help"].tooltip
    assert by_id["app.quit_now"].priority


def test_a_clash_within_a_screen_is_refused() -> None:
    with pytest.raises(KeyClash, match="both on r"):
        keymap.check({"page.refresh": "r", "page.save": "r"})


def test_a_clash_with_the_program_is_refused() -> None:
    with pytest.raises(KeyClash):
        keymap.check({"app.help": "f1", "wizard.invert": "f1"})


def test_two_screens_may_have_the_same_key() -> None:
    keymap.check({"wizard.copy_key": "f5", "recovery_codes.copy": "f5"})


def test_the_settings_may_remap_a_binding() -> None:
    assert keymap.remapped({"page.refresh": "f5"}) == {"page.refresh": "f5"}


def test_a_remapping_that_clashes_is_refused() -> None:
    with pytest.raises(KeyClash):
        keymap.remapped({"page.refresh": "q"})


def test_a_remapping_of_nothing_is_refused() -> None:
    with pytest.raises(UnknownBinding, match=r"page\.fresh"):
        keymap.remapped({"page.fresh": "f5"})


def test_a_screen_that_asks_for_no_such_keys_is_refused() -> None:
    with pytest.raises(UnknownBinding):
        keymap.bindings("pages")


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("question_mark", "?"),
        ("ctrl+p", "^p"),
        ("f3", "F3"),
        ("escape", "esc"),
        ("g", "g"),
        ("ctrl+pageup", "^pgup"),
    ],
)
def test_keys_are_written_as_on_a_keyboard(key: str, written: str) -> None:
    assert shown_key(key) == written


@pytest.mark.parametrize(("key", "typed"), [("slash", "/"), ("f", "f"), ("f3", None)])
def test_a_key_is_known_by_the_character_that_it_types(key: str, typed: str | None) -> None:
    assert character_of(key) == typed
