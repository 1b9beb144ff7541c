"""Texts from the network, made safe to show."""

from __future__ import annotations

MESSAGE_LENGTH = 200


def clean_message(text: str) -> str:
    """Return `text` on one line, cut to 200 characters, without unprintable characters."""
    printable = "".join(c if c.isprintable() else " " for c in text[: 4 * MESSAGE_LENGTH])
    return " ".join(printable.split())[:MESSAGE_LENGTH]
