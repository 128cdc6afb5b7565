"""The export's dialog: what goes, where to, who asks, how it is stopped, and what stands there in the end."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import stat
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from security import activity_export as rules
from security.activity_facts import ActivityQuery, ActivityTerm
from security.vocabulary import ActivityKind, EventName
from store import activity as activity_rows
from store.errors import Unavailable
from tests.tui.house import PASSWORD, House, a_house, settled
from tests.tui.two_factor_visits import Visit, visiting
from tui.messages import GoTo, Place
from tui.screens import export as dialog
from tui.screens.activity import ActivityScreen
from tui.screens.export import ExportScreen
from tui.screens.reauthentication import ReauthenticationScreen
from tui.screens.sign_in import SignInScreen
from tui.widgets.push_button import PushButton
from tui.widgets.text_field import TextField

SIZES = [(60, 20), (80, 24), (120, 40)]
NAME = "strongroom-activity-2026-03-02"
ALL = ActivityQuery()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A house of its own for each test."""
    async with a_house(tmp_path) as built:
        yield built


@pytest.fixture
async def visit(house: House, own_home: Path) -> AsyncIterator[Visit]:
    """A founder in their session, with a home to write to."""
    async with visiting(house, await house.founder()) as visit:
        yield visit


async def at_activity(visit: Visit) -> ActivityScreen:
    """Go to the page and wait until it is read."""
    visit.app.screen.post_message(GoTo(Place.ACTIVITY))
    await settled(visit.pilot)
    await settled(visit.pilot)
    assert isinstance(visit.app.screen, ActivityScreen)
    return visit.app.screen


async def events(visit: Visit) -> list[EventName]:
    """What the store holds of the person, newest first."""
    services = visit.house.services
    page = await services.activity.newest(visit.app.visit.token, ALL, 500)
    return [event.name for event in page.events]


async def until(visit: Visit, words: str) -> None:
    """Wait until words stand on the screen, while something is being written."""
    async with asyncio.timeout(20):
        while words not in visit.text():
            await visit.pilot.pause(0.02)


def press(visit: Visit, button: str) -> None:
    """Press a button."""
    visit.app.screen.query_one(button, PushButton).press()


@pytest.mark.parametrize("size", SIZES)
async def test_e_asks_where_to_and_says_what_and_on_which_machine(
    house: House, own_home: Path, size: tuple[int, int]
) -> None:
    async with visiting(house, await house.founder(), size) as visit:
        await at_activity(visit)
        await visit.press("e")
        assert visit.top() is ExportScreen
        total = len(await events(visit))
        text = visit.text()
        assert f"All {total} events, in a new file on vault-1 that nobody but you may" in text
        for words in (f"~/{NAME}", "Save as CSV", "Save as JSON Lines", "Cancel", "esc Cancel"):
            assert words in text
        for button in ("#csv", "#jsonl", "#cancel"):
            assert visit.app.screen.region.contains_region(visit.app.screen.query_one(button).region)


async def test_help_and_footer_know_the_key(visit: Visit) -> None:
    await at_activity(visit)
    assert "e Export" in visit.text()
    await visit.press("question_mark")
    await visit.type("export")
    await settled(visit.pilot)
    assert "Write the events that the list holds to a file" in visit.text()


@pytest.mark.parametrize(("button", "ending"), [("#csv", ".csv"), ("#jsonl", ".jsonl")])
async def test_every_event_is_written_to_a_private_file_and_the_page_says_where(
    visit: Visit, own_home: Path, button: str, ending: str
) -> None:
    before = await events(visit)
    await at_activity(visit)
    await visit.press("e")
    press(visit, button)
    await settled(visit.pilot)
    await settled(visit.pilot)
    path = own_home / f"{NAME}{ending}"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_bytes().decode()
    if ending == ".csv":
        names = [row["event"] for row in csv.DictReader(io.StringIO(text, newline=""))]
    else:
        names = [json.loads(line)["event"] for line in text.splitlines()]
    assert names == [name.value for name in reversed(before)]
    assert visit.top() is ActivityScreen
    assert f"Saved {len(names)} events on vault-1 as" in visit.text()
    assert path.name in visit.text().replace(" ", "")
    assert "for you alone (0600)" in visit.text()
    assert (await events(visit))[0] is EventName.ACTIVITY_EXPORTED
    assert [one.name for one in own_home.iterdir()] == [path.name]


async def test_what_the_filter_lets_through_is_what_is_exported(visit: Visit, own_home: Path) -> None:
    await visit.house.services.accounts.rename(visit.app.visit.token, "Amir A", visit.app.visit.origin)
    screen = await at_activity(visit)
    screen.query_one("#filter", TextField).value = "name changed"
    await visit.pilot.pause(0.4)
    await settled(visit.pilot)
    assert screen.asked == ActivityQuery(terms=screen.asked.terms)
    await visit.press("e")
    assert "The one event that matches, in a new file" in visit.text()
    await visit.press("enter")
    text = (own_home / f"{NAME}.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["event"] for row in rows] == [EventName.ACCOUNT_RENAMED]


async def test_nothing_that_matches_is_said_and_no_file_is_offered(visit: Visit, own_home: Path) -> None:
    await visit.open(ExportScreen(ActivityQuery(terms=(ActivityTerm("nowhere"),)), NAME))
    assert "Nothing matches, so there is nothing to export." in visit.text()
    screen = visit.app.screen
    assert screen.focused is screen.query_one("#cancel")
    screen.query_one(TextField).focus()
    await visit.press("enter")
    assert visit.top() is ExportScreen
    assert list(own_home.iterdir()) == []


async def test_an_old_proof_is_asked_for_and_the_export_goes_on_by_itself(
    visit: Visit, own_home: Path
) -> None:
    """R058."""
    visit.house.clock.advance(timedelta(minutes=6))
    await visit.open(ExportScreen(ALL, NAME))
    press(visit, "#jsonl")
    await settled(visit.pilot)
    assert visit.top() is ReauthenticationScreen
    assert list(own_home.iterdir()) == []
    await visit.type(PASSWORD)
    await visit.press("enter")
    await settled(visit.pilot)
    (exported,) = visit.answers
    assert exported.path == str(own_home / f"{NAME}.jsonl")
    assert len((own_home / f"{NAME}.jsonl").read_text().splitlines()) == exported.total


async def test_who_does_not_prove_who_they_are_gets_nothing(visit: Visit, own_home: Path) -> None:
    visit.house.clock.advance(timedelta(minutes=6))
    await visit.open(ExportScreen(ALL, NAME))
    await visit.press("enter")
    await visit.press("escape")
    assert visit.top() is ExportScreen
    assert list(own_home.iterdir()) == []
    assert EventName.ACTIVITY_EXPORTED not in await events(visit)
    await visit.press("escape")
    assert visit.answers == [None]


@pytest.mark.parametrize("stop", ["escape", "#cancel"])
async def test_a_long_export_says_how_far_it_is_and_can_be_stopped(
    visit: Visit, own_home: Path, stop: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "PAGE", 2)
    monkeypatch.setattr(dialog, "TOLD_EVERY", 2)
    newer, pages, never = activity_rows.newer, [], asyncio.Event()

    async def stuck(*args: Any, **others: Any) -> Any:
        pages.append(1)
        if len(pages) == 2:
            await never.wait()
        return await newer(*args, **others)

    total = len(await events(visit))
    await visit.open(ExportScreen(ALL, NAME))
    monkeypatch.setattr(activity_rows, "newer", stuck)
    await visit.pilot.press("enter")
    await until(visit, f"2 of {total} events written…")
    assert [one.suffix for one in own_home.iterdir()] == [".part"]
    if stop == "escape":
        await visit.pilot.press("escape")
    else:
        press(visit, stop)
    await until(visit, "Stopped. Nothing was kept.")
    assert list(own_home.iterdir()) == []
    assert visit.answers == []
    monkeypatch.setattr(activity_rows, "newer", newer)
    async with asyncio.timeout(20):
        # a button takes no second press for the fifth of a second in which it looks pressed
        while visit.app.screen.query_one("#csv").has_class("-active"):
            await visit.pilot.pause(0.02)
    await visit.press("enter")
    async with asyncio.timeout(20):
        while not visit.answers:
            await visit.pilot.pause(0.02)
    assert visit.answers[0].total == total + 1  # with the export that was stopped
    assert (own_home / f"{NAME}.csv").exists()


async def test_an_existing_file_is_left_and_said_at_the_field(visit: Visit, own_home: Path) -> None:
    path = own_home / f"{NAME}.csv"
    path.write_text("dear")
    await visit.open(ExportScreen(ALL, NAME))
    await visit.press("enter")
    assert visit.top() is ExportScreen
    assert "There is a file of that name already." in visit.text()
    assert visit.app.focused is visit.app.screen.query_one(TextField)
    assert path.read_text() == "dear"
    assert EventName.ACTIVITY_EXPORTED not in await events(visit)
    press(visit, "#jsonl")
    await settled(visit.pilot)
    assert (own_home / f"{NAME}.jsonl").exists()


@pytest.mark.parametrize("typed", ["", "   ", "~/", "~nobody-of-that-name/x", "~/no/such/place"])
async def test_a_path_that_names_no_file_is_said(visit: Visit, own_home: Path, typed: str) -> None:
    await visit.open(ExportScreen(ALL, NAME))
    visit.app.screen.query_one(TextField).value = typed
    press(visit, "#csv")
    await settled(visit.pilot)
    assert visit.top() is ExportScreen
    assert "✗" in visit.text()
    assert list(own_home.iterdir()) == []


@pytest.mark.parametrize("typed", ["mine", "mine.csv", "mine.CSV", "mine.jsonl"])
async def test_the_form_decides_how_the_name_ends(visit: Visit, own_home: Path, typed: str) -> None:
    await visit.open(ExportScreen(ActivityQuery(ActivityKind.ACCOUNT), NAME))
    visit.app.screen.query_one(TextField).value = f"~/{typed}"
    press(visit, "#jsonl")
    await settled(visit.pilot)
    assert [one.name for one in own_home.iterdir()] == ["mine.jsonl"]


async def test_a_store_that_fails_halfway_is_said_and_nothing_is_kept(
    visit: Visit, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: Any, **__: Any) -> Any:
        raise Unavailable("The store is away.")

    await visit.open(ExportScreen(ALL, NAME))
    monkeypatch.setattr(activity_rows, "newer", away)
    await visit.press("enter")
    assert visit.top() is ExportScreen
    assert "The store is away." in visit.text()
    assert list(own_home.iterdir()) == []


async def test_a_session_that_was_revoked_leads_to_sign_in_and_keeps_nothing(
    visit: Visit, own_home: Path
) -> None:
    await visit.open(ExportScreen(ALL, NAME))
    elsewhere = await visit.house.sign_in_elsewhere(visit.person)
    origin = visit.house.origin("elsewhere")
    await visit.house.services.sessions.revoke_others(elsewhere.token, origin)
    await visit.pilot.press("enter")
    async with asyncio.timeout(20):
        while visit.top() is not SignInScreen:
            await visit.pilot.pause(0.02)
    assert list(own_home.iterdir()) == []
