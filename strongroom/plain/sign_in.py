"""Sign-in in lines: email and password, then a code; a session that was kept here is resumed."""

from __future__ import annotations

from security.facts import SecondStepNeeded, SignedIn
from security.refusals import HalfSignInOver, Refusal, SessionLocked, SessionOver
from security.trouble import StoreTrouble
from strongroom.plain.lock import unlock
from strongroom.plain.menus import BACK, HELP, MENU, QUIT
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back, Ended, Leave
from tui.answers import NOT_DONE
from tui.words.refusals import Words, counted, ended_words
from tui.words.sign_in import FORGOT, NO_MAIL, TYPE_DIGITS, TYPE_RECOVERY_CODE

ABOUT = "Type your email, f for a forgotten password, h for help, or q to leave."
"""What is said before the first question."""

HELP_LINES = (
    "Sign-in takes your email, then your password, and a code where two-factor authentication is on.",
    "Nothing that you type as a password is shown.",
    "Ctrl+c gives a question up, twice in a row it leaves. Ctrl+d leaves at once.",
)
FORGOTTEN = ("f", "forgot")


async def resume(talk: Talk) -> bool:
    """Go on with the session that was kept on this machine; False where there is none to go on with.

    Raises:
        Ended: it is over.
        Turn: it is locked, and the person went another way.
    """
    visit = talk.visit
    if not visit.has_kept_token():
        return False
    try:
        signed_in = await talk.services.sign_in.resume(visit.token, visit.origin)
    except SessionLocked:
        await unlock(talk)
    except SessionOver as over:
        raise Ended(over.reason) from over
    except (Refusal, StoreTrouble) as answer:
        talk.tell(answer)
        return False
    else:
        await visit.adopt(signed_in, keep=True)
        talk.say("You were kept signed in on this machine.")
    return True


def tell_end(talk: Talk, reason: str) -> None:
    """Say why a session of this terminal is over."""
    words = ended_words(reason)
    heard = "" if reason == "signed_out" else "Signed out: "  # nobody here asked for any other end
    talk.say(f"{heard}{words.sentence}", words.hint)


async def come_in(talk: Talk) -> None:
    """Ask until a session stands.

    Raises:
        Leave: the person leaves.
    """
    talk.say("Sign in")
    await _tell_notice(talk)
    talk.say(ABOUT)
    email = ""
    while talk.visit.signed_in is None:
        try:
            email = await _ask_email(talk, email)
            await _try(talk, email)
        except Back:
            talk.say("Cancelled. Ctrl+c once more leaves.")
        except NOT_DONE as answer:
            talk.tell(answer)


async def _tell_notice(talk: Talk) -> None:
    """Say what the organisation says to every name about single sign-on."""
    try:
        sentence = await talk.services.sign_in.notice()
    except NOT_DONE as answer:
        talk.tell(answer)
    else:
        talk.say(sentence or "")


async def _ask_email(talk: Talk, before: str) -> str:
    """Ask for the email; an empty line keeps the one before."""
    while True:
        kept = f", or an empty line for {before}" if before else ""
        said = (await talk.raw(f"Email{kept}: ")).strip()
        word = said.casefold()
        if word in QUIT or word in BACK:
            raise Leave
        if word in FORGOTTEN:
            contact = talk.visit.door.support_contact
            talk.say(FORGOT, NO_MAIL, f"Or ask {contact}." if contact else "")
        elif word in HELP or word in MENU:
            talk.say(*HELP_LINES, ABOUT)
        elif said or before:
            return said or before
        else:
            talk.refuse(Words("Type your email."))


async def _try(talk: Talk, email: str) -> None:
    """Try a pair, and go on to the second step."""
    password = await talk.secret("Password")
    keep = talk.visit.door.keeps_sessions and await talk.yes("Keep me signed in on this machine?")
    outcome = await talk.services.sign_in.begin(email, password, talk.visit.origin, keep=keep)
    if isinstance(outcome, SecondStepNeeded):
        outcome = await _second_step(talk, outcome, keep=keep)
    await talk.visit.adopt(outcome, keep=keep)
    welcome(talk, outcome)


async def _second_step(talk: Talk, half: SecondStepNeeded, *, keep: bool) -> SignedIn:
    """Ask for a code until one is right.

    Raises:
        HalfSignInOver: it took too long.
        Back: the person goes back to the password.
    """
    flow, origin = talk.services.sign_in, talk.visit.origin
    talk.say("Two-factor authentication, step 2 of 2", TYPE_DIGITS, "This step waits five minutes.")
    by_backup = False
    while True:
        if by_backup:
            said = await talk.line("Backup code, or d for six digits instead")
        else:
            said = await talk.line("Six digits, or b for a backup code instead")
        if said.casefold() in ("b", "d"):
            by_backup = said.casefold() == "b"
            talk.say(TYPE_RECOVERY_CODE if by_backup else TYPE_DIGITS)
            continue
        try:
            if by_backup:
                return await flow.finish_with_recovery_code(half.half, said, origin, keep=keep)
            return await flow.finish(half.half, said, origin, keep=keep)
        except HalfSignInOver:
            raise
        except NOT_DONE as answer:
            talk.tell(answer, recovery_code=by_backup)


def welcome(talk: Talk, signed_in: SignedIn) -> None:
    """Say who is signed in, and what this sign-in spent."""
    account = signed_in.account
    talk.say(
        f"Signed in to {account.organisation} as {account.name}, {account.email}.",
        f"Your role is {account.role.value}. Two-factor is {'on' if account.has_two_factor else 'off'}.",
    )
    if signed_in.recovery_codes_left is not None:
        left = counted(signed_in.recovery_codes_left, "backup code")
        talk.say(f"You signed in with a backup code; {left} remaining.")
    if signed_in.other_sessions_ended:
        ended = counted(signed_in.other_sessions_ended, "older session")
        talk.say(f"{ended} ended, as there were as many as your organisation allows.")
