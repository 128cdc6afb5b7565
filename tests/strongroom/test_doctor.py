"""`strongroom doctor`: one line a thing, with what mends it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

from tests.security.city_files import write_city_file
from tests.strongroom.doctor_lines import lines_of
from tests.strongroom.running import PASSWORD, init, strongroom


def test_all_is_well_with_a_store_that_stands(founded: Path) -> None:
    ended = strongroom(founded, "doctor")
    lines = lines_of(ended)
    assert ended.code == 0
    assert list(lines) == ["terminal", "time", "store", "keys", "mail", "places", "breach file"]
    assert lines["store"] == f"ok {founded}/strongroom.db, 1 account."
    assert lines["keys"].startswith(f"ok {founded}/keys.json.")
    assert "strongroom doctor --lost-keys COPY" in lines["keys"]
    assert lines["terminal"].startswith("none This is no terminal")
    assert lines["mail"] == "none This version sends no mail yet."


def test_what_is_not_there_and_need_not_be_is_no_fault_but_says_how_to_have_it(founded: Path) -> None:
    lines = lines_of(strongroom(founded, "doctor"))
    assert lines["places"].startswith("none No city file is set")
    assert "place_file" in lines["places"]
    assert lines["breach file"].startswith("none There is no breach file")
    assert "strongroom admin breach import" in lines["breach file"]
    assert "embedded list" in lines["breach file"]


def test_a_city_file_that_serves_is_well(founded: Path) -> None:
    city = write_city_file(founded / "city.mmdb")
    ended = strongroom(founded, "doctor", STRONGROOM_PLACE_FILE=str(city))
    assert ended.code == 0
    assert lines_of(ended)["places"].startswith(f"ok The city file {city} is in use (Test-City")


def test_a_city_file_that_was_named_and_is_not_there_is_amiss(founded: Path) -> None:
    ended = strongroom(founded, "doctor", STRONGROOM_PLACE_FILE=str(founded / "none.mmdb"))
    assert ended.code == 1
    assert lines_of(ended)["places"].startswith("AMISS The city file")


def test_a_city_file_that_is_cut_short_is_amiss(founded: Path) -> None:
    city = write_city_file(founded / "city.mmdb")
    os.truncate(city, 300)
    ended = strongroom(founded, "doctor", STRONGROOM_PLACE_FILE=str(city))
    assert ended.code == 1
    assert "cut short" in lines_of(ended)["places"]


def test_keys_that_the_screen_would_refuse_are_told_with_the_line_that_brought_them(founded: Path) -> None:
    config = founded / "keys.toml"
    config.write_text('[keymap]\n"sessions.revoke" = "X"\n')
    shown = strongroom(founded, "--config", str(config), "config", "show")
    assert (shown.code, shown.err) == (0, "")
    assert lines_of(strongroom(founded, "--config", str(config), "doctor"))["key bindings"].startswith("ok")
    config.write_text('[keymap]\n"sessions.revok" = "X"\n')
    ended = strongroom(founded, "--config", str(config), "doctor")
    told = lines_of(ended)["key bindings"]
    assert ended.code == 1
    assert told.startswith("AMISS The keys of the settings cannot be used")
    assert "sessions.revoke" in told
    assert f"in line 2 of {config}" in told
    shown = strongroom(founded, "--config", str(config), "config", "show")
    assert shown.code == 0
    assert "sessions.revok" in shown.out
    assert "The keys of the settings cannot be used" in shown.err


def test_a_pipe_in_place_of_a_file_keeps_nobody_waiting(founded: Path) -> None:
    os.mkfifo(founded / "pipe")
    pipe = str(founded / "pipe")
    ended = strongroom(founded, "doctor", STRONGROOM_PLACE_FILE=pipe, STRONGROOM_BREACH_FILE=pipe)
    assert ended.code == 1
    assert lines_of(ended)["places"].startswith("AMISS")
    assert lines_of(ended)["breach file"].startswith("AMISS")


def test_without_store_and_keys_it_says_how_to_begin_and_makes_nothing(home: Path) -> None:
    ended = strongroom(home, "doctor")
    lines = lines_of(ended)
    assert ended.code == 1
    assert "strongroom admin init" in lines["store"]
    assert "strongroom admin init" in lines["keys"]
    assert not list(home.iterdir())


def test_lost_keys_are_told_and_the_store_is_looked_at_all_the_same(founded: Path) -> None:
    (founded / "keys.json").unlink()
    ended = strongroom(founded, "doctor")
    lines = lines_of(ended)
    assert ended.code == 1
    assert lines["store"].startswith("ok")
    assert lines["keys"].startswith("AMISS There are no keys")
    assert "backup" in lines["keys"]


def test_a_lost_store_is_put_back_and_not_founded_anew(founded: Path) -> None:
    (founded / "strongroom.db").rename(founded / "elsewhere.db")
    lines = lines_of(strongroom(founded, "doctor"))
    assert lines["store"].startswith(
        f"AMISS There is no store at {founded}/strongroom.db. Its keys are there"
    )
    assert "admin init" not in lines["store"]


def test_keys_of_another_store_are_told(founded: Path) -> None:
    other = founded / "other"
    other.mkdir(mode=0o700)
    assert init(other, password=PASSWORD + "\n").code == 0
    shutil.copy(other / "keys.json", founded / "keys.json")
    ended = strongroom(founded, "doctor")
    assert ended.code == 1
    assert "not those of the store" in lines_of(ended)["keys"]


def test_keys_and_store_that_others_can_read_are_told_with_the_command_that_mends_it(founded: Path) -> None:
    for name in ("keys.json", "strongroom.db"):
        (founded / name).chmod(0o644)
    ended = strongroom(founded, "doctor")
    lines = lines_of(ended)
    assert ended.code == 1
    for name, subject in (("keys.json", "keys"), ("strongroom.db", "store")):
        assert lines[subject].startswith("AMISS")
        assert "chmod" in lines[subject]
        assert stat.S_IMODE((founded / name).stat().st_mode) == 0o644


def test_a_store_that_is_no_store_is_told(founded: Path) -> None:
    for name in ("strongroom.db", "strongroom.db-wal", "strongroom.db-shm"):
        (founded / name).unlink(missing_ok=True)
    (founded / "strongroom.db").write_bytes(b"no database at all" * 500)
    (founded / "strongroom.db").chmod(0o600)
    ended = strongroom(founded, "doctor")
    assert ended.code == 1
    assert lines_of(ended)["store"].startswith("AMISS")
    assert lines_of(ended)["keys"].startswith("ok")


def test_a_founding_that_was_left_half_way_is_told(home: Path) -> None:
    (home / "strongroom.db").write_bytes(b"")
    (home / "strongroom.db.founding").write_bytes(b"")
    ended = strongroom(home, "doctor")
    assert ended.code == 1
    assert "no owner yet" in lines_of(ended)["store"]


def test_hostile_text_in_a_city_file_is_inert(founded: Path) -> None:
    city = write_city_file(founded / "city.mmdb", kind="City\x1b]0;title\x07\u202e")
    ended = strongroom(founded, "doctor", STRONGROOM_PLACE_FILE=str(city))
    assert not set(ended.out) & set("\x1b\x07\u202e")
    assert "City␛]0;title" in lines_of(ended)["places"]


def test_a_damaged_policy_is_told_with_what_holds_in_its_place(founded: Path) -> None:
    with closing(sqlite3.connect(founded / "strongroom.db", isolation_level=None)) as connection:
        connection.execute("""UPDATE policies SET document = '{"minimum_length": 4}'""")
    ended = strongroom(founded, "doctor")
    policy = lines_of(ended)["policy"]
    assert ended.code == 1
    assert policy.startswith("AMISS The policy of Harbour Trust is damaged: minimum_length is a whole number")
    assert "What is strictest holds in its place" in policy
