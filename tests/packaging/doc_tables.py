"""Generates the tables in the documentation from the code.

python -m tests.packaging.doc_tables      # rewrites the tables in packaging/docs
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from wxpark_gui.console.settings_table import setting_rows
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.delivery import DeliveryState
from wxpark_gui.domain.verdict import DeductMode, Severity, UserState
from wxpark_gui.runtime.assets import catalogue
from wxpark_gui.ui.window.shortcuts import SHORTCUTS
from wxpark_gui.wording import Wording, failures, verdicts

DOCS = Path(__file__).parents[2] / "packaging" / "docs"

_MARKED = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

_chinese = Wording.for_language("zh_CN")
_english = Wording.for_language("en")
_say = catalogue("zh_CN").gettext

COLOURS = {
    Severity.OK: "绿",
    Severity.ARREARS: "橙",
    Severity.BLOCKED: "深红",
    Severity.CAUTION: "黄",
    Severity.INFO: "灰",
    Severity.UNKNOWN: "虚线框",
    Severity.PENDING: "虚线框",
    Severity.FAILED: "粗框",
}
"""Name, in Chinese, of the colour with which the window shows each severity."""

STATES = (
    (Severity.OK, UserState.NORMAL),
    (Severity.ARREARS, UserState.OVERDUE),
    (Severity.BLOCKED, UserState.BLOCKED),
    (Severity.CAUTION, UserState.PAUSED),
    (Severity.CAUTION, UserState.VEHICLE_AUTH_ERROR),
    (Severity.INFO, UserState.UNAUTHORIZED),
    (Severity.UNKNOWN, UserState.UNKNOWN),
)

ACTIONS = {
    "NOT_SET_UP": "Enter the merchant: Ctrl+F12, or `wxpark merchant set`.",
    "KEY_MISSING": "Enter the key: F12, or `wxpark merchant set --key-stdin`. A key belongs to one"
    " user of the computer and to one `mch_id`.",
    "OTHER_KEY_MISSING": "`wxpark merchant set --mch-id … --key-stdin`, then repeat the command.",
    "KEYRING_MISSING": "Install `gnome-keyring` and log on to the desktop again; a session without"
    " a desktop has none.",
    "KEYRING_UNSAFE": "Install the system's own keyring; the one found stores in plain text.",
    "KEYRING_LOCKED": "Unlock it with the computer's password; see Keyring for automatic logon.",
    "KEYRING_SILENT": "It did not answer for 10 s: look for its window and unlock it.",
    "KEYRING_MISMATCH": "Store the key again; if that fails, delete the item `wxpark-gui`.",
    "KEYRING_FAILED": "`wxpark doctor` names the keyring's own error; restart its service.",
    "KEYRING_ITEM_LEFT": "Delete each item `wxpark-gui` in Seahorse, KWalletManager, Windows'"
    " Credential Manager or Keychain Access.",
    "DATA_DIRECTORY_IN_USE": "Close the window, or the other command.",
    "DATA_DIRECTORY_UNUSABLE": "Check owner and free space of the data directory.",
    "ALREADY_VOIDED": "The audit (`wxpark journal show`) tells who voided it, and when.",
    "STILL_SENDING": "Wait for the answer.",
    "ENTRY_FAULT": "Save the diagnostics (Ctrl+F1), and send them to the supplier.",
    "JOURNAL_NOT_WRITTEN": "Free space on the disk; check that it is not mounted read-only.",
    "JOURNAL_BUSY": "Find the program that locks `journal.sqlite3`, as a backup or a virus scanner,"
    " and except the data directory from it.",
    "JOURNAL_LOCKED": "As `JOURNAL_BUSY`.",
    "JOURNAL_TAKEN": "The data directory was deleted and made again; keep one window open, and the"
    " file `journal-removed-*.sqlite3`.",
    "JOURNAL_DISK_FAULT": "Check the disk (SMART, cable); `wxpark journal verify` reads the file.",
    "JOURNAL_DAMAGE_FOUND": "The window moves the file aside and recovers its rows; if that fails,"
    " start it again. Check the disk.",
    "JOURNAL_FAULT": "`wxpark journal verify`, then save the diagnostics (Ctrl+F1), and send them"
    " to the supplier.",
    "JOURNAL_NOT_READ": "Find the program that locks `journal.sqlite3`; check the disk.",
    "JOURNAL_MISSING": "Check `--data-dir`; `wxpark doctor` names the directory that is used.",
    "JOURNAL_NEWER": "Install the version that is named, or a newer one.",
    "JOURNAL_DAMAGED": "Start the window, which moves the file aside and recovers its rows.",
    "SETTINGS_UNREADABLE": "The detail names the key or line; correct it, or enter all again.",
    "INVALID_SETTINGS": "Each line names a setting and what it allows; see `wxpark settings show`.",
    "IMPORT_UNREADABLE": "The detail names the line, or the reason that the file cannot be read.",
    "SETTINGS_NEWER": "Install the newer version.",
    "SETTINGS_NOT_WRITTEN": "Check owner and free space of the data directory.",
    "TOO_MANY_SEARCHES": "Remove a saved search in the history (F3) first.",
    "SEARCHES_UNREADABLE": "The next saved search copies `searches.json` to `.unreadable` first.",
    "SEARCH_UNKNOWN": "The list of searches in the history (F3) shows the names.",
    "ACCOUNT_MISSING": "Enter that merchant again, with the ids of the entry.",
    "ACCOUNT_IN_USE": "`wxpark journal flush` sends what waits; then remove the merchant.",
    "PROFILE_CURRENT": "`wxpark merchant use NAME` switches first; then remove it.",
    "PROFILE_UNKNOWN": "`wxpark merchant list` prints names and account ids.",
    "EXPORT_EXISTS": "Name another file, or add `--force`.",
    "ENTRY_NOT_FOUND": "`wxpark journal list --json` prints the ids.",
    "FILE_NOT_WRITTEN": "Choose a folder that can be written; a stick must be in and not full.",
    "BACKUP_DAMAGED": "Choose another backup; each one saved has a checksum.",
    "BACKUP_NEWER": "Install the version that made the backup, or a newer one.",
    "OTHER_BOOTH": "Compare lot and booth with the settings; choose the booth's own backup.",
    "BACKUP_APART": "Both have months of their own: restore in an empty directory (`--data-dir`).",
    "RESTORE_WAITING": "Send the entries (`wxpark journal flush`) or take them back, then restore.",
    "RESTORE_UNFINISHED": "Close other programs that read the journal, free space, start again; to"
    " give up, remove the folder `restore` in the data directory.",
    "NOT_RESTARTED": "Open the program; look for a moved or half-updated installation.",
    "AUTOSTART_FAILED": "Set it in the system: autostart entries, Task Manager, or Login Items.",
    "VERSION_FILE_UNREACHABLE": "Check address, share and proxy; `wxpark.toml.minisig` must lie"
    " beside the file.",
    "VERSION_FILE_UNTRUSTED": "Sign the file again, or correct `version_key`.",
    "VERSION_FILE_NOT_UNDERSTOOD": 'Write a line like `version = "1.2.0"`.',
    "DOOR_PORT_TAKEN": "`wxpark doctor` names the program: stop it, or set another `door.port`.",
    "DOOR_UNAVAILABLE": "The detail has the system's message; check the data directory.",
    "DOOR_CLOSED": "Open the window; `wxpark settings show door`. If another program has the port,"
    " choose another one.",
    "NO_NETWORK": "Check cable, wireless network and address.",
    "PROXY_UNREACHABLE": "Check `proxy_url` and the proxy.",
    "PROXY_REFUSED": "Allow CONNECT to both of WeChat's hosts, without a password.",
    "PROXY": "The proxy answered with something else: check `proxy_url`.",
    "DNS": "Check the name servers; both of WeChat's hosts must resolve.",
    "CONNECT": "Allow port 443 to both of WeChat's hosts in the firewall.",
    "CONNECT_TIMEOUT": "Check the line and the firewall; one that drops packets looks like this.",
    "TLS_TIMEOUT": "Check the line; a middle box may hold the connection.",
    "TLS_CLOCK": "Set date and time; turn time synchronisation on.",
    "TLS_TRUST": "Update the system's certificates; a proxy that inspects TLS needs its authority"
    " in the system's trust store.",
    "TLS_HOST": "Something answers in WeChat's place: check portal, proxy and DNS.",
    "TLS": "Check the network; TLS 1.2 or newer must pass.",
    "SEND": "Nothing, unless it stays.",
    "RESET": "Nothing, unless it stays. The entry may have been counted, and is sent again.",
    "TIMEOUT": "Nothing, unless it stays. The entry may have been counted, and is sent again.",
}
"""Instructions to the technician by error code.

For a code without an entry, the second sentence of the error message is used.
"""

FIELD_ERRORS = frozenset({"", "INVALID_INPUT"})
"""Codes left out of the table of errors.

"" is the fallback for a code without a message; the message for INVALID_INPUT depends on the
fields.
"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines
    )


def verdict_table() -> str:
    """Return the table of title, colour and advice of each state of a car, in Chinese."""
    rows = [
        (_say(verdicts.STATE_TITLES[state]), COLOURS[severity], _advice(state))
        for severity, state in STATES
    ]
    waiting = _say(verdicts.OPEN_ADVICE[DeliveryState.WAITING])
    rows += [
        (_chinese.severity(Severity.PENDING), COLOURS[Severity.PENDING], f"{waiting}；继续录入"),
        (
            _say(verdicts.FAILED_TITLE),
            COLOURS[Severity.FAILED],
            "被拒绝，或应答不可信：看屏幕上的说明，需要时告诉管理员",
        ),
    ]
    return table(("显示", "颜色", "怎么做"), (("**" + row[0] + "**", *row[1:]) for row in rows))


def _advice(state: UserState) -> str:
    if state is UserState.NORMAL:
        automatic = _say(verdicts.NORMAL_ADVICE[DeductMode.AUTOPAY])
        by_driver = _say(verdicts.NORMAL_ADVICE[DeductMode.PROACTIVE])
        return f"{automatic}；或{by_driver.removeprefix('放行。')}"
    return _say(verdicts.STATE_ADVICE[state]).format(raw="…")


def key_table() -> str:
    """Return the table of the window's keys, in Chinese."""
    rows = ((entry.shown, _chinese.label(entry.help)) for entry in SHORTCUTS if entry.help)
    return table(("按键", "作用"), rows)


def settings_table() -> str:
    """Return the table of settings in Markdown; a name is section and key, such as `booth.name`."""
    chinese = {(row.section, row.key): row.label for row in setting_rows(_chinese)}
    rows = (
        (
            f"`{row.section}.{row.key}`",
            row.kind,
            f"`{row.default}`" if row.default else "required",
            row.limits,
            f"{row.label} · {chinese[row.section, row.key]}",
        )
        for row in setting_rows(_english)
    )
    return table(("name", "type", "default", "limits", "meaning"), rows)


def failure_table() -> str:
    """Return the table of error codes: message in Chinese, technician's action in English."""
    rows = (
        (f"`{code}`", f"{_say(happened)}{_say(action)}", ACTIONS.get(code, action))
        for code, (happened, action) in failures.FAILURES.items()
        if code not in FIELD_ERRORS
    )
    return table(("code", "sentence", "action"), rows)


def connection_table() -> str:
    """Return the table of connection errors: message in Chinese, technician's action in English."""
    rows = []
    for failure in ConnectionFailure:
        words = _chinese.connection_failure(failure)
        action = ACTIONS.get(failure.value, _english.connection_failure(failure).action)
        rows.append((f"`{failure.value}`", f"{words.message}：{words.action}", action))
    return table(("code", "sentence", "action"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "verdicts": verdict_table,
    "keys": key_table,
    "settings": settings_table,
    "failures": failure_table,
    "connection": connection_table,
}


def with_tables(text: str) -> str:
    """Return the text of a page with each marked table generated again."""
    return _MARKED.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n{found[3]}", text)


if __name__ == "__main__":
    for page in sorted(DOCS.glob("*.md")):
        page.write_text(with_tables(page.read_text(encoding="utf-8")), encoding="utf-8")
