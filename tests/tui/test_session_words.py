"""Sessions in words, and what a page makes of one reading after another."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from security.facts import SessionsView, SessionView
from security.safe_text import SafeText
from security.vocabulary import EndReason, SignInMethod
from tui.session_watch import SHOWN_ENDED, SessionWatch
from tui.words.lifetime import effect_words, offered, short_words
from tui.words.moments import relative, until_relative_changes
from tui.words.sessions import (
    address_words,
    ended_badge,
    ended_sentence,
    foot_words,
    lifetime_words,
    place_words,
    proof_words,
    short_address,
    state_words,
    strange,
)

NOW = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)

SESSION = SessionView(
    id="one",
    client=SafeText("Firefox 131 on Linux"),
    device_name=None,
    source_ip=SafeText("198.51.100.4"),
    is_this_network=False,
    city=SafeText("Oslo"),
    country=SafeText("Norway"),
    created_at=NOW - timedelta(hours=1),
    authenticated_at=NOW - timedelta(hours=1),
    methods=(SignInMethod.PASSWORD, SignInMethod.TOTP),
    last_active_at=NOW - timedelta(minutes=12),
    expires_at=NOW + timedelta(days=30),
    is_current=False,
    is_new_device=False,
    is_new_network=False,
    is_new_country=False,
    is_kept=False,
    is_locked=False,
)
"""A session like any other."""


def view_of(*sessions: SessionView, ended: tuple[SessionView, ...] = (), at: datetime = NOW) -> SessionsView:
    """A reading of the page."""
    thirty = timedelta(days=30)
    return SessionsView(sessions, ended, thirty, thirty, timedelta(days=7), 20, at)


def test_a_place_is_never_blank() -> None:
    assert place_words(SESSION) == "Oslo, Norway"
    assert place_words(replace(SESSION, city=None)) == "Norway"
    assert place_words(replace(SESSION, city=None, country=None)) == "place unknown"
    assert place_words(replace(SESSION, is_this_network=True)) == "this network"


def test_an_address_that_is_none_is_told_in_words() -> None:
    assert address_words(replace(SESSION, source_ip=SafeText("local"))) == "this machine"
    assert address_words(replace(SESSION, source_ip=SafeText("unknown"))) == "address unknown"


@pytest.mark.parametrize(
    ("address", "most", "short"),
    [
        ("203.0.113.7", 15, "203.0.113.7"),
        ("2001:db8:85a3:1234:5678:9abc:def0:7334", 19, "2001:db8:…:7334"),
        ("2001:db8:85a3:1234:5678:9abc:def0:7334", 20, "2001:db8:85a3:…:7334"),
        ("2001:db8:85a3::7334", 15, "2001:db8:…:7334"),
    ],
)
def test_of_a_long_address_whole_groups_in_the_middle_are_left_out(
    address: str, most: int, short: str
) -> None:
    assert short_address(address, most) == short
    assert len(short) <= most


def test_the_gravest_strangeness_is_told_first() -> None:
    all_of_them = replace(SESSION, is_new_country=True, is_new_device=True, is_new_network=True)
    known_country = replace(all_of_them, is_new_country=False)
    known_device = replace(known_country, is_new_device=False)
    badges = [odd.badge for odd in map(strange, (all_of_them, known_country, known_device)) if odd]
    assert badges == ["new country", "new device", "new network"]
    assert strange(SESSION) is None


def test_the_current_session_is_never_called_strange() -> None:
    assert state_words(replace(SESSION, is_current=True, is_new_device=True)) == ("Current",)


@pytest.mark.parametrize("reason", list(EndReason))
def test_every_end_has_words(reason: EndReason) -> None:
    over = replace(SESSION, ended_at=NOW, end_reason=reason)
    assert ended_badge(over)
    assert ended_sentence(over).endswith(".")
    assert not foot_words(over, NOW, UTC)  # its row says it


@pytest.mark.parametrize("count", range(3))
def test_how_somebody_signed_in_is_a_sentence(count: int) -> None:
    expected = ("in a way that is not known", "with password", "with password and code")
    assert proof_words(SESSION.methods[:count]) == expected[count]


def test_every_method_has_a_word() -> None:
    assert proof_words(tuple(SignInMethod)) == "with password, code and backup code"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(60, "1 hour"), (90, "90 minutes"), (480, "8 hours"), (1440, "1 day"), (43200, "30 days")],
)
def test_a_lifetime_is_told_in_its_largest_unit(minutes: int, words: str) -> None:
    assert lifetime_words(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize("seconds", [0, 59, 60, 3599, 3600, 86399, 86400, 60 * 86400, 71 * 86400 + 5])
def test_the_words_of_a_moment_change_exactly_when_it_is_said(seconds: int) -> None:
    at = NOW - timedelta(seconds=seconds)
    until = timedelta(seconds=until_relative_changes(at, NOW))
    before = relative(at, NOW)
    assert relative(at, NOW + until - timedelta(seconds=1)) == before
    assert relative(at, NOW + until) != before


def test_only_what_begins_after_the_first_reading_is_new_until_it_was_seen() -> None:
    watch, other = SessionWatch(), replace(SESSION, id="two")
    watch.take(view_of(SESSION))
    assert [row.is_new for row in watch.rows(view_of(SESSION), UTC)] == [False]
    both = view_of(SESSION, other)
    watch.take(both)
    watch.take(both)
    assert {row.session.id: row.is_new for row in watch.rows(both, UTC)} == {"one": False, "two": True}
    watch.acknowledge()
    assert not any(row.is_new for row in watch.rows(both, UTC))


def test_what_ended_while_it_was_shown_says_so_for_five_seconds_and_nothing_else_does() -> None:
    watch = SessionWatch()
    over = replace(SESSION, ended_at=NOW, end_reason=EndReason.REVOKED)
    stranger = replace(over, id="never shown")
    watch.take(view_of(SESSION))
    ended = view_of(ended=(over, stranger))
    watch.take(ended)
    assert [row.session.id for row in watch.rows(ended, UTC)] == ["one"]
    assert watch.seconds_left(ended) <= SHOWN_ENDED.total_seconds()
    later = view_of(ended=(over,), at=NOW + SHOWN_ENDED - timedelta(seconds=1))
    watch.take(later)
    assert len(watch.rows(later, UTC)) == 1
    gone = view_of(ended=(over,), at=NOW + SHOWN_ENDED)
    watch.take(gone)
    assert watch.rows(gone, UTC) == ()


def test_the_page_is_read_again_when_its_next_words_change() -> None:
    watch = SessionWatch()
    view = view_of(replace(SESSION, last_active_at=NOW - timedelta(minutes=12, seconds=48)))
    watch.take(view)
    assert watch.seconds_left(view) == pytest.approx(12)


def test_lifetimes_are_offered_up_to_the_organisations_and_with_the_present_one() -> None:
    view = replace(view_of(SESSION), longest=timedelta(hours=24), lifetime=timedelta(minutes=90))
    assert [short_words(one) for one in offered(view)] == ["1 h", "90 min", "8 h", "1 d"]


def test_the_effect_of_a_lifetime_counts_what_it_ends() -> None:
    mine = replace(SESSION, id="mine", is_current=True)
    old = replace(SESSION, id="old", created_at=NOW - timedelta(hours=9))
    view = view_of(mine, SESSION, old)
    assert "None of yours is older than that." in effect_words(view, timedelta(days=1))
    assert "1 other session is older and signed out at once." in effect_words(view, timedelta(hours=8))
    assert "you are signed out at once, and 2 other ones too." in effect_words(view, timedelta(hours=1))


def test_what_a_newer_program_wrote_of_a_session_stands_as_it_is() -> None:
    over = replace(SESSION, ended_at=NOW, end_reason=EndReason.kept("device_lost"))
    assert ended_badge(over) == "ended"
    assert ended_sentence(over) == "It has ended: device_lost."
    assert proof_words((SignInMethod.PASSWORD, SignInMethod.kept("passkey"))) == "with password and passkey"
