"""Test of merchant data and key against the gateway. It stores nothing and registers no entry.

The first check connects to the gateway and compares the clocks. The second one sends a signed query
(`querystate`), whose answer proves that WeChat accepts the ids and the key together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import urlsplit

from wxpark_gui.domain.delivery import MAIN_HOST, STANDBY_HOST, Cause, Outcome
from wxpark_gui.domain.errors import KeyUnavailableError
from wxpark_gui.domain.health import Finding, GatewayCheck, Health, Subject, Trouble, judge_clock
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.service.examination import Check, examine
from wxpark_gui.service.health import gateway_finding

TEST_PLATE = "粤A00000"
"""Plate of the query. Serial numbers begin at 00001, so no car has it."""

_CONNECTION_SECONDS, _QUERY_SECONDS = 30.0, 60.0
"""Seconds after which a check is overdue. The query waits for the end of the connection's check."""

_TROUBLES = {
    Cause.BUSY: (Health.WARNING, Trouble.QUERY_BUSY),
    Cause.RATE_LIMITED: (Health.WARNING, Trouble.QUERY_BUSY),
    Cause.INTERCEPTED: (Health.BAD, Trouble.QUERY_INTERCEPTED),
    Cause.SIGNATURE_REFUSED: (Health.BAD, Trouble.KEY_REFUSED),
    Cause.MERCHANT_REFUSED: (Health.BAD, Trouble.MERCHANT_REFUSED),
    Cause.PERMISSION_REFUSED: (Health.BAD, Trouble.PERMISSION_REFUSED),
    Cause.UNTRUSTED: (Health.BAD, Trouble.REPLY_UNTRUSTED),
}
"""Health and reason by the cause of the query's outcome; the others get `QUERY_UNCLEAR`."""


class ProbedGateway(Protocol):
    """Gateway of one test, used by one thread at a time."""

    def probe(self, merchant: MerchantProfile) -> GatewayCheck:
        """Connect and send a HEAD request to the first host, but no entry."""
        ...

    def query(self, plate: str, merchant: MerchantProfile, key: Secret) -> Outcome: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Candidate:
    """Values to test, before or after they are stored.

    Attributes:
        merchant: as checked by `check_merchant`; its `gateway_url` selects the gateway.
        read_key: returns the key to sign with, or raises `KeyUnavailableError`; may block.
        proxy: as `NetworkSettings.wanted_proxy`.
    """

    merchant: MerchantProfile
    read_key: Callable[[], Secret] = field(repr=False)
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionResult:
    """Findings of a test: connection, then clock, then signed query, as far as it came.

    Subjects are `GATEWAY`, `STANDBY_GATEWAY`, `CLOCK`, `KEY` and `SIGNED_QUERY`. Reason and action
    of each finding come from `wording.finding_words`.
    """

    findings: tuple[Finding, ...]

    @property
    def is_proven(self) -> bool:
        """True if WeChat's signed answer proves that ids and key are right."""
        return any(
            finding.subject is Subject.SIGNED_QUERY and finding.health is Health.GOOD
            for finding in self.findings
        )

    @property
    def has_failed(self) -> bool:
        """True if a step failed. A result may be neither proven nor failed: WeChat was busy."""
        return any(finding.health is Health.BAD for finding in self.findings)

    @property
    def key_is_doubted(self) -> bool:
        """True if the key is wrong, missing or does not belong to the merchant number."""
        return any(
            finding.subject is Subject.KEY or finding.trouble is Trouble.KEY_REFUSED
            for finding in self.findings
        )

    @property
    def merchant_is_doubted(self) -> bool:
        """True if an id is unknown to WeChat, or the ids do not belong together."""
        return any(finding.trouble is Trouble.MERCHANT_REFUSED for finding in self.findings)


@dataclass(frozen=True, slots=True)
class ConnectionTest:
    """Use case of the test.

    Attributes:
        open_gateway: returns a new client for a value of `Candidate.proxy`.
    """

    open_gateway: Callable[[str], ProbedGateway]

    def run(self, candidate: Candidate) -> ConnectionResult:
        """Run the test and return all findings. Blocks for network and, maybe, keyring."""
        checks = self.checks(candidate)
        return ConnectionResult(tuple(finding for check in checks for finding in examine(check)))

    def checks(self, candidate: Candidate) -> Sequence[Check]:
        """Return the steps for an `Examination`; each blocks, the second one waits for the first.

        The second one has no finding if the first one found no connection.
        """
        connected: Future[bool] = Future()
        return (
            Check(
                Subject.GATEWAY,
                _CONNECTION_SECONDS,
                lambda: self._examine_connection(candidate, connected),
            ),
            Check(
                Subject.SIGNED_QUERY,
                _QUERY_SECONDS,
                lambda: self._examine_query(candidate, connected),
            ),
        )

    def _examine_connection(
        self, candidate: Candidate, connected: Future[bool]
    ) -> Iterator[Finding]:
        is_connected = False
        try:
            with closing(self.open_gateway(candidate.proxy)) as gateway:
                for finding in _probe(gateway, candidate.merchant):
                    is_connected = is_connected or finding.health is Health.GOOD
                    yield finding
        finally:
            connected.set_result(is_connected)

    def _examine_query(self, candidate: Candidate, connected: Future[bool]) -> Iterator[Finding]:
        if not connected.result(_QUERY_SECONDS):
            return
        try:
            key = candidate.read_key()
        except KeyUnavailableError as error:
            yield Finding(Subject.KEY, Health.BAD, error.detail, error)
            return
        with closing(self.open_gateway(candidate.proxy)) as gateway:
            yield _query_finding(gateway.query(TEST_PLATE, candidate.merchant, key))


def _probe(gateway: ProbedGateway, merchant: MerchantProfile) -> Iterator[Finding]:
    """Connect to the gateway; if WeChat's main host fails, try the standby host."""
    own = urlsplit(merchant.gateway_url).netloc
    main = gateway.probe(_at(merchant, merchant.gateway_url or f"https://{MAIN_HOST}"))
    if main.failure is None or own:
        yield gateway_finding(Subject.GATEWAY, own or MAIN_HOST, main, Health.BAD)
        yield from _clock_finding(main)
        return
    standby = gateway.probe(_at(merchant, f"https://{STANDBY_HOST}"))
    health = Health.BAD if standby.failure else Health.WARNING
    yield gateway_finding(Subject.GATEWAY, MAIN_HOST, main, health)
    if standby.failure is None:
        yield gateway_finding(Subject.STANDBY_GATEWAY, STANDBY_HOST, standby, Health.BAD)
        yield from _clock_finding(standby)


def _at(merchant: MerchantProfile, url: str) -> MerchantProfile:
    return replace(merchant, gateway_url=url)


def _clock_finding(check: GatewayCheck) -> Iterator[Finding]:
    if check.clock_offset is not None:
        yield judge_clock(check.clock_offset)


def _query_finding(outcome: Outcome) -> Finding:
    """Return the finding about the signed query."""
    if failure := outcome.connection_failure:
        return Finding(Subject.SIGNED_QUERY, Health.BAD, outcome.host, failure=failure)
    # A verified reply that refuses the plate proves ids and key as an answer does.
    is_proof = outcome.cause is Cause.ANSWERED or (
        outcome.cause is Cause.CONTENT_REFUSED and bool(outcome.fingerprint)
    )
    if is_proof:
        return Finding(Subject.SIGNED_QUERY, Health.GOOD, outcome.host)
    health, trouble = _TROUBLES.get(outcome.cause, (Health.WARNING, Trouble.QUERY_UNCLEAR))
    detail = outcome.message or outcome.code
    return Finding(Subject.SIGNED_QUERY, health, detail, trouble=trouble)
