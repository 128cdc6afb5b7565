"""What the terminal calls itself, on its way into the visit."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from security.facts import AccountView, Secret, SignedIn
from security.origin import Origin
from security.safe_text import sanitise
from security.vocabulary import Appearance, Role
from tui.app import StrongroomApp
from tui.door import Door
from tui.visit import Visit

ADA = SignedIn(
    Secret("token"),
    "session",
    AccountView(
        "id",
        sanitise("ada@acme.example"),
        sanitise("Ada"),
        sanitise("Acme"),
        Role.OWNER,
        Appearance.DARK,
        has_two_factor=False,
        must_enrol=False,
    ),
    datetime(2026, 11, 21, tzinfo=UTC),
)


async def never() -> object:
    """Open nothing."""
    raise AssertionError


def a_door(**more: object) -> Door:
    """A door that opens nothing."""
    return Door(
        connect=never,  # type: ignore[arg-type]
        origin=Origin(Secret("one"), "local", "xterm-256color", "node"),
        environment={"TERM": "xterm-256color"},
        **more,  # type: ignore[arg-type]
    )


def test_outside_a_session_the_name_is_taken_at_once() -> None:
    visit = Visit(a_door())
    visit.name_client("kitty 0.35.2")
    assert visit.origin.client == "kitty 0.35.2"
    assert visit.origin.connection == visit.door.origin.connection


async def test_a_session_that_has_begun_keeps_its_client_and_the_next_one_has_the_name() -> None:
    visit = Visit(a_door(signed_in=ADA))
    visit.name_client("kitty 0.35.2")
    assert visit.origin.client == "xterm-256color"
    await visit.forget()
    assert visit.origin.client == "kitty 0.35.2"


async def test_without_an_answer_the_client_stays_over_a_sign_out() -> None:
    visit = Visit(a_door(signed_in=ADA))
    await visit.forget()
    assert visit.origin.client == "xterm-256color"


def test_the_app_hands_on_what_its_door_puts_into_words() -> None:
    app = StrongroomApp(a_door(name_client=lambda answer: f"OpenSSH, {answer}"))
    assert app.asks_for_version
    app.terminal_named("kitty 0.35.2")
    assert app.visit.origin.client == "OpenSSH, kitty 0.35.2"


def test_the_app_drops_what_its_door_can_make_nothing_of() -> None:
    app = StrongroomApp(a_door(name_client=lambda _answer: None))
    app.terminal_named("nonsense")
    assert app.visit.origin.client == "xterm-256color"


@pytest.mark.parametrize("environment", [{"TERM": "linux"}, {"TERM": "vt220"}, {}])
def test_a_terminal_that_might_print_the_question_is_not_asked(environment: dict[str, str]) -> None:
    door = Door(connect=never, origin=a_door().origin, environment=environment, name_client=str)  # type: ignore[arg-type]
    assert not StrongroomApp(door).asks_for_version


def test_a_door_that_has_no_use_for_the_name_does_not_ask() -> None:
    app = StrongroomApp(a_door())
    assert not app.asks_for_version
    app.terminal_named("kitty 0.35.2")
    assert app.visit.origin.client == "xterm-256color"
