"""Time from Enter to the painted verdict after an idle hour, beside two published clients.

    python -m tests.bench.cold_peers [--quick]

`wechatpay-axios-plugin` (npm) and `wechatpy` (PyPI) are used as their documentation says: a client
that is made once, and one call for each entry. Each runs in a process of its own, whose start is
not counted. The gateway and the network are those of `tests.bench.verdict`: TLS, and a round trip
of 40 ms. In each turn an idle hour passes, in which the gateway closes all connections. Then a
plate is typed within one second into the real window, and each client makes its call. The clients
count the time of the call alone: they store nothing and paint nothing.

Both are installed once in the folder `build` of the checkout, and are no part of the program.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from tests.bench.elsewhere import Figures, figures_of, hand_back
from tests.bench.far_gateway import HOUR, FarGateway
from tests.bench.raw_line import PLATE
from tests.bench.rows import LeftOut, Row, judge
from tests.bench.verdict import HOURS, HOURS_QUICK, TYPING, attendant_at, stage
from tests.nodejs import NotInstallableError, install
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.booth import TRAINING_MERCHANT
from wxpark_gui.wechatpay.call import signed_fields
from wxpark_gui.wechatpay.notification import notification_call

MOST = 1 / 2.5
"""Largest ratio of the program's median to a client's: 2.5 times as fast."""
INSTALL_SECONDS = 240

BUILD = Path(__file__).parents[2] / "build"
SCRIPTS = Path(__file__).parent / "peers"
NODE_PACKAGE = Path(__file__).parents[1] / "peer"
AXIOS, WECHATPY = "wechatpay-axios-plugin", "wechatpy"
WECHATPY_RELEASE = "wechatpy==1.8.18"


@dataclass(frozen=True, slots=True)
class Peer:
    """A published client.

    Attributes:
        command: starts the process that answers each call with its milliseconds.
        variables: additional ones of its environment.
        authority: variable that names the file of the trusted authority.
    """

    command: Sequence[str]
    variables: Mapping[str, str]
    authority: str


def measure(*, quick: bool) -> Iterator[Row | LeftOut]:
    """Yield a row for each client that can be installed."""
    reasons = {name: _reason_against(name) for name in PEERS}
    installed = [name for name in PEERS if not reasons[name]]
    if installed:
        figures = figures_of("cold_peers", *(["--quick"] if quick else []), "--peers", *installed)
    for name in PEERS:
        row = f"first entry after an idle hour, beside {name}"
        if reasons[name]:
            yield LeftOut(row, reasons[name])
        else:
            yield Row(row, f"{name}, cold", "ms", figures["hour"], figures[name], MOST)


def measure_here(names: Sequence[str], *, quick: bool) -> Figures:
    """Measure the first entry after an idle hour in turns with a call of each client."""
    taken = defaultdict[str, list[float]](list)
    with ExitStack() as stack:
        far, key, directory = stack.enter_context(stage())
        attendant = stack.enter_context(closing(attendant_at(far.slow_url, far, key, directory)))
        task = _task(far.slow_url, key)
        peers = {name: stack.enter_context(_running(PEERS[name](), far)) for name in names}
        # The first call of each loads what it needs.
        attendant.enter()
        for process in peers.values():
            _call(process, task)
        for _ in range(HOURS_QUICK if quick else HOURS):
            far.pass_idle_hour()
            attendant.clock.ahead += timedelta(seconds=HOUR)
            taken["hour"].append(attendant.enter(TYPING))
            for name, process in peers.items():
                taken[name].append(_call(process, task))
    return taken


def prepare_axios() -> Peer:
    """Install the npm package.

    Raises:
        NotInstallableError: that is not possible.
    """
    folder = BUILD / "peer"
    script = "axios.mjs"
    node = install(NODE_PACKAGE, (), folder)
    (folder / script).write_bytes((SCRIPTS / script).read_bytes())
    return Peer([node, str(folder / script)], {}, "NODE_EXTRA_CA_CERTS")


def prepare_wechatpy() -> Peer:
    """Install the PyPI package.

    Raises:
        NotInstallableError: that is not possible.
    """
    folder = BUILD / WECHATPY_RELEASE
    if not (folder / "wechatpy").exists():
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
        try:
            subprocess.run(
                [*pip, WECHATPY_RELEASE], check=True, capture_output=True, timeout=INSTALL_SECONDS
            )
        except subprocess.SubprocessError as error:
            reason = f"{WECHATPY_RELEASE} could not be installed: {error}"
            raise NotInstallableError(reason) from error
    command = [sys.executable, str(SCRIPTS / "wechatpy_call.py")]
    return Peer(command, {"PYTHONPATH": str(folder)}, "REQUESTS_CA_BUNDLE")


PEERS = {AXIOS: prepare_axios, WECHATPY: prepare_wechatpy}


@contextmanager
def _running(peer: Peer, far: FarGateway) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        peer.command,
        env={**os.environ, **peer.variables, peer.authority: str(far.authority)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stdin is not None
    with process:
        try:
            yield process
        finally:
            # The end of its input ends the process.
            process.stdin.close()


def _call(process: subprocess.Popen[str], task: str) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{task}\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def _task(url: str, key: Secret) -> str:
    """Return one call as a line of JSON; nonce and signature are left to the client."""
    entry = check_draft(EntryDraft(PLATE), datetime.now(timezone.utc))
    call = notification_call(entry, TRAINING_MERCHANT)
    signed = signed_fields(call, TRAINING_MERCHANT, "n", key)
    fields = {name: signed[name] for name in signed if name not in ("nonce_str", "sign")}
    return json.dumps({"url": url, "key": key.reveal(), "fields": fields})


def _reason_against(name: str) -> str:
    """Install a client; return the reason if that is not possible, else an empty text."""
    try:
        PEERS[name]()
    except NotInstallableError as error:
        return str(error)
    return ""


def main() -> int:
    """Print the rows; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--peers", nargs="+", help="hand back the figures beside these clients")
    options = parser.parse_args()
    if options.peers:
        hand_back(measure_here(options.peers, quick=options.quick))
        return 0
    return judge(measure(quick=options.quick))


if __name__ == "__main__":
    sys.exit(main())
