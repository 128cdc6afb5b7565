"""A store on a server, through the program: founded once by one machine, opened by others."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.exits import ExitCode
from tests import postgresql
from tests.strongroom.machines import Machine, machine_at
from tests.strongroom.running import OWNER, Ended

NewMachine = Callable[[str], Machine]


@pytest.fixture
def url() -> Iterator[str]:
    """The address of a database without a store."""
    with postgresql.new_database() as url:
        yield url


@pytest.fixture
def new_machine(url: str, tmp_path: Path) -> NewMachine:
    """Gives machines with nothing on them, that are told of the same store."""
    return lambda name: machine_at(tmp_path / name, url)


@pytest.fixture
def first(new_machine: NewMachine) -> Machine:
    """The machine at which the store was founded."""
    machine = new_machine("first")
    ended = machine.init()
    assert ended.code == ExitCode.DONE, ended.err
    return machine


def sql(url: str, statement: str) -> str:
    """Run a statement in the database of a store."""
    return postgresql.shared().sql(statement, url.partition("?")[0].rpartition("/")[2])


def refused(ended: Ended, *words: str, code: ExitCode = ExitCode.UNAVAILABLE) -> None:
    """A refusal: nothing on stdout, the words on stderr."""
    assert ended.code == code, ended
    assert ended.out == ""
    for word in words:
        assert word in ended.err


def test_the_first_owner_is_made_and_only_keys_lie_on_the_machine(first: Machine) -> None:
    assert first.files == ["keys.json"]
    assert first.keys.stat().st_mode & 0o777 == 0o600
    verified = first.run("audit", "verify")
    assert verified.code == ExitCode.DONE, verified.err
    assert "whole" in verified.out


def test_init_says_where_the_store_is_and_that_others_need_the_keys(new_machine: NewMachine) -> None:
    ended = new_machine("first").init()
    assert "Store: postgresql://postgres@" in ended.out
    assert "needs a copy of the keys" in ended.out


def test_a_second_time_is_a_conflict_and_changes_nothing(first: Machine) -> None:
    keys = first.keys.read_bytes()
    refused(first.init(), "already, with an owner", code=ExitCode.CONFLICT)
    assert first.keys.read_bytes() == keys
    assert first.files == ["keys.json"]


def test_a_machine_without_the_keys_is_told_to_copy_them_and_makes_none(
    first: Machine, new_machine: NewMachine
) -> None:
    second = new_machine("second")
    for ended in (second.run("audit", "verify"), second.init()):
        refused(ended, "are missing", "Copy them from a machine that opens this store")
    assert second.files == []


def test_a_machine_with_a_copy_of_the_keys_opens_the_store(first: Machine, new_machine: NewMachine) -> None:
    second = new_machine("second")
    second.join(first)
    assert second.run("audit", "verify").code == ExitCode.DONE


def test_other_keys_are_refused_by_the_fingerprint(first: Machine, tmp_path: Path) -> None:
    with postgresql.new_database() as elsewhere:
        other = machine_at(tmp_path / "other", elsewhere)
        assert other.init().code == ExitCode.DONE
    shutil.copy(other.keys, first.keys)
    refused(first.run("audit", "verify"), "are not the keys of the store", "copy it from a machine")


def test_without_a_store_none_is_made_by_a_command_that_only_opens_it(new_machine: NewMachine) -> None:
    machine = new_machine("first")
    refused(machine.run("audit", "verify"), "There is no store", "strongroom admin init")
    refused(machine.run("admin", "keys", "rotate"), "There is no store")
    assert machine.files == []
    assert sql(machine.url, "SELECT to_regnamespace('strongroom') IS NULL") == "t"


def test_keys_whose_store_is_gone_are_not_founded_with(first: Machine) -> None:
    sql(first.url, "DROP SCHEMA strongroom CASCADE")
    for ended in (first.run("audit", "verify"), first.init()):
        refused(ended, "The store is missing", "move the keys away")
    assert sql(first.url, "SELECT to_regnamespace('strongroom') IS NULL") == "t"


def test_keys_of_another_store_do_not_go_on_with_a_founding_that_was_cut_off(
    first: Machine, new_machine: NewMachine, tmp_path: Path
) -> None:
    with postgresql.new_store() as unowned:
        machine = Machine(first.home, unowned)
        for ended in (machine.run("audit", "verify"), machine.init()):
            refused(ended, "has no owner yet", "were made for another store", "move the keys away")
        assert first.files == ["keys.json"]


def test_a_store_without_an_owner_is_gone_on_with_by_whichever_machine_comes(tmp_path: Path) -> None:
    """Another machine was switched off in the middle of its founding: no key of it sealed anything here."""
    with postgresql.new_store() as unowned:
        machine = machine_at(tmp_path / "second", unowned)
        refused(machine.run("audit", "verify"), "has no owner yet")
        assert machine.init().code == ExitCode.DONE
        assert machine.files == ["keys.json"]
        assert machine.run("audit", "verify").code == ExitCode.DONE


def test_machines_that_found_at_once_end_with_one_owner_and_losers_leave_nothing(
    new_machine: NewMachine,
) -> None:
    machines = [new_machine(f"machine{number}") for number in range(4)]
    processes = [machine.begin_init() for machine in machines]
    ends = [process.communicate(timeout=60) for process in processes]
    codes = [process.returncode for process in processes]
    assert sorted(codes) == sorted([ExitCode.DONE, *[code for code in codes if code != ExitCode.DONE]]), ends
    assert codes.count(ExitCode.DONE) == 1, ends
    for machine, code, (_, said) in zip(machines, codes, ends, strict=True):
        if code == ExitCode.DONE:
            assert machine.run("audit", "verify").code == ExitCode.DONE
        else:
            # 69 is who came after the owner: the store stands, and its keys are not here.
            assert code in (ExitCode.CONFLICT, ExitCode.UNAVAILABLE), said
            assert any(word in said for word in (b"elsewhere", b"already", b"are missing", b"no keys")), said
        assert machine.files == (["keys.json"] if code == ExitCode.DONE else []), said
    assert sql(machines[0].url, "SELECT count(*) FROM strongroom.accounts") == "1"


def test_killed_at_any_moment_a_founding_is_gone_on_with(tmp_path: Path) -> None:
    """R028, R103: what `kill -9` leaves is nothing, a founded store, or a founding that is begun anew."""
    whole = 0.0
    outcomes = set()
    for step in range(-1, 7):
        with postgresql.new_database() as url:
            machine = machine_at(tmp_path / f"machine{step}", url)
            started_at = time.monotonic()
            process = machine.begin_init()
            if step < 0:
                process.communicate(timeout=60)
                whole = time.monotonic() - started_at
                continue
            time.sleep(whole * (0.3 + step * 0.1))
            process.kill()
            process.communicate()
            again = machine.init()
            assert again.code in (ExitCode.DONE, ExitCode.CONFLICT), again.err
            outcomes.add(again.code)
            assert machine.files == ["keys.json"]
            verified = machine.run("audit", "verify")
            assert verified.code == ExitCode.DONE, verified.err
            assert sql(url, "SELECT count(*) FROM strongroom.accounts") == "1"
    assert ExitCode.DONE in outcomes


def test_what_is_refused_at_the_founding_leaves_neither_store_nor_keys(new_machine: NewMachine) -> None:
    machine = new_machine("first")
    ended = machine.run("admin", "init", *OWNER, "--password-stdin", given="short1!A\n")
    assert ended.code == ExitCode.FORBIDDEN
    assert machine.files == []
    assert sql(machine.url, "SELECT to_regnamespace('strongroom') IS NULL") == "t"


def test_a_refusal_in_a_store_that_another_process_made_leaves_that_standing(tmp_path: Path) -> None:
    with postgresql.new_store() as unowned:
        machine = machine_at(tmp_path / "second", unowned)
        ended = machine.run("admin", "init", *OWNER, "--password-stdin", given="short1!A\n")
        assert ended.code == ExitCode.FORBIDDEN
        assert machine.files == []
        assert sql(unowned, "SELECT count(*) > 0 FROM strongroom.schema_migrations") == "t"


def test_a_store_of_a_newer_program_is_refused(first: Machine) -> None:
    sql(first.url, "INSERT INTO strongroom.schema_migrations VALUES (999, 'later', 0, '')")
    refused(first.run("audit", "verify"), "schema 999")


def test_a_database_that_does_not_exist_is_said_to_be_none(tmp_path: Path) -> None:
    server = postgresql.shared()
    machine = machine_at(tmp_path / "first", server.url("nowhere"))
    refused(machine.init(), "nowhere", "no database")
    refused(machine.run("audit", "verify"), "nowhere", "no database")
    assert machine.files == []


def test_a_server_that_is_down_is_said_to_be_unreachable(first: Machine, tmp_path: Path) -> None:
    nowhere = f"postgresql://postgres@/db?host={tmp_path}"
    down, new = Machine(first.home, nowhere), machine_at(tmp_path / "new", nowhere)
    for ended in (down.run("audit", "verify"), new.init(), new.run("audit", "verify")):
        refused(ended, "cannot be reached")
    assert first.files == ["keys.json"]
    assert new.files == []


def test_keys_are_rotated_at_one_machine_and_copied_to_the_others(
    first: Machine, new_machine: NewMachine
) -> None:
    second = new_machine("second")
    second.join(first)
    rotated = first.run("admin", "keys", "rotate")
    assert rotated.code == ExitCode.DONE, rotated.err
    assert "Copy it to every other machine" in rotated.out
    refused(second.run("audit", "verify"), "are not the keys of the store")
    second.join(first)
    assert second.run("audit", "verify").code == ExitCode.DONE


def test_a_broken_chain_is_told_with_exit_code_1(first: Machine) -> None:
    sql(
        first.url,
        "DROP TRIGGER audit_event_is_never_edited ON strongroom.audit_events;"
        "UPDATE strongroom.audit_events SET reason = 'nothing happened' WHERE seq = 1",
    )
    ended = first.run("audit", "verify")
    assert ended.code == ExitCode.FAILED
    assert "BROKEN" in ended.out


def test_the_breach_file_lies_in_the_data_directory(first: Machine) -> None:
    ended = first.run("admin", "breach", "import", "-", given="0" * 40 + ":1\n")
    assert ended.code == ExitCode.DONE, ended.err
    assert first.files == ["breach.sha1", "keys.json"]
    assert first.run("admin", "breach", "check").code == ExitCode.DONE
