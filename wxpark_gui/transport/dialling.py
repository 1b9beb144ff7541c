"""Name lookup and TCP connect within one time limit."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from wxpark_gui.concurrency import OverdueError, call_within
from wxpark_gui.transport.deadline import Deadline, Stage

ADDRESSES_TRIED = 2


@dataclass(frozen=True, slots=True)
class Address:
    """One address of a host: its family, and the argument of `socket.connect`."""

    family: int
    target: tuple[str | int | bytes, ...]


def dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """Return a connected TCP socket whose timeout is the deadline's remaining time.

    The brackets that URLs put around an IPv6 address are removed from `host`. Sets the deadline's
    stage to `RESOLVING`, then to `CONNECTING`.

    Raises:
        OSError: no address was found, none could be reached, or no time was left.
    """
    deadline.stage = Stage.RESOLVING
    name = host.removeprefix("[").removesuffix("]")
    addresses = choose(resolve(name, port, deadline.remaining()))
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
            return connected
    raise trouble


def resolve(host: str, port: int, seconds: float) -> Sequence[Address]:
    """Return the addresses of a host.

    `getaddrinfo` has no timeout, so it runs on its own thread.

    Raises:
        TimeoutError: no answer came within `seconds`.
        OSError: the name does not exist or is not a host name.
    """
    try:
        found = call_within(
            seconds, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM), "resolve"
        )
    except OverdueError:
        raise TimeoutError("no answer from the name service") from None
    except UnicodeError:
        raise OSError("not a host name") from None
    return [Address(family, target) for family, _, _, _, target in found]


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
