"""The sheet of recovery codes that a person keeps: as plain text, and as a PDF of one page."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

from security.facts import Secret
from security.safe_text import SafeText

_HEADING = 18
_BODY = 11
_CODE = 14
"""Sizes in points."""

_LEFT, _TOP, _LEADING = 64, 770, 20
"""Where the first line of an A4 page begins, and how far the lines are apart, in points."""


def sheet_name(now: datetime, zone: tzinfo | None) -> str:
    """The name that a sheet is offered under, without its ending."""
    return f"strongroom-recovery-codes-{now.astimezone(zone):%Y-%m-%d}"


def saved_words(machine: SafeText, path: SafeText) -> str:
    """Where the sheet is now, and for whom."""
    return f"Saved on {machine} as {path}, for you alone (0600)."


def sheet_lines(email: SafeText, made_on: str, codes: Sequence[Secret]) -> list[str]:
    """Write the sheet: what it is, whose and of which day, the codes in order, and how to keep them."""
    return [
        "Strongroom recovery codes",
        "",
        f"For {email}, made on {made_on}.",
        "Each code signs you in once, when your authenticator app is out of reach.",
        "",
        *(f"{number:2}.  {code.reveal}" for number, code in enumerate(codes, 1)),
        "",
        "Keep this sheet in a password manager, or printed and locked away:",
        "not on the phone that has the app, and not on the monitor.",
    ]


def as_text(lines: Sequence[str]) -> bytes:
    """Encode the sheet as UTF-8 text."""
    return ("\n".join(lines) + "\n").encode()


def as_pdf(lines: Sequence[str]) -> bytes:
    """Lay the sheet out on one A4 page in Courier, a font that every reader has (ISO 32000-1 §9.6.2.2).

    Characters outside Windows-1252 become question marks; the codes have none.
    """
    content = _page_content(lines)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>",
    ]
    return _file_of(objects)


def _page_content(lines: Sequence[str]) -> bytes:
    """Draw each line at its place, the first one larger and the codes wider apart."""
    parts = [b"BT"]
    for place, line in enumerate(lines):
        size = _HEADING if place == 0 else _CODE if line[:2].strip().isdecimal() else _BODY
        height = _TOP - place * _LEADING
        parts.append(b"/F1 %d Tf 1 0 0 1 %d %d Tm %s Tj" % (size, _LEFT, height, _literal(line)))
    return b"\n".join([*parts, b"ET"])


def _literal(text: str) -> bytes:
    """Write a text as a PDF string, its own signs escaped (ISO 32000-1 §7.3.4.2)."""
    raw = text.encode("cp1252", "replace")
    for sign in (b"\\", b"(", b")"):
        raw = raw.replace(sign, b"\\" + sign)
    return b"(" + raw + b")"


def _file_of(objects: Sequence[bytes]) -> bytes:
    """Put objects, cross-reference table and trailer together; every entry of the table has 20 bytes."""
    body = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    count = len(objects) + 1
    table = b"xref\n0 %d\n0000000000 65535 f \n" % count + b"".join(
        b"%010d 00000 n \n" % at for at in offsets
    )
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    return body + table + trailer
