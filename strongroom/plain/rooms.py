"""The rooms inside, and what happens between them: the lock, the first enrolment, the end of the session."""

from __future__ import annotations

from dataclasses import replace

from strongroom.plain.activity import ActivityRoom
from strongroom.plain.first_run import offer_enrolment
from strongroom.plain.lock import unlock
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.overview import OverviewRoom
from strongroom.plain.password import change_password
from strongroom.plain.profile import ProfileRoom
from strongroom.plain.sessions import SessionsRoom
from strongroom.plain.talk import Talk
from strongroom.plain.turns import EnrolFirst, Locked, SignedOff
from strongroom.plain.two_factor import TwoFactorRoom, enrol_first, offer_new_codes

HELP = (
    "Type the number of a place, or its name.",
    "At every menu: 0 goes back, menu repeats the menu, h is the help of the place, q leaves the program.",
    "Ctrl+c gives a question up, twice in a row it leaves. Ctrl+d leaves at once.",
    "What you type as a password is never shown. An answer that is refused begins with the word Refused.",
)


async def be_inside(talk: Talk) -> None:
    """Go through the rooms until the person signs out.

    Raises:
        Ended: the session is over.
        Leave: the person leaves the program.
    """
    while True:
        try:
            if talk.visit.account.must_enrol:
                await enrol_first(talk)
            if talk.is_founded:
                await offer_enrolment(talk)
            await _offer_codes_once(talk)
            await serve(talk, _menu(talk))
        except SignedOff:
            return
        except Locked:
            try:
                await unlock(talk)
            except SignedOff:
                return
        except EnrolFirst:
            talk.visit.renew_account(replace(talk.visit.account, must_enrol=True))


async def _offer_codes_once(talk: Talk) -> None:
    """Offer new recovery codes once where this sign-in found that the old ones were never confirmed."""
    signed_in = talk.visit.signed_in
    if signed_in is not None and signed_in.codes_unacknowledged and not talk.has_offered_codes:
        talk.has_offered_codes = True
        await offer_new_codes(talk)


def _menu(talk: Talk) -> Menu:
    """The menu of the rooms."""

    async def sign_out() -> None:
        """End this session, once that was confirmed."""
        await talk.sure("End this session and go back to sign-in?", "Your other sessions go on.")
        raise SignedOff

    items = (
        Item("Overview: how safe your account is", ("overview",), OverviewRoom(talk).stay),
        Item("Password: change what you sign in with", ("password",), lambda: change_password(talk)),
        Item("Two-factor: a code beside the password", ("two-factor", "2fa"), TwoFactorRoom(talk).stay),
        Item("Sessions: who is signed in as you", ("sessions",), SessionsRoom(talk).stay),
        Item("Activity: all that happened to your account", ("activity",), ActivityRoom(talk).stay),
        Item("Profile: who you are, and how times are told", ("profile",), ProfileRoom(talk).stay),
        Item("Sign out", ("sign out", "out"), sign_out),
    )
    return Menu("Main menu", lambda: items, HELP, is_top=True)
