"""`admin org`, `admin user`, `admin reset-2fa`: what an operator types, what is answered and audited."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from strongroom.exits import ExitCode
from strongroom.operator import operator_name
from tests.strongroom.running import PASSWORD, Ended, environment_of, in_terminal, strongroom
from tui.words.two_factor import RESET

BEA = "bea@harbour.example"
ADD_BEA = ("admin", "user", "add", BEA, "--name", "Bea Lind", "--password-stdin")
ADD_ORG = ("admin", "org", "add", "--org", "Borealis Shipping", "--name", "Cleo Nord")
CLEO = "cleo@borealis.example"


@pytest.fixture
def house(founded: Path) -> Path:
    """A founded store with one more member."""
    assert strongroom(founded, *ADD_BEA, given=PASSWORD).code == ExitCode.DONE
    return founded


def answered(ended: Ended) -> dict[str, Any]:
    """The document of a command that was done."""
    assert ended.code == ExitCode.DONE, ended.err
    document: dict[str, Any] = json.loads(ended.out)
    return document


def events(home: Path, name: str) -> list[dict[str, Any]]:
    """The details of an event's occurrences, with actor and outcome."""
    with sqlite3.connect(home / "strongroom.db") as connection:
        rows = connection.execute(
            "SELECT actor_id, outcome, details FROM audit_events WHERE name = ? ORDER BY seq", (name,)
        ).fetchall()
    connection.close()
    return [{"actor": actor, "outcome": outcome, **json.loads(details)} for actor, outcome, details in rows]


def enrolled(home: Path, email: str) -> None:
    """Put an authenticator on an account, as an enrolment leaves it."""
    with sqlite3.connect(home / "strongroom.db") as connection:
        connection.execute(
            "INSERT INTO totp_secrets (account_id, sealed, key_id, last_step, enrolled_at)"
            " SELECT id, x'00', 'totp-1', 1, 1 FROM accounts WHERE email = ?",
            (email,),
        )
    connection.close()


def test_a_member_is_added_and_may_sign_in(house: Path) -> None:
    ended = strongroom(house, "login", "--email", BEA, "--password-stdin", "--json", given=PASSWORD + "\n")
    assert answered(ended)["name"] == "Bea Lind"
    (created,) = [event for event in events(house, "account.created") if "operator" in event]
    assert created == {
        "actor": None,
        "outcome": "success",
        "breach": "clear_embedded",
        "operator": operator_name(),
        "role": "member",
    }


def test_what_is_said_of_a_new_member_says_how_they_get_their_password(founded: Path) -> None:
    ended = strongroom(founded, *ADD_BEA, "--role", "admin", given=PASSWORD + "\n")
    assert ended.out.splitlines() == [
        "bea@harbour.example is added to Harbour Trust as admin.",
        "The password: Checked against common passwords only.",
        "Next: tell them the password by a way that nobody else reads. They sign in with",
        "`strongroom`, change it, and set up two-factor authentication.",
    ]
    assert ended.err == ""


def test_members_are_listed_by_organisation_and_fit_a_terminal(house: Path) -> None:
    strongroom(house, *ADD_ORG, "--email", CLEO, "--password-stdin", given=PASSWORD)
    ended = strongroom(house, "admin", "user", "list")
    assert ended.out.splitlines() == [
        "Harbour Trust",
        "  Email                               Role    Status     2FA        Active",
        "  ada@harbour.example                 owner   active     off        now",
        "    Ada Byron",
        "  bea@harbour.example                 member  active     off        never",
        "    Bea Lind",
        "",
        "Borealis Shipping",
        "  Email                               Role    Status     2FA        Active",
        "  cleo@borealis.example               owner   active     off        never",
        "    Cleo Nord",
    ]
    assert max(map(len, ended.out.splitlines())) <= 80
    some = answered(strongroom(house, "admin", "user", "list", "--org", "borealis shipping", "--json"))
    assert [member["email"] for member in some["members"]] == [CLEO]


def test_a_list_holds_no_secret(house: Path) -> None:
    ended = strongroom(house, "admin", "user", "list", "--json")
    assert [word for word in ("argon2", "password", PASSWORD) if word in ended.out] == []
    assert set(answered(ended)["members"][0]) == {
        *("id", "organisation", "name", "email", "role", "status", "two_factor", "must_enrol"),
        *("created_at", "last_active_at"),
    }


def test_an_organisation_is_added_and_listed_with_its_figures(house: Path) -> None:
    added = answered(
        strongroom(house, *ADD_ORG, "--email", CLEO, "--password-stdin", "--json", given=PASSWORD + "\n")
    )
    assert (added["organisation"]["name"], added["owner"]["email"]) == ("Borealis Shipping", CLEO)
    listed = answered(strongroom(house, "admin", "org", "list", "--json"))["organisations"]
    assert [(one["name"], one["members"], one["with_two_factor"]) for one in listed] == [
        ("Harbour Trust", 2, 0),
        ("Borealis Shipping", 1, 0),
    ]
    said = strongroom(house, "admin", "org", "list").out.splitlines()
    assert said[1].startswith("Harbour Trust                     2 members, 0 with 2FA")
    assert said[2].strip() == listed[0]["id"]
    chains = answered(strongroom(house, "audit", "verify", "--json"))["chains"]
    assert listed[1]["id"] in {chain["organisation_id"] for chain in chains}


def test_an_account_is_closed_and_opened_again(house: Path) -> None:
    closed = answered(strongroom(house, "admin", "user", "suspend", BEA, "--yes", "--json"))
    assert (closed["member"]["status"], closed["sessions_ended"]) == ("suspended", 0)
    refused = strongroom(house, "login", "--email", BEA, "--password-stdin", given=PASSWORD + "\n")
    assert refused.code == ExitCode.AUTHENTICATION
    opened = strongroom(house, "admin", "user", "restore", BEA)
    assert opened.out.splitlines() == [
        "bea@harbour.example may sign in again.",
        "A notice to them is queued. Nothing sends mail yet: tell them yourself.",
    ]
    assert (
        strongroom(house, "login", "--email", BEA, "--password-stdin", given=PASSWORD).code == ExitCode.DONE
    )
    assert events(house, "account.suspended") == [
        {"actor": None, "outcome": "success", "operator": operator_name(), "sessions_ended": "0"}
    ]


def test_closing_says_how_many_sessions_ended(house: Path) -> None:
    strongroom(house, "login", "--email", BEA, "--password-stdin", given=PASSWORD)
    ended = strongroom(house, "admin", "user", "suspend", BEA, "--yes")
    assert ended.out.splitlines()[:2] == ["bea@harbour.example cannot sign in any more.", "1 session ended."]
    assert strongroom(house, "status").code == ExitCode.AUTHENTICATION


def test_a_second_factor_is_reset_with_its_reason_in_the_audit(house: Path) -> None:
    enrolled(house, BEA)
    reset = ("admin", "reset-2fa", BEA, "--reason", "Lost phone and codes, called in person")
    done = answered(strongroom(house, *reset, "--yes", "--json"))
    assert (done["member"]["two_factor"], done["member"]["must_enrol"]) == (False, True)
    assert events(house, "auth.2fa_reset") == [
        {
            "actor": None,
            "outcome": "success",
            "operator": operator_name(),
            "sessions_ended": "0",
            "stated_reason": "Lost phone and codes, called in person",
        }
    ]
    assert strongroom(house, *reset, "--yes").code == ExitCode.CONFLICT
    assert "was reset" in strongroom(house, "admin", "user", "list").out


def test_whose_second_factor_was_reset_is_told_so_by_their_commands(house: Path) -> None:
    enrolled(house, BEA)
    strongroom(house, "admin", "reset-2fa", BEA, "--reason", "Lost both", "--yes")
    signed_in = strongroom(house, "login", "--email", BEA, "--password-stdin", given=PASSWORD)
    assert signed_in.code == ExitCode.DONE
    assert signed_in.err.splitlines() == [RESET, "Set it up with: strongroom 2fa enroll"]
    refused = strongroom(house, "session", "list", "--json")
    assert refused.code == ExitCode.CONFIRMATION_NEEDED
    assert json.loads(refused.out)["error"]["tag"] == "enrolment_needed"
    assert strongroom(house, "logout").code == ExitCode.DONE


@pytest.mark.parametrize(
    ("arguments", "code", "tag"),
    [
        (("admin", "user", "suspend", BEA), ExitCode.CONFIRMATION_NEEDED, "confirmation_needed"),
        (("admin", "reset-2fa", BEA, "--reason", "x"), ExitCode.CONFIRMATION_NEEDED, "confirmation_needed"),
        (("admin", "user", "suspend", "ada@harbour.example", "--yes"), ExitCode.FORBIDDEN, "last_owner"),
        (
            ("admin", "user", "suspend", "nobody@harbour.example", "--yes"),
            ExitCode.NOT_FOUND,
            "no_such_member",
        ),
        (("admin", "user", "restore", BEA), ExitCode.CONFLICT, "already_so"),
        (("admin", "reset-2fa", BEA, "--reason", "x", "--yes"), ExitCode.CONFLICT, "nothing_to_reset"),
        (("admin", "reset-2fa", BEA, "--reason", "x" * 201, "--yes"), ExitCode.USAGE, "unusable_field"),
        (("admin", "reset-2fa", BEA, "--yes"), ExitCode.USAGE, "usage"),
        (("admin", "user", "list", "--org", "Nowhere"), ExitCode.NOT_FOUND, "no_such_organisation"),
        (("admin", "user", "add", "x@y.example", "--name", "X", "--role", "root"), ExitCode.USAGE, "usage"),
        (("admin", "user", "add", "x@y.example", "--name", "X"), ExitCode.USAGE, "usage"),
    ],
)
def test_each_refusal_has_its_exit_code_and_tag_and_changes_nothing(
    house: Path, arguments: tuple[str, ...], code: ExitCode, tag: str
) -> None:
    before = strongroom(house, "admin", "user", "list", "--json").out
    ended = strongroom(house, *arguments, "--json")
    error = json.loads(ended.out)["error"]
    assert (ended.code, error["tag"]) == (code, tag)
    assert error["sentence"] in ended.err
    assert strongroom(house, "admin", "user", "list", "--json").out == before


@pytest.mark.parametrize(
    ("arguments", "given", "code"),
    [
        (ADD_BEA, PASSWORD, ExitCode.CONFLICT),
        (
            ("admin", "user", "add", "x@y.example", "--name", "X Y", "--password-stdin"),
            "short",
            ExitCode.FORBIDDEN,
        ),
        (
            ("admin", "user", "add", "x@y.example", "--name", "Bea Llnd", "--password-stdin"),
            PASSWORD,
            ExitCode.DONE,
        ),
        (
            ("admin", "user", "add", "x@y.example", "--name", "Веа Lind", "--password-stdin"),
            PASSWORD,
            ExitCode.CONFLICT,
        ),
        ((*ADD_ORG, "--email", BEA, "--password-stdin"), PASSWORD, ExitCode.CONFLICT),
        (
            (
                "admin",
                "org",
                "add",
                "--org",
                "HARB0UR TRUST",
                "--name",
                "X",
                "--email",
                CLEO,
                "--password-stdin",
            ),
            PASSWORD,
            ExitCode.CONFLICT,
        ),
    ],
)
def test_who_cannot_be_added_is_refused_and_a_password_is_never_repeated(
    house: Path, arguments: tuple[str, ...], given: str, code: ExitCode
) -> None:
    ended = strongroom(house, *arguments, given=given)
    assert ended.code == code
    assert given not in ended.out + ended.err


def test_where_there_are_several_organisations_one_is_named(house: Path) -> None:
    strongroom(house, *ADD_ORG, "--email", CLEO, "--password-stdin", given=PASSWORD)
    add = ("admin", "user", "add", "dag@borealis.example", "--name", "Dag", "--password-stdin")
    assert strongroom(house, *add, given=PASSWORD).code == ExitCode.USAGE
    added = answered(strongroom(house, *add, "--org", "Borealis Shipping", "--json", given=PASSWORD))
    assert added["member"]["organisation"] == "Borealis Shipping"


def test_at_a_terminal_a_yes_is_asked_for_and_anything_else_changes_nothing(house: Path) -> None:
    no, said = in_terminal(environment_of(house), "admin", "user", "suspend", BEA, given=b"maybe\n")
    assert no == ExitCode.CONFIRMATION_NEEDED
    assert "This closes the account bea@harbour.example and ends its sessions." in said
    assert "Nothing was changed." in said
    assert "\x1b" not in said
    yes, said = in_terminal(environment_of(house), "admin", "user", "suspend", BEA, given=b"yes\n")
    assert yes == ExitCode.DONE
    assert "cannot sign in any more" in said
