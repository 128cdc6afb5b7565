"""A line between the program and a server, which fails where a test wants it to.

It understands as much of PostgreSQL's messages as is needed to tell them apart, so that a fault comes at
a chosen one: before COMMIT is passed on, after that, or when its answer comes back.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

_SSL_REQUEST = 80877103
_STARTUP = b"\0"
"""What stands for the kind of a message that has none: those before the server knows who asks."""


class Deed(Enum):
    """What a line does to whoever relies on it."""

    STALL = "stalls"
    """Nothing passes any more until the line is mended; then everything does, late."""
    DROP = "swallows"
    """Nothing passes ever again, and nobody is told."""
    RESET = "resets"
    """Both ends are told at once that it is gone."""
    HALF_CLOSE = "half-closes"
    """The server seems to hang up, and still hears what is said."""


class Message(NamedTuple):
    """One message, as far as the tests care."""

    is_asking: bool
    """Whether the program says it, not the server."""
    kind: bytes
    """The letter that it begins with."""
    body: bytes
    """The rest."""

    @property
    def ends_question(self) -> bool:
        """Whether the server answers once it has this: a plain query, or the end of one in parts."""
        return self.is_asking and self.kind in b"QS"

    @property
    def statement(self) -> bytes:
        """The statement that the program says in it, if any."""
        if not self.is_asking or self.kind not in b"QP":
            return b""
        return self.body if self.kind == b"Q" else self.body.partition(b"\0")[2]

    def asks(self, words: bytes) -> bool:
        """Whether the program says a statement that begins so."""
        return self.statement.startswith(words)

    def tells(self, words: bytes) -> bool:
        """Whether the server says that a command which begins so was done."""
        return not self.is_asking and self.kind == b"C" and self.body.startswith(words)


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong once, at the first message that it fits."""

    deed: Deed
    at: Callable[[Message], bool]
    passes: bool = False
    """Whether the message itself still gets through."""


class Proxy:
    """A door on loopback that leads to a server, and all the lines through it."""

    def __init__(self, url: str) -> None:
        """Lead to the server of a URL that names the directory of its socket file, or host and port."""
        self._parts = urlsplit(url)
        self.fault: Fault | None = None
        """What is to go wrong next."""
        self.lasts = False
        """Whether every line that is opened after the fault suffers the same, until it is mended."""
        self.struck = asyncio.Event()
        """Set once the fault has come."""
        self.seen: list[Message] = []
        """What the program has asked, on all lines; a test may clear it."""
        self.opened = 0
        """How many lines there were."""
        self.lines: set[Line] = set()
        self._deed: Deed | None = None
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Proxy:
        """Open the door."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, and every line."""
        assert self._server is not None
        self._server.close()
        self.mend()
        for line in tuple(self.lines):
            line.abort()
        async with asyncio.timeout(5):
            while self.lines:
                await asyncio.wait({line.task for line in self.lines})
                await asyncio.sleep(0)

    @property
    def url(self) -> str:
        """The same database, through this door."""
        assert self._server is not None
        port = self._server.sockets[0].getsockname()[1]
        return f"postgresql://{self._parts.username}@127.0.0.1:{port}{self._parts.path}?sslmode=disable"

    def expect(self, fault: Fault, *, lasts: bool = False) -> None:
        """Let something go wrong at the first message that fits."""
        self.fault, self.lasts = fault, lasts
        self.struck.clear()

    def strike(self, deed: Deed, *, having_said: bytes = b"", lasts: bool = False) -> None:
        """Let it happen now, to every line on which the program has said something."""
        self._deed = deed if lasts else None
        self.struck.set()
        for line in tuple(self.lines):
            if having_said in line.said:
                line.suffer(deed)

    def mend(self) -> None:
        """Let new lines be good again, and those that stalled go on."""
        self.fault, self.lasts, self._deed = None, False, None
        for line in tuple(self.lines):
            line.mend()

    def judge(self, message: Message) -> Fault | None:
        """Give the fault that is to come at this message."""
        if message.is_asking:
            self.seen.append(message)
        fault = self.fault
        if fault is None or not fault.at(message):
            return None
        self.fault = None
        self._deed = fault.deed if self.lasts else None
        self.struck.set()
        return fault

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Lead one line to the server."""
        task = asyncio.current_task()
        assert task is not None
        line = Line(self, reader, writer, task)
        self.lines.add(line)
        self.opened += 1
        try:
            if self._deed is not None:
                line.suffer(self._deed)
            await line.serve(*await self._connect())
        except OSError:
            pass  # the server is not there
        finally:
            line.abort()
            self.lines.discard(line)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the server."""
        directory = parse_qs(self._parts.query).get("host", [""])[0]
        if directory.startswith("/"):
            return await asyncio.open_unix_connection(Path(directory, f".s.PGSQL.{self._parts.port or 5432}"))
        return await asyncio.open_connection(self._parts.hostname, self._parts.port)


class Line:
    """One connection, and the two directions of it."""

    def __init__(
        self,
        proxy: Proxy,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        task: asyncio.Task[None],
    ) -> None:
        """Begin as a good line."""
        self._proxy = proxy
        self._from_program, self._to_program = reader, writer
        self._to_server: asyncio.StreamWriter | None = None
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._swallows = False
        self._is_deaf = False
        self.task = task
        self.said = b""
        """Every statement of the program."""

    async def serve(self, from_server: asyncio.StreamReader, to_server: asyncio.StreamWriter) -> None:
        """Carry both directions until both have ended."""
        self._to_server = to_server
        await asyncio.gather(
            self._carry(self._from_program, to_server, is_asking=True),
            self._carry(from_server, self._to_program, is_asking=False),
        )

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, is_asking: bool
    ) -> None:
        """Carry messages one way."""
        cutter = Cutter(is_asking)
        with suppress(OSError, asyncio.IncompleteReadError):
            while data := await reader.read(65536):
                for message, raw in cutter.cut(data):
                    await self._carry_one(message, raw, writer)
                await writer.drain()
            await self._is_open.wait()
            if not self._swallows and not (self._is_deaf and not is_asking):
                writer.write_eof()

    async def _carry_one(self, message: Message, raw: bytes, writer: asyncio.StreamWriter) -> None:
        """Carry one message, and let happen what is to happen at it."""
        if raw == struct.pack("!ll", 8, _SSL_REQUEST):
            self._to_program.write(b"N")
            return
        self.said += message.statement
        fault = self._proxy.judge(message)
        if fault is not None and not fault.passes:
            self.suffer(fault.deed)
        await self._is_open.wait()
        is_lost = self._swallows or (self._is_deaf and not message.is_asking)
        is_held = fault is not None and not fault.passes and fault.deed is not Deed.STALL
        if not is_lost and not is_held and not writer.is_closing():
            writer.write(raw)
        if fault is not None and fault.passes:
            await writer.drain()
            self.suffer(fault.deed)

    def suffer(self, deed: Deed) -> None:
        """Do to this line what is to be done."""
        if deed is Deed.STALL:
            self._is_open.clear()
        elif deed is Deed.RESET:
            self._swallows = True
            self.abort()
        elif deed is Deed.DROP:
            self._swallows = True
        else:
            self._is_deaf = True
            self._to_program.write_eof()

    def mend(self) -> None:
        """Go on after a stall; what was swallowed stays so."""
        self._is_open.set()

    def abort(self) -> None:
        """Cut both ends off at once."""
        for writer in (self._to_program, self._to_server):
            if writer is not None:
                with suppress(OSError):
                    raw = writer.get_extra_info("socket")
                    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()


class Cutter:
    """Cuts what comes over a line into messages."""

    def __init__(self, is_asking: bool) -> None:
        """Expect messages without a letter first, where it is the program that speaks."""
        self._is_asking = is_asking
        self._has_letter = not is_asking
        self._rest = b""

    def cut(self, data: bytes) -> Iterator[tuple[Message, bytes]]:
        """Give each message that is whole, and its bytes."""
        self._rest += data
        while (size := self._size()) <= len(self._rest):
            raw, self._rest = self._rest[:size], self._rest[size:]
            if self._has_letter:
                yield Message(self._is_asking, raw[:1], raw[5:]), raw
            else:
                self._has_letter = struct.unpack_from("!l", raw, 4)[0] != _SSL_REQUEST
                yield Message(True, _STARTUP, raw[4:]), raw

    def _size(self) -> int:
        """Give the length of the message that begins here, or more than there is."""
        start = 1 if self._has_letter else 0
        if len(self._rest) < start + 4:
            return len(self._rest) + 1
        return start + int(struct.unpack_from("!l", self._rest, start)[0])
