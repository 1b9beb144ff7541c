"""Web addresses as they may stand in the settings: plain, and without a name and password."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult | None:
    """The parts of a plain http(s) URL; None for anything else, credentials in it included."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    well_formed = (
        url.isascii()
        and url.isprintable()
        and " " not in url
        and parts.scheme in ("http", "https")
        and bool(parts.hostname)
        and "@" not in parts.netloc
    )
    return parts if well_formed else None


def is_loopback(host: str) -> bool:
    """Whether a host is this computer, by name or number."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Whether a host is this computer or one of a private network."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
