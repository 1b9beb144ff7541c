"""Duration of the first exchange after an idle hour, over a slow network.

The gateway is reached through TLS and a proxy that delays each byte. The client's clock jumps by an
hour, in which the gateway closes the connections or a router drops them silently. Then a plate is
typed: at the first key the client opens a new connection, and after the last key the entry is sent.
The duration of that exchange is compared with exchanges over a connection in use, and with one for
which no connection was opened in advance.

    python -m tests.faults.warm_line [--rounds 20] [--typing 1.0]
"""

from __future__ import annotations

import argparse
import ssl
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from statistics import median

import trustme

from tests.faults.long_line import HOST, ROUND_TRIP, LongLine
from wxpark_gui.domain.delivery import Cause
from wxpark_gui.domain.entry import EntryDraft, check_draft
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.training.booth import TRAINING_MERCHANT, make_training_key
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.client import GatewayClient
from wxpark_gui.wechatpay.replay import SeenReplies
from wxpark_gui.wechatpay.route import Route

HOUR = 3600.0
LARGEST_RATIO = 1.15
BOOTHS = 5
"""Number of clients. They type at the same time and send one after the other, to save time."""

WARM_PER_ROUND = 2
"""Exchanges per client and round over a connection in use; of each other kind there is one."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Durations of exchanges in milliseconds.

    Attributes:
        warm: over a connection in use.
        closed, dropped: first exchange after an hour in which the gateway closed the connection, or
            a router dropped it; a new one was opened while the plate was typed.
        cold: first exchange after such an hour without opening a connection in advance.
    """

    warm: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)
    dropped: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Larger median of `closed` and `dropped`, divided by the median of `warm`."""
        return max(median(self.closed), median(self.dropped)) / median(self.warm)

    def __str__(self) -> str:
        return (
            f"warm line: {ROUND_TRIP * 1000:.0f} ms of round trip; medians of {len(self.warm)}"
            f" exchanges over a line in use {median(self.warm):.1f} ms, of {len(self.closed)} first"
            f" ones after an idle hour {median(self.closed):.1f} ms (line closed) and"
            f" {median(self.dropped):.1f} ms (line dropped), {self.ratio:.3f} times as long;"
            f" without warming up {median(self.cold):.1f} ms"
        )


class Booth:
    """A gateway client whose clock can be moved forward."""

    def __init__(self, port: int, key: Secret, trust: ssl.SSLContext) -> None:
        self._hours = 0
        self._typed_at = 0.0
        self._key = key
        self._merchant: MerchantProfile = replace(
            TRAINING_MERCHANT, gateway_url=f"https://{HOST}:{port}"
        )
        self._client = GatewayClient(
            nonces=SystemRandom().nonce,
            clock=self._monotonic,
            seen=SeenReplies(()),
            route=Route(self._monotonic),
            trust=trust,
        )

    def wait_an_hour(self) -> None:
        """Move the client's clock forward by one hour, without waiting."""
        self._hours += 1

    def begin_typing(self, seconds: float) -> None:
        """Open a connection in advance, as at the first key of a plate.

        Typing ends after `seconds`.

        Raises:
            RuntimeError: the connection could not be opened.
        """
        self._typed_at = time.monotonic() + seconds
        if not self._client.warm_up(self._merchant):
            raise RuntimeError("the line could not be opened")

    def finish_typing(self) -> None:
        time.sleep(max(0.0, self._typed_at - time.monotonic()))

    def exchange(self) -> float:
        """Send one entry and return the duration of the exchange in milliseconds.

        Raises:
            RuntimeError: the exchange was not answered.
        """
        entry = check_draft(EntryDraft(plate="粤B12345"), datetime.now(timezone.utc))
        began = time.perf_counter()
        outcome = self._client.exchange(entry, self._merchant, self._key)
        took = (time.perf_counter() - began) * 1000
        if outcome.cause is not Cause.ANSWERED:
            raise RuntimeError(f"{outcome.cause.value} {outcome.code} {outcome.message}")
        return took

    def close(self) -> None:
        self._client.close()

    def _monotonic(self) -> float:
        return time.monotonic() + self._hours * HOUR


def run(rounds: int, typing: float, most_rounds: int = 0) -> Figures:
    """Measure each kind of exchange in `rounds` rounds with all clients.

    Args:
        typing: seconds to type a plate.
        most_rounds: upper limit of rounds. Beyond `rounds`, further ones are run only while the
            ratio is above `LARGEST_RATIO`; more measurements even out the load of a busy machine.
    """
    figures = Figures()
    with _stage() as (line, booths):
        made = 0
        while made < rounds or (made < most_rounds and figures.ratio > LARGEST_RATIO):
            _go_round(figures, line, booths, typing)
            made += 1
    return figures


def _go_round(figures: Figures, line: LongLine, booths: Sequence[Booth], typing: float) -> None:
    for booth in booths:
        # The first opens the line or finds it open; it is not counted.
        booth.exchange()
        figures.warm.extend(booth.exchange() for _ in range(WARM_PER_ROUND))
    for end_lines, found in (
        (line.close_lines, figures.closed),
        (line.drop_lines, figures.dropped),
    ):
        _wait_an_hour(booths, end_lines)
        for booth in booths:
            booth.begin_typing(typing)
        for booth in booths:
            booth.finish_typing()
            found.append(booth.exchange())
    _wait_an_hour(booths, line.close_lines)
    figures.cold.extend(booth.exchange() for booth in booths)


def _wait_an_hour(booths: Sequence[Booth], end_lines: Callable[[], None]) -> None:
    end_lines()
    for booth in booths:
        booth.wait_an_hour()


@contextmanager
def _stage() -> Iterator[tuple[LongLine, Sequence[Booth]]]:
    """Yield the slow network in front of a training gateway, and the clients that use it."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.configure_trust(trust)
    key = make_training_key()
    with TrainingGateway(key) as gateway:
        line = LongLine(int(gateway.url.rpartition(":")[2]), tls)
        booths = [Booth(line.port, key, trust) for _ in range(BOOTHS)]
        try:
            yield line, booths
        finally:
            for booth in booths:
                booth.close()
            line.stop()


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description="The first exchange after an idle hour.")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--typing", type=float, default=1.0, help="seconds that a plate takes")
    options = parser.parse_args(arguments)
    figures = run(options.rounds, options.typing)
    print(figures)  # noqa: T201 - the figures are what it is for
    return 0 if figures.ratio <= LARGEST_RATIO else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
