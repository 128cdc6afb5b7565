"""An authenticator that is not ours: oathtool computes the codes, from the key that the screen shows."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import zxingcpp
from PIL import Image

STEP = 30
"""Seconds that one code stands for (RFC 6238)."""


class Authenticator:
    """One entry of an authenticator app."""

    def __init__(self, secret: str) -> None:
        """Take a base32 secret, with or without the blanks between its groups."""
        self.secret = re.sub(r"\s", "", secret)
        self._last_step = 0

    @classmethod
    def reading(cls, uri: str) -> Authenticator:
        """An entry made by scanning."""
        return cls(parse_qs(urlsplit(uri).query)["secret"][0])

    def code(self) -> str:
        """A code that was not given before, the oldest first that still counts: a phone may go a step wrong.

        It waits where the next step is too far ahead.
        """
        step = self._last_step + 1
        while step > (now := time.time()) // STEP + 1:
            time.sleep(0.2)
        # The step before this one counts until this one ends, which should not be in a moment.
        self._last_step = max(step, int(now // STEP) - (now % STEP < STEP / 2))
        return self.again()

    def again(self) -> str:
        """The code that was given last."""
        return self._at(self._last_step * STEP)

    def _at(self, moment: int) -> str:
        """The code of a moment, so that a slow start of oathtool cannot slip into the next step."""
        words = ["oathtool", "--totp", "--base32", "--now", f"@{moment}", self.secret]
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def read_by_zxing(image: Image.Image) -> str | None:
    """What zxing-cpp reads in a picture, without help for inverted codes."""
    found = zxingcpp.read_barcodes(image, try_invert=False)
    return found[0].text if found else None


def read_by_zbar(image: Image.Image, folder: Path) -> str | None:
    """What zbarimg reads in a picture."""
    path = folder / "screen.png"
    image.save(path)
    words = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(path)]
    read = subprocess.run(words, capture_output=True, text=True, check=False).stdout
    return read.rstrip("\n") or None


def account_of(uri: str) -> str:
    """Issuer and account as an app shows them."""
    return unquote(urlsplit(uri).path.lstrip("/"))
