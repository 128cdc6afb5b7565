"""What a flow may answer instead of a fact, in words, and what follows where the session itself is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from textual.dom import DOMNode

from security.refusals import Refusal, SessionLocked, SessionOver
from security.trouble import InDoubt, StoreTrouble
from tui.messages import IdleReached, SignedOut
from tui.words.refusals import Words, refusal_words

if TYPE_CHECKING:
    from security.services import Services

NOT_DONE = (Refusal, StoreTrouble)
"""Everything that a screen catches from a flow, and nothing wider."""

NotDone: TypeAlias = Refusal | StoreTrouble
"""One of them."""


def words_of(answer: NotDone, services: Services | None) -> Words:
    """Say why something was not done, and whether anything changed."""
    match answer:
        case Refusal():
            now = services.clock.now() if services is not None else datetime.min.replace(tzinfo=UTC)
            return refusal_words(answer, now=now)
        case InDoubt():
            return Words(str(answer), "Look again before you repeat it.")
    says_so = "nothing was changed" in str(answer)
    return Words(str(answer), "" if says_so else "Nothing was changed.")


def joined(words: Words) -> str:
    """Sentence and hint as one text, with a full stop between them."""
    if not words.hint:
        return words.sentence
    stop = "" if words.sentence.endswith((".", "!", "?", ":")) else "."
    return f"{words.sentence}{stop} {words.hint}"


def tell_if_over(node: DOMNode, answer: NotDone) -> bool:
    """Tell the app where the session is over or locked, and return whether that was so."""
    match answer:
        case SessionOver(reason=reason):
            node.post_message(SignedOut(reason))
        case SessionLocked():
            node.post_message(IdleReached())
        case _:
            return False
    return True
