"""Return and change of the network are noticed, and a system call that hangs delays nothing."""

from __future__ import annotations

import errno
import os
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from wxpark_gui.runtime.network import NetworkMonitor, route_outside

HOME, VPN = ("192.168.1.7", "2001:db8::7"), ("10.8.0.2", "2001:db8::7")


def monitor_of(*looks: object) -> tuple[NetworkMonitor, threading.Event]:
    """Return a monitor that reads the states `looks` in turn, and an event set after the last."""
    remaining, seen_all = iter(looks), threading.Event()

    def look() -> object:
        state = next(remaining, None)
        if state is None:
            seen_all.set()
            return looks[-1]
        return state

    return NetworkMonitor(look, period=0.001), seen_all


@pytest.fixture
def held() -> Iterator[threading.Event]:
    """Event that ends each query of the network's state; it is set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize(
    ("looks", "news"),
    [
        ((True, True), 0),
        ((False, False), 0),
        ((True, False, True), 1),
        ((False, True), 1),
        ((False, True, False, True), 2),
        ((HOME, HOME), 0),
        ((HOME, VPN, HOME), 2),
        (((), HOME, (), VPN), 2),
        ((HOME, ()), 0),
    ],
)
def test_return_or_change_of_the_network_is_signalled_once_each(
    qtbot: QtBot, looks: tuple[object, ...], news: int
) -> None:
    monitor, seen_all = monitor_of(*looks)
    heard: list[None] = []
    monitor.cameBack.connect(lambda: heard.append(None))
    monitor.start()
    assert seen_all.wait(5)
    qtbot.wait(20)
    monitor.stop()
    assert len(heard) == news


def test_start_and_stop_return_at_once_while_a_look_never_does(held: threading.Event) -> None:
    monitor = NetworkMonitor(held.wait)
    began = time.monotonic()
    monitor.start()
    monitor.stop()
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENETUNREACH, False), (errno.EHOSTUNREACH, False), (errno.EPERM, True)],
)
def test_only_a_clear_refusal_counts_as_offline(
    monkeypatch: pytest.MonkeyPatch, number: int, *, expected: bool
) -> None:
    class Refusing(socket.socket):
        def connect(self, _address: object) -> None:
            raise OSError(number, os.strerror(number))

    monkeypatch.setattr(socket, "socket", Refusing)
    assert bool(route_outside()) is expected


def test_routing_table_answers_within_a_second() -> None:
    began = time.monotonic()
    route_outside()
    assert time.monotonic() - began < 1
