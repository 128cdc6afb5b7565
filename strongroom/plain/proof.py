"""The question whether it is still you: the password, and a code where two-factor authentication is on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from security.refusals import ReauthenticationNeeded
from strongroom.plain.talk import Talk
from tui.answers import NOT_DONE
from tui.words.sign_in import CODE_HINT, PROOF_QUESTION

if TYPE_CHECKING:
    from security.secret import Secret

T = TypeVar("T")


async def act_fresh(talk: Talk, flow: Callable[[Secret], Awaitable[T]]) -> T:
    """`Talk.act` for what is sensitive: where the last proof is too old, ask for one first (R058).

    Raises:
        Back: the person would not prove who they are.
    """
    try:
        return await talk.act(flow)
    except ReauthenticationNeeded as needed:
        await prove(talk, second_factor=needed.second_factor)
        return await talk.act(flow)


async def prove(talk: Talk, *, second_factor: bool, question: str = PROOF_QUESTION) -> None:
    """Ask until the flow accepts the proof; the visit goes on under the new token.

    Raises:
        Back: the person left it at an empty line.
    """
    services, origin = talk.services, talk.visit.origin
    talk.say("Confirm that it is you", question)
    while True:
        password = await talk.secret("Current password")
        code = await ask_code(talk) if second_factor else None
        try:
            await talk.act(
                lambda token: services.reauthentication.prove(token, password, code, origin)  # noqa: B023
            )
            return
        except ReauthenticationNeeded:
            second_factor = True
        except NOT_DONE as answer:
            talk.tell(answer)


async def ask_code(talk: Talk) -> str:
    """Ask for a code of the app, or a recovery code.

    Raises:
        Back: the line was empty.
    """
    talk.say(CODE_HINT)
    return await talk.line("Code")
