"""Profile in lines: who you are, how the screen looks, and how times are told."""

from __future__ import annotations

from security.refusals import NameTaken, UnusableField
from security.vocabulary import Appearance
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.talk import Talk
from tui.words.moments import moment

HELP = (
    "Your name is what others of your organisation see.",
    "The appearance is kept with your account, for the full screen.",
    "Times are told in local time or in UTC until you leave.",
)


class ProfileRoom:
    """The place of the person."""

    def __init__(self, talk: Talk) -> None:
        """Begin."""
        self._talk = talk

    async def stay(self) -> None:
        """Stay until the person goes back."""
        await serve(self._talk, Menu("Profile", self._items, HELP, tell=self._tell))

    def _items(self) -> list[Item]:
        """What can be changed."""
        other = "local time" if self._talk.visit.uses_utc else "UTC"
        return [
            Item("Change your name", ("name", "rename"), self._rename),
            Item("Choose the screen's appearance", ("appearance",), self._appear),
            Item(f"Tell times in {other}", ("times", "utc", "local"), self._turn_times),
        ]

    async def _tell(self) -> None:
        """Read the account and say what is known."""
        talk = self._talk
        account = await talk.act(talk.services.accounts.view)
        talk.visit.renew_account(account)
        talk.say(
            f"Name: {account.name}",
            f"Email: {account.email}",
            f"Organisation: {account.organisation}",
            f"Role: {account.role.value}",
            f"Appearance: {_named(account.appearance)}",
        )
        signed_in = talk.visit.signed_in
        if signed_in is not None:
            kept = "yes, until you sign out" if talk.visit.is_kept else "no"
            talk.say(
                f"This session ends at the latest: {moment(signed_in.expires_at, talk.zone)}",
                f"Kept here: {kept}",
            )

    async def _rename(self) -> None:
        """Give the account another name."""
        talk, flow, origin = self._talk, self._talk.services.accounts, self._talk.visit.origin
        while True:
            name = await talk.line("New name")
            try:
                account = await talk.act(lambda token: flow.rename(token, name, origin))  # noqa: B023
            except (NameTaken, UnusableField) as unusable:
                talk.tell(unusable)
                continue
            talk.visit.renew_account(account)
            talk.say(f"Your name is {account.name}.")
            return

    async def _appear(self) -> None:
        """Choose how the screen looks from now on."""
        from tui.themes import SCHEMES, name_for  # needed here alone

        talk, flow = self._talk, self._talk.services.accounts
        choices = tuple(Appearance)
        for number, appearance in enumerate(choices, 1):
            scheme = SCHEMES[name_for(appearance)]
            talk.say(f"{number}. {scheme.label}. {scheme.sentence}")
        chosen = choices[await talk.number("Number", len(choices)) - 1]
        account = await talk.act(lambda token: flow.set_appearance(token, chosen))
        talk.visit.renew_account(account)
        talk.say(f"Appearance: {_named(account.appearance)}")

    async def _turn_times(self) -> None:
        """Tell times the other way."""
        visit = self._talk.visit
        visit.uses_utc = not visit.uses_utc
        self._talk.say("Times are told in UTC." if visit.uses_utc else "Times are told in local time.")


def _named(appearance: Appearance) -> str:
    """An appearance in words."""
    return appearance.value.replace("-", " ")
