"""Steps of the connection to the gateway that can fail."""

from __future__ import annotations

from enum import Enum


class ConnectionFailure(Enum):
    """First failed step of an exchange; the members are in the order of the steps.

    The value is stored as `Outcome.code`, so it must never change.
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
        """True if the request was sent completely, so the gateway may have registered the entry."""
        return self in (ConnectionFailure.RESET, ConnectionFailure.TIMEOUT)
