"""A new password on its way into the store: rules, breach check, hash; all outside any transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from security.breach.screening import Screening
from security.hashing import PasswordHasher
from security.password_rules import broken
from security.policy import Policy
from security.refusals import BreachedPassword, BreachUnchecked, WeakPassword
from security.vocabulary import BreachOutcome


@dataclass(frozen=True, slots=True)
class Accepted:
    """A password that the rules and the breach check let pass, hashed."""

    password_hash: str = field(repr=False)
    breach: BreachOutcome
    unasked: Mapping[str, str]
    """Why checks for known breaches gave no answer, for the audit."""


class NewPassword:
    """Lets a candidate pass, or names why not."""

    def __init__(self, hasher: PasswordHasher, screening: Screening) -> None:
        """Keep what hashes and what asks for known breaches."""
        self._hasher = hasher
        self._screening = screening

    async def accept(
        self, candidate: str, policy: Policy, words: Sequence[str], *, has_two_factor: bool
    ) -> Accepted:
        """Hold a normalised candidate against the rules, then the breaches, then hash it.

        The order matters: the network hears of a candidate only when the rules let it pass.

        Raises:
            WeakPassword: it breaks rules of the organisation.
            BreachedPassword: it stands in a known breach or the list of common passwords.
            BreachUnchecked: no known breaches could be asked and the policy is strict (R008).
            Busy: the queue for password checks is full.
        """
        reasons = broken(candidate, policy, words, has_two_factor)
        if reasons:
            raise WeakPassword(reasons)
        screened = await self._screening.check(candidate)
        if screened.outcome.is_found:
            raise BreachedPassword(screened.outcome)
        if policy.breach_strict and not screened.outcome.is_screened:
            raise BreachUnchecked
        return Accepted(await self._hasher.hash(candidate), screened.outcome, screened.failures)
