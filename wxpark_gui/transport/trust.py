"""TLS contexts: the operating system's trust store and the minimum TLS version."""

from __future__ import annotations

import ssl

import truststore


def operating_system_trust() -> ssl.SSLContext:
    """Return a client context that trusts the operating system's certificate authorities."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def harden(trust: ssl.SSLContext) -> ssl.SSLContext:
    """Raise the context's minimum to TLS 1.2 and return it.

    Raises:
        ValueError: the context does not verify certificates and host names.
    """
    if trust.verify_mode != ssl.CERT_REQUIRED or not trust.check_hostname:
        raise ValueError("certificates and host names are always verified")
    trust.minimum_version = max(trust.minimum_version, ssl.TLSVersion.TLSv1_2)
    return trust
