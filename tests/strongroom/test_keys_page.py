"""The page of the keys says what the screens do."""

from __future__ import annotations

import tomllib

from strongroom.keys_page import render
from tests.strongroom.running import ROOT
from tui.keys.keymap import KeysNow
from tui.keys.presets import PRESETS
from tui.keys.scopes import TITLES
from tui.keys.table import KEYMAP


def test_the_page_of_the_keys_is_the_one_that_the_tables_give() -> None:
    """To write it anew: python -m strongroom.keys_page > docs/keys.md"""
    assert (ROOT / "docs" / "keys.md").read_text() == render()


def test_the_page_has_every_binding_every_preset_and_no_scope_without_a_heading() -> None:
    page = render()
    assert all(f"| `{row.id}` |" in page for row in KEYMAP)
    assert all(f"| `{name}` |" in page for name in PRESETS)
    assert {row.scope for row in KEYMAP} == set(TITLES)


def test_the_example_of_the_page_is_one_that_the_screens_take() -> None:
    example = tomllib.loads(render().split("```toml\n")[1].split("```")[0])
    keys = KeysNow(example["keymap_preset"], example["keymap"])
    assert keys.of("sessions.revoke") == ("X",)
    assert keys.of("home.sign_out") == ()
