"""Clock and chance: what the rest relies on."""

from __future__ import annotations

import re
import uuid

from wxpark_gui.runtime.system import SystemClock, SystemRandom


def test_now_is_aware_and_the_monotonic_clock_does_not_go_back() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic() <= clock.monotonic()


def test_nonces_are_32_letters_or_digits_and_never_the_same() -> None:
    nonces = {SystemRandom().nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(re.fullmatch("[0-9A-Z]{32}", nonce) for nonce in nonces)


def test_entry_ids_are_uuids_and_jitter_is_a_share() -> None:
    chance = SystemRandom()
    assert uuid.UUID(chance.entry_id()).version == 4
    assert all(0 <= chance.jitter() < 1 for _ in range(1000))
