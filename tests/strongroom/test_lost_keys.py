"""`strongroom doctor --lost-keys COPY`: the loss of the keys rehearsed, in words and for programs."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests import postgresql
from tests.strongroom.doctor_lines import lines_of
from tests.strongroom.running import OWNER, PASSWORD, init, strongroom


@pytest.fixture
def copy(founded: Path, tmp_path: Path) -> Path:
    """A copy of the keys, in a directory that others may enter, as a medium's may be."""
    folder = tmp_path / "a medium"
    folder.mkdir(mode=0o755)
    shutil.copy(founded / "keys.json", folder / "keys copy.json")
    return folder / "keys copy.json"


def test_a_whole_copy_passes_with_the_line_that_puts_it_back(founded: Path, copy: Path) -> None:
    ended = strongroom(founded, "doctor", "--lost-keys", str(copy))
    lines = lines_of(ended)
    assert ended.code == 0, ended.out
    assert list(lines) == [
        *("store", "copy", "place", "authenticators", "codes", "audit", "age", "without it", "put back")
    ]
    assert lines["copy"] == f"ok {copy} has every key of this store."
    assert "same disk" in lines["place"]
    assert "1 account would begin anew" in lines["without it"]
    assert ended.out.endswith(f"install -m 600 '{copy}' {founded}/keys.json\n")


def test_the_keys_in_use_are_not_opened_and_may_be_gone(founded: Path, copy: Path) -> None:
    (founded / "keys.json").unlink()
    ended = strongroom(founded, "doctor", "--lost-keys", str(copy))
    assert ended.code == 0
    assert "no rehearsal" in lines_of(ended)["place"]
    assert not (founded / "keys.json").exists()


def test_the_line_puts_the_keys_back(founded: Path, copy: Path) -> None:
    command = strongroom(founded, "doctor", "--lost-keys", str(copy)).out.splitlines()[-1].strip()
    (founded / "keys.json").unlink()
    assert os.system(command) == 0  # noqa: S605 - the very words, as a shell takes them
    assert strongroom(founded, "doctor").code == 0
    assert strongroom(founded, "audit", "verify").code == 0


def test_a_copy_from_before_a_rotation_fails_and_the_new_one_passes(founded: Path, copy: Path) -> None:
    assert strongroom(founded, "admin", "keys", "rotate").code == 0
    ended = strongroom(founded, "doctor", "--lost-keys", str(copy))
    lines = lines_of(ended)
    assert ended.code == 1
    assert "lacks audit-2, codes-2, names-2, totp-2" in lines["copy"]
    assert lines["age"].startswith("AMISS")
    assert "older than that" in lines["age"]
    assert "put back" not in lines, "it would take the place of newer keys"
    shutil.copy(founded / "keys.json", copy)
    assert strongroom(founded, "doctor", "--lost-keys", str(copy)).code == 0


def test_the_file_in_use_is_no_copy(founded: Path) -> None:
    link = founded / "link"
    link.symlink_to(founded / "keys.json")
    for path in (founded / "keys.json", link):
        ended = strongroom(founded, "doctor", "--lost-keys", str(path))
        assert ended.code == 1
        assert "is the file in use" in lines_of(ended)["place"]
        assert "put back" not in lines_of(ended)


def test_a_copy_that_others_can_read_is_amiss_and_looked_at_all_the_same(founded: Path, copy: Path) -> None:
    copy.chmod(0o644)
    ended = strongroom(founded, "doctor", "--lost-keys", str(copy))
    assert ended.code == 1
    assert lines_of(ended)["copy"].endswith(f"chmod 600 '{copy}'")
    assert "authenticators" in lines_of(ended)


def test_keys_of_another_store_are_told(founded: Path, copy: Path) -> None:
    other = founded / "other"
    other.mkdir(mode=0o700)
    assert init(other).code == 0
    ended = strongroom(founded, "doctor", "--lost-keys", str(other / "keys.json"))
    assert ended.code == 1
    assert "another store" in lines_of(ended)["copy"]


@pytest.mark.parametrize("kind", ["nothing", "a directory", "a pipe", "no keys"])
def test_what_is_no_copy_is_told_and_keeps_nobody_waiting(founded: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "thing"
    if kind == "a directory":
        path.mkdir()
    elif kind == "a pipe":
        os.mkfifo(path)
    elif kind == "no keys":
        path.write_text('{"format": 1, "keys": "canary-secret"}')
    ended = strongroom(founded, "doctor", "--lost-keys", str(path))
    assert ended.code == 1
    assert lines_of(ended)["copy"].startswith("AMISS")
    assert "copy" in lines_of(ended)["copy"].removeprefix("AMISS"), "not as if it were the keys in use"
    assert "Restore" not in ended.out
    assert "canary" not in ended.out + ended.err


def test_without_a_store_there_is_nothing_to_rehearse(home: Path) -> None:
    ended = strongroom(home, "doctor", "--lost-keys", str(home / "none"))
    assert ended.code == 1
    assert list(lines_of(ended)) == ["store"]


def test_a_program_gets_the_same_as_findings(founded: Path, copy: Path) -> None:
    document = json.loads(strongroom(founded, "doctor", "--json", "--lost-keys", str(copy)).out)
    assert document["is_well"] is True
    back = document["findings"][-1]
    assert back["subject"] == "put back"
    assert back["mends"].startswith("install -m 600")


def test_a_store_on_a_server_is_rehearsed_as_well(home: Path) -> None:
    with postgresql.new_database() as url:
        given = f"{PASSWORD}\n"
        words = ("admin", "init", *OWNER, "--password-stdin")
        assert strongroom(home, *words, given=given, STRONGROOM_STORE=url).code == 0
        shutil.copy(home / "keys.json", home / "copy.json")
        ended = strongroom(home, "doctor", "--lost-keys", str(home / "copy.json"), STRONGROOM_STORE=url)
        assert ended.code == 0, ended.out
        assert "every key" in lines_of(ended)["copy"]
