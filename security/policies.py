"""The flow by which a person reads their organisation's policy; what a policy is stands in `policy.py`."""

from __future__ import annotations

from security.facts import PolicyView, Secret
from security.gate import Gate


class Policies:
    """What the organisation asks of the person who looks."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def view(self, token: Secret) -> PolicyView:
        """The policy as it holds for the person of a session.

        Raises:
            SessionOver: the session has ended.
            SessionLocked: it waits behind the idle lock.
        """
        async with self._gate.look(token, even_unenrolled=True, at_a_glance=True) as acting:
            return acting.policy.view(has_two_factor=acting.has_two_factor)
