"""The system's clock and source of random numbers."""

from __future__ import annotations

import re
import sys
import time
import uuid

import pytest

from wxpark_gui.runtime.system import SystemClock, SystemRandom, _choose_monotonic


def test_now_is_aware_and_the_monotonic_clock_does_not_go_back() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() is not None
    assert clock.monotonic() <= clock.monotonic()


@pytest.mark.parametrize(
    ("system", "name"), [("linux", "CLOCK_BOOTTIME"), ("darwin", "CLOCK_MONOTONIC")]
)
def test_monotonic_clock_is_the_one_that_counts_suspend(
    system: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []

    def read_clock(clock: int) -> float:
        read.append(clock)
        return 7.0

    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(time, name, 4711, raising=False)
    monkeypatch.setattr(time, "clock_gettime", read_clock, raising=False)
    assert _choose_monotonic()() == 7.0
    assert set(read) == {4711}


def test_monotonic_clock_of_a_system_without_boot_time_is_pythons(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert _choose_monotonic() is time.monotonic


def test_monotonic_clock_unknown_to_the_kernel_is_not_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: int) -> float:
        raise OSError("no such clock")

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(time, "clock_gettime", refuse, raising=False)
    assert _choose_monotonic() is time.monotonic


def test_nonces_are_32_letters_or_digits_and_never_the_same() -> None:
    nonces = {SystemRandom().nonce() for _ in range(1000)}
    assert len(nonces) == 1000
    assert all(re.fullmatch("[0-9A-Z]{32}", nonce) for nonce in nonces)


def test_entry_ids_are_uuids_and_jitter_is_a_share() -> None:
    chance = SystemRandom()
    assert uuid.UUID(chance.entry_id()).version == 4
    assert all(0 <= chance.jitter() < 1 for _ in range(1000))
