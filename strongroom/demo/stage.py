"""The demo's stage: what its people can do, each act through the real flows at a moved clock."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pyotp

from security.clock import MovedClock
from security.facts import RecoveryCodes, SecondStepNeeded, Secret, SignedIn
from security.origin import Origin
from security.refusals import CodeRejected, Refusal, SessionOver, Throttled, WrongCredentials
from security.services import Services
from strongroom.demo.cast import MEMBERS, ORGANISATION, OWNER, Person, Terminal
from strongroom.terminal_origin import find_origin

_BETWEEN_CODES = timedelta(seconds=31)
"""A code is good for one step, so nobody types two within it."""


@dataclass(slots=True)
class Player:
    """A person as the story goes on: what they know and where they are signed in."""

    person: Person
    password: str
    totp: Secret | None = None
    codes: list[Secret] = field(default_factory=list)
    """The recovery codes that are left."""
    sessions: dict[str, SignedIn] = field(default_factory=dict)
    """The session that began last at each client."""
    devices: dict[str, Secret] = field(default_factory=dict)
    """The device secret that each client keeps."""


class Stage:
    """The services, the clock and the players."""

    def __init__(self, services: Services, clock: MovedClock) -> None:
        """Nobody is there yet; `founds` makes the owner."""
        self.services = services
        self.clock = clock
        self.owner = Player(OWNER, OWNER.password)
        self.members = [Player(person, person.password) for person in MEMBERS]

    @property
    def everybody(self) -> list[Player]:
        """All players, the owner first."""
        return [self.owner, *self.members]

    def called(self, local: str) -> Player:
        """The player with that address."""
        return next(player for player in self.everybody if player.person.local == local)

    async def founds(self) -> None:
        """The owner makes the store's organisation."""
        at = OWNER.terminals[0]
        founded = await self.services.founding.found(
            ORGANISATION, OWNER.name, OWNER.email, self.owner.password, self._origin(self.owner, at)
        )
        self._keep(self.owner, at, founded)

    async def joins(self, player: Player, org_id: str) -> None:
        """The owner's door adds a member."""
        person = player.person
        await self.services.founding.add_member(
            org_id,
            person.name,
            person.email,
            player.password,
            person.role,
            self._origin(self.owner, OWNER.terminals[0]),
        )

    async def signs_in(self, player: Player, terminal: Terminal, *, keep: bool = False) -> SignedIn:
        """Sign in, in one step or two, leaving the session that was there before."""
        await self.signs_out(player, terminal)
        origin = self._origin(player, terminal)
        answer = await self.services.sign_in.begin(player.person.email, player.password, origin, keep)
        if isinstance(answer, SecondStepNeeded):
            self.clock.advance(_BETWEEN_CODES)
            answer = await self.services.sign_in.finish(answer.half, self.code_of(player), origin, keep)
        return self._keep(player, terminal, answer)

    async def signs_in_with_recovery_code(self, player: Player, terminal: Terminal) -> None:
        """Sign in without the phone."""
        origin = self._origin(player, terminal)
        answer = await self.services.sign_in.begin(player.person.email, player.password, origin)
        if isinstance(answer, SecondStepNeeded):
            spent = player.codes.pop(0).reveal
            answer = await self.services.sign_in.finish_with_recovery_code(answer.half, spent, origin)
        self._keep(player, terminal, answer)

    async def arrives(self, origin: Origin) -> tuple[SignedIn, Origin]:
        """The owner signs in at the terminal in front of us; the origin then knows its device.

        It is told as of two minutes ago, so that the code of this moment is not spent yet.
        """
        now = self.clock.now()
        self.clock.set(now - timedelta(minutes=2))
        answer = await self.services.sign_in.begin(OWNER.email, self.owner.password, origin)
        if isinstance(answer, SecondStepNeeded):
            answer = await self.services.sign_in.finish(answer.half, self.code_of(self.owner), origin)
        self.clock.set(now)
        return answer, replace(origin, device_secret=answer.device_secret)

    async def signs_out(self, player: Player, terminal: Terminal) -> None:
        """Sign out, where a session still stands."""
        signed_in = player.sessions.pop(terminal.client, None)
        if signed_in is not None:
            with suppress(SessionOver):
                await self.services.sign_in.sign_out(signed_in.token, self._origin(player, terminal))

    async def mistypes(self, email: str, terminal: Terminal, times: int) -> None:
        """Somebody tries passwords that are not the right one, for a name that may not exist."""
        origin = self._origin(Player(OWNER, ""), terminal)
        for number in range(times):
            self.clock.advance(timedelta(seconds=7))
            with suppress(WrongCredentials, Throttled):
                await self.services.sign_in.begin(email, f"Not-The-Password-{number}", origin)

    async def mistypes_code(self, player: Player, terminal: Terminal, times: int) -> None:
        """The password is right and the code is not."""
        origin = self._origin(player, terminal)
        answer = await self.services.sign_in.begin(player.person.email, player.password, origin)
        for _ in range(times if isinstance(answer, SecondStepNeeded) else 0):
            assert isinstance(answer, SecondStepNeeded)  # noqa: S101  the type, for the checker
            self.clock.advance(timedelta(seconds=11))
            right = self.code_of(player)
            with suppress(CodeRejected):
                await self.services.sign_in.finish(answer.half, right[1:] + right[:1] + "0", origin)

    async def enrols(self, player: Player, terminal: Terminal) -> None:
        """Turn two-factor authentication on and save the codes."""
        origin = self._origin(player, terminal)
        signed_in = await self.signs_in(player, terminal)
        enrolment = await self.services.two_factor.begin(signed_in.token, origin)
        player.totp = enrolment.secret
        self.clock.advance(timedelta(seconds=48))
        made = await self.services.two_factor.confirm(
            signed_in.token, enrolment.id, self.code_of(player), origin, end_others=False
        )
        await self._saves(player, terminal, made)

    async def regenerates(self, player: Player, terminal: Terminal) -> None:
        """Make new recovery codes and save them."""
        signed_in = await self.signs_in(player, terminal)
        origin = self._origin(player, terminal)
        made = await self.services.recovery_codes.regenerate(signed_in.token, origin, end_others=False)
        await self._saves(player, terminal, made)

    async def changes_password(self, player: Player, terminal: Terminal, new: str) -> None:
        """Change the password, which ends every other session."""
        signed_in = await self.signs_in(player, terminal)
        changed = await self.services.passwords.change(
            signed_in.token, player.password, new, new, None, self._origin(player, terminal)
        )
        player.password = new
        player.sessions.clear()
        self._keep(player, terminal, changed.signed_in)

    async def revokes(self, player: Player, terminal: Terminal, other: Terminal) -> None:
        """From one terminal, end the session of another."""
        signed_in = await self.signs_in(player, terminal)
        ended = player.sessions.pop(other.client, None)
        if ended is not None:
            with suppress(Refusal):
                await self.services.sessions.revoke(
                    signed_in.token, ended.session_id, self._origin(player, terminal)
                )

    async def names(self, player: Player, terminal: Terminal, name: str) -> None:
        """Give the device of a session that stands a name, from that very session."""
        signed_in = player.sessions[terminal.client]
        origin = self._origin(player, terminal)
        await self.services.sessions.name_device(signed_in.token, signed_in.session_id, name, origin)

    async def is_active(self, player: Player, terminal: Terminal) -> None:
        """Do something at a session that stands."""
        signed_in = player.sessions.get(terminal.client)
        if signed_in is not None:
            with suppress(Refusal):
                await self.services.sessions.touch(signed_in.token)

    def code_of(self, player: Player) -> str:
        """What the player's authenticator shows now."""
        if player.totp is None:
            raise ValueError(f"{player.person.name} has no authenticator")
        return pyotp.TOTP(player.totp.reveal).at(self.clock.now())

    async def _saves(self, player: Player, terminal: Terminal, made: RecoveryCodes) -> None:
        """Keep the codes, and type one as proof."""
        player.codes = list(made.codes)
        self._keep(player, terminal, made.signed_in)
        self.clock.advance(timedelta(seconds=35))
        await self.services.recovery_codes.acknowledge(
            made.signed_in.token, made.batch_id, made.codes[0].reveal, self._origin(player, terminal)
        )

    def _origin(self, player: Player, terminal: Terminal) -> Origin:
        """Where an act of the player comes from; one connection an act is enough for a story."""
        return Origin(
            connection=_CONNECTION,
            source_ip=terminal.source_ip,
            client=terminal.client,
            node=_NODE,
            device_secret=player.devices.get(terminal.client),
            user_agent=terminal.user_agent,
        )

    def _keep(self, player: Player, terminal: Terminal, signed_in: SignedIn) -> SignedIn:
        """Remember the session and, where it is new, the device."""
        player.sessions[terminal.client] = signed_in
        if signed_in.device_secret is not None:
            player.devices[terminal.client] = signed_in.device_secret
        return signed_in


_CONNECTION = Secret(secrets.token_urlsafe(32))
_NODE = find_origin({}).node
