"""Slow network between a client and a gateway with TLS: each byte arrives half a round trip late.

Connections can be closed at the gateway's end, or dropped silently, as a router does with idle
ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Coroutine
from typing import TypeVar

T = TypeVar("T")

HOST = "127.0.0.1"
ROUND_TRIP = 0.040
"""Round-trip time in seconds."""

_CHUNK = 65536


class LongLine:
    """A TLS server in front of a gateway, and a delaying proxy in front of that server.

    Both run in an event loop on their own thread. Each method blocks until it is done.

    Attributes:
        port: the proxy's port on the loopback address.
    """

    def __init__(self, gateway_port: int, tls: ssl.SSLContext) -> None:
        self._gateway_port = gateway_port
        self._tls = tls
        self._far_port = 0
        self._servers: list[asyncio.AbstractServer] = []
        self._writers: list[StreamWriter] = []
        self._far_ends: list[StreamWriter] = []
        self._conversations: list[asyncio.Task[None]] = []
        # Each line has one of its own; setting it drops the line.
        self._drops: list[asyncio.Event] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self.port = self._do(self._listen())

    def close_lines(self) -> None:
        """Close every connection at the gateway's end, and wait until the client has noticed."""
        self._do(self._close_lines())

    def drop_lines(self) -> None:
        """Discard silently everything that is sent from now on over the present connections.

        The close of a connection is discarded too, so that neither end learns of it.
        """
        self._do(self._drop_lines())

    def stop(self) -> None:
        self._do(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, task: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(task, self._loop).result()

    async def _listen(self) -> int:
        far = await asyncio.start_server(self._serve_at_far_end, HOST, 0, ssl=self._tls)
        near = await asyncio.start_server(self._serve_at_near_end, HOST, 0)
        self._servers = [far, near]
        self._far_port = _port(far)
        return _port(near)

    async def _close_lines(self) -> None:
        for writer in self._far_ends:
            # A polite end of TLS would wait for an answer of the client, who is not listening.
            _cut(writer)
        self._far_ends.clear()
        await asyncio.gather(*self._conversations)
        self._conversations.clear()

    async def _drop_lines(self) -> None:
        for drop in self._drops:
            drop.set()
        self._drops.clear()
        # They end when all ends, and until then nobody hears of them.
        self._far_ends.clear()
        self._conversations.clear()

    async def _stop(self) -> None:
        for server in self._servers:
            server.close()
        for writer in self._writers:
            _cut(writer)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others)

    async def _serve_at_near_end(self, reader: StreamReader, writer: StreamWriter) -> None:
        # Loopback reaches any port at once; over a long line, TCP itself takes a round trip.
        connected_at = self._loop.time() + ROUND_TRIP
        drop = asyncio.Event()
        self._drops.append(drop)
        onward = await self._begin(writer, self._far_port)
        await asyncio.gather(
            _carry(reader, onward[1], ROUND_TRIP / 2, connected_at, drop),
            _carry(onward[0], writer, ROUND_TRIP / 2, connected_at, drop),
        )

    async def _serve_at_far_end(self, reader: StreamReader, writer: StreamWriter) -> None:
        self._far_ends.append(writer)
        onward = await self._begin(writer, self._gateway_port)
        await asyncio.gather(_carry(reader, onward[1]), _carry(onward[0], writer))

    async def _begin(self, writer: StreamWriter, port: int) -> tuple[StreamReader, StreamWriter]:
        """Connect to the next port, and register the connection for closing."""
        conversation = asyncio.current_task()
        assert conversation is not None
        self._conversations.append(conversation)
        onward = await asyncio.open_connection(HOST, port)
        self._writers += [writer, onward[1]]
        return onward


def _cut(writer: StreamWriter) -> None:
    """Abort a connection; do nothing if it has been closed already."""
    # A TLS transport that was closed twice has forgotten what to abort, up to Python 3.11.
    with contextlib.suppress(AttributeError):
        writer.transport.abort()


async def _carry(
    source: StreamReader,
    target: StreamWriter,
    delay: float = 0.0,
    not_before: float = 0.0,
    drop: asyncio.Event | None = None,
) -> None:
    """Copy bytes and the end of the stream from `source` to `target`.

    Args:
        delay: seconds from reading bytes to writing them.
        not_before: time of the event loop before which no bytes are considered sent.
        drop: once set, nothing is written any more.
    """
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, data = await chunks.get()
            await asyncio.sleep(due - loop.time())
            is_dropped = drop is not None and drop.is_set()
            if not data:
                break
            if not is_dropped:
                target.write(data)
        if not is_dropped:
            target.close()

    delivering = asyncio.create_task(deliver())
    while True:
        data = await _read(source)
        chunks.put_nowait((max(loop.time(), not_before) + delay, data))
        if not data:
            break
    await delivering


async def _read(source: StreamReader) -> bytes:
    """Return received bytes, or b"" at the end of the stream and after an error."""
    try:
        return await source.read(_CHUNK)
    except OSError:
        return b""


def _port(server: asyncio.AbstractServer) -> int:
    assert isinstance(server, asyncio.Server)
    port: int = server.sockets[0].getsockname()[1]
    return port
