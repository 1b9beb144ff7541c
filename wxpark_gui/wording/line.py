"""The state of the line, and what waits for it."""

from __future__ import annotations

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

SALVAGED = mark(
    "The records were damaged; {count} were recovered. Please tell the manager: {name} is kept."
)

HELD = mark("{reason} To send: {count}.")

HELD_SINCE = mark("{reason} To send: {count}, the oldest since {age}.")

OFFLINE_GOES_ON = mark("No network: kept here and sent by itself once it is back. Go on working.")
