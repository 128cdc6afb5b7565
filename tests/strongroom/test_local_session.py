"""What a machine remembers: private files, refused where others touched them."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from security.facts import AccountView, Secret, SignedIn
from security.safe_text import SafeText
from security.vocabulary import Appearance, Role
from strongroom.exits import ExitCode, Stopped
from strongroom.local_session import LocalSession
from strongroom.private_files import UnsafeFile, read_private, write_private

TOKEN = "t" * 43


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory that does not exist yet."""
    return tmp_path / "state" / "strongroom"


@pytest.fixture
def local(state: Path) -> LocalSession:
    """The memory of one store."""
    return LocalSession(state, "sqlite:///srv/a.db")


def signed_in(token: str = TOKEN) -> SignedIn:
    """A session of somebody."""
    text = SafeText("x")
    account = AccountView(
        "id", text, text, text, Role.OWNER, Appearance.DARK, has_two_factor=False, must_enrol=False
    )
    return SignedIn(Secret(token), "session", account, datetime(2030, 1, 1, tzinfo=UTC))


def test_nothing_is_remembered_at_first_and_looking_makes_nothing(local: LocalSession, state: Path) -> None:
    local.check()
    assert local.read_token() is None
    assert local.read_device() is None
    assert not state.exists()


def test_a_kept_session_is_read_back_until_it_is_forgotten(local: LocalSession) -> None:
    local.save(signed_in())
    local.save_device(Secret("d" * 43))
    assert local.read_token() == Secret(TOKEN)
    local.forget()
    local.forget()
    assert local.read_token() is None
    assert local.read_device() == Secret("d" * 43)
    assert local.trouble == ""


def test_files_are_private_in_private_directories(local: LocalSession, state: Path) -> None:
    previous = os.umask(0)
    try:
        local.save(signed_in())
    finally:
        os.umask(previous)
    assert local.session_file.stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o777 for path in (state, local.session_file.parent)} == {0o700}
    assert [path.name for path in local.session_file.parent.iterdir()] == ["session"]


def test_each_store_has_its_own_memory(local: LocalSession, state: Path) -> None:
    local.save(signed_in())
    assert LocalSession(state, "sqlite:///srv/b.db").read_token() is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660])
def test_a_file_open_to_others_is_not_read(local: LocalSession, mode: int) -> None:
    local.save(signed_in())
    local.session_file.chmod(mode)
    assert local.read_token() is None
    with pytest.raises(Stopped, match="is open to other users") as stopped:
        local.check()
    assert stopped.value.code is ExitCode.UNAVAILABLE
    assert str(local.session_file) in stopped.value.hint


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_not_read(local: LocalSession) -> None:
    local.save(signed_in())
    os.chown(local.session_file, 65534, 65534)
    assert local.read_token() is None
    with pytest.raises(Stopped, match="belongs to another user"):
        local.check()


def test_a_link_is_not_followed(local: LocalSession, tmp_path: Path) -> None:
    local.save(signed_in())
    elsewhere = tmp_path / "elsewhere"
    local.session_file.rename(elsewhere)
    local.session_file.symlink_to(elsewhere)
    assert local.read_token() is None
    with pytest.raises(Stopped, match="is a link"):
        local.check()


def test_saving_replaces_a_link_and_leaves_its_target_alone(local: LocalSession, tmp_path: Path) -> None:
    local.save(signed_in())
    local.session_file.unlink()
    target = tmp_path / "target"
    target.write_text("theirs")
    local.session_file.symlink_to(target)
    local.save(signed_in())
    assert local.read_token() == Secret(TOKEN)
    assert target.read_text() == "theirs"


def test_a_named_pipe_neither_hangs_nor_is_read(local: LocalSession) -> None:
    local.save(signed_in())
    local.session_file.unlink()
    os.mkfifo(local.session_file, 0o600)
    with pytest.raises(UnsafeFile, match="not a plain file"):
        read_private(local.session_file)


@pytest.mark.parametrize("text", ["", "short", "t" * 43 + "\n", "t" * 600, "ä" * 43, "\x1b[31m" + "t" * 40])
def test_what_is_not_a_token_of_ours_is_none(local: LocalSession, text: str) -> None:
    local.save(signed_in())
    write_private(local.session_file, text)
    assert local.read_token() is None


def test_a_disk_that_refuses_is_told_and_keeps_no_session(local: LocalSession, state: Path) -> None:
    state.parent.mkdir()
    state.touch()
    local.save(signed_in())
    assert "cannot be made" in local.trouble
    assert local.read_token() is None


def test_a_failed_write_leaves_the_old_text_and_no_litter(
    local: LocalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.save(signed_in())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(local.session_file, "n" * 43)
    assert read_private(local.session_file) == TOKEN
    assert len(list(local.session_file.parent.iterdir())) == 1


def test_a_session_that_could_not_be_kept_anew_leaves_no_dead_token(
    local: LocalSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    local.save(signed_in())

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    local.save(signed_in("n" * 43))
    assert "No space left on device" in local.trouble
    assert not local.session_file.exists()
