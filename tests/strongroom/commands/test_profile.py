"""`strongroom profile …` and `config show`: who one is, how it looks, and what is set where."""

from __future__ import annotations

import tomllib

import pytest

from strongroom.setting_table import ROWS
from tests.strongroom.commands.person import EMAIL, Person


def test_a_new_name_is_taken_and_shown(person: Person) -> None:
    assert person.facts("profile", "show")["email"] == EMAIL
    assert person.run("profile", "rename", "Ada  Lovelace").out == "Your name is Ada Lovelace.\n"
    assert "Ada Lovelace" in person.run("profile", "show").out
    person.refused("profile", "rename", "", code=2, tag="unusable_field")
    person.refused("profile", "rename", "\u202eada", code=2, tag="unusable_field")


@pytest.mark.parametrize("look", ["light", "dark", "high-contrast", "terminal"])
def test_a_look_is_kept_with_the_account(person: Person, look: str) -> None:
    assert person.facts("profile", "appearance", look)["appearance"] == look
    assert person.sql("SELECT appearance FROM accounts") == [(look,)]


def test_a_look_that_does_not_exist_is_refused_with_those_that_do(person: Person) -> None:
    ended = person.refused("profile", "appearance", "pink", code=2, tag="usage")
    assert "dark" in ended.err
    assert "pink" not in ended.err


def test_the_settings_are_shown_as_a_file_that_can_be_read(person: Person) -> None:
    (person.home / "config.toml").write_text('support_contact = "Bea \\"B\\""\n[keymap]\n"app.quit" = "x"\n')
    ended = person.run("config", "show", "--origin", "--color", "16", STRONGROOM_MOUSE="false")
    assert ended.code == 0, ended.err
    read = tomllib.loads(ended.out)
    assert (read["mouse"], read["color"], read["support_contact"]) == (False, "16", 'Bea "B"')
    assert read["keymap"] == {"app.quit": "x"}
    lines = {line.partition(" ")[0].lstrip("["): line for line in ended.out.splitlines()}
    assert lines["mouse"].endswith("# variable STRONGROOM_MOUSE")
    assert lines["color"].endswith("# option --color")
    assert lines["support_contact"].endswith(f"# your file {person.home}/config.toml")
    assert lines["idle_lock_minutes"].endswith("# default")
    assert "#" not in person.run("config", "show").out.replace("# place_file", "").replace(
        "# issuer", ""
    ).replace("# support_contact", "")


def test_every_setting_is_told_and_no_password_of_a_store(person: Person) -> None:
    ended = person.run("config", "show", "--json", STRONGROOM_STORE="postgresql://u:canary-7731@db.example/s")
    assert "canary" not in ended.out + ended.err
    facts = person.facts("config", "show")
    assert [one["name"] for one in facts["settings"]] == [row.name for row in ROWS]


def test_the_settings_are_shown_where_there_is_no_store(person: Person) -> None:
    (person.home / "strongroom.db").unlink()
    assert person.run("config", "show").code == 0
