"""POST over one warm connection, by the adapter of `requests` without its session.

The session follows redirects with the signed body, unpacks without bound, keeps cookies, and takes
proxies, passwords and trust from files and the environment.
"""

from __future__ import annotations

import platform
import ssl
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from wxpark_gui import __version__
from wxpark_gui.domain.address import is_loopback
from wxpark_gui.transport.connection import DeadlinePool, DeadlineTlsPool
from wxpark_gui.transport.deadline import Deadline
from wxpark_gui.wechatpay.reply import REPLY_BYTES

_OK = 200
_HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "Accept": "text/xml",
    "Accept-Encoding": "identity",
    "User-Agent": f"wxpark-gui/{__version__} ({platform.system()})",
}
_FRAMING = {"content-length", "transfer-encoding"}
_POOLS = {"http": DeadlinePool, "https": DeadlineTlsPool}


class PostingAdapter(HTTPAdapter):
    """`requests`' adapter with one warm connection, a deadline, and one trust store."""

    def __init__(self, trust: ssl.SSLContext, deadline: Deadline, proxy: Callable[[], str]) -> None:
        """`proxy` gives the proxy's URL, or an empty text; it is asked before every use."""
        self._trust = trust
        self._deadline = deadline
        self._proxy = proxy
        self._proxy_in_use = ""
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def post(self, url: str, message: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and raw body, which is read for status 200 only, to just over the cap."""
        response = self.send(_prepare(url, message), stream=True, proxies=self._proxies(url))
        if response.status_code != _OK:
            response.raw.close()
            return response.status_code, response.headers, b""
        body = _read_capped(response.raw)
        if len(body) > REPLY_BYTES:
            response.raw.close()
        if not body and not _FRAMING & {name.lower() for name in response.headers}:
            # Headers may be cut off too: http.client takes an end of the stream for their end.
            raise ConnectionResetError("the connection ended before the reply did")
        return _OK, response.headers, body

    def head(self, url: str) -> Mapping[str, str]:
        """The headers of the reply to a request without content, whatever its status."""
        request = requests.Request("HEAD", url, headers=_HEADERS).prepare()
        response = self.send(request, stream=True, proxies=self._proxies(url))
        response.raw.close()
        return response.headers

    def warm_up(self, url: str) -> None:
        pool = self.get_connection_with_tls_context(
            _prepare(url, b""), verify=True, proxies=self._proxies(url)
        )
        pool.warm_up()

    def init_poolmanager(
        self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any
    ) -> None:
        super().init_poolmanager(
            connections, maxsize, block, ssl_context=self._trust, **pool_kwargs
        )
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._trust, **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.deadline = self._deadline
        return pool

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Always verify, and not against the bundle that requests would add to the trust store."""
        conn.cert_reqs = "CERT_REQUIRED"

    def _proxies(self, url: str) -> dict[str, str]:
        """The proxy of the moment; a change drops the warm connection."""
        proxy = self._proxy()
        if proxy != self._proxy_in_use:
            self.close()
            self.proxy_manager.clear()
            self._proxy_in_use = proxy
        if not proxy or is_loopback(urlsplit(url).hostname or ""):
            return {}
        return {"http": proxy, "https": proxy}


def _prepare(url: str, message: bytes) -> requests.PreparedRequest:
    return requests.Request("POST", url, headers=_HEADERS, data=message).prepare()


def _read_capped(source: Any) -> bytes:
    """The body as sent, to just over the cap. An end before the announced length raises."""
    body = b""
    while len(body) <= REPLY_BYTES:
        # Only a read at the end of the body compares its length with the announced one.
        more = source.read(REPLY_BYTES + 1 - len(body), decode_content=False)
        if not more:
            break
        body += more
    return body
