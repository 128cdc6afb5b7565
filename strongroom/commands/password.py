"""`strongroom password change`: the Password page's twin."""

from __future__ import annotations

import argparse

from security.facts import PasswordAdvice
from security.refusals import ReauthenticationNeeded
from strongroom.commands.answer import Answer, prose
from strongroom.commands.desk import Desk, at_desk
from strongroom.exits import ExitCode, Stopped
from strongroom.settings import Settings
from strongroom.speech import warn
from tui.words.password import NONE_HERE, advice_words, after_words, before_words
from tui.words.refusals import STRENGTHS, rule_words


def run_change(settings: Settings, given: argparse.Namespace) -> int:
    """Change the password; other sessions end, that of the commands goes on."""
    return at_desk(settings, given, _change)


async def _change(desk: Desk) -> Answer:
    """Say whom it signs out, ask, and change it."""
    services = desk.services
    policy = await desk.act(services.policies.view)
    if policy.sso_sentence is not None:
        raise Stopped(policy.sso_sentence, ExitCode.FORBIDDEN, hint=NONE_HERE, tag="policy_forbids")
    sessions = await desk.act(services.sessions.list)
    warn(f"{before_words(sum(not one.is_current for one in sessions))}.")
    current = await desk.password("Current password: ")
    new, confirmation = await _new_password(desk)
    code: str | None = None
    try:
        changed = await desk.renew(
            lambda token: services.passwords.change(token, current, new, confirmation, None, desk.origin)
        )
    except ReauthenticationNeeded:
        code = await desk.code()
        changed = await desk.renew(
            lambda token: services.passwords.change(token, current, new, confirmation, code, desk.origin)
        )
    facts = {"sessions_ended": changed.sessions_ended, "breach": changed.breach.value}
    return Answer(prose(after_words(changed)), facts)


async def _new_password(desk: Desk) -> tuple[str, str]:
    """Ask for a new password, at a terminal until it keeps the rules, and for its confirmation."""
    missing = "the new password is needed."
    if not desk.asking.converses:
        new = await desk.asking.secret("New password: ", missing)
        return new, new if not desk.asking.is_at_terminal else await _again(desk)
    await _tell(desk, "")
    while True:
        new = await desk.asking.secret("New password: ", missing)
        if await _tell(desk, new):
            return new, await _again(desk)


async def _again(desk: Desk) -> str:
    """Ask for the confirmation."""
    return await desk.asking.secret("Confirm new password: ", "the new password is needed once more.")


async def _tell(desk: Desk, candidate: str) -> bool:
    """Say what may be said of a candidate; whether it keeps the rules. Of an empty one, what they are."""
    advice = await desk.act(lambda token: desk.services.passwords.advise(token, candidate))
    if not candidate:
        warn(f"The rules: {'; '.join(rule_words(state) for state in advice.rules)}.")
        return False
    broken = [rule_words(state) for state in advice.rules if not state.is_met]
    warn(_strength(advice))
    for rule in broken:
        warn(f"Still needed: {rule}")
    return advice.is_usable and not broken


def _strength(advice: PasswordAdvice) -> str:
    """The strength in words, how long it would last, and advice."""
    if not advice.is_usable:
        return "Too long, or with characters that cannot be taken."
    lasts = f", lasts {advice.crack_time}" if advice.crack_time else ""
    return f"Strength: {STRENGTHS[advice.score]}{lasts}. {advice_words(advice)}".strip()
