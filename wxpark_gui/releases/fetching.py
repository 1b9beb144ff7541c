"""Download of small files from a web server, limited in time and size.

It follows no redirect, decompresses nothing, and ignores proxies set in the environment. The time
limit covers the whole download, even from a server that sends one byte a second.
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
from urllib3.exceptions import HTTPError, LocationValueError

from wxpark_gui import __version__
from wxpark_gui.domain.address import is_loopback
from wxpark_gui.domain.errors import VersionFileNotUnderstoodError, VersionFileUnreachableError
from wxpark_gui.transport.connection import DeadlinePool, DeadlineTlsPool
from wxpark_gui.transport.deadline import Deadline
from wxpark_gui.transport.failure import Failure, diagnose
from wxpark_gui.transport.trust import harden, operating_system_trust

FILE_BYTES = 16 * 1024
"""Largest file accepted, in bytes. Version files and signatures are far smaller."""

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
    """Return the content of each URL. All URLs are on one server and share a connection.

    Args:
        seconds: limit for all downloads together, name lookup and connecting included.
        proxy_url: `http://host:port`, or empty for none. Loopback URLs never use the proxy.
        trust: replaces the operating system's trust store.

    Raises:
        VersionFileUnreachableError: a URL could not be read; `detail` is the HTTP status, such as
            `HTTP 404`, or a value of `transport.failure.Failure`.
        VersionFileNotUnderstoodError: a file is larger than `FILE_BYTES`.
    """
    deadline = Deadline(time.monotonic)
    end = deadline.now() + seconds
    try:
        made = _manager(urls[0], proxy_url, _context(trust))
    except LocationValueError as error:
        raise VersionFileUnreachableError(Failure.PROXY_UNREACHABLE.value) from error
    with made as manager:
        try:
            return [_get(manager, url, deadline, end) for url in urls]
        except (HTTPError, OSError) as error:
            raise VersionFileUnreachableError(diagnose(error, deadline).value) from error


def _context(trust: ssl.SSLContext | None) -> ssl.SSLContext:
    try:
        return harden(trust or operating_system_trust())
    except ssl.SSLError as error:
        # OpenSSL allows no TLS at all, as with a broken `openssl.cnf`.
        raise VersionFileUnreachableError(Failure.TLS.value) from error


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
        # Read until empty: urllib3 checks Content-Length only in the read that finds the end.
        while more := response.read(FILE_BYTES + 1 - len(content), decode_content=False):
            content += more
            if len(content) > FILE_BYTES:
                raise VersionFileNotUnderstoodError(f"more than {FILE_BYTES} bytes")
        return content
