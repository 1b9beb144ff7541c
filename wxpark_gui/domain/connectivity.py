"""The steps on the way to the gateway at which an exchange can fail."""

from __future__ import annotations

from enum import Enum


class ConnectionFailure(Enum):
    """The first step that failed, in the order of the steps.

    The values stand in `Outcome.code`: they are stored, and never change.
    """

    NO_NETWORK = "NO_NETWORK"
    PROXY_UNREACHABLE = "PROXY_UNREACHABLE"
    PROXY_REFUSED = "PROXY_REFUSED"
    PROXY = "PROXY"
    DNS = "DNS"
    CONNECT = "CONNECT"
    CONNECT_TIMEOUT = "CONNECT_TIMEOUT"
    TLS_TIMEOUT = "TLS_TIMEOUT"
    TLS_CLOCK = "TLS_CLOCK"
    TLS_TRUST = "TLS_TRUST"
    TLS_HOST = "TLS_HOST"
    TLS = "TLS"
    SEND = "SEND"
    RESET = "RESET"
    TIMEOUT = "TIMEOUT"

    @property
    def after_sending(self) -> bool:
        """True when the gateway had the whole request, so that it may have counted the entry."""
        return self in (ConnectionFailure.RESET, ConnectionFailure.TIMEOUT)
