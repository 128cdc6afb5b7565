"""Sessions that begin and end at the same instant in several processes (R052-R054, R059)."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.security.forked import found_by
from tests.security.session_races import GUESSERS, GUESSES, LIMIT, SIGNERS

Found = dict[str, Any]
"""How each process ended, which sessions are open, and the events of the person."""


def race(kind: str, url: str) -> Found:
    """Let the processes of one race run."""
    found: Found = found_by("session_races", kind, url)
    assert found["is_whole"]
    return found


def places(found: Found, name: str) -> list[int]:
    """Where in the chain the events of a name stand."""
    return [at for at, event in enumerate(found["events"]) if event[0] == name and event[2] == "success"]


def test_what_sign_out_everywhere_leaves_alive_was_begun_after_it(unmade_url: str) -> None:
    found = race("others_and_signers", unmade_url)
    ended, *signed_in = found["ends"]
    assert signed_in == ["SignedIn"] * SIGNERS
    assert len(found["alive"]) == 1 + 1 + SIGNERS - int(ended)
    last_end = max(places(found, "auth.session_revoked"))
    begun = {event[1]: at for at, event in enumerate(found["events"]) if event[0] == "auth.signed_in"}
    survivors = [client for client in found["alive"] if client.startswith("signer")]
    assert all(begun[client] > last_end for client in survivors)
    assert len(survivors) == len(found["alive"]) - 1


def test_of_four_terminals_that_end_all_others_exactly_one_stays(unmade_url: str) -> None:
    found = race("each_the_other", unmade_url)
    assert Counter(found["ends"]) == {"3": 1, "SessionOver": 3}
    assert len(found["alive"]) == 1
    assert len(places(found, "auth.session_revoked")) == 3


def test_of_two_terminals_that_revoke_each_other_exactly_one_stays(unmade_url: str) -> None:
    found = race("one_another", unmade_url)
    assert Counter(found["ends"]) == {"Revoked": 1, "SessionOver": 1}
    assert len(found["alive"]) == 1
    assert len(places(found, "auth.session_revoked")) == 1


def test_a_terminal_that_never_stops_writing_writes_nothing_after_it_was_revoked(unmade_url: str) -> None:
    found = race("revoked_while_writing", unmade_url)
    answer, ended = found["ends"]
    assert ended.startswith("ended")
    assert answer.startswith("revoked after ")
    renamed = places(found, "account.renamed")
    assert len(renamed) == int(answer.rpartition(" ")[2]) > 0
    assert places(found, "auth.session_revoked") == [renamed[-1] + 1]


def test_no_session_outlives_an_account_that_is_closed_while_its_person_signs_in(unmade_url: str) -> None:
    found = race("closed_while_signing_in", unmade_url)
    suspended, *answers = found["ends"]
    assert suspended == "Suspended"
    assert set(answers) <= {"SignedIn", "WrongCredentials"}
    assert found["alive"] == []
    closed_at = places(found, "account.suspended")
    assert all(at < closed_at[0] for at in places(found, "auth.signed_in"))


def test_sign_ins_of_many_processes_stay_within_the_greatest_number(unmade_url: str) -> None:
    found = race("too_many", unmade_url)
    assert found["ends"] == ["SignedIn"] * (2 * LIMIT)
    assert len(found["alive"]) == LIMIT


def test_of_thirty_guesses_of_many_processes_ten_are_checked(unmade_url: str) -> None:
    found = race("guessed", unmade_url)
    answers = Counter(" ".join(found["ends"]).split())
    assert answers == {"WrongCredentials": 10, "Throttled": GUESSERS * GUESSES - 10}


def test_an_end_is_heard_in_every_process(unmade_url: str) -> None:
    found = race("heard", unmade_url)
    assert all(answer.startswith("heard ") for answer in found["ends"][1:])


@pytest.mark.soak
def test_an_end_is_heard_in_every_process_within_a_second(unmade_url: str) -> None:
    found = race("heard", unmade_url)
    ended_at = float(found["ends"][0].removeprefix("ended "))
    heard = [float(answer.removeprefix("heard ")) - ended_at for answer in found["ends"][1:]]
    print(f"an end is heard within {max(heard):.2f} s in {len(heard)} processes")
    assert max(heard) < 1.0
