"""Builds what a support call needs from the parts of both front ends. Qt-free."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import DataDirectoryUnusableError, NotSetUpError
from wxpark_gui.domain.health import GatewayCheck, Subject, TrustStore
from wxpark_gui.domain.settings import Settings
from wxpark_gui.service.health import Doctor, Probes
from wxpark_gui.storage.database import sqlite_version
from wxpark_gui.storage.disk_check import check_disk
from wxpark_gui.transport.deadline import Budget, Deadline
from wxpark_gui.transport.dialling import dial
from wxpark_gui.transport.trust import trust_source

PROBE = Budget()
"""Time limits of a probe of the gateway."""


def make_doctor(parts: Assembly) -> Doctor:
    """Return the doctor for the data directory, settings and keyring of `parts`."""

    def probe(settings: Settings, url: str) -> GatewayCheck:
        if settings.account is None:
            raise NotSetUpError
        merchant = replace(settings.account.merchant, gateway_url=url)
        proxy = settings.network.proxy_url
        with closing(parts.open_gateway(proxy=lambda: proxy, budget=PROBE)) as gateway:
            return gateway.probe(merchant)

    return Doctor(
        probes=Probes(
            directory=lambda: _check_directory(parts),
            disk=lambda: check_disk(parts.directory.root),
            gateway=probe,
            proxy=lambda url: _try_proxy(url, parts),
            trust=lambda: TrustStore(*trust_source()),
            versions=versions(),
        ),
        open_journal=parts.read_journal,
        settings=parts.settings,
        vault=parts.vault,
        releases=parts.releases,
        log_failure=parts.log_failure,
    )


def versions() -> Mapping[Subject, str]:
    """Return the versions of the libraries below this program."""
    return {Subject.SQLITE: sqlite_version(), Subject.OPENSSL: ssl.OPENSSL_VERSION}


def _check_directory(parts: Assembly) -> str:
    """Return the data directory's path; the directory may be missing.

    Raises:
        DataDirectoryUnusableError: it exists, but is a file or cannot be read and written.
    """
    root = parts.directory.root
    if root.exists() and not (root.is_dir() and os.access(root, os.R_OK | os.W_OK | os.X_OK)):
        raise DataDirectoryUnusableError(str(root))
    return str(root)


def _try_proxy(url: str, parts: Assembly) -> ConnectionFailure | None:
    """Connect to the proxy; return `PROXY_UNREACHABLE` if it does not accept a connection."""
    deadline = Deadline(parts.clock.monotonic)
    end = deadline.now() + PROBE.connect
    deadline.begin(connect_by=end, first_byte_by=end, end=end)
    address = urlsplit(url)
    try:
        dial(address.hostname or "", address.port or 0, deadline).close()
    except OSError:
        return ConnectionFailure.PROXY_UNREACHABLE
    return None
