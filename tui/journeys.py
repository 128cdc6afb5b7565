"""Journeys: acts that lead through several screens, for whichever place starts them.

Each runs in a worker of its caller and answers how many other sessions it ended, None where the person left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from textual.app import App


async def set_up_two_factor(app: App[Any], why: str = "") -> int | None:
    """Lead through the wizard to the recovery codes; `why` is said where the person did not ask for it."""
    from tui.screens.recovery_codes import RecoveryCodesScreen
    from tui.screens.wizard import WizardScreen

    codes = await app.push_screen_wait(WizardScreen(why))
    if codes is None:
        return None
    await app.push_screen_wait(RecoveryCodesScreen(codes, is_first=True))
    return codes.sessions_ended


async def regenerate_recovery_codes(app: App[Any]) -> int | None:
    """Ask, make a new batch and show it."""
    from tui.screens.recovery_codes import RecoveryCodesScreen
    from tui.screens.regenerate import RegenerateScreen

    codes = await app.push_screen_wait(RegenerateScreen())
    if codes is None:
        return None
    await app.push_screen_wait(RecoveryCodesScreen(codes, is_first=False))
    return codes.sessions_ended


async def disable_two_factor(app: App[Any]) -> int | None:
    """Ask for password and code, and switch two-factor authentication off."""
    from tui.screens.disable import DisableScreen

    disabled = await app.push_screen_wait(DisableScreen())
    return None if disabled is None else disabled.sessions_ended
