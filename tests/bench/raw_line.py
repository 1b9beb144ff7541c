"""Floor of an exchange: the bytes of the client's request over one open socket, and their reply."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timezone

from tests.faults.long_line import HOST
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

PLATE = "粤B1234K"
_PATIENCE = 30.0
_BUFFER = 65536
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"


class RawLine:
    """An open socket, over which the same message is exchanged again and again."""

    def __init__(self, port: int, message: bytes, trust: ssl.SSLContext | None = None) -> None:
        """Connect to a port of the loopback address.

        Args:
            message: whole HTTP request.
            trust: context for TLS; None for a connection without.
        """
        self._message = message
        self._socket = socket.create_connection((HOST, port), _PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if trust is not None:
            self._socket = trust.wrap_socket(self._socket, server_hostname=HOST)

    def close(self) -> None:
        self._socket.close()

    def exchange(self) -> float:
        """Send the message and read the whole reply; return the milliseconds.

        Raises:
            RuntimeError: the reply is no success.
        """
        began = time.perf_counter()
        self._socket.sendall(self._message)
        reply = read_message(self._socket.recv)
        took = 1000 * (time.perf_counter() - began)
        if b" 200 " not in reply[:20] or b"user_state" not in reply:
            raise RuntimeError("the gateway refused the message")
        return took


def read_message(receive: Callable[[int], bytes]) -> bytes:
    """Read one HTTP message whose header states the length of its body.

    Args:
        receive: returns at most that many bytes; none at the end of the stream.

    Raises:
        RuntimeError: the stream ended before the message, or no length is stated.
    """
    data = b""
    while _END_OF_HEAD not in data:
        data += _some(receive)
    stated = _LENGTH.search(data)
    if stated is None:
        raise RuntimeError("the message states no length")
    end = data.index(_END_OF_HEAD) + len(_END_OF_HEAD) + int(stated[1])
    while len(data) < end:
        data += _some(receive)
    return data


def _some(receive: Callable[[int], bytes]) -> bytes:
    part = receive(_BUFFER)
    if not part:
        raise RuntimeError("the stream ended within a message")
    return part


def request_of_client(merchant: MerchantProfile, key: Secret) -> bytes:
    """Return the bytes that the program's client sends for an entry of `PLATE`.

    They are received at a port of its own, because the client passes its headers to `http.client`
    one by one.
    """
    received: list[bytes] = []
    with socket.create_server((HOST, 0)) as server:

        def receive() -> None:
            connection, _ = server.accept()
            with connection:
                received.append(read_message(connection.recv))

        thread = threading.Thread(target=receive)
        thread.start()
        client = GatewayClient(
            nonces=SystemRandom().nonce,
            clock=time.monotonic,
            seen=SeenReplies(()),
            route=Route(time.monotonic),
        )
        entry = check_draft(EntryDraft(PLATE), datetime.now(timezone.utc))
        port = server.getsockname()[1]
        client.exchange(entry, replace(merchant, gateway_url=f"http://{HOST}:{port}"), key)
        client.close()
        thread.join()
    return received[0]
