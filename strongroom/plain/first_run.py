"""First run in lines: the organisation and its owner, then two-factor authentication or later."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from security import refusals as no
from security.facts import PasswordAdvice
from strongroom.plain.enrolment import set_up
from strongroom.plain.new_password import choose_password, say_rules
from strongroom.plain.sign_in import welcome
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, Leave
from tui.answers import NOT_DONE
from tui.words.refusals import Words
from tui.words.sign_in import WELCOME

ABOUT = "Ctrl+c gives a question up, twice in a row it leaves. Nothing is made before the last question."


@dataclass(slots=True)
class _Fields:
    """What was typed so far."""

    organisation: str = ""
    name: str = ""
    email: str = ""


async def found(talk: Talk) -> None:
    """Make the first account, or leave.

    Raises:
        Leave: the person leaves; nothing was made.
        AlreadyFounded: somebody else was quicker.
    """
    talk.say("First run: set up your organisation", WELCOME, ABOUT)
    fields = _Fields()
    while talk.visit.signed_in is None:
        try:
            await _ask(talk, fields)
        except Back:
            talk.say("Nothing was set up yet.")
            if not await _goes_on(talk):
                raise Leave from None
    welcome(talk, talk.visit.signed_in)
    talk.is_founded = True


async def offer_enrolment(talk: Talk) -> None:
    """Offer two-factor authentication to whoever has just made the account."""
    talk.is_founded = False
    try:
        if await talk.yes("Set up two-factor authentication now? No is later."):
            await set_up(talk)
            return
    except Back:
        talk.say("Cancelled.")
    except NOT_DONE as answer:
        talk.tell(answer)
    talk.say("Two-factor authentication is off. The overview offers it.")


async def _goes_on(talk: Talk) -> bool:
    """Whether the person begins again; whoever gives that up too leaves."""
    try:
        return await talk.yes("Begin again?")
    except Back:
        return False


async def _ask(talk: Talk, fields: _Fields) -> None:
    """Ask for what is missing, and make the account."""
    founding, origin = talk.services.founding, talk.visit.origin
    for name, question in (("organisation", "Organisation"), ("name", "Your name"), ("email", "Email")):
        if not getattr(fields, name):
            setattr(fields, name, await talk.line(question))
    words = [fields.organisation, fields.name, fields.email]

    async def advise(candidate: str) -> PasswordAdvice:
        """Hold a candidate against the rules of a new organisation."""
        return await asyncio.to_thread(founding.advice, candidate, words)

    await say_rules(talk, advise)
    password, again = await choose_password(talk, advise, "Password", "Password again")
    if password != again:
        talk.refuse(Words("This is not the same as the password before.", "Type both again."))
        return
    talk.say("Checking the password and making the account.")
    try:
        signed_in = await founding.found(fields.organisation, fields.name, fields.email, password, origin)
    except no.AlreadyFounded:
        raise
    except no.UnusableField as unusable:
        talk.tell(unusable)
        setattr(fields, unusable.field, "")
    except NOT_DONE as answer:
        talk.tell(answer)
    else:
        await talk.visit.adopt(signed_in, keep=False)
