"""Places that can begin with something that was asked for elsewhere: in the palette, or on another page."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.screen import Screen

from tui.messages import GoTo
from tui.visit import Visit, visit_of
from tui.widgets.page_frame import PageFrame
from tui.widgets.tone import Tone

NOT_NOW = "That cannot be done here now."
"""Where an errand is not offered, and nobody knows why."""


class ErrandScreen(Screen[None]):
    """A place with its frame, and what brought the person there."""

    READS_FIRST: ClassVar[bool] = False
    """Whether the page must have read something before it can begin with an errand."""

    errand: GoTo | None = None
    """What brought the person here, until it has begun."""

    @property
    def visit(self) -> Visit:
        """Who is here, and what they may call."""
        return visit_of(self)

    @property
    def frame(self) -> PageFrame:
        """The frame around the page."""
        return self.query_one(PageFrame)

    @on(events.Mount)
    def _begin_soon(self) -> None:
        """Begin what was asked for, where nothing must be read for it."""
        if not self.READS_FIRST:
            self.call_after_refresh(self.begin_errand)

    async def begin_errand(self) -> None:
        """Begin, once, what brought the person here, or say why that cannot be done.

        Who has opened something else meanwhile goes on with that: no dialog comes over another.
        """
        errand, self.errand = self.errand, None
        if errand is None or not self.is_active:
            return
        if errand.advice:
            self.frame.notice.say(self.visit.keys.told(errand.advice), Tone.MUTED)
        if errand.begin and not self.check_action(errand.begin, ()):
            self.frame.notice.say(errand.otherwise or NOT_NOW, Tone.ATTENTION)
        elif errand.begin:
            await self.run_action(errand.begin)
