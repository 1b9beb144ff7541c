"""Short form of `append_latency`: time until 已存 while the gateway never answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults import append_latency

ENTRIES = 300


@pytest.mark.alone
def test_an_entry_is_saved_at_once_while_the_gateway_hangs(
    qapp: object,
    disk: Path,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The exchange that hangs does not end in any time.
    monkeypatch.setattr(append_latency, "STOP_SECONDS", 0.2)
    figures = append_latency.run(disk, ENTRIES)
    record_property("figures", str(figures))
    assert figures.p99 <= append_latency.LONGEST_P99_MS
