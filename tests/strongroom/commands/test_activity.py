"""`strongroom activity list`: newest first, in lines of eighty columns, and on below an event."""

from __future__ import annotations

import pytest

from tests.strongroom.commands.person import Person


def test_the_newest_event_is_the_first_and_every_line_fits(person: Person) -> None:
    person.run("password", "change", "--password-stdin", given="wrong\nwrong\n")
    ended = person.run("activity", "list")
    assert ended.code == 0, ended.err
    head, columns, newest, *_ = ended.out.splitlines()
    assert "events in 30 days" in head
    assert columns.split() == ["Time", "Event", "Device", "Address"]
    assert "! Password change refused" in newest
    assert max(map(len, ended.out.splitlines())) <= 80


def test_with_accessible_lists_are_sentences_without_columns_in_which_nothing_is_cut(person: Person) -> None:
    newest, *_ = person.run("activity", "list", ACCESSIBLE="1").out.splitlines()
    assert newest.startswith("New device; ")
    assert newest.endswith("; this machine.")
    (session, lasts) = person.run("session", "list", ACCESSIBLE="1").out.splitlines()
    (facts,) = person.facts("session", "list")["sessions"]
    assert session.endswith(f"last active now. This session. ID {facts['id'][-8:]}.")
    assert lasts.startswith("A session lasts")
    assert "  " not in newest + session


def test_paging_shows_each_event_once(person: Person) -> None:
    for name in ("Ada", "Bea", "Cyd"):
        person.run("profile", "rename", name)
    everything = person.facts("activity", "list")
    assert everything["older_than"] is None
    found: list[str] = []
    before: list[str] = []
    while True:
        page = person.facts("activity", "list", "--limit", "4", *before)
        found += [event["id"] for event in page["events"]]
        if page["older_than"] is None:
            break
        before = ["--before", page["older_than"]]
    assert found == [event["id"] for event in everything["events"]]
    assert sum(everything["events_by_day"]) == len(found)
    told = person.run("activity", "list", "--limit", "2")
    assert f"--before {found[1]}" in told.err


def test_kind_and_words_leave_others_out(person: Person) -> None:
    person.run("profile", "rename", "Bea")
    account = person.facts("activity", "list", "--kind", "account")["events"]
    assert {event["name"] for event in account} >= {"account.renamed", "account.created"}
    assert not any(event["name"].startswith("auth.") for event in account)
    (found,) = person.facts("activity", "list", "--search", "name CHANGED")["events"]
    assert (found["name"], found["was_success"]) == ("account.renamed", True)
    nothing = person.run("activity", "list", "--search", "zebra")
    assert (nothing.code, nothing.out, nothing.err) == (0, "", "Nothing matches.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "tag"),
    [
        (("--limit", "0"), 2, "usage"),
        (("--limit", "201"), 2, "usage"),
        (("--kind", "secrets"), 2, "usage"),
        (("--before", "yesterday"), 2, "usage"),
        (("--before", "0192f0c1-0000-7000-8000-000000000000"), 7, "not_found"),
        (("--search", "x" * 200), 2, "unusable_field"),
    ],
)
def test_each_refusal_has_its_code(person: Person, arguments: tuple[str, ...], code: int, tag: str) -> None:
    person.refused("activity", "list", *arguments, code=code, tag=tag)
