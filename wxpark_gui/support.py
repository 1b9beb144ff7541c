"""Builds doctor and diagnostics for both front ends. Does not use Qt."""

from __future__ import annotations

import contextlib
import json
import os
import platform
import ssl
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from wxpark_gui import __version__
from wxpark_gui.assembly import Assembly
from wxpark_gui.domain.about import ProgramFacts
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import MAIN_HOST
from wxpark_gui.domain.diagnostics import DiagnosticFile
from wxpark_gui.domain.entry import BEIJING
from wxpark_gui.domain.errors import DataDirectoryUnusableError, NotSetUpError
from wxpark_gui.domain.health import GatewayCheck, Subject, TrustStore
from wxpark_gui.domain.settings import Settings
from wxpark_gui.door.client import probe_port
from wxpark_gui.runtime.crash_reports import CrashReports
from wxpark_gui.runtime.logs import log_tails, redact
from wxpark_gui.service.connection_test import ConnectionTest
from wxpark_gui.service.diagnostics import Diagnostics
from wxpark_gui.service.health import Doctor, Probes
from wxpark_gui.storage.database import sqlite_version
from wxpark_gui.storage.directory import DataDirectory
from wxpark_gui.storage.disk_check import check_disk
from wxpark_gui.storage.settings import settings_text
from wxpark_gui.storage.summary import file_sizes, journal_numbers
from wxpark_gui.storage.zip_file import write_zip
from wxpark_gui.transport.deadline import Budget, Deadline
from wxpark_gui.transport.dialling import dial
from wxpark_gui.transport.trust import trust_source

PROBE = Budget()
"""Time limits of a probe of the gateway."""
LOG_BYTES = 4_000_000
"""Largest number of bytes of the log in the diagnostics; older ones are left out."""


def make_doctor(parts: Assembly) -> Doctor:
    """Return the doctor for the data directory, settings and keyring of `parts`."""

    def probe(settings: Settings, url: str) -> GatewayCheck:
        if settings.account is None:
            raise NotSetUpError
        merchant = replace(settings.account.merchant, gateway_url=url)
        proxy = parts.proxy_for(settings)
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
            system_proxy=lambda: _system_proxy(parts),
            managers=lambda: parts.managers().state(),
            port=lambda port: probe_port(port, parts.door_tokens.load()),
        ),
        open_journal=parts.read_journal,
        settings=parts.settings,
        vault=parts.vault,
        releases=parts.releases,
        log_failure=parts.log_failure,
        training=parts.training,
    )


def make_connection_test(parts: Assembly) -> ConnectionTest:
    """Return the test of merchant data and key, with the time limits of `PROBE`."""
    return ConnectionTest(
        lambda wanted: parts.open_gateway(
            proxy=lambda: parts.proxies.resolve(wanted, MAIN_HOST), budget=PROBE
        )
    )


def make_diagnostics(parts: Assembly) -> Diagnostics:
    """Return the object that collects and saves the diagnostics of `parts`."""
    directory, doctor = parts.directory, make_doctor(parts)
    return Diagnostics(
        checks=doctor.checks,
        sources=(
            lambda: [_as_json("about.json", about(parts))],
            lambda: [DiagnosticFile("settings.toml", settings_text(parts.settings.load()))],
            lambda: [_as_json("journal.json", journal_numbers(directory.journal))],
            lambda: [_as_json("files.json", file_sizes(directory.root))],
            lambda: _logs(directory),
            lambda: _crashes(directory),
        ),
        mask=_mask,
        write=write_zip,
    )


def describe(parts: Assembly) -> str:
    """Return `about` as JSON, for the head of a crash report."""
    return json.dumps(about(parts), ensure_ascii=False)


def about(parts: Assembly) -> dict[str, object]:
    """Return versions, system and time, without the name of the computer or its user."""
    return {
        "program": __version__,
        "training": parts.training,
        "python": sys.version,
        "frozen": bool(getattr(sys, "frozen", False)),
        "system": platform.platform(),
        "machine": platform.machine(),
        "locale": os.environ.get("LC_ALL") or os.environ.get("LANG", ""),
        "time": datetime.now(BEIJING).isoformat(timespec="seconds"),
        **{subject.value: version for subject, version in versions().items()},
    }


def program_facts(
    parts: Assembly, qt: tuple[tuple[str, str], ...], *, can_type_chinese: bool
) -> ProgramFacts:
    """Return the facts for the dialog about the program.

    Args:
        qt: names and versions of the parts of Qt.
    """
    directory = parts.directory
    return ProgramFacts(
        str(directory.root),
        str(directory.settings),
        str(directory.logs),
        (
            *qt,
            ("Python", platform.python_version()),
            ("SQLite", sqlite_version()),
            ("OpenSSL", ssl.OPENSSL_VERSION.removeprefix("OpenSSL ")),
        ),
        can_type_chinese,
    )


def _as_json(name: str, document: Mapping[str, object]) -> DiagnosticFile:
    return DiagnosticFile(name, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _logs(directory: DataDirectory) -> Iterator[DiagnosticFile]:
    for name, text in log_tails(directory.logs, LOG_BYTES):
        yield DiagnosticFile(f"logs/{name}", text)


def _crashes(directory: DataDirectory) -> Iterator[DiagnosticFile]:
    for report in CrashReports(directory.logs).all():
        yield DiagnosticFile(f"crashes/{report.name}", report.text)


def _mask(text: str) -> str:
    """Mask keys, ids and plates, and the user's name in the path of the home directory."""
    # A user may have no home directory.
    with contextlib.suppress(RuntimeError):
        home = Path.home()
        if home != home.parent:
            # In JSON each backslash of a path is doubled.
            for written in (str(home), json.dumps(str(home), ensure_ascii=False)[1:-1]):
                text = text.replace(written, "~")
    return redact(text)


def versions() -> Mapping[Subject, str]:
    """Return the versions of SQLite and OpenSSL."""
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


def _system_proxy(parts: Assembly) -> tuple[str, str]:
    """Return the URL of the system's proxy to the gateway, and an unsupported kind."""
    found = parts.proxies.system()
    return found.url_for(MAIN_HOST), found.unsupported


def _try_proxy(url: str, parts: Assembly) -> ConnectionFailure | None:
    """Connect to the proxy; return `PROXY_UNREACHABLE` if that fails, else None."""
    deadline = Deadline(parts.clock.monotonic)
    end = deadline.now() + PROBE.connect
    deadline.begin(connect_by=end, first_byte_by=end, end=end)
    address = urlsplit(url)
    try:
        dial(address.hostname or "", address.port or 0, deadline).close()
    except OSError:
        return ConnectionFailure.PROXY_UNREACHABLE
    return None
