"""`strongroom profile …`: the General page's twins."""

from __future__ import annotations

import argparse

from security.facts import AccountView
from security.vocabulary import Appearance
from strongroom.commands.answer import Answer, Fact
from strongroom.commands.desk import Desk, at_desk
from strongroom.settings import Settings


def run_show(settings: Settings, given: argparse.Namespace) -> int:
    """Say who is signed in here."""
    return at_desk(settings, given, _show)


def run_rename(settings: Settings, given: argparse.Namespace) -> int:
    """Take a new name."""
    return at_desk(settings, given, lambda desk: _rename(desk, given.name))


def run_appearance(settings: Settings, given: argparse.Namespace) -> int:
    """Choose how the screens look, on every machine."""
    return at_desk(settings, given, lambda desk: _choose(desk, Appearance(given.appearance)))


async def _show(desk: Desk) -> Answer:
    """Read the account."""
    account = await desk.act(desk.services.accounts.view)
    lines = (
        ("Name", account.name),
        ("Email", account.email),
        ("Organisation", account.organisation),
        ("Role", account.role),
        ("Appearance", account.appearance),
        ("Two-factor", "on" if account.has_two_factor else "off"),
    )
    return Answer(tuple(f"{name:<14}{value}" for name, value in lines), profile_facts(account))


async def _rename(desk: Desk, name: str) -> Answer:
    """Give the account its new name, and say what was kept."""
    account = await desk.act(lambda token: desk.services.accounts.rename(token, name, desk.origin))
    return Answer((f"Your name is {account.name}.",), profile_facts(account))


async def _choose(desk: Desk, appearance: Appearance) -> Answer:
    """Keep the look with the account."""
    account = await desk.act(lambda token: desk.services.accounts.set_appearance(token, appearance))
    return Answer((f"Your screens are {account.appearance} from their next start.",), profile_facts(account))


def profile_facts(account: AccountView) -> dict[str, Fact]:
    """The account for a program."""
    return {
        "id": account.id,
        "email": account.email,
        "name": account.name,
        "organisation": account.organisation,
        "role": account.role.value,
        "appearance": account.appearance.value,
        "two_factor": account.has_two_factor,
    }
