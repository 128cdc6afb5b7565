"""Policies: what an organisation asks of its members, read strictly from its document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from security.facts import PolicyView
from security.normalise import GREATEST_LENGTH
from security.safe_text import sanitise
from store import policies as policy_rows

if TYPE_CHECKING:
    from store.transaction import Transaction

_DAY = 24 * 3600


class BadPolicy(Exception):
    """A policy's document is not one; `str()` names the field and its bounds."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What an organisation asks for. Every field has its bounds in `BOUNDS`."""

    minimum_length: int = 12
    """Code points of a password, after normalisation (R001)."""
    minimum_length_with_two_factor: int = 12
    """The same for members with two-factor authentication."""
    needs_upper: bool = True
    needs_lower: bool = False
    needs_digit: bool = True
    needs_symbol: bool = True
    breach_strict: bool = False
    """Refuse a new password where no breach check could be made (R008)."""
    rotation_days: int | None = None
    """Days after which a change of password is advised, never forced (R014)."""
    lifetime_seconds: int = 30 * _DAY
    """The longest life of a session (R050)."""
    idle_seconds: int = 7 * _DAY
    """The longest rest of a session."""
    session_limit: int = 20
    """Sessions of one account; the oldest ends for one more (R059)."""
    recovery_code_count: int = 8
    """Codes of a batch (R041)."""
    enforces_two_factor: bool = False
    """Members cannot disable it (R040)."""
    sso_sentence: str | None = None
    """What is shown to every name where single sign-on is required; None where it is not (R016, R017)."""
    audit_days: int = 365
    """Days that events are kept (R077)."""

    @property
    def lifetime(self) -> timedelta:
        """The longest life of a session."""
        return timedelta(seconds=self.lifetime_seconds)

    @property
    def idle(self) -> timedelta:
        """The longest rest of a session."""
        return timedelta(seconds=self.idle_seconds)

    @property
    def requires_sso(self) -> bool:
        """Whether passwords are no way in at all."""
        return self.sso_sentence is not None

    def length_for(self, *, has_two_factor: bool) -> int:
        """The minimum length for a member with or without two-factor authentication."""
        return self.minimum_length_with_two_factor if has_two_factor else self.minimum_length

    def view(self, *, has_two_factor: bool = False) -> PolicyView:
        """What the screens of one person need to know."""
        return PolicyView(
            minimum_length=self.length_for(has_two_factor=has_two_factor),
            lifetime=self.lifetime,
            idle=self.idle,
            recovery_code_count=self.recovery_code_count,
            enforces_two_factor=self.enforces_two_factor,
            breach_strict=self.breach_strict,
            sso_sentence=sanitise(self.sso_sentence) if self.sso_sentence is not None else None,
        )

    def to_json(self) -> str:
        """The document that is stored: every field, in the order of their names."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, document: str) -> Policy:
        """Read a document strictly; a field that is absent has its default.

        Raises:
            BadPolicy: unknown fields, wrong types, or figures out of bounds.
        """
        try:
            values = json.loads(document)
        except (ValueError, RecursionError):
            raise BadPolicy("The policy is not JSON.") from None
        if not isinstance(values, dict):
            raise BadPolicy("The policy is not an object of fields.")
        known = {field.name: field.type for field in fields(cls)}
        for name, value in values.items():
            if name not in known:
                raise BadPolicy(f"The policy has no field {sanitise(name, max_cells=40)}.")
            _check(name, str(known[name]), value)
        policy = cls(**values)
        if policy.idle_seconds > policy.lifetime_seconds:
            raise BadPolicy("idle_seconds is longer than lifetime_seconds.")
        return policy


BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "minimum_length": (8, 64),
        "minimum_length_with_two_factor": (8, 64),
        "rotation_days": (30, 730),
        "lifetime_seconds": (3600, 30 * _DAY),
        "idle_seconds": (900, 7 * _DAY),
        "session_limit": (1, 20),
        "recovery_code_count": (8, 16),
        "audit_days": (90, 3650),
    }
)
"""The least and the greatest figure of each field that has one."""

SHORTEST_LIFETIME = timedelta(seconds=BOUNDS["lifetime_seconds"][0])
"""The shortest that a session's longest life may be, whoever sets it."""

GREATEST_SENTENCE = GREATEST_LENGTH * 2
"""Characters of the single sign-on sentence."""

STANDARD = Policy()
NIST = replace(
    STANDARD,
    minimum_length=15,
    minimum_length_with_two_factor=8,
    needs_upper=False,
    needs_digit=False,
    needs_symbol=False,
)
"""NIST SP 800-63B-4 §3.1.1.2: length, no composition."""
NIST_AAL2 = replace(NIST, lifetime_seconds=_DAY, idle_seconds=3600)
"""The same with the session limits of AAL2 (§2.2.3)."""
NEXTE = replace(STANDARD, recovery_code_count=10, rotation_days=365)
"""Ten recovery codes and the advice to change the password once a year."""

PRESETS: Mapping[str, Policy] = MappingProxyType(
    {"standard": STANDARD, "nist": NIST, "nist-aal2": NIST_AAL2, "nexte": NEXTE}
)
"""Policies by the names that a person may choose."""


STRICTEST = replace(
    STANDARD,
    minimum_length=BOUNDS["minimum_length"][1],
    minimum_length_with_two_factor=BOUNDS["minimum_length_with_two_factor"][1],
    needs_lower=True,
    breach_strict=True,
    lifetime_seconds=BOUNDS["lifetime_seconds"][0],
    idle_seconds=BOUNDS["idle_seconds"][0],
    session_limit=BOUNDS["session_limit"][0],
    enforces_two_factor=True,
    audit_days=BOUNDS["audit_days"][1],
)
"""What no policy is stricter than; it stands in for whatever of one cannot be read."""


async def for_org(tx: Transaction, org_id: str) -> Policy:
    """The policy of an organisation; one that has set none has the standard one."""
    return of_record(await policy_rows.get(tx, org_id))


def of_record(record: policy_rows.PolicyRecord | None) -> Policy:
    """The policy that a row holds; without a row the standard one.

    Of a damaged document that holds which can be read, and in place of the rest what is strictest:
    nobody is kept out by it, and nothing weaker takes its place.
    """
    return STANDARD if record is None else _read(record.document)[0]


def damage_of(record: policy_rows.PolicyRecord | None) -> str | None:
    """What is wrong with the document of a row, for people; None where nothing is."""
    return None if record is None else _read(record.document)[1]


@lru_cache(maxsize=128)
def _read(document: str) -> tuple[Policy, str | None]:
    """The policy of a document, and what is wrong with it; it is read once however many acts ask."""
    try:
        return Policy.from_json(document), None
    except BadPolicy as damage:
        return _salvaged(document), str(damage)


def _salvaged(document: str) -> Policy:
    """What can be read of a damaged document, and for the rest what is strictest."""
    try:
        values = json.loads(document)
    except (ValueError, RecursionError):
        return STRICTEST
    policy = STRICTEST
    for field in fields(Policy):
        with suppress(BadPolicy, KeyError, TypeError):
            _check(field.name, str(field.type), values[field.name])
            policy = replace(policy, **{field.name: values[field.name]})
    return replace(policy, idle_seconds=min(policy.idle_seconds, policy.lifetime_seconds))


async def put(
    tx: Transaction, org_id: str, policy: Policy, *, version: int, at: datetime, by: str | None
) -> None:
    """Keep a policy as the given version, one more than the version before it.

    Raises:
        BadPolicy: figures out of bounds.
    """
    document = Policy.from_json(policy.to_json()).to_json()
    await policy_rows.put(tx, policy_rows.PolicyRecord(org_id, version, document, at, by))


def _check(name: str, kind: str, value: object) -> None:
    """Hold one value of a document against its field's type and bounds."""
    if value is None and "None" in kind:
        return
    if kind.startswith("bool"):
        if type(value) is not bool:
            raise BadPolicy(f"{name} is true or false.")
    elif kind.startswith("int"):
        least, greatest = BOUNDS[name]
        if type(value) is not int or not least <= value <= greatest:
            raise BadPolicy(f"{name} is a whole number from {least} to {greatest}.")
    elif not isinstance(value, str) or not 0 < len(value) <= GREATEST_SENTENCE:
        raise BadPolicy(f"{name} is a sentence of at most {GREATEST_SENTENCE} characters.")
