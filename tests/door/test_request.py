"""Requests to the door: strangers, refusals and plates, without a socket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

import pytest

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.plate import PROVINCES
from wxpark_gui.door.request import BODY_BYTES, Head, read_body, read_head

TOKEN = Secret("0123456789abcdef0123456789abcdef")
PORT = 18765
RIGHT = {
    "Host": f"127.0.0.1:{PORT}",
    "Authorization": f"Bearer {TOKEN.reveal()}",
    "Content-Length": "9",
}


def head_of(headers: Mapping[str, str | None], line: str = "POST /plate HTTP/1.1") -> Head | None:
    """Return the head of a right request with other headers; None leaves a header out."""
    fields = {**RIGHT, **headers}
    lines = [line, *(f"{name}: {value}" for name, value in fields.items() if value is not None)]
    return read_head(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), TOKEN, PORT)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", "LocalHost"]
)
def test_right_request_to_a_loopback_name_is_read(host: str) -> None:
    assert head_of({"Host": host}) == Head(length=9)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
def test_scheme_of_the_credentials_is_read_in_any_case(scheme: str) -> None:
    assert head_of({"Authorization": f"{scheme} {TOKEN.reveal()}"}) == Head(length=9)


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:18765/plate", "HTTP://LocalHost/plate", "http://[::1]:18765/plate"]
)
def test_request_target_may_be_the_whole_address(target: str) -> None:
    assert head_of({}, f"POST {target} HTTP/1.1") == Head(length=9)


def test_empty_line_before_the_request_is_skipped() -> None:
    assert head_of({}, "\r\nPOST /plate HTTP/1.1") == Head(length=9)


@pytest.mark.parametrize("expectation", ["100-continue", "100-Continue"])
def test_client_that_waits_to_send_the_body_is_noticed(expectation: str) -> None:
    assert head_of({"Expect": expectation}) == Head(length=9, awaits_continue=True)


@pytest.mark.parametrize(
    "changed",
    [
        {"Authorization": None},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer 0123456789abcdef0123456789abcdee"},
        {"Authorization": "Bearer 0123456789abcdef"},
        {"Authorization": f"Bearer {TOKEN.reveal()}0"},
        {"Authorization": f"Basic {TOKEN.reveal()}"},
        {"Authorization": "Bearer \xe9\xe9"},
        {"Authorization": f"Bearer {TOKEN.reveal().upper()}"},
        {"Authorization": f"Bearer{TOKEN.reveal()}"},
        {"Host": None},
        {"Host": "evil.example"},
        {"Host": f"127.0.0.1.evil.example:{PORT}"},
        {"Host": "127.0.0.1:80"},
        {"Host": f"192.168.1.5:{PORT}"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://127.0.0.1:{PORT}"},
    ],
)
def test_request_with_a_wrong_token_host_or_an_origin_comes_from_a_stranger(
    changed: dict[str, str | None],
) -> None:
    assert head_of(changed) is None


@pytest.mark.parametrize("line", ["", "POST /plate", "POST  /plate HTTP/1.1", "POST /plate FTP/1"])
def test_malformed_request_line_comes_from_a_stranger(line: str) -> None:
    assert head_of({}, line) is None


def test_repeated_authorization_comes_from_a_stranger() -> None:
    twice = f"{TOKEN.reveal()}\r\nAuthorization: Bearer {TOKEN.reveal()}"
    assert head_of({"Authorization": f"Bearer {twice}"}) is None


def test_hundreds_of_headers_come_from_a_stranger() -> None:
    assert head_of({f"X-{number}": "1" for number in range(300)}) is None


@pytest.mark.parametrize(
    ("line", "changed", "status"),
    [
        ("POST / HTTP/1.1", {}, HTTPStatus.NOT_FOUND),
        ("POST /plate?plate=1 HTTP/1.1", {}, HTTPStatus.NOT_FOUND),
        ("POST http://evil.example/plate HTTP/1.1", {}, HTTPStatus.NOT_FOUND),
        ("GET /plate HTTP/1.1", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("OPTIONS /plate HTTP/1.1", {}, HTTPStatus.METHOD_NOT_ALLOWED),
        ("POST /plate HTTP/1.1", {"Content-Length": None}, HTTPStatus.LENGTH_REQUIRED),
        ("POST /plate HTTP/1.1", {"Content-Length": "9\r\nContent-Length: 8"}, 411),
        ("POST /plate HTTP/1.1", {"Transfer-Encoding": "chunked"}, HTTPStatus.LENGTH_REQUIRED),
        ("POST /plate HTTP/1.1", {"Content-Length": "-1"}, HTTPStatus.BAD_REQUEST),
        ("POST /plate HTTP/1.1", {"Content-Length": "\xb2"}, HTTPStatus.BAD_REQUEST),
        ("POST /plate HTTP/1.1", {"Content-Length": str(BODY_BYTES + 1)}, 413),
        ("POST /plate HTTP/1.1", {"Content-Length": "9" * 5000}, 413),
    ],
)
def test_request_with_the_token_is_refused_with_a_status(
    line: str, changed: dict[str, str | None], status: int
) -> None:
    assert head_of(changed, line) == Head(HTTPStatus(status))


@pytest.mark.parametrize(
    "body",
    [
        "粤B12345",
        " 粤b·12345\r\n",
        "粤B12345\0\0\0",
        '{"plate": "粤B12345"}',
        '\ufeff{"plate": "粤B12345"}',
        '\n{"plate": "\\u7ca4B12345", "camera": {"id": 7}}',
    ],
)
def test_plate_is_taken_as_text_and_as_json(body: str) -> None:
    reply = read_body(body.encode())
    assert (reply.status, reply.plate) == (HTTPStatus.ACCEPTED, "粤B12345")


@pytest.mark.parametrize("coding", ["chunked", "Chunked"])
def test_body_in_chunks_has_no_length(coding: str) -> None:
    headers = {"Transfer-Encoding": coding, "Content-Length": None}
    assert head_of(headers) == Head(length=None)


@pytest.mark.parametrize("coding", ["gzip, chunked", "identity", "chunked\r\nTransfer-Encoding: x"])
def test_other_transfer_coding_is_refused(coding: str) -> None:
    headers = {"Transfer-Encoding": coding, "Content-Length": None}
    assert head_of(headers) == Head(HTTPStatus.LENGTH_REQUIRED)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain; charset=GBK",
        'application/json;charset="gb2312"',
        "text/plain; boundary=x; Charset=gb18030",
    ],
)
def test_character_set_of_chinese_devices_is_noticed(content_type: str) -> None:
    assert head_of({"Content-Type": content_type}) == Head(length=9, is_gbk=True)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "text/plain; charset=utf-8", "charset", "; charset=\xff", "text/gbk", ""],
)
def test_other_content_types_mean_utf_8(content_type: str) -> None:
    assert head_of({"Content-Type": content_type}) == Head(length=9)


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_client_that_names_gbk_may_send_either(province: str, encoding: str) -> None:
    """GBK's 鲁 and 豫 are valid UTF-8 too."""
    for text in (f"{province}B·12345", f'{{"plate": "{province}B12345"}}'):
        assert read_body(text.encode(encoding), is_gbk=True).plate == f"{province}B12345"


def test_text_in_gbk_that_is_no_plate_is_refused() -> None:
    reasons = [read_body(text.encode("gbk"), is_gbk=True).reason for text in ("_无_", "粤B12")]
    assert reasons == ["bad_character", "too_short"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b'{"plate": ""}', "empty"),
        ("粤B12".encode(), "too_short"),
        (b"A12345", "no_province"),
        (b"<html>", "bad_character"),
        (b'["plate"]', "bad_character"),
        (b'{"plate": "\\ud800B12345"}', "bad_character"),
        ("粤B12345".encode() * 100, "too_long"),
    ],
)
def test_text_that_is_no_plate_is_refused_with_its_flaw(body: bytes, reason: str) -> None:
    reply = read_body(body)
    assert (reply.status, reply.plate) == (HTTPStatus.UNPROCESSABLE_ENTITY, "")
    assert json.loads(reply.encode().partition(b"\r\n\r\n")[2]) == {
        "result": "refused",
        "reason": reason,
    }


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        "粤B12345".encode("gb18030"),
        b"{",
        b'{"plate"',
        b"{}",
        b'{"plate": 12345}',
        b'{"plate": null}',
        b'{"plate": ["B12345"]}',
        b'{"plate": ' + b"[" * 1000,
        b'{"a":' * 170 + b"1" + b"}" * 170,
    ],
)
def test_body_without_a_plate_is_a_bad_request(body: bytes) -> None:
    assert read_body(body).status is HTTPStatus.BAD_REQUEST
