"""Find the step at which an exchange failed, from its exception and its progress.

Certificate errors contain the verifier's code: OpenSSL's on Linux, the system's own on Windows
(CERT_E_…) and macOS (errSec…).
"""

from __future__ import annotations

import errno
import http
import socket
import ssl
from enum import Enum

from wxpark_gui.transport.deadline import Deadline, Stage


class Failure(Enum):
    """The steps of an exchange that can fail, in their order. The values are stable codes."""

    NO_NETWORK = "NO_NETWORK"
    """This computer has no route to the internet."""
    PROXY_UNREACHABLE = "PROXY_UNREACHABLE"
    """The proxy's name was not found, or the proxy did not accept a connection."""
    PROXY_REFUSED = "PROXY_REFUSED"
    """The proxy answered CONNECT with 3xx or 4xx, such as 403 or 407."""
    PROXY = "PROXY"
    """The proxy accepted the connection but opened no tunnel: no answer, or 5xx."""
    DNS = "DNS"
    """The host's name was not found, or the name service did not answer."""
    CONNECT = "CONNECT"
    """The host refused the connection, or no route leads to it, or another error of connecting."""
    CONNECT_TIMEOUT = "CONNECT_TIMEOUT"
    """The host did not accept a connection in time."""
    TLS_TIMEOUT = "TLS_TIMEOUT"
    """The TLS handshake did not end in time."""
    TLS_CLOCK = "TLS_CLOCK"
    """The certificate is not valid at the time of this computer's clock, which may be wrong."""
    TLS_TRUST = "TLS_TRUST"
    """The certificate failed another check: an unknown authority, or expired by a right clock."""
    TLS_HOST = "TLS_HOST"
    """The certificate is for another host."""
    TLS = "TLS"
    """The TLS handshake failed in another way."""
    SEND = "SEND"
    """The connection ended, or time ran out, before the whole request was sent."""
    RESET = "RESET"
    """The connection ended before the whole reply came, or the reply is not valid HTTP.

    The request was sent, or the reply had begun.
    """
    TIMEOUT = "TIMEOUT"
    """The request was sent, but the whole reply did not come in time."""


_OUT_OF_VALIDITY = frozenset(
    code & 0xFFFFFFFF
    for code in (
        *(9, 10),  # X509_V_ERR_CERT_NOT_YET_VALID, …_HAS_EXPIRED
        *(0x800B0101, 0x800B0102),  # CERT_E_EXPIRED (either end), CERT_E_VALIDITYPERIODNESTING
        *(-67818, -67819),  # errSecCertificateExpired, errSecCertificateNotValidYet
    )
)
_OTHER_HOST = frozenset(
    code & 0xFFFFFFFF
    for code in (
        *(62, 64),  # X509_V_ERR_HOSTNAME_MISMATCH, …_IP_ADDRESS_MISMATCH
        0x800B010F,  # CERT_E_CN_NO_MATCH
        -67602,  # errSecHostNameMismatch
    )
)
_NETWORK_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.ENETDOWN})
_PROBES = (
    (socket.AF_INET, ("192.0.2.1", 9)),
    (socket.AF_INET6, ("2001:db8::1", 9)),
)
"""Family and address to look up in the routing table.

The addresses are reserved for documentation.
"""


def diagnose(error: BaseException, deadline: Deadline, *, clock_is_right: bool = False) -> Failure:
    """Return the step that failed.

    Args:
        error: the caught exception; its chain of `__context__` is searched too.
        deadline: the attempt's progress.
        clock_is_right: True if this computer's clock is known to agree with the server's. An
            expired certificate is then reported as `TLS_TRUST` instead of `TLS_CLOCK`.
    """
    chain = _chain(error)
    if deadline.stage in (Stage.RESOLVING, Stage.CONNECTING):
        return _diagnose_dialling(chain, deadline)
    if deadline.stage is Stage.TUNNELLING:
        return _diagnose_tunnel(deadline)
    if deadline.stage is Stage.SECURING:
        return _diagnose_handshake(chain, deadline, clock_is_right)
    if not (deadline.request_sent or deadline.first_byte_came):
        return Failure.SEND
    return Failure.TIMEOUT if deadline.timed_out else Failure.RESET


def has_route() -> bool:
    """Test if this computer has a route to the internet, over IPv4 or IPv6. Sends nothing.

    Connecting a datagram socket only looks up the routing table.
    """
    return any(_can_route(family, address) for family, address in _PROBES)


def _can_route(family: int, address: tuple[str, int]) -> bool:
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
    except OSError:
        return False
    return True


def _diagnose_dialling(chain: list[BaseException], deadline: Deadline) -> Failure:
    is_unreachable = any(
        isinstance(one, OSError) and one.errno in _NETWORK_UNREACHABLE for one in chain
    )
    if (deadline.stage is Stage.RESOLVING or is_unreachable) and not has_route():
        return Failure.NO_NETWORK
    if deadline.through_proxy:
        return Failure.PROXY_UNREACHABLE
    if deadline.stage is Stage.RESOLVING:
        return Failure.DNS
    is_timeout = any(isinstance(one, TimeoutError) for one in chain)
    return Failure.CONNECT_TIMEOUT if is_timeout else Failure.CONNECT


def _diagnose_tunnel(deadline: Deadline) -> Failure:
    status = deadline.proxy_status or http.HTTPStatus.OK
    refuses = http.HTTPStatus.MULTIPLE_CHOICES <= status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    return Failure.PROXY_REFUSED if refuses else Failure.PROXY


def _diagnose_handshake(
    chain: list[BaseException], deadline: Deadline, clock_is_right: bool
) -> Failure:
    for one in chain:
        if isinstance(one, ssl.SSLCertVerificationError):
            return _diagnose_certificate(one, clock_is_right)
    is_timeout = deadline.timed_out or any(isinstance(one, TimeoutError) for one in chain)
    return Failure.TLS_TIMEOUT if is_timeout else Failure.TLS


def _diagnose_certificate(error: ssl.SSLCertVerificationError, clock_is_right: bool) -> Failure:
    code = getattr(error, "verify_code", 0) & 0xFFFFFFFF
    if code in _OTHER_HOST:
        return Failure.TLS_HOST
    if code in _OUT_OF_VALIDITY and not clock_is_right:
        return Failure.TLS_CLOCK
    return Failure.TLS_TRUST


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and its chain of `__context__`, outermost first."""
    chain = [error]
    while (inner := chain[-1].__context__) is not None:
        chain.append(inner)
    return chain
