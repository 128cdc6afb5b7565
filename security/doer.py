"""Who does something to an account: a person of its organisation in a session, or the store's operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from security.acting import Acting


@dataclass(frozen=True, slots=True)
class Doer:
    """Whom the audit names: an actor with a session, or an operator, who has neither."""

    actor_id: str | None = None
    """The account of the person."""
    session_id: str | None = None
    """The session in which they act."""
    operator: str | None = None
    """The user of the machine whose rights reach the store's files and keys."""

    @classmethod
    def of(cls, acting: Acting) -> Doer:
        """The person of a session."""
        return cls(actor_id=acting.account.id, session_id=acting.session.id)
