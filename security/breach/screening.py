"""The breach check: online by a range of hashes, else the breach file, else the embedded list (R006-R009)."""

from __future__ import annotations

import asyncio
import hashlib
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from security.breach.file import BreachFile
from security.breach.state import Unusable
from security.password_rules import is_common
from security.vocabulary import BreachOutcome

if TYPE_CHECKING:
    import httpx

PUBLIC_RANGE_URL = "https://api.pwnedpasswords.com"
"""The public range service."""

DEADLINE = 2.0
"""Seconds for the online check in all, the retry included."""

GREATEST_ANSWER = 256 * 1024
"""Bytes of an answer; a padded range has about 40 KiB (R120)."""

_TRIES = 2


class BreachUnavailable(Exception):
    """A check could not be made, or its answer cannot be trusted; that is never "not breached"."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What the checks could say of a password."""

    outcome: BreachOutcome
    """The answer, and who gave it."""
    failures: Mapping[str, str] = field(default_factory=dict)
    """Why the checks before that gave none, for the audit: "online" and "breach_file"."""


class BreachCheck(Protocol):
    """Something that knows how often a password was seen in breaches."""

    async def count(self, password: str) -> int:
        """How often a normalised password was seen; 0 for never.

        Raises:
            BreachUnavailable: the check could not be made.
        """
        ...

    async def close(self) -> None:
        """Let go of what the check holds open."""
        ...


class EmbeddedList:
    """The list of common passwords that the program carries."""

    async def count(self, password: str) -> int:
        """1 where the password is common, with or without digits and symbols around it; else 0."""
        return 1 if is_common(password) else 0

    async def close(self) -> None:
        """Nothing is held open."""


class RangeClient:
    """Asks a range service, which learns five of forty hex digits of a SHA-1 and no more (R007)."""

    def __init__(self, base_url: str = PUBLIC_RANGE_URL, *, deadline: float = DEADLINE) -> None:
        """Raises ValueError where the address is not https, nor http to this machine."""
        self._base_url = _checked(base_url)
        self._deadline = deadline
        self._client: httpx.AsyncClient | None = None
        self._connecting = asyncio.Lock()

    async def count(self, password: str) -> int:
        """How often the password was seen; padded rows have count 0 and are no match.

        Raises:
            BreachUnavailable: no trustworthy answer came in time, not even at the second try.
        """
        digest = hashlib.sha1(password.encode("utf-8"), usedforsecurity=False).hexdigest().upper()
        try:
            async with asyncio.timeout(self._deadline):
                answer = await self._ask_twice(digest[:5])
        except TimeoutError:
            raise BreachUnavailable("no answer in time") from None
        return _count_in(answer, digest[5:])

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()

    async def _ask_twice(self, prefix: str) -> str:
        """One try and one more; each may take half of the deadline."""
        for attempt in range(1, _TRIES + 1):
            try:
                async with asyncio.timeout(self._deadline / _TRIES):
                    return await self._ask(prefix)
            except (TimeoutError, BreachUnavailable):
                if attempt == _TRIES:
                    raise BreachUnavailable("no answer that can be trusted") from None
        raise BreachUnavailable("not asked")

    async def _connected(self) -> httpx.AsyncClient:
        """The client, made at its first use and off the loop: it reads certificates."""
        async with self._connecting:
            if self._client is None:
                self._client = await asyncio.to_thread(_new_client, self._deadline)
            return self._client

    async def _ask(self, prefix: str) -> str:
        """The rows of one range."""
        client = await self._connected()
        from httpx import HTTPError

        headers = {"Add-Padding": "true", "Accept-Encoding": "identity", "User-Agent": "strongroom"}
        try:
            async with client.stream("GET", f"{self._base_url}/range/{prefix}", headers=headers) as answer:
                return _rows(await _body(answer))
        except HTTPError:
            raise BreachUnavailable("the connection failed") from None


class FileCheck:
    """Asks the breach file on this machine."""

    def __init__(self, path: Path, *, deadline: float = DEADLINE) -> None:
        """Name the file, which need not be there."""
        self._file = BreachFile(path)
        self._deadline = deadline

    async def count(self, password: str) -> int:
        """1 where the password's SHA-1 is in the file; else 0.

        Raises:
            BreachUnavailable: the file is not there, cannot be trusted, or its disk does not answer.
        """
        digest = hashlib.sha1(password.encode("utf-8"), usedforsecurity=False).digest()
        try:
            async with asyncio.timeout(self._deadline):
                return int(await asyncio.to_thread(self._file.knows, digest))
        except Unusable as fault:
            raise BreachUnavailable(fault.state.standing) from None
        except TimeoutError:
            raise BreachUnavailable("the disk did not answer in time") from None

    async def close(self) -> None:
        """Let go of the file."""
        await asyncio.to_thread(self._file.close)


class Screening:
    """Asks online, then the breach file, then the embedded list, and tells which of them answered."""

    def __init__(
        self, online: BreachCheck | None, embedded: BreachCheck | None, *, file: BreachCheck | None = None
    ) -> None:
        """None stands for a check that is switched off."""
        self._checks = (
            ("online", online, BreachOutcome.FOUND_ONLINE, BreachOutcome.CLEAR_ONLINE),
            ("breach_file", file, BreachOutcome.FOUND_OFFLINE, BreachOutcome.CLEAR_OFFLINE),
            ("embedded", embedded, BreachOutcome.FOUND_EMBEDDED, BreachOutcome.CLEAR_EMBEDDED),
        )

    @classmethod
    def at(cls, base_url: str | None, file: Path | None = None) -> Screening:
        """The usual screening; an empty address or None switches the online check off.

        Raises:
            ValueError: the address is not https, nor http to this machine.
        """
        online = RangeClient(base_url) if base_url else None
        return cls(online, EmbeddedList(), file=None if file is None else FileCheck(file))

    async def check(self, password: str) -> Screened:
        """What can be said of a normalised password.

        A check that fails is no acquittal: the next one is asked, and the outcome says which answered.
        """
        failures: dict[str, str] = {}
        for name, check, found, clear in self._checks:
            if check is None:
                continue
            try:
                return Screened(found if await check.count(password) else clear, failures)
            except BreachUnavailable as failure:
                failures[name] = str(failure)
        return Screened(BreachOutcome.NOT_CHECKED, failures)

    async def close(self) -> None:
        """Let go of every check."""
        for _, check, _, _ in self._checks:
            if check is not None:
                await check.close()


def _new_client(deadline: float) -> httpx.AsyncClient:
    """A client that trusts the usual certificates and nothing of the environment (R120).

    httpx is imported here and not before: it takes its own command line along, and with it a
    terminal library that has no business among the rules.
    """
    import httpx

    context = httpx.create_ssl_context(trust_env=False)
    return httpx.AsyncClient(verify=context, follow_redirects=False, trust_env=False, timeout=deadline)


async def _body(answer: httpx.Response) -> bytes:
    """What was answered, read no further than the greatest size and never unpacked."""
    if answer.status_code != 200 or answer.headers.get("Content-Encoding", "identity") != "identity":
        raise BreachUnavailable(f"status {answer.status_code}")
    body = bytearray()
    async for piece in answer.aiter_raw():
        body += piece
        if len(body) > GREATEST_ANSWER:
            raise BreachUnavailable("answer too long")
    return bytes(body)


def _checked(base_url: str) -> str:
    """The address without a slash at its end, where it is one that may be asked."""
    refused = ValueError("the breach check's address must be https, or http to this machine")
    try:
        parts = urlsplit(base_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise refused from None
    is_plain = base_url.isascii() and base_url.isprintable() and " " not in base_url
    has_more = parts.username or parts.password or parts.query or parts.fragment
    if not host or not is_plain or has_more:
        raise refused
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise refused
    return base_url.rstrip("/")


def _is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _rows(body: bytes) -> str:
    """The body as text where each line is a row; an empty one is no answer, since ranges are never empty."""
    try:
        text = body.decode("ascii")
    except UnicodeDecodeError:
        raise BreachUnavailable("not text") from None
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{35}:[0-9]{1,12}(?:\r?\n|\Z))+", text):
        raise BreachUnavailable("not a range")
    return text


def _count_in(rows: str, suffix: str) -> int:
    """The count beside a suffix; 0 where it is absent or padding."""
    return sum(int(row[36:]) for row in rows.splitlines() if row[:35].upper() == suffix)
