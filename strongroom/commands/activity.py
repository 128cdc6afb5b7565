"""`strongroom activity list`: what happened to the account, newest first."""

from __future__ import annotations

import argparse
import os
from functools import partial

from security.activity_facts import ActivityEvent, ActivityMark, ActivityPage, ActivityQuery
from security.refusals import NotFound
from security.secret import Secret
from security.vocabulary import ActivityKind
from strongroom.accessible import wants_lines
from strongroom.commands.answer import Answer, Fact, when
from strongroom.commands.desk import Desk, at_desk
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from tui.words.activity import days_words, happening_words, terms_of
from tui.words.moments import row_stamp
from tui.words.sessions import cut, short_address, source_words

_EVENT, _DEVICE, _ADDRESS = 28, 19, 15
"""Cells of the columns."""


def run_list(settings: Settings, given: argparse.Namespace) -> int:
    """List the newest events, or those below one of them."""
    return at_desk(settings, given, lambda desk: _list(desk, given))


async def _list(desk: Desk, given: argparse.Namespace) -> Answer:
    """Read pages until there are as many events as are wanted, and say how to go on."""
    kind = None if given.kind is None else ActivityKind(given.kind.replace("-", "_"))
    query = ActivityQuery(kind, terms_of(given.search))
    days = await desk.act(desk.services.activity.days)
    events, has_older = await _events(desk, query, given.before, given.limit)
    older = events[-1].id if has_older and events else None
    lines = [f"{days_words(days, desk.zone)}."] if query.wants_all and given.before is None else []
    if events:
        lines.append(f"{'Time':<12}  {'  Event':<{_EVENT}}  {'Device':<{_DEVICE}}  Address")
    lines += [_line(desk, event) for event in events]
    if wants_lines(os.environ):
        from strongroom.plain.activity import row_words  # needed here alone

        lines = [row_words(event, desk.zone) for event in events]
    notes = ["Nothing matches." if not query.wants_all else "Nothing there."] if not events else []
    if older is not None:
        notes.append(f"Older ones: the same with --before {older}")
    facts: dict[str, Fact] = {
        "events": [event_facts(event) for event in events],
        "older_than": older,
        "first_day": days.first.isoformat(),
        "events_by_day": list(days.counts),
    }
    return Answer(tuple(lines), facts, tuple(notes))


async def _events(
    desk: Desk, query: ActivityQuery, before: str | None, limit: int
) -> tuple[list[ActivityEvent], bool]:
    """So many events, or fewer where there are no more; and whether older ones may lie beyond."""
    events: list[ActivityEvent] = []
    below = None if before is None else await _mark(desk, before)
    while len(events) < limit:
        page = await desk.act(partial(_page, desk, query, below, limit - len(events)))
        events += page.events
        below = page.older
        if below is None:
            return events, False
    return events, True


async def _page(
    desk: Desk, query: ActivityQuery, below: ActivityMark | None, limit: int, token: Secret
) -> ActivityPage:
    """One page."""
    return await desk.services.activity.older(token, query, below, limit)


async def _mark(desk: Desk, event_id: str) -> ActivityMark:
    """The place of an event that was named.

    Raises:
        Stopped: there is none of this account, with exit code 7.
    """
    try:
        return await desk.act(lambda token: desk.services.activity.mark(token, event_id))
    except NotFound:
        raise Stopped("No event of your account has this id.", ExitCode.NOT_FOUND, tag=NotFound.tag) from None


def _line(desk: Desk, event: ActivityEvent) -> str:
    """An event in one line; a failure wears a mark and says so in its words."""
    mark = " " if event.was_success else "!"
    words = cut(f"{mark} {happening_words(event)}", _EVENT)
    address = short_address(source_words(event.source_ip), _ADDRESS)
    stamp = row_stamp(event.at, desk.now, desk.zone)
    return f"{stamp:<12}  {words:<{_EVENT}}  {cut(event.client, _DEVICE):<{_DEVICE}}  {address}"


def event_facts(event: ActivityEvent) -> dict[str, Fact]:
    """An event for a program."""
    return {
        "id": event.id,
        "at": when(event.at),
        "name": event.name.value,
        "was_success": event.was_success,
        "reason": event.reason,
        "client": event.client,
        "address": event.source_ip,
        "session": event.session,
        "node": event.node,
        "is_by_other": event.is_by_other,
        "details": [{"name": name, "value": value} for name, value in event.details],
    }
