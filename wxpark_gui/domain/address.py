"""Parsing and classification of the URLs that settings may hold: http(s), without credentials."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult | None:
    """Split a plain http(s) URL; None for anything else and for a URL with credentials."""
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
    """Test if a host name or IP address is loopback."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Test if a host is loopback or has a private IP address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
