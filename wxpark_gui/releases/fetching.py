"""Download of small files from a web server, limited in time and size.

Follows no redirect, decompresses nothing, ignores the environment's proxies and trust. The limit of
time covers the whole exchange, so a server that sends a byte a second gains nothing.
"""

from __future__ import annotations

import platform
import ssl
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from wxpark_gui import __version__
from wxpark_gui.domain.address import is_loopback
from wxpark_gui.domain.errors import VersionFileNotUnderstoodError, VersionFileUnreachableError
from wxpark_gui.transport.connection import DeadlinePool, DeadlineTlsPool
from wxpark_gui.transport.deadline import Deadline
from wxpark_gui.transport.failure import diagnose
from wxpark_gui.transport.trust import harden, operating_system_trust

FILE_BYTES = 16 * 1024
"""Largest file accepted; a version file or signature is far smaller."""

_OK = 200
_HEADERS = {
    "Accept-Encoding": "identity",
    "User-Agent": f"wxpark-gui/{__version__} ({platform.system()})",
}


def fetch(
    urls: Sequence[str],
    seconds: float,
    *,
    proxy_url: str = "",
    trust: ssl.SSLContext | None = None,
) -> list[bytes]:
    """The content of each address of one server, over one connection.

    Args:
        seconds: limit for name lookup, proxy, TLS, headers and bodies together.
        proxy_url: `http://host:port`; loopback addresses are always reached directly.
        trust: replaces the operating system's trust store.

    Raises:
        VersionFileUnreachableError: one of them could not be read; `detail` is `HTTP 404` or the
            step that failed: a value of `transport.failure.Failure`.
        VersionFileNotUnderstoodError: one of them is larger than `FILE_BYTES`.
    """
    deadline = Deadline(time.monotonic)
    end = deadline.now() + seconds
    with _manager(urls[0], proxy_url, harden(trust or operating_system_trust())) as manager:
        try:
            return [_get(manager, url, deadline, end) for url in urls]
        except (HTTPError, OSError) as error:
            raise VersionFileUnreachableError(diagnose(error, deadline).value) from error


def _manager(url: str, proxy_url: str, trust: ssl.SSLContext) -> urllib3.PoolManager:
    is_direct = not proxy_url or is_loopback(urlsplit(url).hostname or "")
    manager = (
        urllib3.PoolManager(1, ssl_context=trust)
        if is_direct
        else urllib3.ProxyManager(proxy_url, 1, ssl_context=trust)
    )
    manager.pool_classes_by_scheme = {"http": DeadlinePool, "https": DeadlineTlsPool}
    return manager


def _get(manager: urllib3.PoolManager, url: str, deadline: Deadline, end: float) -> bytes:
    deadline.begin(connect_by=end, first_byte_by=end, end=end)
    pool: Any = manager.connection_from_url(url)
    pool.deadline = deadline
    response = pool.urlopen(
        "GET",
        urlsplit(url).path,
        headers=_HEADERS,
        redirect=False,
        retries=False,
        preload_content=False,
        decode_content=False,
    )
    with closing(response):
        if response.status != _OK:
            raise VersionFileUnreachableError(f"HTTP {response.status}")
        content = b""
        # urllib3 checks Content-Length only in a read at the end of the body.
        while more := response.read(FILE_BYTES + 1 - len(content), decode_content=False):
            content += more
            if len(content) > FILE_BYTES:
                raise VersionFileNotUnderstoodError(f"more than {FILE_BYTES} bytes")
        return content
