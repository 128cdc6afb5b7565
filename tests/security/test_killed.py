"""kill -9 before any statement of a flow leaves the store all old or all new, and the audit whole (R104)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.security.forked import found_by

KILLED = [
    "found",
    "sign_in",
    "first_step",
    "second_step",
    "recovery_step",
    "revoke_others",
    "name_device",
    "set_lifetime",
    "unlock",
    "prove",
    "change_password",
    "confirm_enrolment",
    "disable",
    "regenerate",
    "add_organisation",
    "operator_add",
    "operator_suspend",
    "reset_two_factor",
]
"""The flows of more than one change; the others are cancelled statement by statement beside this."""


def kill(name: str, url: str, directory: Path, stride: int) -> None:
    """Kill the act at its statements and look at what each kill has left."""
    directory.chmod(0o700)
    found = found_by("killed", name, url, str(directory), str(stride))
    assert found["is_whole"]
    assert found["changed"]
    for one in found["kills"]:
        assert one["was_killed"], one
        assert one["is_whole"], one
        assert one["changed"] in ({}, found["changed"]), one


@pytest.mark.parametrize("name", KILLED)
def test_killed_at_a_sample_of_statements_it_is_all_old_or_all_new(
    name: str, unmade_url: str, tmp_path: Path
) -> None:
    kill(name, unmade_url, tmp_path, 9)


@pytest.mark.soak
@pytest.mark.parametrize("name", KILLED)
def test_killed_before_any_statement_it_is_all_old_or_all_new(
    name: str, unmade_url: str, tmp_path: Path
) -> None:
    kill(name, unmade_url, tmp_path, 1)
