"""Sessions in lines: who is signed in as this person, and what can be done with each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from security.facts import SessionsView, SessionView
from security.refusals import NotFound, UnusableField
from strongroom.plain.lists import Listing, in_pages
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.password import change_password
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, SignedOff
from tui.words.lifetime import QUESTION, effect_words, ended_by, now_words, offered
from tui.words.moments import ago_words
from tui.words.refusals import counted
from tui.words.revoking import (
    ADVICE,
    AFTER,
    AFTER_OWN,
    ENDED_ALREADY,
    NAME_SAVED,
    others_question,
    revoked_words,
    signed_out_words,
)
from tui.words.session_details import NAME_AFTER, NAME_ENDED, facts_of_session
from tui.words.sessions import (
    address_words,
    device_words,
    lifetime_words,
    missing_words,
    place_words,
    state_words,
    strange,
)

HELP = (
    "Every terminal that is signed in as you is a session.",
    "A revoked session ends at once: its terminal goes back to sign-in.",
    "What looks strange says so: a new country, a device or a network that was never seen.",
)
ALONE = "This is your only session."


def row_words(session: SessionView, view: SessionsView) -> str:
    """One session in one line to be heard."""
    active = "now" if session.is_current else ago_words(session.last_active_at, view.read_at)
    said = ["This session"] if session.is_current else [words.capitalize() for words in state_words(session)]
    where = f"{address_words(session)}, {place_words(session)}"
    return ". ".join([f"{device_words(session)}, {where}, last active {active}", *said]) + "."


class SessionsRoom:
    """The place of the sessions."""

    def __init__(self, talk: Talk) -> None:
        """Nothing is read yet."""
        self._talk = talk
        self._view: SessionsView | None = None

    async def stay(self) -> None:
        """Stay until the person goes back."""
        await serve(self._talk, Menu("Sessions", self._items, HELP, tell=self._tell))

    def _items(self) -> Sequence[Item]:
        """The acts; a number always means the same."""
        alone = "" if self._others else ALONE
        return [
            Item("List my sessions, and choose one", ("list", "sessions"), self._list),
            Item("Sign out everywhere else", ("others", "everywhere"), self._end_others, alone),
            Item("Choose how long sessions live", ("lifetime",), self._choose_lifetime),
        ]

    @property
    def _others(self) -> list[SessionView]:
        """The sessions but this one, as they were read last."""
        return [] if self._view is None else [one for one in self._view.sessions if not one.is_current]

    async def _read(self) -> SessionsView:
        """Read the sessions."""
        self._view = await self._talk.act(self._talk.services.sessions.view)
        return self._view

    async def _tell(self) -> None:
        """Read the sessions, and say how many there are."""
        talk, view = self._talk, await self._read()
        since = talk.visit.not_live_since
        if since is not None:
            talk.say(f"Not live since {since.astimezone(talk.zone):%H:%M}: changes elsewhere may be missed.")
        talk.say(
            f"You have {counted(len(view.sessions), 'session')}.",
            f"Each lives {lifetime_words(view.lifetime)} at most.",
        )
        odd = sum(not one.is_current and strange(one) is not None for one in view.sessions)
        if odd:
            talk.say(f"{counted(odd, 'session')} {'looks' if odd == 1 else 'look'} strange: list them.")

    async def _list(self) -> None:
        """Tell them line by line."""
        view = await self._read()
        listing = Listing(
            self._talk,
            "Your sessions",
            in_pages(list(view.sessions)),
            lambda one: row_words(one, view),
            lambda one: self._open(one, view),
        )
        await listing.stay()
        self._talk.say(missing_words(len(view.sessions)))

    async def _open(self, session: SessionView, view: SessionsView) -> None:
        """Tell everything that is known of one, and offer what can be done with it."""
        talk = self._talk
        is_over = False
        odd = None if session.is_current else strange(session)

        async def tell() -> None:
            """Say the facts."""
            active = "now" if session.is_current else ago_words(session.last_active_at, view.read_at)
            talk.say(
                *(
                    f"{name}: {active if name == 'Last active' else value}"
                    for name, value in facts_of_session(session, view.read_at, view.idle, talk.zone)
                )
            )
            talk.say("" if odd is None else f"{odd.sentence} Not you? Revoke it.")

        async def end() -> None:
            """Revoke it."""
            nonlocal is_over
            is_over = await revoke(talk, session)

        async def end_and_change() -> None:
            """Revoke it, and go on to the password."""
            await end()
            await change_password(talk)

        def items() -> list[Item]:
            """What can be done with it."""
            calm = "" if odd is not None else "This session looks like yours."
            return [
                Item("Name this device", ("name",), lambda: name_device(talk, session)),
                Item("Revoke", ("revoke",), end),
                Item("Revoke and change password", ("change",), end_and_change, calm),
            ]

        title = f"This session, {device_words(session)}" if session.is_current else device_words(session)
        await serve(talk, Menu(title, items, HELP, tell=tell, closes=lambda: is_over))

    async def _end_others(self) -> None:
        """End all but this one, once that was confirmed with their number."""
        talk = self._talk
        await self._read()
        if not self._others:
            talk.not_done(ALONE)
            return
        question = others_question(self._others)
        await talk.sure(question.sentence, question.after)
        origin, flow = talk.visit.origin, talk.services.sessions
        talk.say(signed_out_words(await talk.act(lambda token: flow.revoke_others(token, origin))))
        await self._tell()

    async def _choose_lifetime(self) -> None:
        """Choose how long sessions live at most."""
        view = await self._read()
        talk, flow, origin = self._talk, self._talk.services.sessions, self._talk.visit.origin
        choices = offered(view)
        talk.say(QUESTION)
        for number, lifetime in enumerate(choices, 1):
            present = ", as it is now" if lifetime == view.lifetime else ""
            talk.say(f"{number}. {lifetime_words(lifetime)}{present}")
        chosen = choices[await talk.number("Number", len(choices)) - 1]
        if ended_by(view, chosen):
            await talk.sure("Save it, and end them now?", effect_words(view, chosen))
        lifetime_or_none: timedelta | None = None if chosen == view.longest else chosen
        self._view = await talk.act(lambda token: flow.set_lifetime(token, lifetime_or_none, origin))
        talk.say(now_words(self._view.lifetime))


async def revoke(talk: Talk, session: SessionView) -> bool:
    """End a session, once that was confirmed; True where it is over.

    Raises:
        Back: it was not meant.
        SignedOff: it is the asking one.
    """
    odd = None if session.is_current else strange(session)
    await talk.sure(
        f"Revoke {device_words(session)}, {place_words(session)}, last active"
        f" {ago_words(session.last_active_at, talk.now)}?",
        "" if odd is None else f"{odd.sentence} {ADVICE}",
        AFTER_OWN if session.is_current else AFTER,
    )
    if session.is_current:
        raise SignedOff
    origin, flow = talk.visit.origin, talk.services.sessions
    try:
        await talk.act(lambda token: flow.revoke(token, session.id, origin))
    except NotFound:
        talk.say(ENDED_ALREADY)
    else:
        talk.say(revoked_words(session))
    return True


async def name_device(talk: Talk, session: SessionView) -> None:
    """Give the device of a session a name, or take its name away.

    Raises:
        Back: it was not meant.
    """
    origin, flow = talk.visit.origin, talk.services.sessions
    talk.say(NAME_AFTER)
    while True:
        name = (await talk.raw("Name, or an empty line to take it away: ")).strip()
        if not name and not await talk.yes("Take the name away?"):
            raise Back
        try:
            await talk.act(lambda token: flow.name_device(token, session.id, name, origin))  # noqa: B023
        except UnusableField as unusable:
            talk.tell(unusable)
        except NotFound:
            talk.not_done(NAME_ENDED)
            return
        else:
            talk.say(NAME_SAVED)
            return
