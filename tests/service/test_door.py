"""The door as the settings say: open, closed, on another port, and its token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from wxpark_gui.domain.door import DoorPortTakenError, OfferedPlate
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.settings import DoorSettings
from wxpark_gui.runtime.system import SystemClock
from wxpark_gui.service.door import Door

OFF, ON = DoorSettings(), DoorSettings(enabled=True)
TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass
class FakeServer:
    """Server that only records its calls; `taken` is a port that it cannot open."""

    calls: list[str] = field(default_factory=list)
    taken: int = 0
    receive: Callable[[str], None] = print

    def open(self, port: int, token: Secret, receive: Callable[[str], None]) -> int:
        self.calls.append(f"open {port} {token.reveal()[-1]}")
        if port == self.taken:
            raise DoorPortTakenError(str(port))
        self.receive = receive
        return port

    def close(self) -> None:
        if self.calls and self.calls[-1] != "close":
            self.calls.append("close")


@dataclass
class FakeTokens:
    """Tokens in memory; the last digit counts them. With `is_stuck` none can be removed."""

    made: int = 0
    stored: Secret | None = None
    is_stuck: bool = False

    def load(self) -> Secret | None:
        return self.stored

    def renew(self) -> Secret:
        self.made += 1
        self.stored = Secret(f"{TOKEN[:-1]}{self.made}")
        return self.stored

    def remove(self) -> None:
        if not self.is_stuck:
            self.stored = None


@dataclass
class Parts:
    server: FakeServer = field(default_factory=FakeServer)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    offered: list[OfferedPlate] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.door = Door(self.server, self.tokens, SystemClock())

    def apply(self, *settings: DoorSettings) -> None:
        for each in settings:
            self.door.apply(each, self.offered.append)


def test_door_is_off_by_default_and_opens_no_port() -> None:
    parts = Parts()
    parts.apply(OFF)
    assert (parts.server.calls, parts.tokens.made) == ([], 0)


def test_first_door_makes_a_token() -> None:
    parts = Parts()
    parts.apply(ON, ON)
    assert parts.server.calls == ["open 18765 1"]


def test_token_stays_over_a_restart_so_that_devices_keep_working() -> None:
    tokens = FakeTokens()
    Parts(tokens=tokens).apply(ON)
    parts = Parts(tokens=tokens)
    parts.apply(ON)
    assert parts.server.calls == ["open 18765 1"]


@pytest.mark.parametrize("is_stuck", [False, True])
def test_switching_on_makes_another_token(*, is_stuck: bool) -> None:
    parts = Parts(tokens=FakeTokens(is_stuck=is_stuck))
    parts.apply(ON, OFF, ON)
    assert parts.server.calls == ["open 18765 1", "close", "open 18765 2"]


def test_start_with_the_door_off_removes_the_token_of_an_earlier_run() -> None:
    parts = Parts(tokens=FakeTokens(stored=Secret(TOKEN)))
    parts.apply(OFF)
    assert parts.tokens.stored is None


def test_other_port_keeps_the_token() -> None:
    parts = Parts()
    parts.apply(ON, DoorSettings(enabled=True, port=20000))
    assert parts.server.calls == ["open 18765 1", "close", "open 20000 1"]


def test_port_that_is_taken_can_be_tried_again() -> None:
    parts = Parts(FakeServer(taken=18765))
    for _ in range(2):
        with pytest.raises(DoorPortTakenError):
            parts.apply(ON)
    parts.server.taken = 0
    parts.apply(ON)
    assert parts.server.calls.count("open 18765 1") == 3


def test_log_has_the_offered_plate_masked_and_never_the_token(
    caplog: pytest.LogCaptureFixture,
) -> None:
    parts = Parts()
    with caplog.at_level(logging.DEBUG):
        parts.apply(ON)
        parts.server.receive("粤B12345")
    assert [offer.plate for offer in parts.offered] == ["粤B12345"]
    assert "粤B1***5" in caplog.text
    assert "12345" not in caplog.text
    assert TOKEN[:8] not in caplog.text
