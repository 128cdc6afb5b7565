"""Padding of refusals: every "no" of the sign-in takes about the same time (R018)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from security.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Padding:
    """How long a refusal takes at least, and how much chance is added to it."""

    floor_ms: int = 250
    """Above what an argon2 verification and its transactions take, so that they do not show."""
    jitter_ms: int = 85
    """The greatest random addition; the figures are those of Authelia."""

    @asynccontextmanager
    async def refusals(self) -> AsyncIterator[None]:
        """Hold back a refusal of the block until floor and jitter have passed; successes are not held.

        Raises:
            Refusal: the one that the block raised, later.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            yield
        except Refusal:
            jitter = secrets.randbelow(self.jitter_ms + 1)
            left = (self.floor_ms + jitter) / 1000 - (loop.time() - began)
            if left > 0:
                await asyncio.sleep(left)
            raise
