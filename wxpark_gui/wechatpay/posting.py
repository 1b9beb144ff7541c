"""HTTP over one kept-alive connection, with the `HTTPAdapter` of `requests` but no `Session`.

A `Session` would follow redirects with the signed body, decompress without limit, keep cookies, and
take proxies, passwords and trusted certificates from files and the environment.
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
from wxpark_gui.transport.deadline import Deadline, Stage
from wxpark_gui.wechatpay.flat_xml import REPLY_BYTES

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
    """`HTTPAdapter` with one kept-alive connection, a deadline and one trust store."""

    def __init__(
        self,
        trust: Callable[[], ssl.SSLContext],
        deadline: Deadline,
        proxy: Callable[[], str],
    ) -> None:
        """Keep the given parts.

        Args:
            trust: returns the trust store; called once, for the first connection over TLS. Its
                `ssl.SSLError` is one of that connection.
            proxy: returns the proxy's URL, empty for none.
        """
        self._make_trust = trust
        self._trust: ssl.SSLContext | None = None
        self._deadline = deadline
        self._proxy = proxy
        self._proxy_in_use = ""
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def follow_proxy(self) -> None:
        """Ask for the proxy, to be used from now on; a changed one closes the connection.

        Call it before the limits of a request begin: reading the system's settings may take 2 s.
        """
        proxy = self._proxy()
        if proxy != self._proxy_in_use:
            self.close()
            self.proxy_manager.clear()
            self._proxy_in_use = proxy

    def post(self, url: str, message: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Send a POST; return status, headers and the body as sent, not decompressed.

        The body is cut after `REPLY_BYTES` + 1 bytes, and empty for any status but 200.

        Raises:
            requests.RequestException, urllib3.exceptions.HTTPError, OSError: the exchange failed.
        """
        response = self.send(_prepare(url, message), stream=True, proxies=self._proxies(url))
        if response.status_code != _OK:
            response.raw.close()
            return response.status_code, response.headers, b""
        body = _read_capped(response.raw)
        if len(body) > REPLY_BYTES:
            response.raw.close()
        if not _FRAMING & {name.lower() for name in response.headers} and _is_cut(body):
            raise ConnectionResetError("the connection ended before the reply did")
        return _OK, response.headers, body

    def head(self, url: str) -> Mapping[str, str]:
        """Send a HEAD request; return the headers of the reply, whatever its status.

        Raises the same exceptions as `post`.
        """
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
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._find_trust(), **proxy_kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def get_connection_with_tls_context(
        self, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> Any:
        if (request.url or "").startswith("https:"):
            self.poolmanager.connection_pool_kw["ssl_context"] = self._find_trust()
        try:
            pool: Any = super().get_connection_with_tls_context(request, *args, **kwargs)
        except ValueError:
            # A name that cannot be one, as that of a proxy with a full-width character.
            self._deadline.stage = Stage.RESOLVING
            self._deadline.through_proxy = bool(kwargs.get("proxies"))
            raise
        pool.deadline = self._deadline
        return pool

    def cert_verify(self, conn: Any, *_: Any) -> None:
        """Require a certificate; add no CA bundle of `requests` to the trust store."""
        conn.cert_reqs = "CERT_REQUIRED"

    def _find_trust(self) -> ssl.SSLContext:
        """Return the trust store.

        Raises:
            ssl.SSLError: OpenSSL allows no TLS at all, as with a broken `openssl.cnf`.
        """
        if self._trust is None:
            try:
                self._trust = self._make_trust()
            except ssl.SSLError:
                self._deadline.stage = Stage.SECURING
                raise
        return self._trust

    def _proxies(self, url: str) -> dict[str, str]:
        """Return the proxies for `url`, empty for none."""
        proxy = self._proxy_in_use
        if not proxy or is_loopback(urlsplit(url).hostname or ""):
            return {}
        return {"http": proxy, "https": proxy}


def _prepare(url: str, message: bytes) -> requests.PreparedRequest:
    return requests.Request("POST", url, headers=_HEADERS, data=message).prepare()


def _is_cut(body: bytes) -> bool:
    """Test if a body that ends with its connection is a part of a gateway's reply.

    An empty one may lack headers too: http.client takes the end of the stream for their end.
    """
    return not body or (b"<xml>" in body and not body.rstrip().endswith(b"</xml>"))


def _read_capped(source: Any) -> bytes:
    """Read the body as sent, at most `REPLY_BYTES` + 1 bytes.

    Raises:
        urllib3.exceptions.HTTPError: the body is shorter than its `Content-Length`.
    """
    body = b""
    while len(body) <= REPLY_BYTES:
        # urllib3 checks the length only in a read at the end of the body.
        more = source.read(REPLY_BYTES + 1 - len(body), decode_content=False)
        if not more:
            break
        body += more
    return body
