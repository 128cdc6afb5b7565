"""Sessions of one person in several places, for the tests of the sessions page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from textual.pilot import Pilot

from security.facts import SecondStepNeeded, Secret, SignedIn
from security.origin import Origin
from tests.tui.house import EMAIL, PASSWORD, House, Person, settled
from tui.messages import GoTo, Place


@dataclass(frozen=True, slots=True)
class Spot:
    """Something that a person signs in with, somewhere."""

    client: str
    source_ip: str
    city: str | None = None
    country: str | None = None

    def origin(self) -> Origin:
        """A connection from there."""
        return Origin(
            Secret(f"{self.client} {self.source_ip}"),
            self.source_ip,
            self.client,
            "vault-1",
            city=self.city,
            country=self.country,
        )


DESK = Spot("OpenSSH, kitty 0.35.2", "203.0.113.7", "Oslo", "Norway")
LAPTOP = Spot("Firefox 131 on Linux", "198.51.100.4", "Bergen", "Norway")
PHONE = Spot("Safari 18 on iPhone", "2001:db8:85a3::7334", "Lima", "Peru")
CELLAR = Spot("OpenSSH, foot", "192.168.7.9")
"""A private network: no place is known or needed."""


async def at_desk(house: House) -> Person:
    """The owner, signed in at the desk."""
    return Person(await house.services.founding.found("Acme", "Amir Example", EMAIL, PASSWORD, DESK.origin()))


async def sign_in_at(house: House, spot: Spot) -> SignedIn:
    """One more session of the same person, from somewhere else."""
    answer = await house.services.sign_in.begin(EMAIL, PASSWORD, spot.origin())
    assert not isinstance(answer, SecondStepNeeded)
    return answer


async def three_sessions(house: House) -> tuple[Person, SignedIn, SignedIn]:
    """The desk now, the laptop twelve minutes ago and the phone three days ago."""
    person = await at_desk(house)
    phone = await sign_in_at(house, PHONE)
    house.clock.advance(timedelta(days=3))
    laptop = await sign_in_at(house, LAPTOP)
    house.clock.advance(timedelta(minutes=12))
    await house.services.sessions.touch(person.signed_in.token)
    return person, laptop, phone


async def go_to(pilot: Pilot[int], place: Place = Place.SESSIONS) -> None:
    """Go to a place and wait until it was read."""
    await settled(pilot)
    pilot.app.post_message(GoTo(place))
    await settled(pilot)
    await settled(pilot)
