"""Parsing and classification of the URLs that settings may hold: http(s), without credentials."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit


def split_url(url: str) -> SplitResult | None:
    """Split an ASCII http(s) URL without spaces or credentials; None for any other text."""
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
    """Test if a host is `localhost` or a loopback IP address; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Test if a host is `localhost` or a loopback or private IP address; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
