"""Password in lines: the current one as proof, a new one by the rules, and whom it signs out."""

from __future__ import annotations

from security import refusals as no
from security.facts import PasswordAdvice
from strongroom.plain.new_password import choose_password, say_rules
from strongroom.plain.proof import prove
from strongroom.plain.talk import Talk
from strongroom.plain.turns import Back
from tui.words.password import NONE_HERE, after_words, before_words


async def change_password(talk: Talk) -> None:
    """Change the password.

    Raises:
        Back: the person left it; nothing was changed.
    """
    services = talk.services
    talk.say("Password: change what you sign in with")
    policy = await talk.act(services.policies.view)
    if policy.sso_sentence is not None:
        talk.say(policy.sso_sentence, NONE_HERE)
        return

    async def advise(candidate: str) -> PasswordAdvice:
        """Hold a candidate against the organisation's rules."""
        return await talk.act(lambda token: services.passwords.advise(token, candidate))

    sessions = await talk.act(services.sessions.list)
    talk.say(f"{before_words(sum(not one.is_current for one in sessions))}.")
    current = await talk.secret("Current password")
    await say_rules(talk, advise)
    while True:
        new, again = await choose_password(talk, advise, "New password", "Confirm new password")
        if await _changed(talk, current, new, again):
            return


async def _changed(talk: Talk, current: str, new: str, again: str) -> bool:
    """Hand all three to the flow; False where another new password may do.

    Raises:
        Back: the current password was not right; it is asked for first, the next time.
    """
    passwords, origin = talk.services.passwords, talk.visit.origin
    while True:
        try:
            changed = await talk.act(lambda token: passwords.change(token, current, new, again, None, origin))
        except no.ReauthenticationNeeded as needed:
            await prove(talk, second_factor=needed.second_factor)
            continue
        except (no.ConfirmationDiffers, no.SamePassword, no.WeakPassword, no.BreachedPassword) as answer:
            talk.tell(answer)
            return False
        except no.WrongPassword as wrong:
            talk.tell(wrong)
            raise Back from wrong
        talk.say(after_words(changed))
        return True
