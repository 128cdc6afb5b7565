"""The frame around every page: header, navigation, footer, notice line, cards and buttons."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import ClassVar

import pytest
from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button

from security.facts import AccountView
from security.safe_text import sanitise
from security.vocabulary import Appearance, Role
from tests.tui.rig_app import door
from tui.keyed_app import KeyedApp
from tui.keys import keymap
from tui.widgets.badge import Badge
from tui.widgets.card import Card
from tui.widgets.footer import Footer
from tui.widgets.navigation import Navigation
from tui.widgets.page_frame import PageFrame
from tui.widgets.page_header import PageHeader
from tui.widgets.push_button import PushButton
from tui.widgets.tab_strip import Tab, TabStrip
from tui.widgets.text_field import TextField
from tui.widgets.tone import Tone

ACCOUNT = AccountView(
    id="account",
    email=sanitise("amir@acme.example"),
    name=sanitise("Amir"),
    organisation=sanitise("[/red]Acme"),
    role=Role.OWNER,
    appearance=Appearance.DARK,
    has_two_factor=True,
    must_enrol=False,
)


class Page(Screen[None]):
    """A page with one of everything."""

    BINDINGS: ClassVar[list[BindingType]] = keymap.bindings("page", "two_factor")

    def __init__(self) -> None:
        """Begin with nothing told."""
        super().__init__()
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        """Build the page."""
        with PageFrame("Profile › Security", room="security", account=ACCOUNT):
            yield TabStrip(Tab("overview", "Overview"), Tab("password", "Password", "✓"), id="tabs")
            with Card("[/red] card"):
                yield TextField(id="field")
                yield PushButton("[/red] go", "primary", id="go")
                yield Badge("Enabled", Tone.WELL)

    @on(TabStrip.Activated)
    def _tab(self, event: TabStrip.Activated) -> None:
        """Keep where the person went."""
        self.told.append(event.tab)

    @on(Navigation.Chosen)
    def _room(self, event: Navigation.Chosen) -> None:
        """Keep where the person wants to go."""
        self.told.append(event.room)

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        """Keep what was pressed."""
        self.told.append(str(event.button.id))


class PageApp(KeyedApp):
    """Shows the page."""

    def on_mount(self) -> None:
        """Show it."""
        self.push_screen(Page())


def page(pilot: Pilot[int]) -> Page:
    """Return the page."""
    assert isinstance(pilot.app.screen, Page)
    return pilot.app.screen


async def footer(pilot: Pilot[int]) -> str:
    """Return the last row."""
    await pilot.pause()
    return str(page(pilot).query_one(Footer).render())


async def test_the_header_says_where_and_who() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        header = page(pilot).query_one(PageHeader)
        assert str(header.render()).startswith(" ▣ Strongroom  Profile › Security")
        assert str(header.render()).endswith("[/red]Acme   amir@acme.example   2FA on ")
        page(pilot).query_one(PageFrame).account = replace(ACCOUNT, has_two_factor=False)
        await pilot.pause()
        assert str(header.render()).endswith(" 2FA off ")
        page(pilot).query_one(PageFrame).aside = "step 2 of 4"
        await pilot.pause()
        assert str(header.render()).endswith("step 2 of 4 ")


@pytest.mark.parametrize("width", [60, 72, 80, 120])
async def test_every_row_fits_its_width(width: int) -> None:
    async with PageApp(door()).run_test(size=(width, 24)) as pilot:
        await pilot.pause()
        assert page(pilot).query_one(PageHeader).render().cell_length <= width
        assert page(pilot).query_one(Footer).render().cell_length <= width


async def test_the_footer_begins_with_help_and_never_cuts_a_word() -> None:
    async with PageApp(door()).run_test(size=(60, 24)) as pilot:
        page(pilot).set_focus(None)
        assert (await footer(pilot)).startswith(" ? Help  esc Back  [ ] Tabs  r Refresh")
        for width in range(60, 121, 4):
            await pilot.resize_terminal(width, 24)
            words = re.sub(
                r"(\? Help|esc Back|\[ \] Tabs|r Refresh|\^s Save|g Regenerate)", "", await footer(pilot)
            )
            assert re.sub(r"(d Disable|e Set up|q Quit|\^o Mouse|\^p Palette)", "", words).strip() == ""
        assert (await footer(pilot)).endswith("^p Palette")


async def test_in_a_field_the_footer_offers_no_bare_letter() -> None:
    async with PageApp(door()).run_test(size=(120, 24)) as pilot:
        page(pilot).query_one("#field").focus()
        row = await footer(pilot)
        assert row.startswith(" F1 Help")
        assert "Refresh" not in row
        assert "^s Save" in row
        assert "^pgup Tabs" in row


async def test_the_navigation_is_a_column_and_below_72_one_line() -> None:
    async with PageApp(door()).run_test(size=(72, 24)) as pilot:
        await pilot.pause()
        navigation = page(pilot).query_one(Navigation)
        assert navigation.size.height > 2
        assert "▌ Security" in str(navigation.render())
        await pilot.resize_terminal(71, 24)
        await pilot.pause()
        assert navigation.outer_size.height == 2
        assert "\n" not in str(navigation.render())


async def test_rooms_and_tabs_are_reached_by_arrows_and_enter() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        page(pilot).query_one(Navigation).focus()
        await pilot.press("up", "enter")
        page(pilot).query_one(TabStrip).focus()
        await pilot.press("right", "left")
        page(pilot).query_one("#go").focus()
        await pilot.press("enter")
        await pilot.pause()
        assert page(pilot).told == ["general", "password", "overview", "go"]


async def test_tabs_rooms_and_footer_can_be_clicked() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.click(TabStrip, offset=(12, 0))
        await pilot.click(Navigation, offset=(4, 2))
        await pilot.click(Footer, offset=(2, 0))
        await pilot.pause()
        assert type(pilot.app.screen).__name__ == "HelpScreen"
        below = pilot.app.screen_stack[-2]
        assert isinstance(below, Page)
        assert below.told == ["password", "general"]


async def test_the_line_under_the_present_tab_is_heavy() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        page(pilot).query_one(TabStrip).active = "password"
        await pilot.pause()
        names, rule = str(page(pilot).query_one(TabStrip).render()).split("\n")
        begin = names.index("Password ✓")
        assert rule[begin : begin + 10] == "━" * 10
        assert rule.count("━") == 10


async def test_focus_is_marked_by_a_sign_and_not_by_colour_alone() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        button = page(pilot).query_one(PushButton)
        button.focus()
        await pilot.pause()
        assert str(button.render()) == "▸ [/red] go ◂"
        page(pilot).set_focus(None)
        await pilot.pause()
        assert str(button.render()) == "  [/red] go  "
        button.label = "something longer"
        await pilot.pause()
        assert button.size == (20, 1)


async def test_a_notice_takes_a_row_of_its_own() -> None:
    async with PageApp(door()).run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        frame = page(pilot).query_one(PageFrame)
        body = page(pilot).query_one("#frame-body")
        before = body.region.bottom
        frame.notice.say("[/red] Password changed.", Tone.WELL)
        await pilot.pause()
        assert str(frame.notice.render()) == "✓ [/red] Password changed."
        assert body.region.bottom == before - 1 == frame.notice.region.y
        frame.notice.clear()
        await pilot.pause()
        assert body.region.bottom == before


async def test_every_tone_has_a_mark_of_its_own() -> None:
    assert len({tone.mark for tone in Tone}) == len(Tone)


class WatchedFrame(PageFrame):
    """A frame that remembers how it stood when it was first laid out."""

    was_narrow: bool | None = None

    def on_resize(self, _event: events.Resize) -> None:
        """Look before the frame's own handler does."""
        if self.was_narrow is None:
            self.was_narrow = self.has_class("-narrow")


@pytest.mark.parametrize(("columns", "is_narrow"), [(60, True), (80, False)])
async def test_a_page_is_narrow_from_its_first_layout(columns: int, is_narrow: bool) -> None:
    app = KeyedApp(door())
    async with app.run_test(size=(columns, 20)) as pilot:
        frame = WatchedFrame("Recovery codes")
        await app.screen.mount(frame)
        await pilot.pause()
        assert frame.was_narrow is is_narrow
