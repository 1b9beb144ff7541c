"""The HTTP proxy in the settings of the system: environment, desktop, registry or macOS.

`urllib.request` reads the environment, and the registry or macOS; the desktop's settings on Linux
are read with `gsettings` (GNOME, UKUI and Deepin). Qt's `QNetworkProxyFactory` is not used: its
build for Linux reads the environment alone, on Windows it may download a script, and the console
tool has no Qt. A proxy that a script (PAC) chooses is not supported, and neither are SOCKS and TLS
to the proxy.
"""

from __future__ import annotations

import ast
import re
import shutil
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from urllib.parse import urlsplit

from wxpark_gui.concurrency import OverdueError, SerialCaller
from wxpark_gui.system_programs import output_in_time, output_of

if sys.platform == "win32":
    import winreg

SYSTEM = "system"
"""Value that asks for the system's proxy in place of a URL."""

KEPT_SECONDS = 30.0
"""Seconds after which the system's settings are read again."""

RENEWAL_SECONDS = 0.3
"""Longest wait in seconds for settings that are read again; the earlier ones are used after it."""

_SCHEMAS = ("org.gnome.system.proxy", "com.deepin.wrap.gnome.system.proxy")
_LINE = re.compile(r"(\S+) (\S+) (.+)")
_PORT = 80
_BLANK = re.compile(r"\s")
_AROUND = " \t\r\n'\""
"""Blanks and quotes, which some set-ups leave around the value of a variable."""

_INTERNET = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"


@dataclass(frozen=True, slots=True)
class SystemProxy:
    """The system's settings.

    Attributes:
        url: `http://host:port`, without credentials; empty for a direct connection.
        unsupported: kind of the setting that is not supported, as `PAC` or `socks5`; then `url` is
            empty. Empty for none.
        exceptions: patterns of host names that are connected to directly.
    """

    url: str = ""
    unsupported: str = ""
    exceptions: tuple[str, ...] = ()

    def url_for(self, host: str) -> str:
        """Return the proxy for a host; empty for a direct connection."""
        name = host.lower()
        is_excepted = any(
            fnmatch(name, pattern) or (pattern[:1] == "." and name.endswith(pattern))
            for pattern in (exception.strip().lower() for exception in self.exceptions)
        )
        return "" if is_excepted else self.url


def read_system_proxy() -> SystemProxy | None:
    """Return the proxy in the environment or else in the system's settings.

    The result is None if the desktop does not tell its settings. May run a program for up to 2 s,
    so never call it in the GUI thread.
    """
    found = urllib.request.getproxies_environment()
    if proxy := _first_usable(found, with_subdomains(re.split(r"[,\s]+", found.get("no", "")))):
        return proxy
    return _READERS.get(sys.platform, _desktop)()


class ProxyResolver:
    """Finds the proxy to use; keeps the system's settings for `KEPT_SECONDS`. Thread-safe.

    A desktop that hangs, as with its session bus, delays the first call only, and does not change
    the settings that it told before.
    """

    def __init__(
        self,
        monotonic: Callable[[], float],
        read: Callable[[], SystemProxy | None] = read_system_proxy,
    ) -> None:
        self._monotonic = monotonic
        self._read = read
        self._lock = threading.Lock()
        self._kept: tuple[float, SystemProxy] | None = None
        self._caller = SerialCaller("wxpark-proxy")

    def system(self) -> SystemProxy:
        """Return the system's settings.

        The first call blocks as they are read. After `KEPT_SECONDS` they are read again on a
        thread, for which a call waits `RENEWAL_SECONDS`.
        """
        with self._lock:
            if self._kept is None:
                return self._renewed()
            read_at, kept = self._kept
            if self._monotonic() - read_at < KEPT_SECONDS:
                return kept
            with suppress(OverdueError):
                return self._caller.call(RENEWAL_SECONDS, self._renewed)
            return kept

    def resolve(self, wanted: str, host: str) -> str:
        """Return the URL of the proxy for a host; empty for a direct connection.

        Args:
            wanted: a URL, `SYSTEM`, or empty for a direct connection.
        """
        return self.system().url_for(host) if wanted == SYSTEM else in_ascii(wanted)

    def _renewed(self) -> SystemProxy:
        """Read and keep the settings; return those kept if the desktop does not tell them."""
        before = self._kept[1] if self._kept else SystemProxy()
        found = self._read()
        proxy = before if found is None else found
        self._kept = self._monotonic(), proxy
        return proxy


def make_proxy(text: str, exceptions: Iterable[str] = ()) -> SystemProxy:
    """Return the proxy of a setting such as `10.0.0.1:3128` or `http://name:word@proxy:80/`.

    Name and password are left out: the proxy then answers that it wants them, as with an address
    that was typed.
    """
    with suppress(ValueError):
        parts = urlsplit(text if "//" in text else f"http://{text}")
        if parts.scheme != "http":
            return SystemProxy(unsupported=parts.scheme or "address")
        if parts.hostname and not _BLANK.search(parts.hostname):
            host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
            kept = tuple(exception for exception in map(str.strip, exceptions) if exception)
            return SystemProxy(f"http://{host}:{parts.port or _PORT}", exceptions=kept)
    return SystemProxy(unsupported="address")


def in_ascii(url: str) -> str:
    """Return a URL with its host in ASCII (RFC 3490); unchanged if that is impossible.

    A Chinese input method writes `。` and full-width letters and digits.
    """
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.hostname and not parts.hostname.isascii():
            return f"http://{parts.hostname.encode('idna').decode()}:{parts.port or _PORT}"
    return url


def with_subdomains(names: Iterable[str]) -> list[str]:
    """Return exceptions that except each domain's subdomains too, as curl and GLib read them.

    A final dot and the port 443, that of the gateway, are dropped.
    """
    hosts = [name.strip().removesuffix(":443").removesuffix(".") for name in names]
    return [each for host in hosts if host for each in (host, "." + host.lstrip("."))]


def read_desktop(lines: str) -> SystemProxy:
    """Return the proxy in the output of `gsettings list-recursively SCHEMA`."""
    found: dict[str, object] = {}
    for line in lines.splitlines():
        if match := _LINE.fullmatch(line.strip()):
            with suppress(ValueError, SyntaxError):
                name = f"{match[1].rpartition('proxy')[2]}.{match[2]}".lstrip(".")
                found[name] = ast.literal_eval(match[3].removeprefix("@as "))
    if found.get("mode") == "auto":
        return SystemProxy(unsupported="PAC")
    if found.get("mode") != "manual":
        return SystemProxy()
    ignored = found.get("ignore-hosts")
    exceptions = with_subdomains(map(str, ignored)) if isinstance(ignored, list) else []
    for kind in ("https", "http"):
        # Some people type a whole URL for the host, whose slash would part it from the port.
        if host := str(found.get(f"{kind}.host", "")).strip(_AROUND).rstrip("/"):
            return make_proxy(f"{host}:{found.get(f'{kind}.port') or _PORT}", exceptions)
    return SystemProxy(unsupported="socks") if found.get("socks.host") else SystemProxy()


def _first_usable(found: Mapping[str, str], exceptions: Sequence[str]) -> SystemProxy | None:
    """Return the proxy for HTTPS, for all, or for HTTP; None if none of them is set.

    Deepin writes `https_proxy=https://…` for a proxy without TLS; then the next one is taken. If
    none is supported, the first one is returned.
    """
    values = [found.get(key, "").strip(_AROUND) for key in ("https", "all", "http")]
    urls = list(filter(None, values))
    proxies = [make_proxy(url, exceptions) for url in urls]
    return next((proxy for proxy in proxies if proxy.url), proxies[0] if proxies else None)


def _desktop() -> SystemProxy | None:
    """Return the proxy in the settings of the desktop; None if it does not tell them in time."""
    program = shutil.which("gsettings")
    if program is None:
        return SystemProxy()
    for schema in _SCHEMAS:
        output = output_in_time([program, "list-recursively", schema])
        if output is None:
            return None
        if (found := read_desktop(output)) != SystemProxy():
            return found
    return SystemProxy()


def _macos() -> SystemProxy:
    """Return the proxy in the settings of the network that is in use."""
    text = output_of(["/usr/sbin/scutil", "--proxy"])
    exceptions = re.findall(r"^\s+\d+ : (\S+)$", text, re.MULTILINE)
    if proxy := _first_usable(urllib.request.getproxies(), exceptions):
        return proxy
    is_script = re.search(r"^\s*ProxyAutoConfigEnable : 1$", text, re.MULTILINE)
    return SystemProxy(unsupported="PAC" if is_script else "")


def _windows() -> SystemProxy:
    """Return the proxy of this user, without looking up a name as `urllib` does."""
    exceptions = _registry("ProxyOverride").replace("<local>", "").split(";")
    if proxy := _first_usable(urllib.request.getproxies(), exceptions):
        return proxy
    return SystemProxy(unsupported="PAC" if _registry("AutoConfigURL") else "")


if sys.platform == "win32":

    def _registry(name: str) -> str:
        with suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, _INTERNET) as key:
            return str(winreg.QueryValueEx(key, name)[0])
        return ""

else:

    def _registry(_name: str) -> str:
        return ""


_READERS: Mapping[str, Callable[[], SystemProxy | None]] = {"win32": _windows, "darwin": _macos}
