"""A range service on loopback, which answers as a test tells it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[["RangeServer", asyncio.StreamWriter], Awaitable[None]]


def suffix_of(password: str) -> str:
    """The 35 hex digits that a range service answers with."""
    return hashlib.sha1(password.encode()).hexdigest().upper()[5:]  # noqa: S324


def padding(count: int = 800) -> str:
    """Rows that are no match, as a service adds them."""
    return "".join(f"{hashlib.sha1(str(row).encode()).hexdigest().upper()[5:]}:0\r\n" for row in range(count))  # noqa: S324


@dataclass
class RangeServer:
    """Keeps what it was asked."""

    url: str = ""
    requests: list[str] = field(default_factory=list)
    """The head of each request."""


def reply(body: str | bytes, status: str = "200 OK", headers: str = "") -> Answer:
    """An answer that is sent whole."""
    raw = body if isinstance(body, bytes) else body.encode()

    async def send(server: RangeServer, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(raw)}\r\nConnection: close\r\n{headers}\r\n"
        writer.write(head.encode() + raw)
        await writer.drain()

    return send


def rows(*matches: tuple[str, int]) -> Answer:
    """An answer with padding and these passwords and counts in it."""
    return reply(padding() + "".join(f"{suffix_of(password)}:{count}\r\n" for password, count in matches))


async def silence(server: RangeServer, writer: asyncio.StreamWriter) -> None:
    """No answer at all."""
    await asyncio.sleep(30)


async def a_drip(server: RangeServer, writer: asyncio.StreamWriter) -> None:
    """An answer that begins well and never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        writer.write(b"3\r\nA:1\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def a_flood(server: RangeServer, writer: asyncio.StreamWriter) -> None:
    """An answer without an end, as fast as it goes."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    row = padding(100).encode()
    while True:
        writer.write(f"{len(row):x}\r\n".encode() + row + b"\r\n")
        await writer.drain()


async def garbage(server: RangeServer, writer: asyncio.StreamWriter) -> None:
    """Not even HTTP."""
    writer.write(b"\x00\xff\x16\x03garbage\r\n\r\n")


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other, the last of them again and again."""
    left = list(answers)

    async def send(server: RangeServer, writer: asyncio.StreamWriter) -> None:
        await (left.pop(0) if len(left) > 1 else left[0])(server, writer)

    return send


@asynccontextmanager
async def serving(answer: Answer) -> AsyncIterator[RangeServer]:
    """A server on a port of its own, with every connection closed at its end."""
    kept = RangeServer()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            kept.requests.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await answer(kept, writer)
        writer.close()
        tasks.discard(task)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    kept.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield kept
    finally:
        server.close()
        for task in [*tasks]:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
