"""One table of keys, without clashes."""

from __future__ import annotations

import pytest
from textual.binding import Binding, BindingsMap

from tui.keys import keymap
from tui.keys.keymap import KEYMAP, KeyClash, KeysNow, UnknownBinding
from tui.keys.names import character_of, read_key, shown_key
from tui.keys.presets import PRESETS
from tui.keys.rules import EDITS, KeysRefused, LockedOut, UnknownKey, UnknownPreset, UnusableKey
from tui.widgets.text_field import TextField


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
    keys = KeysNow(changes={"page.refresh": "f5, f8"})
    assert keys.of("page.refresh") == ("f5", "f8")
    assert keys.of("app.help") == ("question_mark", "f1")


def test_without_settings_every_key_is_the_tables() -> None:
    assert all(KeysNow().of(row.id) == tuple(row.keys.split(",")) for row in KEYMAP)


def test_a_mark_stands_for_itself_and_none_takes_a_key_away() -> None:
    keys = KeysNow(changes={"sessions.filter": "#, ctrl+_", "home.sign_out": "none"})
    assert keys.of("sessions.filter") == ("number_sign", "ctrl+underscore")
    assert keys.of("home.sign_out") == ()
    assert keys.name("home.sign_out") == "“Sign out” in the palette"


REFUSED = [
    ("standard", {"page.refresh": "q"}, KeyClash, "page.refresh (Refresh) and app.quit (Quit) are both on q"),
    ("vim", {"page.refresh": "L"}, KeyClash, "page.refresh (Refresh) and page.next_tab (Next) are both on L"),
    ("standard", {"rows.up": "x"}, KeyClash, "sessions.revoke (Revoke) and rows.up (Up) are both on x"),
    ("standard", {"rows.down": "r"}, KeyClash, "page.refresh (Refresh)"),
    ("standard", {"code.clear": "escape"}, KeyClash, "are both on escape"),
    ("standard", {"tick_box.turn": "f6"}, KeyClash, "wizard.regenerate (Regenerate)"),
    ("standard", {"body.scroll_down": "f7"}, KeyClash, "recovery_codes.saved"),
    ("standard", {"idle_lock.sign_out": "down"}, KeyClash, "body.scroll_down"),
    ("standard", {"page.fresh": "f5"}, UnknownBinding, '"page.fresh" (did you mean "page.refresh"?)'),
    ("emcas", {}, UnknownPreset, 'no preset of keys is called "emcas" (did you mean "emacs"?)'),
    ("standard", {"page.refresh": "ctrl+pgup"}, UnknownKey, 'did you mean "ctrl+pageup"?'),
    ("standard", {"page.refresh": "f5,"}, UnknownKey, 'a comma itself is called "comma"'),
    ("standard", {"page.refresh": "ctrl+i"}, UnknownKey, 'to a terminal "ctrl+i" is tab'),
    ("standard", {"page.refresh": "shift+g"}, UnknownKey, '"shift+g" is written as "G"'),
    ("standard", {"app.quit_now": "q"}, UnusableKey, "the field needs that key"),
    ("standard", {"app.redraw": "home"}, UnusableKey, "the field needs that key"),
    ("standard", {"page.refresh": "tab"}, UnusableKey, "from one control to the next"),
    ("standard", {"page.refresh": "enter"}, UnusableKey, "fields and buttons need it"),
    ("standard", {"page.refresh": "backspace"}, UnusableKey, "fields and buttons need it"),
    ("standard", {"wizard.invert": "i"}, UnusableKey, "a field has the focus there"),
    ("standard", {"app.quit_now": "none"}, LockedOut, "no key for leaving the program"),
    ("standard", {"app.help": "question_mark"}, LockedOut, "no key for help"),
    ("standard", {"app.palette": "colon"}, LockedOut, "no key for the palette"),
    ("standard", {"page.back": "b"}, LockedOut, "no key for going back"),
    ("standard", {"dialog.cancel": "none"}, LockedOut, "no key for closing a dialog"),
    ("standard", {"dialog.cancel": "ctrl+w"}, LockedOut, "no key for closing a dialog"),
    ("standard", {"app.palette": "ctrl+k, colon"}, LockedOut, "no key for the palette"),
    ("standard", {"page.back": "ctrl+e"}, LockedOut, "no key for going back"),
    ("standard", {"palette.next_command": "ctrl+d"}, UnusableKey, "a field has the focus there"),
    ("standard", {"page.refresh": "ctrl+1"}, UnknownKey, 'nearly no terminal sends "ctrl+1"; with ctrl they'),
    ("standard", {"page.refresh": "ctrl+shift+comma"}, UnknownKey, "letters, arrows, home, end, pageup"),
    ("standard", {"page.refresh": "ctrl+space"}, UnknownKey, 'nearly no terminal sends "ctrl+space"'),
    ("standard", {"page.refresh": "ctrl+shift+r"}, UnknownKey, "is ctrl+r"),
    ("standard", {"sessions.name": "shift+enter"}, UnknownKey, "is enter"),
    ("standard", {"app.palette": "ctrl+left_square_bracket"}, UnknownKey, "is escape"),
    ("standard", {"app.palette": "ctrl+@"}, UnknownKey, 'nearly no terminal sends "ctrl+@"'),
    ("standard", {"page.refresh": "ctrl+é"}, UnknownKey, 'nearly no terminal sends "ctrl+é"'),
    ("standard", {"page.refresh": "alt+?"}, UnknownKey, 'tells "alt+?" from another key; with alt they'),
    ("standard", {"page.refresh": "alt+enter"}, UnknownKey, 'no terminal tells "alt+enter" from'),
    (
        "standard",
        {"page.refresh": "ctrl+alt+r"},
        UnknownKey,
        'to nearly every terminal "ctrl+alt+r" is ctrl+r',
    ),
    (
        "standard",
        {"page.refresh": "ctrl+shift+_"},
        UnknownKey,
        'to a terminal "ctrl+shift+_" is ctrl+underscore',
    ),
    ("standard", {"page.refresh": "alt+R"}, UnknownKey, '"alt+R" is written "alt+shift+r"'),
]
"""Preset, keys of the settings, what refuses them and what it says."""


@pytest.mark.parametrize(("preset", "changes", "kind", "says"), REFUSED)
def test_keys_that_cannot_be_are_refused_by_name(
    preset: str, changes: dict[str, str], kind: type[KeysRefused], says: str
) -> None:
    with pytest.raises(kind) as refused:
        KeysNow(preset, changes)
    assert says in str(refused.value)
    assert refused.value.brought_by == next(iter(changes), "")


def test_what_a_field_edits_with_is_known() -> None:
    taken = {
        key
        for kind in TextField.__mro__
        for binding in Binding.make_bindings(vars(kind).get("BINDINGS", []))
        for key in [binding.key]
        if not binding.action.startswith(
            ("scroll_", "page_", "copy")
        )  # they pass on what a line has no use for
    }
    assert taken == EDITS | {"enter", "backspace", "super+backspace"}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("ctrl+pgup", "ctrl+pageup"),
        ("F5", "f5"),
        ("^p", "ctrl+p"),
        ("C-x", "ctrl+x"),
        ("Esc", "escape"),
        ("return", "enter"),
        ("del", "delete"),
        ("ctlr+p", "ctrl+p"),
        ("controll+p", "ctrl+p"),
        ("option+x", "alt+x"),
        ("questionmark", "question_mark"),
    ],
)
def test_a_key_that_does_not_exist_is_refused_with_the_nearest(given: str, meant: str) -> None:
    with pytest.raises(ValueError, match="no key is called") as refused:
        read_key(given)
    assert f'did you mean "{meant}"?' in str(refused.value)


def test_every_key_of_the_table_and_of_the_presets_has_a_name_that_is_known() -> None:
    given = [*(row.keys for row in KEYMAP), *(keys for one in PRESETS.values() for keys in one.keys.values())]
    for key in ",".join(given).split(","):
        assert key == "none" or read_key(key) == key


def test_keys_laid_over_a_node_leave_its_other_keys_and_the_class_alone() -> None:
    taken = BindingsMap(keymap.bindings("sessions"))
    laid = KeysNow(changes={"sessions.revoke": "f8", "sessions.others": "x"}).lay_over(taken)
    by_key = {key: binding.id for key, binding in laid}
    assert by_key["f8"] == "sessions.revoke"
    assert by_key["x"] == "sessions.others"
    assert "delete" not in by_key
    assert "o" not in by_key
    assert by_key["n"] == "sessions.name"
    assert dict(taken)["x"].id == "sessions.revoke"


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
        ("number_sign", "#"),
        ("tab", "tab"),
        ("alt+x", "alt+x"),
    ],
)
def test_keys_are_written_as_on_a_keyboard(key: str, written: str) -> None:
    assert shown_key(key) == written


@pytest.mark.parametrize(("key", "typed"), [("slash", "/"), ("f", "f"), ("f3", None)])
def test_a_key_is_known_by_the_character_that_it_types(key: str, typed: str | None) -> None:
    assert character_of(key) == typed
