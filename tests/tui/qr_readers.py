"""The two readers of the gate, held before a picture of what a terminal shows."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Sequence

import pytest
import zxingcpp
from PIL import Image
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.stories.picture import XTERM, cells, draw


def picture_of(styled: Sequence[str], theme: TerminalTheme = XTERM) -> Image.Image:
    """Draw lines with SGR sequences as a terminal of that palette shows them."""
    columns = max(Text.from_ansi(line).cell_len for line in styled)
    return draw(cells("\n".join(styled), columns, len(styled), theme))


def zxing_reads(picture: Image.Image) -> list[str]:
    """What zxing-cpp reads, without any help for inverted codes."""
    formats = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=formats, try_invert=False)]


def zbar_reads(picture: Image.Image) -> list[str]:
    """What zbarimg reads; skips the test where the machine lacks it."""
    if shutil.which("zbarimg") is None:
        pytest.skip("this test needs zbarimg; the package zbar-tools brings it on Debian")
    png = io.BytesIO()
    picture.save(png, "PNG")
    command = ["zbarimg", "--quiet", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", "PNG:-"]
    done = subprocess.run(command, input=png.getvalue(), capture_output=True, check=False)
    # 0: read, 4: nothing found in the picture; anything else is a fault of the reader, not of the code.
    assert done.returncode in (0, 4), done.stderr.decode()
    return done.stdout.decode().splitlines()
