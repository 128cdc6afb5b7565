"""The directories of one user."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.exits import ExitCode, Stopped
from strongroom.grammar.tree import parse
from strongroom.paths import Paths, find_paths, make_private_directory, sqlite_url, store_path
from strongroom.settings import user_file_of


def test_xdg_names_the_directories() -> None:
    paths = find_paths({"XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "HOME": "/h"})
    assert paths == Paths(Path("/d/strongroom"), Path("/c/strongroom"), Path("/s/strongroom"))


def test_the_home_directory_is_the_fallback_and_relative_xdg_values_are_ignored() -> None:
    paths = find_paths({"HOME": "/srv/ada", "XDG_DATA_HOME": "relative", "XDG_STATE_HOME": ""})
    assert paths.store_url == "sqlite:///srv/ada/.local/share/strongroom/strongroom.db"
    assert paths.config_file == Path("/srv/ada/.config/strongroom/config.toml")
    assert paths.state == Path("/srv/ada/.local/state/strongroom")


def test_a_relative_home_directory_is_none_and_the_list_of_users_is_asked() -> None:
    assert find_paths({"HOME": "relative"}) == find_paths({})
    assert find_paths({"HOME": "relative"}).data.is_absolute()


def test_without_any_home_directory_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_uid: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", nobody)
    with pytest.raises(Stopped, match="No home directory") as stopped:
        find_paths({"HOME": "relative"})
    assert "STRONGROOM_HOME" in stopped.value.hint


def test_strongroom_home_puts_everything_under_one_directory(tmp_path: Path) -> None:
    paths = find_paths({"STRONGROOM_HOME": str(tmp_path), "XDG_DATA_HOME": "/d"})
    assert {paths.data, paths.config, paths.state.parent} == {tmp_path}


def test_a_relative_strongroom_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_paths({"STRONGROOM_HOME": "here"}).data == tmp_path / "here"


@pytest.mark.parametrize(
    "read",
    [
        lambda: find_paths({"STRONGROOM_HOME": "relative"}),
        lambda: parse(["activity", "export", "events.csv"]),
        lambda: user_file_of(find_paths({"HOME": "/h"}), {"STRONGROOM_CONFIG": "config.toml"}),
    ],
)
def test_where_the_working_directory_is_gone_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, read: Callable[[], object]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(Stopped, match="is gone") as stopped:
        read()
    monkeypatch.chdir(tmp_path)
    assert stopped.value.code == ExitCode.USAGE


def test_a_store_address_and_its_path_are_each_other() -> None:
    assert sqlite_url(Path("/var/lib/s.db")) == "sqlite:///var/lib/s.db"
    assert store_path("sqlite:///var/lib/s.db") == Path("/var/lib/s.db")


@pytest.mark.parametrize(
    "url",
    ["mysql://x/y", "sqlite://relative", "/var/lib/s.db", "sqlite:/x", "", "sqlite:///", "sqlite:///x/"],
)
def test_what_is_no_store_address_has_no_path(url: str) -> None:
    with pytest.raises(ValueError, match="absolute path"):
        store_path(url)


def test_a_private_directory_is_made_with_its_parents(tmp_path: Path) -> None:
    make_private_directory(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_a_directory_open_to_others_is_refused_with_the_line_that_closes_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with pytest.raises(Stopped) as stopped:
        make_private_directory(tmp_path)
    assert stopped.value.code is ExitCode.UNAVAILABLE
    assert stopped.value.hint == f"Close it with: chmod 700 {tmp_path}"


def test_the_line_that_closes_a_directory_can_be_pasted_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a b; c").mkdir(mode=0o755)
    with pytest.raises(Stopped) as stopped:
        make_private_directory(tmp_path / "a b; c")
    assert stopped.value.hint == f"Close it with: chmod 700 '{tmp_path}/a b; c'"


def test_a_directory_below_a_file_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Stopped, match="cannot be made"):
        make_private_directory(tmp_path / "file" / "inner")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_a_directory_of_another_user_is_refused(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o700)
    os.chown(theirs, 65534, 65534)
    with pytest.raises(Stopped, match="belongs to another user"):
        make_private_directory(theirs)
