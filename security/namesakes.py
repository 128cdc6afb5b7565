"""Namesakes: who is called like another of the organisation, or writes from an address like another's (R087).

Whoever takes a name or an address holds the organisation's lane, so that two who look alike cannot come
at one moment.
"""

from __future__ import annotations

from security.look_alikes import Looks, address_passes_for
from security.refusals import NameTaken
from store import members as member_rows
from store.transaction import Transaction

NEARLY_AS_LONG = 4
"""Characters by which names may differ that look alike."""


async def require_own_looks(tx: Transaction, org_id: str, name: str, *, whose: str | None = None) -> None:
    """Let only a name pass that could not be meant to look like another member's.

    Two people may well have the same name; one that only looks the same is made to mislead. `whose` is
    the account that takes it, where it is there already.

    Raises:
        NameTaken: it looks like another's.
    """
    least, most = len(name) - NEARLY_AS_LONG, len(name) + NEARLY_AS_LONG
    looks = Looks.of(name)
    others = await member_rows.names_as_long(tx, org_id, least, most, but=whose)
    if any(looks.passes_for(other) for other in others):
        raise NameTaken("name")


async def require_own_address(tx: Transaction, org_id: str, canonical: str) -> None:
    """Let only an address pass that could not be meant to look like another member's, or like their domain.

    Raises:
        NameTaken: it looks like another's.
    """
    if any(address_passes_for(canonical, other) for other in await member_rows.addresses(tx, org_id)):
        raise NameTaken("email")
