"""Where each screen that the app opens is written."""

from __future__ import annotations

from importlib import import_module

from textual.screen import Screen

from tui.messages import Place

SCREENS = {
    "opening": ("tui.screens.opening", "OpeningScreen"),
    "first_run": ("tui.screens.first_run", "FirstRunScreen"),
    "sign_in": ("tui.screens.sign_in", "SignInScreen"),
    "enrol_first": ("tui.screens.enrol_first", "EnrolFirstScreen"),
    "idle_lock": ("tui.screens.idle_lock", "IdleLockScreen"),
    Place.GENERAL: ("tui.screens.general", "GeneralScreen"),
    Place.GENERAL_SESSIONS: ("tui.screens.sessions", "GeneralSessionsScreen"),
    Place.OVERVIEW: ("tui.screens.overview", "OverviewScreen"),
    Place.PASSWORD: ("tui.screens.password", "PasswordScreen"),
    Place.TWO_FACTOR: ("tui.screens.two_factor", "TwoFactorScreen"),
    Place.SESSIONS: ("tui.screens.sessions", "SessionsScreen"),
    Place.ACTIVITY: ("tui.screens.activity", "ActivityScreen"),
}
"""Where each screen is written; imported when first shown, so that the first paint waits for one alone."""


def screen_named(name: str, **arguments: object) -> Screen[object]:
    """Import a screen by its place in `SCREENS` and build it."""
    module, class_name = SCREENS[name]
    built: Screen[object] = getattr(import_module(module), class_name)(**arguments)
    return built
