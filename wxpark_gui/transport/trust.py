"""Whom to believe at the other end of a secured line."""

from __future__ import annotations

import ssl

import truststore


def operating_system_trust() -> ssl.SSLContext:
    """A context that trusts whom the operating system trusts."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def harden(trust: ssl.SSLContext) -> ssl.SSLContext:
    """The same context, which takes no TLS older than 1.2.

    Raises:
        ValueError: it does not verify certificates and host names.
    """
    if trust.verify_mode != ssl.CERT_REQUIRED or not trust.check_hostname:
        raise ValueError("certificates and host names are always verified")
    trust.minimum_version = max(trust.minimum_version, ssl.TLSVersion.TLSv1_2)
    return trust
