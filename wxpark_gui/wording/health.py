"""Texts of the check of this booth, of the diagnostics and of crash reports."""

from __future__ import annotations

from collections.abc import Callable

from wxpark_gui.domain.health import Fault, Health, Subject, Trouble
from wxpark_gui.wording.marking import mark

SUBJECTS = {
    Subject.DATA_DIRECTORY: mark("data directory"),
    Subject.DISK: mark("free space, one write"),
    Subject.JOURNAL: mark("journal, entries waiting"),
    Subject.SETTINGS: mark("settings of booth"),
    Subject.MERCHANT: mark("merchant"),
    Subject.MANAGERS: mark("managers"),
    Subject.KEYRING: mark("keyring"),
    Subject.KEY: mark("merchant key"),
    Subject.PROXY: mark("proxy"),
    Subject.TRUST: mark("trusted certificates"),
    Subject.OTHER_GATEWAY: mark("other gateway"),
    Subject.GATEWAY: mark("connection to the gateway"),
    Subject.STANDBY_GATEWAY: mark("connection to the standby gateway"),
    Subject.CLOCK: mark("clock, compared with the gateway's"),
    Subject.SIGNED_QUERY: mark("signed query, which registers nothing"),
    Subject.SQLITE: mark("SQLite version"),
    Subject.OPENSSL: mark("OpenSSL version"),
    Subject.QT: mark("Qt version"),
    Subject.FONTS: mark("font for Chinese"),
    Subject.SCREEN: mark("screen and scale"),
    Subject.DOOR: mark("port for camera or scanner"),
    Subject.VERSION_FILE: mark("newest version, as the version file says"),
}
"""Name of each examined part."""

HEALTH = {
    Health.GOOD: mark("good"),
    Health.WARNING: mark("warning"),
    Health.BAD: mark("problem"),
}

_NEWER_PACKAGE = mark("Have the manager install the newest package of this program.")

TROUBLES = {
    Trouble.CHECK_OVERDUE: (
        mark("This check did not end in time."),
        mark("Check once more; if it stays, restart the computer."),
    ),
    Trouble.CHECK_FAILED: (
        mark("This check itself failed."),
        mark("Save the diagnostics, and have the manager send them to the supplier."),
    ),
    Trouble.DISK_LOW: (
        mark("Little space is left on the disk."),
        mark("Have the manager free space on the disk."),
    ),
    Trouble.DISK_SLOW: (
        mark("The disk writes slowly; saving an entry takes that long."),
        mark("Have the manager check the disk."),
    ),
    Trouble.PROXY_AUTH: (
        mark("The proxy asks for a password."),
        mark("Have the manager allow this computer on the proxy without a password."),
    ),
    Trouble.PROXY_UNSUPPORTED: (
        mark("The system's proxy is of a kind that is not supported; it is not used."),
        mark("Have the manager type the proxy's address in the settings (F12)."),
    ),
    Trouble.TRUST_EMPTY: (
        mark("This computer has no trusted certificates."),
        mark("Have the manager install the system's certificates (ca-certificates)."),
    ),
    Trouble.OTHER_GATEWAY: (
        mark("Entries go to a gateway other than WeChat's."),
        mark("Have the manager clear its address in the settings (F12)."),
    ),
    Trouble.VERSION_BAD: (mark("This version has a known fault."), _NEWER_PACKAGE),
    Trouble.NO_CHINESE_FONT: (
        mark("No font for Chinese was found."),
        mark("Have the manager install one, such as fonts-noto-cjk."),
    ),
    Trouble.SCREEN_SMALL: (
        mark("The screen shows less than the window needs (1024 × 768)."),
        mark("Have the manager choose a smaller scale in the system's display settings."),
    ),
    Trouble.KEY_REFUSED: (
        mark("WeChat refuses the signature: the key is not that of this merchant."),
        mark("Enter the APIv2 key of mch_id again; if it is right, check mch_id."),
    ),
    Trouble.MERCHANT_REFUSED: (
        mark("WeChat does not know these ids, or they do not belong together."),
        mark("Compare appid, mch_id, sub_appid and sub_mch_id with WeChat's documents."),
    ),
    Trouble.PERMISSION_REFUSED: (
        mark("This merchant has no permission for 车主服务."),
        mark("Apply to WeChat Pay for it, then test again."),
    ),
    Trouble.REPLY_UNTRUSTED: (
        mark("The reply is not signed with this key, so it is not trusted."),
        mark("Enter the APIv2 key again; if it is right, check the network."),
    ),
    Trouble.QUERY_BUSY: (
        mark("WeChat is busy, so the key could not be tested."),
        mark("Test again in a minute."),
    ),
    Trouble.QUERY_INTERCEPTED: (
        mark("Something on the network answered instead of WeChat."),
        mark("Log in to the network if it asks for it, or tell the manager."),
    ),
    Trouble.QUERY_UNCLEAR: (
        mark("WeChat's answer does not show if the key is right."),
        mark("Test again; if it stays, show the text above to the supplier."),
    ),
}
"""Message and action of each trouble."""

FAULTS = {
    Fault.NO_UPSERT: mark("it cannot write archives"),
    Fault.WAL_RESET: mark("very rarely damages a file with two writers; fixed in 3.51.3"),
    Fault.NO_TLS_1_3: mark("no TLS 1.3, out of support"),
    Fault.LOST_REFERENCES: mark("aborts on Python 3.10 and 3.11"),
}
"""Text of each known fault of a version."""

STEPS = {
    "dns": mark("name lookup"),
    "tcp": mark("connecting"),
    "proxy": mark("tunnel through the proxy"),
    "tls": mark("TLS handshake"),
    "answer": mark("answer"),
}
"""Name of each step of a connection, by its key in the JSON."""


class HealthWords:
    """Names and sentences of findings, in one language."""

    def __init__(self, translate: Callable[[str], str]) -> None:
        """Translate all texts; `translate` returns the variant for the window or the console."""
        _ = translate
        self.subjects = {subject: _(name) for subject, name in SUBJECTS.items()}
        self.health = {health: _(name) for health, name in HEALTH.items()}
        self.troubles = {
            trouble: (_(message), _(action)) for trouble, (message, action) in TROUBLES.items()
        }
        self.steps = {key: _(name) for key, name in STEPS.items()}
        self.faults = {fault: _(words) for fault, words in FAULTS.items()}
        self.full_stop = _("{sentence}.")
        self.clock_ahead = _("This computer's clock is {seconds} s ahead.")
        self.clock_behind = _("This computer's clock is {seconds} s behind.")
        self.set_clock = _("Have the manager set date and time.")
        self.certificate_dates = _("The certificate is not valid on this computer's date.")
        self.check_dates = _(
            "Set the date if it is wrong; if it is right, the server's certificate has expired."
        )
