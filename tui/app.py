"""The app: which screens there are at which moment, the keys that act everywhere, and the one live worker.

What only a session needs (refusals, their words, the live worker) is imported where it is used: the first
paint does not wait for it.
"""

from __future__ import annotations

from itertools import count
from typing import Protocol, runtime_checkable

from textual import on, work
from textual.message import Message
from textual.screen import Screen

from security.trouble import StoreTrouble
from tui import messages, themes
from tui.collector import collect_again
from tui.door import Door
from tui.keyed_app import SAVING
from tui.locking_app import LockingApp
from tui.messages import Place
from tui.screen_list import screen_named
from tui.visit import NotSignedIn
from tui.widgets.tone import Tone


@runtime_checkable
class BeginsErrands(Protocol):
    """A place that can begin with something that was asked for elsewhere."""

    errand: messages.GoTo | None
    """What brought the person here."""


class StrongroomApp(LockingApp):
    """One visit on one terminal."""

    TITLE = "Strongroom"
    DEFAULT_MODE = "part-0"
    """The part of the visit that the app begins with; Textual's own name could not be removed."""

    def __init__(self, door: Door) -> None:
        """Build the app of one visit."""
        super().__init__(door)
        self._part_numbers = count(1)

    def get_default_screen(self) -> Screen[object]:
        """Return the screen that the visit begins with, its style sheet already taken."""
        screen = screen_named(self._first_screen())
        self.stylesheet.read_all(screen.css_path)
        self.add_mode(self.DEFAULT_MODE, screen.__class__)  # known, so that the next part can remove it
        return screen

    def _first_screen(self) -> str:
        """Return the name of the screen that the visit begins with."""
        if self.visit.signed_in is not None:
            self.theme = themes.name_for(self.visit.account.appearance)
            return self._first_place
        if self.door.needs_founding:
            return "first_run"
        return "opening" if self.visit.has_kept_token() else "sign_in"

    def on_mount(self) -> None:
        """Paint the first screen once it is whole, then open the store behind it."""
        self.hold_painting()
        self.paint_when_there(self.screen)
        self.key_order.wait_for(self.screen)
        self.call_later(self.cover)
        self.watch_idleness()
        self.call_after_refresh(self._open)
        if self.visit.signed_in is not None:
            self._live()
        elif self.visit.has_session:
            self._resume()

    def terminal_named(self, answer: str) -> None:
        """Call the terminal by the name that it gives itself, from the next session on."""
        name_client = self.door.name_client
        client = None if name_client is None else name_client(answer)
        if client is not None:
            self.visit.name_client(client)

    @property
    def _first_place(self) -> str:
        """Where somebody begins inside; whose second factor was reset goes nowhere else before."""
        return "enrol_first" if self.visit.account.must_enrol else Place.OVERVIEW

    @on(messages.Entered)
    @on(messages.Unlocked)
    def _enter(self) -> None:
        """Show the rooms inside and follow the session until its end."""
        self.theme = themes.name_for(self.visit.account.appearance)
        self._begin(self._first_place)
        self._live()

    @on(messages.GoTo)
    def _go_to(self, event: messages.GoTo) -> None:
        """Show another place; not while something is saved, the lock is shown, or codes would be lost."""
        if self.is_saving and not event.is_passing:
            self.say(SAVING, Tone.MUTED)
        may_go = not (self.is_saving or self.is_locked or self.has_unfinished)
        if self.visit.signed_in is not None and may_go and not self.visit.account.must_enrol:
            self._begin(event.place, is_passing=event.is_passing)
            if isinstance(self.screen, BeginsErrands):
                self.screen.errand = event

    @on(messages.SignedOut)
    async def _signed_out(self, event: messages.SignedOut) -> None:
        """Show sign-in with the reason; an unknown token may only be the one before, so look again then."""
        from tui import live

        if event.reason == live.UNKNOWN and self.visit.signed_in is not None:
            self._look_again()
        elif self.visit.has_session:
            await self._end(event.reason)

    @work(exclusive=True, group="look", description="look whether the session is over")
    async def _look_again(self) -> None:
        """Go on where a read had only met this visit's own change of token."""
        from security.vocabulary import ChangeKind
        from tui import live

        services = await self.visit.ready()
        try:
            reason = await live.end_of(services, self.visit, lambda: self.is_saving)
        except NotSignedIn:
            return
        if reason is not None:
            await self._end(reason)
        else:
            self._live()
            self._tell(messages.AccountChanged(ChangeKind.SESSION_CHANGED))

    async def _end(self, reason: str) -> None:
        """Forget the session and show sign-in with the reason, whatever was open."""
        from security.vocabulary import EndReason
        from tui.words.refusals import NOT_ENDED

        await self.visit.forget()
        self.workers.cancel_group(self, "live")
        if reason not in (EndReason.SIGNED_OUT, NOT_ENDED):  # an end that nobody here asked for
            self.key_order.drop_typed()
        self._begin("sign_in", ended=reason)

    @on(messages.LeaveRequested)
    def _leave(self) -> None:
        """Sign out at the person's wish, once nothing is saved any more."""
        if self.is_saving:
            self.say(SAVING, Tone.MUTED)
        else:
            self._sign_out()

    @on(messages.LockRequested)
    def _lock_now(self) -> None:
        """Lock at the person's wish, unless something is saved or codes would be lost."""
        if self.is_saving:
            self.say(SAVING, Tone.MUTED)
        elif self.visit.signed_in is not None and not (self.is_locked or self.has_unfinished):
            self._begin("idle_lock", is_meant=True)

    @on(messages.IdleReached)
    def _lock(self) -> None:
        """Show the idle lock in place of everything; nothing of what was shown stays."""
        if self.visit.signed_in is not None and not self.is_locked:
            self._begin("idle_lock")

    @work(group="open", description="open the store")
    async def _open(self) -> None:
        """Open the store while the first screen is looked at, then let Python look for garbage again."""
        try:
            await self.visit.ready()
        finally:
            collect_again()
        self._stand()

    @work(group="stand", description="stand as long as the store does")
    async def _stand(self) -> None:
        """End the visit where nothing can be done any more; not while codes would be lost."""
        from tui import live

        await live.stand(self.door, lambda: not (self.is_saving or self.has_unfinished))

    @work(group="open", description="resume the kept session")
    async def _resume(self) -> None:
        """Go inside with the kept token, or to sign-in with the reason why not."""
        from security.refusals import Refusal, SessionLocked, SessionOver

        services = await self.visit.ready()
        try:
            await self.visit.adopt(
                await services.sign_in.resume(self.visit.token, self.visit.origin), keep=True
            )
        except SessionLocked:
            self._begin("idle_lock")
        except SessionOver as over:
            self.post_message(messages.SignedOut(over.reason))
        except (Refusal, StoreTrouble):
            self._begin("sign_in")
        else:
            self._enter()

    @work(exclusive=True, group="live", description="follow the session")
    async def _live(self) -> None:
        """Follow what others change and keep the session fresh."""
        from tui import live

        await live.follow(self.visit, self._tell, lambda: self.is_saving)

    @work(group="act", description="sign out")
    async def _sign_out(self) -> None:
        """End the session in the store, then here."""
        from security.refusals import Refusal
        from tui.words.refusals import NOT_ENDED

        services = await self.visit.ready()
        reason = "signed_out"
        try:
            await services.sign_in.sign_out(self.visit.token, self.visit.origin)
        except Refusal as refusal:
            reason = getattr(refusal, "reason", reason)
        except StoreTrouble:
            reason = NOT_ENDED
        self.post_message(messages.SignedOut(reason))

    def _tell(self, message: Message) -> None:
        """Hand what the live worker found to the app or to the screen that shows the account."""
        if isinstance(message, messages.AccountChanged):
            for screen in self.screen_stack:
                screen.post_message(messages.AccountChanged(message.kind))
        elif isinstance(message, messages.LiveChanged):
            for screen in self.screen_stack:
                screen.post_message(messages.LiveChanged())
        else:
            self.post_message(message)

    def _begin(self, name: str, **arguments: object) -> None:
        """Begin a part of the visit with one screen; every screen of the part before is closed."""
        before, mode = self.current_mode, f"part-{next(self._part_numbers)}"
        for worker in [worker for worker in self.workers if worker.node is not self]:
            worker.cancel()  # it could otherwise go on while its screen is taken apart
        self.add_mode(mode, lambda: screen_named(name, **arguments))
        self.hold_painting()
        self.switch_mode(mode)
        self.paint_when_there(self.screen)
        self.key_order.wait_for(self.screen)
        self.remove_mode(before)
        self.call_later(self.cover)
