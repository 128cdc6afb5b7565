"""The idle lock: the password or six digits open it again; nothing that was typed before counts."""

from __future__ import annotations

from security.facts import SignedIn
from security.secret import Secret
from strongroom.plain.menus import Item, Menu, serve
from strongroom.plain.talk import UNSEEN, Talk
from strongroom.plain.turns import Back, SignedOff
from tui.answers import NOT_DONE
from tui.words.sign_in import LOCKED

HELP = (
    "The session is locked in the store: whoever has its token can do nothing with it.",
    "Your password opens it, or six digits of your authenticator app where two-factor is on.",
)


async def unlock(talk: Talk) -> None:
    """Ask until the session is open again.

    Raises:
        SignedOff: the person would rather sign out.
        Turn: the session ended meanwhile, or the person left.
    """
    talk.is_locked = True
    talk.console.settle()
    talk.say("Locked", LOCKED[False])
    while talk.is_locked:
        try:
            password = await talk.raw(
                f"Password, {UNSEEN}, or an empty line for another way: ", is_secret=True
            )
            if password:
                await _try(talk, password=password)
            else:
                await _other_way(talk)
        except Back:
            await _other_way(talk)
    talk.idle.touched()
    talk.say("Unlocked.")


async def _other_way(talk: Talk) -> None:
    """Offer the code and the ways out; at its end the password is asked for again."""
    signed_in = talk.visit.signed_in
    has_code = signed_in is None or signed_in.account.has_two_factor

    async def by_code() -> None:
        """Try six digits."""
        talk.say(LOCKED[True])
        await _try(talk, code=await talk.line("Six digits"))

    async def sign_out() -> None:
        """End the session."""
        raise SignedOff

    def items() -> list[Item]:
        """What there is."""
        why_not = "" if has_code else "Two-factor authentication is off, so there is no code."
        return [
            Item("Unlock with six digits of your app", ("code",), by_code, why_not),
            Item("Sign out", ("out",), sign_out),
        ]

    try:
        await serve(talk, Menu("Other ways to unlock", items, HELP, closes=lambda: not talk.is_locked))
    except Back:
        return


async def _try(talk: Talk, *, password: str | None = None, code: str | None = None) -> None:
    """Hand the flow what was typed."""
    origin, sessions = talk.visit.origin, talk.services.sessions

    async def open_it(token: Secret) -> SignedIn:
        """Open the lock under a new token."""
        return await sessions.unlock(token, password=password, code=code, origin=origin)

    try:
        await talk.act(open_it)
    except NOT_DONE as answer:
        talk.tell(answer)
    else:
        talk.is_locked = False
