"""Training gateway behind a slow network with TLS, in a process of its own.

A gateway or a proxy in the measured process would compete with it for the GIL.
`tests.faults.long_line` is the proxy: each byte arrives half a round trip late.

    python -m tests.bench.far_gateway AUTHORITY     # started by `far_gateway`
"""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path
from unittest import mock

import trustme

from tests.faults.long_line import HOST, LongLine
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.connection import Connection
from wxpark_gui.training.gateway import TrainingGateway

HOUR = 3600.0
_PASS = "pass"


class FarGateway:
    """The process, used by one thread.

    Attributes:
        authority: PEM file of the authority that issued the gateway's certificate.
        slow_port, port: ports of the loopback address: through the slow network with TLS, and of
            the gateway itself, without TLS.
    """

    def __init__(self, process: subprocess.Popen[str], authority: Path) -> None:
        self._process = process
        self.authority = authority
        self.slow_port, self.port = json.loads(self._answer())

    @property
    def slow_url(self) -> str:
        return f"https://{HOST}:{self.slow_port}"

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def trust(self) -> ssl.SSLContext:
        """Return a client context that trusts only the gateway's authority."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self.authority)
        return context

    def pass_idle_hour(self) -> None:
        """Close every connection of the slow network, and move the time of `Date` on by an hour."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{_PASS}\n")
        self._process.stdin.flush()
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the gateway's process ended")
        return line


@contextmanager
def far_gateway(key: Secret, directory: Path) -> Iterator[FarGateway]:
    """Run the gateway with a merchant key; its certificate's authority is stored in a directory."""
    authority = directory / "authority.pem"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.far_gateway", str(authority)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None
    with process:
        try:
            process.stdin.write(f"{key.reveal()}\n")
            process.stdin.flush()
            yield FarGateway(process, authority)
        finally:
            # The end of its input ends the process.
            process.stdin.close()


def main() -> None:
    """Serve until the end of standard input, whose first line is the key."""
    key = Secret(sys.stdin.readline().strip())
    authority = trustme.CA()
    authority.cert_pem.write_to_path(sys.argv[1])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    ahead = 0.0

    def date(_: Connection, timestamp: float | None = None) -> str:
        return formatdate((timestamp or time.time()) + ahead, usegmt=True)

    with (
        mock.patch.object(Connection, "date_time_string", date),
        # The gateway keeps what it received, for tests.
        mock.patch.object(TrainingGateway, "_remember", _forget),
        TrainingGateway(key) as gateway,
    ):
        port = int(gateway.url.rpartition(":")[2])
        line = LongLine(port, tls)
        _say([line.port, port])
        for _ in sys.stdin:
            line.close_lines()
            ahead += HOUR
            _say(_PASS)
        line.stop()


def _forget(*_: object) -> None:
    """Keep nothing of a request."""


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
