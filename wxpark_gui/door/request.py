"""Parsing of one HTTP request to the door: head, headers and body. No I/O.

A client that has not proved that it knows the token is a stranger, and gets no reply, so that it
cannot tell what listens. A web page cannot offer a plate: browsers add `Origin` to its requests,
and a name that an attacker's DNS server resolves to 127.0.0.1 is not an accepted `Host`.
"""

from __future__ import annotations

import hmac
import io
import json
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPException, parse_headers
from typing import Any

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.plate import PlatePolicy, read_plate

PATH = "/plate"
HEAD_BYTES = 8192
"""Limit of request line and headers in bytes."""

BODY_BYTES = 1024
END_OF_HEAD = b"\r\n\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
"""Interim reply to `Expect: 100-continue`, for which some clients wait longer than a request may
take."""


_HOSTS = ("127.0.0.1", "localhost", "[::1]")
_GBK = frozenset({"gbk", "gb2312", "gb18030", "cp936", "x-gbk"})
"""Character sets that a client may name instead of UTF-8, which GB 18030 contains."""

_REQUEST_PARTS = 3
_MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Head:
    """Request line and length of a request with the right token.

    Attributes:
        refusal: status of a request that is refused without reading its body; None for none.
        length: length of the body in bytes, at most `BODY_BYTES`; 0 with a refusal, and None for a
            body in chunks.
        awaits_continue: True if the client sends the body only after `CONTINUE`.
        is_gbk: True if `Content-Type` names GBK or one of its kin as the character set.
    """

    refusal: HTTPStatus | None = None
    length: int | None = 0
    awaits_continue: bool = False
    is_gbk: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """Reply to a request with the right token.

    Attributes:
        plate: the plate to pass on, normalised; empty if the request is refused.
        reason: value of a `PlateFlaw`, for a text that is no plate; else empty.
    """

    status: HTTPStatus
    plate: str = ""
    reason: str = ""

    def encode(self) -> bytes:
        """Return the whole HTTP/1.1 reply; its body is a JSON object in ASCII."""
        document: dict[str, str] = {"result": "offered" if self.plate else "refused"}
        if self.reason:
            document["reason"] = self.reason
        body = json.dumps(document).encode()
        lines = [f"HTTP/1.1 {self.status.value} {self.status.phrase}"]
        if self.status is HTTPStatus.METHOD_NOT_ALLOWED:
            lines.append("Allow: POST")
        if self.status is HTTPStatus.TOO_MANY_REQUESTS:
            lines.append("Retry-After: 1")
        lines += [
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "Connection: close",
        ]
        return "\r\n".join(lines).encode() + END_OF_HEAD + body


def read_head(raw: bytes, token: Secret, port: int) -> Head | None:
    """Parse request line and headers; return None for a stranger.

    Args:
        raw: bytes up to and including `END_OF_HEAD`.
        port: the port that `Host` must name if it names one.
    """
    # RFC 9112, 2.2: a client may send an empty line before the request line.
    line, _, rest = raw.removeprefix(b"\r\n").partition(b"\r\n")
    parts = line.split(b" ")
    try:
        headers = parse_headers(io.BytesIO(rest))
    except HTTPException:
        return None
    if len(parts) != _REQUEST_PARTS or not parts[2].startswith(b"HTTP/1."):
        return None
    # Compared before anything that a stranger could probe.
    if not _is_local(headers, port):
        return None
    if _has_credentials(headers, probe_credentials(token, port)):
        return Head(HTTPStatus.METHOD_NOT_ALLOWED)
    if not _has_credentials(headers, f"Bearer {token.reveal()}"):
        return None
    return _checked_head(parts[0], _path_of(parts[1], port), headers)


def probe_credentials(token: Secret, port: int) -> str:
    """Return the value of `Authorization` that finds out if the door of this token has the port.

    It is refused with 405, offers nothing, and does not tell the token to another program there.
    """
    key = token.reveal().encode()
    return f"Probe {hmac.new(key, f'{PATH} {port}'.encode(), 'sha256').hexdigest()}"


def read_body(body: bytes, *, is_gbk: bool = False) -> Reply:
    """Return the reply to the body of a request.

    The body is a plate as text, or a JSON object whose `plate` is one; in UTF-8, unless the client
    named GBK. Some name it and send UTF-8 all the same.
    """
    # Some clients write a byte order mark, which JSON forbids.
    encodings = ("gb18030", "utf-8-sig") if is_gbk else ("utf-8-sig",)
    replies = [_read_text(body, encoding) for encoding in encodings]
    return next((reply for reply in replies if reply.plate), replies[0])


def _read_text(body: bytes, encoding: str) -> Reply:
    try:
        text = body.decode(encoding)
        typed = _plate_in(json.loads(text)) if text.lstrip().startswith("{") else text
    except (ValueError, RecursionError):
        typed = None
    if typed is None:
        return Reply(HTTPStatus.BAD_REQUEST)
    number = read_plate(typed)
    if number.policy is PlatePolicy.REFUSE:
        reason = number.flaw.value if number.flaw else ""
        return Reply(HTTPStatus.UNPROCESSABLE_ENTITY, reason=reason)
    return Reply(HTTPStatus.ACCEPTED, plate=number.text)


def _plate_in(document: Any) -> str | None:
    plate = document.get("plate") if isinstance(document, dict) else None
    return plate if isinstance(plate, str) else None


def _has_credentials(headers: Message, expected: str) -> bool:
    # RFC 9110, 11.1 and 11.4: the scheme in any case, then one or more spaces.
    scheme, _, credentials = (_only(headers, "Authorization") or "").partition(" ")
    given = f"{scheme.capitalize()} {credentials.lstrip(' ')}"
    return hmac.compare_digest(given.encode("latin-1", "replace"), expected.encode())


def _is_local(headers: Message, port: int) -> bool:
    host = (_only(headers, "Host") or "").lower()
    return host in _accepted_hosts(port) and "Origin" not in headers


def _accepted_hosts(port: int) -> set[str]:
    return {*_HOSTS, *(f"{name}:{port}" for name in _HOSTS)}


def _path_of(target: bytes, port: int) -> bytes:
    """Return the path of a request target, which RFC 9112, 3.2.2, allows to be a whole URL."""
    scheme, _, rest = target.partition(b"://")
    host, _, path = rest.partition(b"/")
    is_own = scheme.lower() == b"http" and host.lower().decode("latin-1") in _accepted_hosts(port)
    return b"/" + path if is_own else target


def _checked_head(method: bytes, path: bytes, headers: Message) -> Head:
    if path != PATH.encode():
        return Head(HTTPStatus.NOT_FOUND)
    if method != b"POST":
        return Head(HTTPStatus.METHOD_NOT_ALLOWED)
    length: int | None = None
    if not _is_chunked(headers):
        given = _only(headers, "Content-Length")
        if given is None or "Transfer-Encoding" in headers:
            return Head(HTTPStatus.LENGTH_REQUIRED)
        if not (given.isascii() and given.isdigit()):
            return Head(HTTPStatus.BAD_REQUEST)
        if len(given) > _MOST_DIGITS or int(given) > BODY_BYTES:
            return Head(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        length = int(given)
    expectation = _only(headers, "Expect") or ""
    return Head(
        length=length,
        awaits_continue=expectation.lower() == "100-continue",
        is_gbk=headers.get_content_charset("") in _GBK,
    )


def _is_chunked(headers: Message) -> bool:
    """Test if the body comes in chunks alone, as .NET sends JSON."""
    coding = _only(headers, "Transfer-Encoding") or ""
    return coding.lower() == "chunked" and "Content-Length" not in headers


def _only(headers: Message, name: str) -> str | None:
    """Return the value of a header that occurs once; None if it is missing or repeated."""
    values = headers.get_all(name, [])
    return str(values[0]).strip() if len(values) == 1 else None
