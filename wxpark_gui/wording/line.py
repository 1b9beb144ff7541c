"""Texts on the connection to the gateway, its failures and the queue of entries."""

from __future__ import annotations

from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import Cause
from wxpark_gui.wording.marking import mark

LINE_UNTRIED = mark("Ready")

LINE_UP = mark("Connected {elapsed} ms")

LINE_STANDBY = mark("Connected {elapsed} ms · standby")

LINE_DOWN = mark("Offline")

PENDING = mark("To send {count}")

PENDING_SINCE = mark("To send {count} · oldest {age}")

TODAY = mark("Today {count}")

MINUTES = mark("{count} min")

HOURS = mark("{count} h")

AND = mark(", ")
"""Stands between the items of a list."""

SALVAGED = mark(
    "The records were damaged; {count} were recovered. Please tell the manager: {name} is kept."
)

ARCHIVES_LOST = mark(
    "Old records are damaged: {months}. New entries are safe; please tell the manager."
)

HELD = mark("{reason} To send: {count}.")

HELD_SINCE = mark("{reason} To send: {count}, the oldest since {age}.")

KEY_HELD = {
    "KEYRING_LOCKED": mark(
        "The keyring is locked. Press Unlock and type the computer's password; that is all."
    ),
    "KEYRING_SILENT": mark(
        "The keyring does not answer. Look for its password window, or press Unlock; that is all."
    ),
    "KEY_MISSING": mark(
        "The keyring has no key, it may have been replaced; the records are kept."
        " Have the manager enter the key."
    ),
    "KEYRING_MISSING": mark("This computer's keyring cannot be reached. Please tell the manager."),
}
"""Sentences of the notice strip while the key cannot be read, by the outcome's code."""

GOES_ON = {
    Cause.OFFLINE: mark("No network: kept here and sent by itself once it is back. Go on working."),
    Cause.KEY_UNAVAILABLE: mark(
        "The merchant key cannot be read: unlock the keyring, or have the manager enter it again."
    ),
}
"""Sentences of the notice strip, by cause, instead of those of `CAUSE_ADVICE`."""

_CONNECTION_CHECK = mark("If it stays, tell the manager.")
CONNECTION_RETRY = mark("It is sent again by itself.")
"""Action for a failure after which no person need act."""

CONNECTION_FAILURES = {
    ConnectionFailure.NO_NETWORK: (
        mark("This computer has no network"),
        mark("Check the cable or the wireless network."),
    ),
    ConnectionFailure.PROXY_UNREACHABLE: (
        mark("The proxy cannot be reached"),
        mark("Have the manager check the proxy."),
    ),
    ConnectionFailure.PROXY_REFUSED: (
        mark("The proxy refuses"),
        mark("Have the manager allow WeChat Pay on the proxy."),
    ),
    ConnectionFailure.PROXY: (mark("The proxy opens no connection"), _CONNECTION_CHECK),
    ConnectionFailure.DNS: (
        mark("Server name not found"),
        mark("If it stays, tell the manager (DNS)."),
    ),
    ConnectionFailure.CONNECT: (
        mark("WeChat's server cannot be reached"),
        mark("If it stays, tell the manager (firewall)."),
    ),
    ConnectionFailure.CONNECT_TIMEOUT: (
        mark("WeChat's server was not reached in time"),
        _CONNECTION_CHECK,
    ),
    ConnectionFailure.TLS_TIMEOUT: (
        mark("The secure connection took too long"),
        _CONNECTION_CHECK,
    ),
    ConnectionFailure.TLS_CLOCK: (
        mark("This computer's clock is wrong"),
        mark("Have the manager set date and time."),
    ),
    ConnectionFailure.TLS_TRUST: (
        mark("Certificate not trusted"),
        mark("Have the manager update the system's certificates."),
    ),
    ConnectionFailure.TLS_HOST: (
        mark("The certificate is another server's"),
        mark("Have the manager check the network."),
    ),
    ConnectionFailure.TLS: (
        mark("The secure connection (TLS) failed"),
        mark("Have the manager check the network."),
    ),
    ConnectionFailure.SEND: (mark("The connection broke"), CONNECTION_RETRY),
    ConnectionFailure.RESET: (mark("The connection broke before the answer"), CONNECTION_RETRY),
    ConnectionFailure.TIMEOUT: (mark("WeChat did not answer in time"), CONNECTION_RETRY),
}
"""Message, without full stop, and action for each connection step that can fail."""

CONNECTION_ADVICE = mark("{happened}: saved here. {action}")
"""Sentence of the verdict panel for an entry not sent because of the connection."""
