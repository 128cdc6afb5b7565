"""Help: the present screen first, everything else findable by the words that people use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strongroom.twins import HELP
from tests.tui.house import House, settled, shown
from tests.tui.two_factor_visits import Visit, visiting
from tui.app import StrongroomApp
from tui.help.entries import ANSWERS, PRESENT, HelpEntry, found
from tui.help.topics import TOPICS
from tui.keys.keymap import KEYMAP, KeysNow
from tui.keys.scopes import EVERYWHERE, MOVING
from tui.messages import GoTo, Place
from tui.screens.help import NO_MATCH, HelpList, HelpScreen
from tui.widgets.hint import Hint

pytestmark = pytest.mark.filterwarnings("error")


async def opened(visit: Visit, key: str = "question_mark") -> HelpScreen:
    """Open help."""
    await visit.press(key)
    page = visit.app.screen
    assert isinstance(page, HelpScreen)
    return page


def said(page: HelpScreen) -> str:
    """What stands under the search."""
    return str(page.query_one("#help-count", Hint).render())


def listed(page: HelpScreen) -> str:
    """What is listed, in one line."""
    return " ".join(str(page.query_one(HelpList).render()).split())


async def test_the_present_screen_comes_first_then_moving_then_everywhere_then_the_others(
    house: House,
) -> None:
    person = await house.founder()
    await house.sign_in_elsewhere(person)
    async with visiting(house, person) as visit:
        visit.app.post_message(GoTo(Place.SESSIONS))
        await settled(visit.pilot)
        page = await opened(visit)
        order = list(dict.fromkeys(entry.section for entry in page._entries))
        assert order[:3] == [PRESENT, MOVING, EVERYWHERE]
        assert order[-1] == ANSWERS
        assert {"Activity", "Two-factor", "Setting up two-factor"} < set(order[3:-1])
        assert "Sessions" not in order
        assert "End the chosen session at once" in listed(page).partition("Moving")[0]


WORDS = (
    ("sign out", "ends this session"),
    ("logout", "ends this session"),
    ("log out", "ends this session"),
    ("2fa", "the tab Two-factor"),
    ("mfa", "the tab Two-factor"),
    ("authenticator", "the tab Two-factor"),
    ("backup codes", "makes new ones, which are shown once"),
    ("codes backup", "makes new ones, which are shown once"),
    ("lost phone", "takes a backup code"),
    ("copy", "sends the text to your terminal's clipboard"),
    ("paste", "sends the text to your terminal's clipboard"),
    ("mouse", "switches it off and on"),
    ("hacked", "the tab Sessions"),
    ("devices", "the tab Sessions"),
    ("dark", "type theme"),
    ("shortcuts", "keymap_preset"),
    ("blind", "--plain"),
    ("exit", "from anywhere"),
    ("garbled", "draws everything again"),
)
"""What people type, and what they should read then."""


async def test_the_words_that_people_use_find_the_answer(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        page = await opened(visit)
        for typed, answer in WORDS:
            await visit.type(typed)
            assert answer in listed(page), typed
            assert "match" in said(page), typed
            await visit.press("ctrl+u")


async def test_the_number_of_matches_is_said_and_where_none_is_what_to_do(house: House) -> None:
    async with visiting(house, await house.founder(), size=(60, 20)) as visit:
        page = await opened(visit)
        assert "keys, and" in said(page)
        await visit.type("garbled")
        assert said(page) == "2 matches"
        await visit.type(" lines")
        assert said(page) == "1 match"
        await visit.type("xyzzy")
        assert said(page) == NO_MATCH
        assert "Try fewer, or other ones" in visit.text()
        assert listed(page) == ""


async def test_a_key_of_another_screen_is_found_with_where_it_acts(house: House) -> None:
    async with visiting(house, await house.founder()) as visit:
        page = await opened(visit)
        await visit.type("quiet zone")
        assert listed(page) == "Setting up two-factor F4 Draw a wider quiet zone around the QR code"


async def test_help_tells_the_keys_of_this_visit_and_the_commands_that_do_the_same(house: House) -> None:
    person = await house.founder()
    door = replace(
        house.door(person.signed_in),
        keys={"sessions.revoke": "f8"},
        preset="vim",
        twins={"sessions.revoke": "strongroom session revoke"},
    )
    app = StrongroomApp(door)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        visit = Visit(house, person, app, pilot)
        page = await opened(visit)
        await visit.type("tab on the right")
        assert "L, ], ^pgdn" in listed(page)
        page.query_one("#help-search").value = "revoke"  # type: ignore[attr-defined]
        await visit.pilot.pause()
        assert "F8 End the chosen session at once; asks first strongroom session revoke" in listed(page)
        assert "F8 ends one" in listed(page)


async def test_what_is_saved_in_general_is_told_with_its_own_command(house: House) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), twins=HELP))
    async with app.run_test(size=(80, 40)) as pilot:
        await settled(pilot)
        visit = Visit(house, person, app, pilot)
        app.post_message(GoTo(Place.GENERAL))
        await settled(pilot)
        assert "Save what was typed strongroom profile rename NAME" in listed(await opened(visit, "f1"))
        await visit.press("escape")
        app.post_message(GoTo(Place.PASSWORD))
        await settled(pilot)
        assert "Save what was typed strongroom password change" in listed(await opened(visit, "f1"))


async def test_no_line_of_help_is_cut_in_the_smallest_terminal(house: House) -> None:
    async with visiting(house, await house.founder(), size=(60, 20)) as visit:
        page = await opened(visit)
        entries = page.query_one(HelpList)
        lines = str(entries.render()).splitlines()
        assert len(lines) == entries.size.height > 80
        assert max(len(line) for line in lines) <= entries.size.width
        assert "End this session and go back to" in shown(visit.app)


def test_every_answer_names_keys_that_there_are_and_is_a_sentence() -> None:
    for topic in TOPICS:
        told = topic.told(KeysNow())
        assert "{" not in told
        assert told.endswith(".")
        assert found([HelpEntry(ANSWERS, topic.title, topic.title, told, topic.words)], topic.title)


def test_words_are_kept_for_bindings_that_there_are() -> None:
    from tui.help.search import WORDS

    assert set(WORDS) <= {row.id for row in KEYMAP}
