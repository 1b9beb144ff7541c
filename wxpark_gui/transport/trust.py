"""TLS contexts with the system's trust store and a minimum version; the source of that store."""

from __future__ import annotations

import os
import re
import ssl
import sys
from pathlib import Path

import truststore

_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]+")
_OTHER_FILES = (
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/ca-bundle.pem",
)
"""Files that truststore tries in this order if OpenSSL's default paths have no authority."""
_OWN_STORES = {"win32": "Windows", "darwin": "macOS"}


def operating_system_trust() -> ssl.SSLContext:
    """Return a client context that trusts the operating system's certificate authorities."""
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def trust_source() -> tuple[str, int | None]:
    """Return the source of the trusted authorities, and their number.

    The source is the path of a file or directory, or the name of an operating system that verifies
    with its own store; the number is then None. Without any authority it is `OpenSSL` and 0.
    """
    if sys.platform in _OWN_STORES:
        return _OWN_STORES[sys.platform], None
    paths = ssl.get_default_verify_paths()
    if paths.cafile:
        return paths.cafile, _count_in_file(paths.cafile)
    # OpenSSL reads a directory only when it looks for an authority.
    if paths.capath and (count := _count_hashed(Path(paths.capath))):
        return paths.capath, count
    found = next(filter(os.path.isfile, _OTHER_FILES), "")
    return (found, _count_in_file(found)) if found else ("OpenSSL", 0)


def _count_in_file(name: str) -> int:
    """Return the number of authorities in a file; 0 if it cannot be read."""
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(cafile=name)
    except OSError:
        return 0
    return context.cert_store_stats()["x509_ca"]


def _count_hashed(folder: Path) -> int:
    """Return the number of authorities in a directory; 0 if it cannot be read."""
    try:
        return sum(bool(_HASHED_NAME.fullmatch(file.name)) for file in folder.iterdir())
    except OSError:
        return 0


def harden(trust: ssl.SSLContext) -> ssl.SSLContext:
    """Raise the context's minimum to TLS 1.2 and return it.

    Raises:
        ValueError: the context does not verify certificates and host names.
    """
    if trust.verify_mode != ssl.CERT_REQUIRED or not trust.check_hostname:
        raise ValueError("certificates and host names are always verified")
    trust.minimum_version = max(trust.minimum_version, ssl.TLSVersion.TLSv1_2)
    return trust
