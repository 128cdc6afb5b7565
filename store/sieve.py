"""Which events are wanted: a sieve by name, outcome and words, and how it is asked in SQL."""

from __future__ import annotations

from dataclasses import dataclass

from store.rows import Value


@dataclass(frozen=True, slots=True)
class Term:
    """One word that an event must hold, or be called by."""

    text: str
    """Looked for in name, client, address and reason; case counts only beyond A to Z."""
    names: frozenset[str] = frozenset()
    """Event names that match whatever else they hold."""
    failures: bool = False
    """Whether what was refused or failed matches whatever else it holds."""


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which events are wanted; an empty one wants all."""

    names: frozenset[str] | None = None
    """Only events of these names; None for all."""
    failures_only: bool = False
    """Only what was refused or failed."""
    terms: tuple[Term, ...] = ()
    """Each of these must match."""

    @property
    def wants_all(self) -> bool:
        """Whether nothing is left out."""
        return self.names is None and not self.failures_only and not self.terms


def condition(sieve: Sieve) -> tuple[list[str], dict[str, Value]]:
    """Write a sieve as conditions and their parameters."""
    pieces: list[str] = []
    params: dict[str, Value] = {}
    if sieve.failures_only:
        pieces.append("outcome = 'failure'")
    if sieve.names is not None:
        pieces.append(_is_one_of("kind", sieve.names, params))
    for place, term in enumerate(sieve.terms):
        params[f"term{place}"] = f"%{_literal(term.text)}%"
        held = [
            f"lower({column}) LIKE :term{place} ESCAPE '!'"
            for column in ("name", "client", "source_ip", "reason")
        ]
        if term.failures:
            held.insert(0, "outcome = 'failure'")
        if term.names:
            held.insert(0, _is_one_of(f"term{place}name", term.names, params))
        pieces.append(f"({' OR '.join(held)})")
    return pieces, params


def _is_one_of(prefix: str, names: frozenset[str], params: dict[str, Value]) -> str:
    """Write that an event has one of some names; none at all is never so."""
    if not names:
        return "1 = 0"
    placed = {f"{prefix}{number}": name for number, name in enumerate(sorted(names))}
    params |= placed
    return f"name IN ({', '.join(f':{one}' for one in placed)})"


def _literal(text: str) -> str:
    """Write a text as a LIKE pattern that means nothing but itself, its A to Z in small letters."""
    small = "".join(char.lower() if char.isascii() else char for char in text)
    return "".join(f"!{char}" if char in "!%_" else char for char in small)
