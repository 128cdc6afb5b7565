"""The words of refusals, events and times: complete, plain, and never a bare class name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from security import refusals
from security.facts import RuleState
from security.refusals import CodeRejected, Refusal, SessionOver, Throttled, UnusableField, WeakPassword
from security.trouble import StoreTrouble
from security.vocabulary import AccountStatus, BreachOutcome, EndReason, EventName, PasswordRule
from tui.answers import joined, words_of
from tui.words.events import event_words
from tui.words.moments import ago_words, countdown, countdown_words, drift_words, moment, relative, stamp
from tui.words.refusals import breach_words, ended_words, refusal_words, rule_words

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)

EXAMPLES: dict[str, Refusal] = {
    "WeakPassword": WeakPassword((PasswordRule.LENGTH, PasswordRule.DIGIT)),
    "BreachedPassword": refusals.BreachedPassword(BreachOutcome.FOUND_ONLINE),
    "Throttled": Throttled(NOW + timedelta(minutes=5)),
    "SessionOver": SessionOver("revoked"),
    "ReauthenticationNeeded": refusals.ReauthenticationNeeded(second_factor=True),
    "UnusableField": UnusableField("email", "not_an_address"),
    "NameTaken": refusals.NameTaken("organisation"),
    "AlreadySo": refusals.AlreadySo(AccountStatus.SUSPENDED),
}


def an_example(kind: type[Refusal]) -> Refusal:
    """A refusal of the given kind."""
    return EXAMPLES.get(kind.__name__) or kind()


@pytest.mark.parametrize("kind", Refusal.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_refusal_has_words_of_its_own(kind: type[Refusal]) -> None:
    words = refusal_words(an_example(kind), now=NOW)
    assert words.sentence != refusal_words(Refusal(), now=NOW).sentence
    assert kind.tag not in words.sentence


def test_a_wrong_current_password_names_caps_lock_and_the_saved_value() -> None:
    words = refusal_words(refusals.WrongPassword(), now=NOW)
    assert words.sentence == "Current password is incorrect"
    assert "caps lock" in words.hint
    assert "saved value" in words.hint


def test_a_drifting_clock_is_named_with_its_size() -> None:
    assert "about 2 minutes ahead" in refusal_words(CodeRejected(drift_seconds=120), now=NOW).sentence
    assert drift_words(-45) == "about 45 seconds behind"


def test_a_refused_backup_code_says_that_failed_tries_spend_nothing() -> None:
    assert "Failed tries spend nothing" in refusal_words(CodeRejected(), now=NOW, recovery_code=True).hint


def test_a_lock_is_counted_down_honestly() -> None:
    assert "5:00" in refusal_words(Throttled(NOW + timedelta(minutes=5)), now=NOW).sentence
    assert countdown(NOW + timedelta(milliseconds=1), NOW) == "0:01"
    assert countdown(NOW, NOW) == "0:00"
    assert countdown(NOW + timedelta(hours=1, seconds=61), NOW) == "1:01:01"


@pytest.mark.parametrize("name", EventName)
def test_every_event_has_words(name: EventName) -> None:
    assert event_words(name)[0].isupper()


@pytest.mark.parametrize("outcome", BreachOutcome)
def test_every_breach_outcome_is_said(outcome: BreachOutcome) -> None:
    assert breach_words(outcome).sentence.endswith(".")


@pytest.mark.parametrize("reason", EndReason)
def test_every_end_of_a_session_has_a_reason_in_words(reason: EndReason) -> None:
    assert ended_words(reason) != ended_words("something unheard of")


@pytest.mark.parametrize("rule", PasswordRule)
def test_every_rule_has_words(rule: PasswordRule) -> None:
    assert rule_words(RuleState(rule, False, 12 if rule is PasswordRule.LENGTH else 1))


def test_the_length_rule_says_its_number() -> None:
    assert rule_words(RuleState(PasswordRule.LENGTH, False, 15)) == "At least 15 characters"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=-3), "now"),
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=98), "14 wk"),
    ],
)
def test_relative_times_are_short(ago: timedelta, words: str) -> None:
    assert relative(NOW - ago, NOW) == words


def test_stamps_are_as_narrow_as_the_day_allows() -> None:
    assert stamp(NOW - timedelta(hours=1), NOW, UTC) == "13:05"
    assert stamp(NOW - timedelta(days=2), NOW, UTC) == "Thu"
    assert stamp(NOW - timedelta(days=30), NOW, UTC) == "22 Oct"
    assert stamp(NOW - timedelta(days=400), NOW, UTC) == "17 Oct 2025"
    assert moment(NOW, UTC) == "21 November 2026, 14:05 UTC"


@pytest.mark.parametrize(
    "said", ["There is no room left, so nothing was changed. Free some disk space.", "It is busy."]
)
def test_of_a_store_that_cannot_serve_it_is_said_once_that_nothing_was_changed(said: str) -> None:
    assert joined(words_of(StoreTrouble(said), None)).casefold().count("nothing was changed") == 1


@pytest.mark.parametrize(
    ("seconds", "heard"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (61, "1 minute 1 second"),
        (299.5, "5 minutes"),
        (3_599, "59 minutes 59 seconds"),
        (7_385, "2 hours 3 minutes"),
    ],
)
def test_a_wait_is_told_in_words_that_can_be_heard(seconds: float, heard: str) -> None:
    assert countdown_words(NOW + timedelta(seconds=seconds), NOW) == heard


@pytest.mark.parametrize(
    ("seconds", "heard"),
    [
        (59, "just now"),
        (60, "1 minute ago"),
        (7_200, "2 hours ago"),
        (86_400, "1 day ago"),
        (86_400 * 98, "14 weeks ago"),
    ],
)
def test_how_long_ago_is_told_in_words_that_can_be_heard(seconds: float, heard: str) -> None:
    assert ago_words(NOW - timedelta(seconds=seconds), NOW) == heard


def test_a_lock_can_be_told_by_its_wait_in_words() -> None:
    words = refusal_words(Throttled(NOW + timedelta(seconds=252)), now=NOW, left=countdown_words)
    assert words.sentence == "Too many tries. The next one is answered in 4 minutes 12 seconds."
