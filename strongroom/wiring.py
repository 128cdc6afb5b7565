"""The wiring: services over a store, by the settings. Imports what is heavy; only the assembly asks it."""

from __future__ import annotations

from dataclasses import dataclass

from security.breach.screening import Screening
from security.bundle import build_operations, build_services
from security.clock import Clock
from security.hashing import PasswordHasher
from security.key_rotation import KeyRotation
from security.keys import KeyRing
from security.operations import Operations
from security.places import FilePlaces, NoPlaces, Places
from security.services import Services
from security.vocabulary import Appearance
from store import audit as audit_rows
from store import organisations as organisation_rows
from store.store import Store
from strongroom.settings import Settings


@dataclass(frozen=True, slots=True)
class Wired:
    """The services, and what has to be let go of after them."""

    services: Services
    store: Store
    rotation: KeyRotation
    """For the operator alone, so no screen has it."""
    operations: Operations
    """For the operator alone too."""
    hasher: PasswordHasher
    screening: Screening
    places: Places

    async def chains(self) -> tuple[str, ...]:
        """Every organisation, also one that lost its chain, and the nil id where that has one."""
        async with self.store.read() as tx:
            heads = [head.org_id for head in await audit_rows.heads(tx)]
            organisations = [organisation.id for organisation in await organisation_rows.list_all(tx)]
        return tuple(dict.fromkeys([*organisations, *heads]))

    async def close(self) -> None:
        """Let go of the hashing threads, of the city file and of the connections to the breach service."""
        self.hasher.close()
        await self.places.close()
        await self.screening.close()


def wire(settings: Settings, store: Store, keys: KeyRing, clock: Clock, node: str) -> Wired:
    """Build the services of this process."""
    hasher = PasswordHasher()
    screening = Screening.at(settings.breach_url, settings.breach_file)
    places = NoPlaces() if settings.place_file is None else FilePlaces(settings.place_file)
    appearance = Appearance(settings.appearance)
    services = build_services(
        store,
        keys,
        clock,
        hasher,
        screening,
        node=node,
        places=places,
        issuer=settings.issuer,
        appearance=appearance,
    )
    rotation = KeyRotation(store, keys, clock, services.audit)
    operations = build_operations(store, keys, clock, hasher, screening, node=node, appearance=appearance)
    return Wired(services, store, rotation, operations, hasher, screening, places)
