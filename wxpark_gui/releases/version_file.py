"""Adapter of the `Releases` port: read a version file and its signature, verify, parse."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from wxpark_gui.domain.release import Release
from wxpark_gui.domain.release_source import ReleaseSource, read_public_key
from wxpark_gui.releases.document import read_release
from wxpark_gui.releases.fetching import fetch
from wxpark_gui.releases.minisign import verify
from wxpark_gui.releases.reading import FileReader

SIGNATURE_ENDING = ".minisig"
SECONDS = 20.0


class VersionFile:
    """Reads the operator's version file; verifies its signature before parsing it."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        trust: ssl.SSLContext | None = None,
        resolve_proxy: Callable[[str, str], str] = lambda wanted, _host: wanted,
    ) -> None:
        """Read nothing yet.

        Args:
            resolve_proxy: returns the proxy's URL for a `ReleaseSource.proxy_url` and a host.
            seconds: limit for reading file and signature together.
            trust: replaces the operating system's trust store.
        """
        self._seconds = seconds
        self._trust = trust
        self._resolve_proxy = resolve_proxy
        self._files = FileReader()

    def announced(self, source: ReleaseSource) -> Release:
        content, signature = self._read(source)
        verify(content, signature, read_public_key(source.key))
        return read_release(content)

    def _read(self, source: ReleaseSource) -> Sequence[bytes]:
        places = (source.place, source.place + SIGNATURE_ENDING)
        if source.is_url:
            proxy = self._resolve_proxy(source.proxy_url, urlsplit(source.place).hostname or "")
            return fetch(places, self._seconds, proxy_url=proxy, trust=self._trust)
        return self._files.read(places, self._seconds)
