"""The words of the activity: what failed says so, months are told in figures, searches find what is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from security.activity_facts import ActivityDays, ActivityEvent, ActivityMark
from security.safe_text import SafeText, sanitise
from security.vocabulary import ActivityKind, BreachOutcome, EventName
from tui.widgets.activity_chart import bars
from tui.words.activity import (
    KINDS,
    days_words,
    detail_words,
    facts_of,
    happening_words,
    reason_words,
    terms_of,
)
from tui.words.events import event_words
from tui.words.refusals import breach_words

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def an_event(name: EventName, *, was_success: bool = True, reason: str = "") -> ActivityEvent:
    """Something that happened."""
    return ActivityEvent(
        id="id",
        mark=ActivityMark(AT, 1),
        name=name,
        was_success=was_success,
        reason=sanitise(reason),
        client=SafeText("kitty"),
        source_ip=SafeText("203.0.113.7"),
        session=None,
        node=SafeText("vault-1"),
        is_by_other=False,
        details=(),
    )


@pytest.mark.parametrize("name", EventName)
def test_every_event_that_did_not_come_to_pass_says_so_in_words(name: EventName) -> None:
    words = happening_words(an_event(name, was_success=False))
    assert any(said in words for said in ("failed", "refused", "not made"))
    assert happening_words(an_event(name)) == event_words(name)


def test_an_event_of_a_newer_program_has_its_name_for_words() -> None:
    event = an_event(EventName.kept("auth.passkey_added"), was_success=False)
    assert happening_words(event) == "auth.passkey_added: refused"
    assert ("Event", "auth.passkey_added") in facts_of(event, UTC)


@pytest.mark.parametrize("kind", [None, *ActivityKind])
def test_every_kind_has_words(kind: ActivityKind | None) -> None:
    assert KINDS[kind]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((0, 0, 0), "No events in 3 days"),
        ((0, 1, 0), "1 event in 3 days, on 2 March"),
        ((3, 41, 2), "46 events in 3 days, most on 2 March (41)"),
        ((7, 0, 7), "14 events in 3 days, most on 3 March (7)"),
    ],
)
def test_a_month_is_told_in_figures(counts: tuple[int, ...], words: str) -> None:
    assert days_words(ActivityDays(date(2026, 3, 1), counts)) == words


def test_days_that_are_not_the_persons_are_told_as_those_of_utc() -> None:
    days = ActivityDays(date(2026, 3, 1), (2, 1))
    assert days_words(days, timezone(timedelta(hours=9))) == "3 events in 2 days, most on 1 March UTC (2)"
    assert days_words(days, timezone(timedelta())) == "3 events in 2 days, most on 1 March (2)"


@pytest.mark.parametrize(
    ("counts", "drawn"),
    [
        ((), ""),
        ((0, 0), "··"),
        ((1, 0, 1), "█·█"),
        ((1, 1000), "▁█"),
        ((1, 2, 3, 4, 5, 6, 7, 8), "▁▂▃▄▅▆▇█"),
    ],
)
def test_a_day_with_any_event_has_a_bar_and_the_busiest_is_full(counts: tuple[int, ...], drawn: str) -> None:
    assert bars(counts) == drawn


def test_a_word_of_the_screen_finds_the_events_that_it_stands_for() -> None:
    (unpaired, drawn) = terms_of(" Sign-IN  ☃ ")
    assert unpaired.names == {EventName.SIGN_IN_FAILED}
    assert (drawn.text, drawn.names, drawn.failures) == ("☃", frozenset(), False)
    assert terms_of("   ") == ()
    assert terms_of("refus")[0].failures
    assert EventName.PASSWORD_CHANGE_REFUSED in terms_of("refus")[0].names


def test_tags_are_spoken_and_ids_left_alone() -> None:
    assert reason_words(an_event(EventName.SIGN_IN_FAILED, reason="wrong_credentials")) == "wrong credentials"
    assert detail_words(SafeText("sessions_ended"), SafeText("2")) == ("Other sessions ended", "2")
    assert detail_words(SafeText("device_id"), SafeText("a_b")) == ("Device's id", "a_b")
    assert detail_words(SafeText("new_fact"), SafeText("is_so")) == ("New fact", "is_so")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("methods", "password totp", "password and code"),
        ("method", "recovery_code", "backup code"),
        ("methods", "retina", "retina"),
        ("seconds", "3600", "1 hour"),
        ("seconds", "policy", "as the organisation sets it"),
        ("seconds", "٣", "as the organisation sets it"),
        ("breach", "clear_online", "In no known breach (checked online)."),
        ("breach", "clear_breach_file", "In no known breach (checked offline)."),
        # What an audit of before there was a breach file says: only the embedded list was asked.
        ("breach", "clear_offline", breach_words(BreachOutcome.CLEAR_EMBEDDED).sentence),
        ("breach", "odd", "odd"),
        ("kept", "true", "yes"),
        ("name", "kitchen_laptop", "kitchen_laptop"),
        ("name", "", "none: it was taken away"),
        ("cause", "wrong_password", "wrong password"),
    ],
)
def test_what_a_detail_says_is_told_in_words(name: str, value: str, words: str) -> None:
    assert detail_words(SafeText(name), SafeText(value))[1] == words


@pytest.mark.parametrize("typed", ["this machine", "This  Machine", "local"])
def test_a_terminal_of_this_machine_is_found_by_the_words_that_are_shown_for_it(typed: str) -> None:
    assert [term.text for term in terms_of(f"{typed} tmux")] == ["local", "tmux"]
