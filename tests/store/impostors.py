"""Servers that are none: one that says nothing, one that drops what comes, one that answers as it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field

SSL_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
"""What a client says that wants TLS."""


@dataclass(slots=True)
class Impostor:
    """What listens in a server's place, and what it has heard."""

    port: int = 0
    """Where it listens on 127.0.0.1."""
    heard: list[bytes] = field(default_factory=list)
    """All that each client has said, one after the other."""
    left: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a client has gone."""


@asynccontextmanager
async def answering(answer: bytes | None) -> AsyncIterator[Impostor]:
    """Answer the first message of each client so, or never, and listen on until the client goes."""
    impostor = Impostor()
    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        place = len(impostor.heard)
        impostor.heard.append(b"")
        with suppress(ConnectionError):
            while said := await reader.read(4096):
                if answer is not None and not impostor.heard[place]:
                    writer.write(answer)
                impostor.heard[place] += said
        impostor.left.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    impostor.port = server.sockets[0].getsockname()[1]
    async with server:
        yield impostor
        await asyncio.gather(*(task for task in serving if task))  # every client has gone


@contextmanager
def dropping() -> Iterator[int]:
    """Give a port whose queue is full, so that the kernel drops whoever wants to connect."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = int(full.getsockname()[1])
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(("127.0.0.1", port))
            waiting.append(client)
        try:
            yield port
        finally:
            for client in waiting:
                client.close()


def unused_port() -> int:
    """Give a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def fatal(state: str) -> bytes:
    """What a server says that refuses with an SQLSTATE."""
    fields = b"SFATAL\0VFATAL\0C" + state.encode() + b"\0Mno\0\0"
    return b"E" + (len(fields) + 4).to_bytes(4, "big") + fields
