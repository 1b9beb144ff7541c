"""Name lookup and TCP connect within one time limit."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from wxpark_gui.concurrency import OverdueError, call_within
from wxpark_gui.transport.deadline import Deadline, Stage

ADDRESSES_TRIED = 2

LATE_SECONDS = 600.0
"""Seconds for which the addresses of a lookup that came too late are used."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a host: its family, and the argument of `socket.connect`."""

    family: int
    target: tuple[str | int | bytes, ...]


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connected TCP socket whose timeout is the deadline's remaining time.

    The brackets that URLs put around an IPv6 address are removed from `host`. Sets the deadline's
    stage to `RESOLVING`, then to `CONNECTING`. If one address family failed and the other did not,
    the latter is tried first from then on, so that a broken IPv6 delays one connection only.

    Raises:
        OSError: no address was found, none could be reached, or no time was left.
    """
    deadline.stage = Stage.RESOLVING
    name = host.removeprefix("[").removesuffix("]")
    found = resolve(name, port, deadline.remaining())
    addresses = choose(sorted(found, key=lambda one: one.family != _working.get(name, one.family)))
    if not addresses:
        raise OSError("the name has no address")
    deadline.stage = Stage.CONNECTING
    trouble: OSError
    for position, address in enumerate(addresses):
        # An unreachable first address must leave time for the second.
        share = deadline.remaining() / (len(addresses) - position)
        try:
            connected = _connect(address, share)
        except OSError as error:
            trouble = error
        else:
            connected.settimeout(deadline.remaining())
            if address.family != addresses[0].family:
                _working[name] = address.family
            return connected
    raise trouble


_working: dict[str, int] = {}
"""Address family to try first, by name of the host. Any thread uses it."""


def resolve(host: str, port: int, seconds: float) -> Sequence[Address]:
    """Return the addresses of a host.

    `getaddrinfo` has no timeout, so it runs on its own thread. It waits 5 s for each name server,
    so a dead first one delays every lookup beyond the limit. Addresses that came too late are
    therefore kept: the next call returns them at once, and its own lookup renews them.

    Raises:
        TimeoutError: no answer came within `seconds`, and none is kept.
        OSError: the name does not exist or is not a host name.
    """
    place = host, port
    kept = _kept_addresses(place)
    missed = threading.Event()
    look_up = partial(_look_up, place, seconds, missed)
    try:
        return call_within(0 if kept else seconds, look_up, "resolve")
    except OverdueError:
        if kept:
            return kept
        # The clock of Windows advances by 16 ms, so it may not show that the limit has passed.
        missed.set()
        raise TimeoutError("no answer from the name service") from None
    except UnicodeError:
        raise OSError("not a host name") from None


_Place: TypeAlias = tuple[str, int]
"""Name and port of a host."""

_late: dict[_Place, tuple[float, Sequence[Address]]] = {}
"""Addresses that came too late, with the monotonic time at which they came. Any thread uses it."""


def _kept_addresses(place: _Place) -> Sequence[Address]:
    """Return the addresses of a late lookup, empty without one in the last `LATE_SECONDS`."""
    came_at, addresses = _late.get(place, (0.0, ()))
    return addresses if time.monotonic() - came_at < LATE_SECONDS else ()


def _look_up(place: _Place, seconds: float, missed: threading.Event) -> Sequence[Address]:
    """Return the addresses of a host; keep them if they came after `seconds`.

    An answer in time drops what is kept.

    Args:
        missed: set once nobody waits for the answer any more.
    """
    began = time.monotonic()
    try:
        found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    finally:
        is_late = missed.is_set() or time.monotonic() - began >= seconds
        if not is_late:
            _late.pop(place, None)
    addresses = [Address(family, target) for family, _, _, _, target in found]
    if is_late:
        _late[place] = time.monotonic(), addresses
    return addresses


def choose(addresses: Sequence[Address]) -> Sequence[Address]:
    """Return at most two addresses: the first, then the first of the other family or the second.

    So IPv4 is tried within the limit if IPv6 does not work, and the reverse.
    """
    if not addresses:
        return ()
    first, *others = addresses
    of_other_family = [one for one in others if one.family != first.family]
    return [first, *of_other_family, *others][:ADDRESSES_TRIED]


def _connect(address: Address, seconds: float) -> socket.socket:
    connection = socket.socket(address.family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.connect(address.target)
    except OSError:
        connection.close()
        raise
    return connection
