"""What each command says to people: kept as text, each beside its exit code and the words it must have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from strongroom.grammar.tree import leaves, whole
from tests.snapshots import keep_no_others, kept_as
from tests.strongroom.snapshots.told import Day, a_day
from tests.strongroom.test_schemas import ANSWERING

pytestmark = pytest.mark.xdist_group("told")  # so that the day is lived once, by one worker

KEPT = Path(__file__).parent / "kept"

MEANT: dict[str, tuple[int, str]] = {
    "status.no_store": (4, "strongroom login"),
    "admin_init": (0, "keep a copy apart from the store's"),
    "status.signed_out": (4, "You are not signed in here."),
    "login.wrong": (4, "Email and password don't match."),
    "login": (0, "Signed in to Harbour Trust as ada@harbour.example."),
    "status.without_two_factor": (0, "off  Two-factor      off (2 minutes)"),
    "2fa_status.off": (0, "significantly reduces the risk of unauthorized access"),
    "2fa_enroll.given_up": (0, "AAAA AAAA AAAA AAAA"),
    "2fa_cancel": (0, "Nothing was switched on."),
    "2fa_enroll": (0, "strongroom 2fa verify"),
    "2fa_verify.wrong": (4, "Is the phone's clock right?"),
    "2fa_verify": (0, "Save your backup codes in a secure location."),
    "codes_confirm": (0, "confirmed as saved"),
    "2fa_status.on": (0, "8 of 8 backup codes remaining"),
    "status": (0, "Risk: negligible"),
    "session_list": (0, "Current"),
    "session_show": (0, "It is the session of these commands."),
    "session_show.unknown": (7, "No session of yours has this id."),
    "session_name": (0, "The device's name was saved."),
    "session_lifetime.told": (0, "30 days"),
    "session_lifetime": (0, "7 days at most"),
    "session_revoke.nowhere_else": (0, "You are signed in nowhere else."),
    "profile_show": (0, "Harbour Trust"),
    "profile_rename": (0, "Your name is Ada King."),
    "profile_appearance": (0, "high-contrast"),
    "activity_list": (0, "Recovery codes saved"),
    "activity_list.nothing": (0, "Nothing matches."),
    "activity_export": (0, "activity.csv, for you alone (0600)"),
    "config_show": (0, "variable STRONGROOM_BREACH_URL"),
    "completion.unknown": (2, "bash, zsh, fish"),
    "password_change.weak": (6, "More characters, 1 uppercase letter, 1 number, 1 symbol."),
    "password_change": (0, "Password changed."),
    "codes_regenerate.unsure": (5, "Nothing was changed."),
    "codes_regenerate": (0, "XXXX-XXXX-XXXX-XXXX"),
    "2fa_disable.unsure": (5, "This will make your account less secure."),
    "2fa_disable": (0, "2FA is Disabled."),
    "logout": (0, "You signed out."),
    "logout.twice": (0, "You were not signed in here."),
    "admin_org_add": (0, "eve@lighthouse.example is its first owner"),
    "admin_org_list": (0, "Lighthouse"),
    "admin_user_add": (0, "bob@harbour.example is added to Harbour Trust as member."),
    "admin_user_add.taken": (8, "belongs to an account already"),
    "admin_user_list": (0, "Bob Reed"),
    "admin_user_suspend.unsure": (5, "say --yes where you are sure"),
    "admin_user_suspend": (0, "cannot sign in any more"),
    "admin_user_suspend.last_owner": (6, "last owner"),
    "admin_user_restore": (0, "may sign in again"),
    "admin_reset-2fa.unknown": (7, "No account has this email or id."),
    "admin_reset-2fa.off": (8, "no second factor"),
    "login.again": (0, "Signed in to Harbour Trust"),
    "2fa_enroll.again": (0, "AAAA AAAA AAAA AAAA"),
    "2fa_verify.again": (0, "XXXX-XXXX-XXXX-XXXX"),
    "admin_reset-2fa": (0, "The second factor of ada@harbour.example is gone"),
    "login.reset": (0, "strongroom 2fa enroll"),
    "status.reset": (5, "strongroom 2fa enroll"),
    "admin_keys_rotate": (0, "Make a new copy of /srv/acme/keys.json."),
    "audit_verify": (0, "whole"),
    "doctor": (0, "/srv/acme/strongroom.db, 3 accounts."),
    "admin_breach_import": (0, "Imported 1 hash into"),
    "admin_breach_check": (0, "1 hash, imported on"),
    "admin_backup": (0, "The keys are not in it."),
    "admin_move.nowhere": (2, "--to URL"),
    "admin_move": (0, "The old store /srv/acme/strongroom.db stays as it was, frozen"),
    "admin_user_suspend.moved_away": (69, "moved"),
    "admin_restore": (0, "Everybody signs in again."),
    "demo.no_terminal": (2, "strongroom --plain"),
    "version": (0, "Strongroom 1.2.3"),
    "version.unknown_option": (2, "Unknown option --colour."),
}
"""The exit code of each case, and what a person must be able to read there."""

NOT_TOLD = {"completion": "writes a program for a shell, which shells run in test_completion"}
"""Commands whose answer is not for people."""


@pytest.fixture(scope="module")
def day() -> Iterator[Day]:
    """The day, lived once."""
    with a_day() as lived:
        yield lived


@pytest.mark.parametrize("case", MEANT)
def test_a_command_says_to_people_what_it_means(day: Day, case: str) -> None:
    code, words = MEANT[case]
    shown = day.shown(case)
    assert day.said[case].code == code, shown
    assert words in shown
    assert max(map(len, shown.splitlines())) <= 240
    kept_as(KEPT / f"{case}.txt", shown)


def test_every_command_is_told_and_nothing_else_is_kept(day: Day) -> None:
    assert set(MEANT) == set(day.said)
    assert set(leaves(whole())) - set(day.cases.values()) - set(NOT_TOLD) == set()
    keep_no_others(KEPT, {f"{case}.txt" for case in MEANT})


def test_every_command_that_answers_programs_does_so_by_its_schema() -> None:
    with a_day(in_json=True) as day:
        done = {title for case, title in day.cases.items() if day.said[case].code == 0}
        for case, (code, _) in MEANT.items():
            assert day.said[case].code == code, case
    assert set(ANSWERING) - done == set()
