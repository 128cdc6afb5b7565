"""Screens in their themes: nothing is drawn in a pair of colours that `test_themes` does not compute."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace

import pytest
from rich.cells import cell_len
from rich.color import Color
from textual.pilot import Pilot

from security.vocabulary import Appearance
from tests.tui.house import EMAIL, House, settled, type_text
from tui.app import StrongroomApp
from tui.messages import GoTo, Place
from tui.palettes import CODE_DARK, CODE_LIGHT, FILLS, GROUNDS, TEXTS
from tui.themes import SCHEMES, name_for
from tui.widgets.qr_code import QrCode

CODE = {(CODE_LIGHT, CODE_DARK), (CODE_LIGHT, CODE_LIGHT)}
"""What a QR code is drawn with in every theme."""

BARS = {"line", "thumb"}
"""What no word is written in."""


def pairs(app: StrongroomApp) -> set[tuple[str, str, bool]]:
    """Return ink, ground and whether there are letters, of all that the top screen draws, by meaning."""
    meanings = SCHEMES[app.theme].meanings

    def meaning(color: Color | None) -> str:
        value = "" if color is None or color.triplet is None else color.triplet.hex
        return meanings.get(value, value)

    drawn: set[tuple[str, str, bool]] = set()
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style is None or not cell_len(text):
                continue
            ink, ground = meaning(style.color), meaning(style.bgcolor)
            is_word = any(character.isalnum() for character in text)
            drawn.add((ink if text.strip() else "ink", ground, is_word))
    return drawn


def unknown(app: StrongroomApp) -> set[tuple[str, str, bool]]:
    """Return the pairs of the top screen that are not among those that are computed."""
    return {
        (ink, ground, is_word)
        for ink, ground, is_word in pairs(app)
        if not (
            (ink in TEXTS and ground in GROUNDS)
            or (ink in ("ground", "ink") and ground in FILLS and (ink == "ground" or not is_word))
            or (ink, ground) in CODE
            or (not is_word and ground in (CODE_LIGHT, CODE_DARK))
            or (not is_word and {ink, ground} <= {*BARS, *TEXTS, *GROUNDS})
        )
    }


def unsaid(app: StrongroomApp) -> list[str]:
    """Return the rows in which a mark has the colour of a state and no word stands beside it."""
    states = {asdict(SCHEMES[app.theme].palette)[name] for name in ("attention", "well", "danger")}
    return [
        strip.text
        for strip in app.screen._compositor.render_strips()
        if not any(character.isalpha() for character in strip.text)
        and any(
            style is not None
            and style.color is not None
            and style.color.triplet is not None
            and style.color.triplet.hex in states
            and set(text) & set("✓!✗●▰")
            for text, style, _ in strip
        )
    ]


@asynccontextmanager
async def inside(house: House, appearance: Appearance) -> AsyncIterator[Pilot[int]]:
    """The owner with two-factor on, in a theme, as the style sheets draw it before any filter."""
    person = await house.with_two_factor()
    await house.sign_in_elsewhere(person)
    await house.services.accounts.set_appearance(person.signed_in.token, appearance)
    account = await house.services.accounts.view(person.signed_in.token)
    door = house.door(replace(person.signed_in, account=account))
    app = StrongroomApp(replace(door, color="16"))  # no veil, behind which nothing can be done
    app._filters = []
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert app.theme == name_for(appearance)
        yield pilot


@pytest.mark.parametrize("appearance", Appearance)
async def test_every_room_is_drawn_in_pairs_that_are_computed(house: House, appearance: Appearance) -> None:
    async with inside(house, appearance) as pilot:
        app = pilot.app
        assert isinstance(app, StrongroomApp)
        for place in Place:
            app.post_message(GoTo(place))
            await settled(pilot)
            assert unknown(app) == set(), place
            assert unsaid(app) == [], place
            await pilot.press("tab")
            assert unknown(app) == set(), place
        app.post_message(GoTo(Place.SESSIONS))
        await settled(pilot)
        assert ("ink", "chosen", True) in pairs(app)


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.TERMINAL])
async def test_every_kind_of_dialog_is_drawn_in_pairs_that_are_computed(
    house: House, appearance: Appearance
) -> None:
    async with inside(house, appearance) as pilot:
        app = pilot.app
        assert isinstance(app, StrongroomApp)
        app.post_message(GoTo(Place.SESSIONS))
        await settled(pilot)
        for keys in (
            ("question_mark",),
            ("colon", "e"),
            ("down", "x"),
            ("tab",),
            ("escape", "enter"),
            ("n", "a"),
        ):
            await pilot.press(*keys)
            await settled(pilot)
            assert unknown(app) == set(), keys
            if keys[0] in ("question_mark", "colon"):
                await pilot.press("escape")


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.TERMINAL])
async def test_sign_in_and_its_errors_are_drawn_in_pairs_that_are_computed(
    house: House, appearance: Appearance
) -> None:
    await house.founder()
    app = StrongroomApp(replace(house.door(), color="16"))
    app._filters = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = name_for(appearance)
        await settled(pilot)
        assert unknown(app) == set()
        await type_text(pilot, EMAIL)
        await pilot.press("tab")
        await type_text(pilot, "not the password")
        await pilot.press("enter")
        await settled(pilot)
        assert any(ink == "danger" for ink, _, _ in pairs(app))
        assert unknown(app) == set()


@pytest.mark.parametrize("appearance", [Appearance.LIGHT, Appearance.TERMINAL])
async def test_the_wizard_is_drawn_in_pairs_that_are_computed(house: House, appearance: Appearance) -> None:
    person = await house.founder()
    app = StrongroomApp(replace(house.door(person.signed_in), color="16"))
    app._filters = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = name_for(appearance)
        app.post_message(GoTo(Place.TWO_FACTOR))
        await settled(pilot)
        assert unknown(app) == set()
        await pilot.press("e")
        while not (app.screen.query(QrCode) and app.screen.query_one(QrCode).matrix):
            await pilot.pause(0.05)
        await settled(pilot)
        assert any((ink, ground) in CODE for ink, ground, _ in pairs(app))
        assert unknown(app) == set()
