"""A visit: who is here, by which door, and what they may call. Plain Python, testable without a terminal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from security.facts import AccountView, Secret, SignedIn
    from security.origin import Origin
    from security.services import Services
    from tui.door import Door
    from tui.keys.keymap import KeysNow


def _keys_of(door: Door) -> KeysNow:
    """Return the keys of whoever comes by a door."""
    from tui.keys.keymap import KeysNow

    return KeysNow(door.preset, door.keys)


class NotSignedIn(Exception):
    """A screen asked for the session of a visit that has none; its owner shows sign-in."""


class Visit:
    """One person's visit from first paint to the end: its door, its flows and its session."""

    def __init__(self, door: Door) -> None:
        """Begin a visit at a door."""
        self.door = door
        """What the visit was opened with."""
        self.keys: KeysNow = _keys_of(door)
        """The keys of this visit, for whatever names one."""
        self.origin: Origin = door.origin
        """Where acts come from; carries the device's secret once it is known."""
        self.signed_in: SignedIn | None = door.signed_in
        """The present session, or None outside."""
        self.is_kept = False
        """Whether the person asked to stay signed in on this machine, or was resumed."""
        self.uses_utc = False
        """Whether times are shown in UTC rather than in local time."""
        self.is_reminder_closed = False
        """Whether the person has put the reminder to change the password away, for this visit."""
        self.recent_commands: tuple[str, ...] = ()
        """What was last done by the palette, the newest first."""
        self._client: str | None = None
        self.sessions_alive: int | None = None
        """How many sessions of the person are alive, as a page read it last; None before that."""
        self.not_live_since: datetime | None = None
        """Since when changes made elsewhere may be missed, aware UTC; None while they are followed."""
        self._kept_token: Secret | None = None
        self._services: Services | None = None
        self._connecting: asyncio.Task[Services] | None = None
        self._keeping = asyncio.Lock()

    @property
    def account(self) -> AccountView:
        """The person who is signed in.

        Raises:
            NotSignedIn: outside a session.
        """
        if self.signed_in is None:
            raise NotSignedIn
        return self.signed_in.account

    @property
    def token(self) -> Secret:
        """The token that every flow of this person needs; it changes, so read it at each call.

        Until a kept session is resumed or its idle lock opened, it is the kept one.

        Raises:
            NotSignedIn: outside a session.
        """
        if self.signed_in is not None:
            return self.signed_in.token
        if self._kept_token is None:
            raise NotSignedIn
        return self._kept_token

    @property
    def has_session(self) -> bool:
        """Whether there is a session, or a kept one that has not been resumed."""
        return self.signed_in is not None or self._kept_token is not None

    def has_kept_token(self) -> bool:
        """Read what an earlier run kept on this machine, and tell whether there is a token."""
        self._kept_token = self.door.keeper.read_token()
        self.is_kept = self._kept_token is not None
        return self.is_kept

    async def ready(self) -> Services:
        """Return the flows, opening the store at the first call; a failed opening is tried again by the next.

        Raises:
            DoorClosed: the store or its keys cannot be opened; the app ends the visit, so let it pass.
        """
        if self._services is not None:
            return self._services
        if self._connecting is None:
            self._connecting = asyncio.ensure_future(self.door.connect())
        connecting = self._connecting
        try:
            self._services = await asyncio.shield(connecting)
        except Exception:
            self._connecting = None
            raise
        return self._services

    async def adopt(self, signed_in: SignedIn, *, keep: bool | None = None) -> None:
        """Take a session or its new token in place of the one before, and keep it where asked."""
        self.signed_in = signed_in
        self._kept_token = None
        if keep is not None:
            self.is_kept = keep
        if signed_in.device_secret is not None:
            self.origin = replace(self.origin, device_secret=signed_in.device_secret)
        await asyncio.shield(asyncio.ensure_future(self._keep()))

    async def _keep(self) -> None:
        """Write what is to be kept, one write at a time and always the newest token."""
        async with self._keeping:
            signed_in, keeper = self.signed_in, self.door.keeper
            if signed_in is None:
                return
            if signed_in.device_secret is not None:
                await asyncio.to_thread(keeper.save_device, signed_in.device_secret)
            if self.is_kept:
                await asyncio.to_thread(keeper.save, signed_in)

    def name_client(self, client: str) -> None:
        """Take what the terminal calls itself for the next session; one that has begun keeps its client."""
        self._client = client
        if not self.has_session:
            self.origin = replace(self.origin, client=client)

    async def forget(self) -> None:
        """Leave the session behind, here and where it was kept."""
        self.signed_in = None
        self._kept_token = None
        self.sessions_alive = self.not_live_since = None
        self.recent_commands = ()
        if self._client is not None:
            self.name_client(self._client)
        self.is_kept = False
        async with self._keeping:
            await asyncio.to_thread(self.door.keeper.forget)

    def renew_account(self, account: AccountView) -> None:
        """Show another name, appearance or two-factor state from now on."""
        if self.signed_in is not None:
            self.signed_in = replace(self.signed_in, account=account)

    def in_person_time(self, at: datetime) -> datetime:
        """Return an aware UTC time as the person wants to read it: local, or UTC after `t`."""
        return at if self.uses_utc else at.astimezone()


@runtime_checkable
class HoldsVisit(Protocol):
    """What screens know of the app."""

    visit: Visit
    """The visit that the app shows."""

    def send_to_clipboard(self, text: str) -> str:
        """Send text to the person's terminal after an explicit copy key, and return the sentence to show."""


def visit_of(node: DOMNode) -> Visit:
    """Return the visit that a screen or widget belongs to."""
    return _holder(node).visit


def key_name(node: DOMNode, binding_id: str) -> str:
    """Return what a sentence on a screen calls the key of a binding, as it is in this visit."""
    from tui.keys.keymap import KeysNow

    app: object = node.app
    keys = app.visit.keys if isinstance(app, HoldsVisit) else KeysNow()
    return keys.name(binding_id)


def send_to_clipboard(node: DOMNode, text: str) -> str:
    """Send text to the person's terminal after an explicit copy key, and return the sentence to show."""
    return _holder(node).send_to_clipboard(text)


def _holder(node: DOMNode) -> HoldsVisit:
    """Return the app of a node as the holder of a visit."""
    app: object = node.app
    if not isinstance(app, HoldsVisit):
        raise TypeError("this screen needs an app that holds a visit")
    return app
