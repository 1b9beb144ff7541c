"""Titles, advice and actions for verdicts, delivery states and causes."""

from __future__ import annotations

from wxpark_gui.domain.delivery import Cause, DeliveryState, Remedy
from wxpark_gui.domain.verdict import DeductMode, Severity, UserState
from wxpark_gui.wording.marking import mark

STATE_TITLES = {
    UserState.NORMAL: mark("Normal"),
    UserState.OVERDUE: mark("Arrears"),
    UserState.BLOCKED: mark("Restricted"),
    UserState.PAUSED: mark("Paused"),
    UserState.VEHICLE_AUTH_ERROR: mark("Unverified"),
    UserState.NOT_BOUND: mark("Not bound"),
    UserState.UNAUTHORIZED: mark("Not joined"),
    UserState.NOT_A_MEMBER: mark("Not joined"),
    UserState.UNKNOWN: mark("Unknown"),
    UserState.NONE: mark("Not asked yet"),
}

FAILED_TITLE = mark("Failed")

STATE_ADVICE = {
    UserState.OVERDUE: mark("Ask the driver to pay the debt in WeChat. Charge as an ordinary car."),
    UserState.BLOCKED: mark("Arrears or blacklist: charge as an ordinary car."),
    UserState.PAUSED: mark("The owner paused the service: charge as an ordinary car."),
    UserState.VEHICLE_AUTH_ERROR: mark("Authorisation check failed: charge as an ordinary car."),
    UserState.NOT_BOUND: mark(
        "Account normal, but this plate is not bound: charge as an ordinary car."
    ),
    UserState.UNAUTHORIZED: mark("Not joined or not authorised: charge as an ordinary car."),
    UserState.NOT_A_MEMBER: mark("The owner has not joined 车主服务: charge as an ordinary car."),
    UserState.UNKNOWN: mark("WeChat says “{raw}”, meaning unknown: charge as an ordinary car."),
}

STATE_UNSAID = mark("WeChat named no state: charge as an ordinary car.")

NORMAL_ADVICE = {
    DeductMode.AUTOPAY: mark("Let the car in. The fee is deducted by itself at the exit (无感)."),
    DeductMode.PROACTIVE: mark("Let the car in. At the exit the driver pays in WeChat (免密)."),
    DeductMode.UNSTATED: mark("Let the car in. WeChat did not say how the fee is deducted."),
}

QUERY_TITLE = mark("No answer")
"""Title for a query that was not answered."""

ENTRY_ANSWER = mark("at the entry, {time}: {verdict}")

QUERY_NORMAL_ADVICE = {
    DeductMode.AUTOPAY: mark("Deducted by itself (无感). Asked only: no entry was made."),
    DeductMode.PROACTIVE: mark("The driver pays in WeChat (免密). Asked only: no entry was made."),
    DeductMode.UNSTATED: mark("WeChat did not say how it deducts. Asked only: no entry was made."),
}

OPEN_ADVICE = {
    DeliveryState.SAVED: mark("Saved here, being sent."),
    DeliveryState.SENDING: mark("Saved here, being sent."),
    DeliveryState.WAITING: mark("Saved here, waits to be sent."),
}

CAUSE_ADVICE = {
    Cause.ANSWERED: mark("Answered by WeChat."),
    Cause.OFFLINE: mark("No network: saved here, not sent yet."),
    Cause.PROXY_REFUSED: mark("The proxy refuses: saved here. Please tell the manager."),
    Cause.TLS_FAILED: mark("The secure connection failed: saved here. Please tell the manager."),
    Cause.BUSY: mark("WeChat is busy: saved here, sent again by itself."),
    Cause.RATE_LIMITED: mark("WeChat asks for a slower pace: saved here, sent again by itself."),
    Cause.INTERCEPTED: mark("The network is intercepted: saved here. Please tell the manager."),
    Cause.KEY_UNAVAILABLE: mark(
        "The merchant key cannot be read: saved here. Please tell the manager."
    ),
    Cause.ACCOUNT_UNKNOWN: mark(
        "Its merchant was removed from the settings: saved here. Please tell the manager."
    ),
    Cause.SIGNATURE_REFUSED: mark("Key or merchant data wrong: please tell the manager."),
    Cause.MERCHANT_REFUSED: mark("Merchant data wrong: please tell the manager."),
    Cause.PERMISSION_REFUSED: mark(
        "No permission for 车主服务 at this merchant: please tell the manager."
    ),
    Cause.UNCLEAR_REFUSAL: mark("WeChat did not take it: {reason}. Saved here, sent again later."),
    Cause.CONTENT_REFUSED: mark("Plate or content not accepted: check, correct and send again."),
    Cause.OTHER_REFUSAL: mark("WeChat refused it: {reason}. F5 sends it again."),
    Cause.UNTRUSTED: mark("Reply not trustworthy, not used. Please tell the manager."),
}

KEY_ADVICE = {
    "KEYRING_LOCKED": mark("The keyring is locked: saved here, sent by itself once unlocked."),
    "KEYRING_SILENT": mark("The keyring does not answer: saved here, sent by itself once it does."),
    "KEY_MISSING": mark("The keyring holds no key: saved here. Have the manager enter it."),
}
"""Advice for `Cause.KEY_UNAVAILABLE` by the outcome's code; other codes use `CAUSE_ADVICE`."""

KEY_REMEDIES = {
    "KEYRING_LOCKED": mark("Unlock the keyring; nothing else is needed."),
    "KEYRING_SILENT": mark("Look for the keyring's window and unlock it; nothing else is needed."),
    "KEY_MISSING": mark("Have the manager enter the key again."),
}
QUERY_ADVICE = {
    Cause.ANSWERED: CAUSE_ADVICE[Cause.ANSWERED],
    Cause.OFFLINE: mark("No network: not answered. Ask again later."),
    Cause.PROXY_REFUSED: mark("The proxy refuses: not answered. Please tell the manager."),
    Cause.TLS_FAILED: mark("The secure connection failed: not answered. Please tell the manager."),
    Cause.BUSY: mark("WeChat is busy: not answered. Ask again in a minute."),
    Cause.RATE_LIMITED: mark("WeChat asks for a slower pace: ask again in a few minutes."),
    Cause.INTERCEPTED: mark("The network is intercepted: not answered. Please tell the manager."),
    Cause.KEY_UNAVAILABLE: mark(
        "The merchant key cannot be read: not asked. Please tell the manager."
    ),
    Cause.ACCOUNT_UNKNOWN: mark(
        "The merchant was removed from the settings: not asked. Please tell the manager."
    ),
    Cause.SIGNATURE_REFUSED: CAUSE_ADVICE[Cause.SIGNATURE_REFUSED],
    Cause.MERCHANT_REFUSED: CAUSE_ADVICE[Cause.MERCHANT_REFUSED],
    Cause.PERMISSION_REFUSED: CAUSE_ADVICE[Cause.PERMISSION_REFUSED],
    Cause.UNCLEAR_REFUSAL: mark("WeChat did not answer: {reason}. Ask again later."),
    Cause.CONTENT_REFUSED: mark("Plate not accepted: check it and ask again."),
    Cause.OTHER_REFUSAL: mark("WeChat refused the question: {reason}. Ask again later."),
    Cause.UNTRUSTED: CAUSE_ADVICE[Cause.UNTRUSTED],
}
"""Advice if a query gave no state of the plate. No entry is saved and no retry is planned."""

QUERY_CONNECTION = mark("{happened}: not answered. {action}")

UNTRUSTED_ONCE = mark("Reply not trustworthy, not used: saved here, asked once more.")

REASON_UNSAID = mark("no reason given")

REMEDIES = {
    Remedy.NONE: mark("No action needed."),
    Remedy.RETRY: mark("No action needed: it is sent again by itself."),
    Remedy.RETRY_SLOWLY: mark("It is sent again by itself; if it stays, tell the manager."),
    Remedy.UNLOCK: mark("Unlock the keyring, or have the manager enter the key again."),
    Remedy.FIX_SETTINGS: mark("Have the manager correct the merchant data; then it is sent."),
    Remedy.FIX_ENTRY: mark("Check the plate and send the entry again."),
    Remedy.RESEND_BY_HAND: mark("Send it again by hand; if it stays, tell the manager."),
    Remedy.TRY_ONCE_MORE: mark("Do not rely on it; have the manager check the network."),
}

_ASK_LATER = mark("Ask again later.")

QUERY_REMEDIES = {
    Remedy.NONE: REMEDIES[Remedy.NONE],
    Remedy.RETRY: _ASK_LATER,
    Remedy.RETRY_SLOWLY: mark("Ask again later; if it stays, tell the manager."),
    Remedy.UNLOCK: REMEDIES[Remedy.UNLOCK],
    Remedy.FIX_SETTINGS: mark("Have the manager correct the merchant data; then ask again."),
    Remedy.FIX_ENTRY: mark("Check the plate and ask again."),
    Remedy.RESEND_BY_HAND: _ASK_LATER,
    Remedy.TRY_ONCE_MORE: REMEDIES[Remedy.TRY_ONCE_MORE],
}
"""Actions after a query. It is not retried automatically."""

CLOSED_ADVICE = {
    DeliveryState.EXPIRED: mark("Not sent in time: kept here. Charge as an ordinary car."),
    DeliveryState.VOIDED: mark("Taken back before it was sent."),
}

VOIDED_LATER_TITLE = mark("Voided here")
VOIDED_LATER = mark("Voided here only. What WeChat received stays with WeChat.")
"""Text for a voided entry that the gateway received or may have received."""

DELIVERY_STATES = {
    DeliveryState.SAVED: mark("Saved"),
    DeliveryState.SENDING: mark("Sending"),
    DeliveryState.WAITING: mark("To be sent"),
    DeliveryState.ANSWERED: mark("Answered"),
    DeliveryState.REFUSED: mark("Refused"),
    DeliveryState.UNTRUSTED: mark("Not trusted"),
    DeliveryState.EXPIRED: mark("Expired"),
    DeliveryState.VOIDED: mark("Taken back"),
}

SEVERITIES = {
    Severity.OK: mark("Normal"),
    Severity.ARREARS: mark("Arrears"),
    Severity.BLOCKED: mark("Restricted"),
    Severity.CAUTION: mark("Caution"),
    Severity.INFO: mark("Not joined"),
    Severity.UNKNOWN: mark("Unknown"),
    Severity.PENDING: mark("Not asked yet"),
    Severity.FAILED: mark("Failed"),
}

AS_OF = mark("As of {time}")

SAVED_AT = mark("Saved {time}")

AGO = mark("{age} ago")

ELAPSED = mark("{elapsed} ms")

MAYBE_SENT = mark("may have been sent before")
