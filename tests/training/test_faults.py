from __future__ import annotations

import gzip
import http.client
import socket
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.systems import not_under_wine
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.faults import GROWN_BYTES, HUGE_BYTES, Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.notification import NOTIFICATION_PATH

MakeBody = Callable[..., bytes]
Notify = Callable[..., dict[str, str]]
Post = Callable[[bytes], http.client.HTTPResponse]
ReadXml = Callable[[bytes], dict[str, str]]

CLIENTS_SIZE_LIMIT = 64 * 1024


def test_every_fault_has_the_name_the_console_tool_takes() -> None:
    assert {fault.value for fault in Fault} >= {
        "timeout",
        "reset",
        "slow",
        "http500",
        "captive-portal",
        "badsign",
        "replay",
        "other-merchant",
        "gzip-bomb",
        "xxe",
    }


class TestOnTheWay:
    def test_timeout_reads_the_request_and_answers_nothing(
        self, gateway: TrainingGateway, line: http.client.HTTPConnection, make_body: MakeBody
    ) -> None:
        gateway.set_faults([Fault.TIMEOUT])
        line.timeout = 0.2
        line.request("POST", NOTIFICATION_PATH, make_body())

        with pytest.raises(TimeoutError):
            line.getresponse()
        assert gateway.received[0].plate == "粤B12345"

    @not_under_wine("a reset connection ends like a closed one")
    def test_reset_sends_rst(
        self, gateway: TrainingGateway, make_body: MakeBody, post: Post
    ) -> None:
        gateway.set_faults([Fault.RESET])

        with pytest.raises(ConnectionResetError) as caught:
            post(make_body())
        assert not isinstance(caught.value, http.client.RemoteDisconnected)
        assert len(gateway.received) == 1

    def test_close_after_read_ends_the_connection_without_a_byte(
        self, gateway: TrainingGateway, make_body: MakeBody, post: Post
    ) -> None:
        gateway.set_faults([Fault.CLOSE_AFTER_READ])

        with pytest.raises(http.client.RemoteDisconnected):
            post(make_body())
        assert len(gateway.received) == 1

    def test_slow_answers_right_but_late(
        self, gateway: TrainingGateway, notify: Notify, key: Secret
    ) -> None:
        gateway.set_faults([Fault.SLOW])

        begun = time.monotonic()
        reply = notify()

        assert time.monotonic() - begun >= gateway.slow_seconds
        assert signing.verify(reply, key)

    def test_drip_never_lets_a_single_read_time_out(
        self, gateway: TrainingGateway, make_body: MakeBody, key: Secret, read_xml: ReadXml
    ) -> None:
        gateway.set_faults([Fault.DRIP])
        body = make_body()
        received = []
        with socket.create_connection(("127.0.0.1", urlsplit(gateway.url).port or 0), 0.5) as line:
            head = f"POST {NOTIFICATION_PATH} HTTP/1.1\r\nContent-Length: {len(body)}\r\n"
            line.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
            while chunk := line.recv(4096):
                received.append(chunk)

        assert len(received) > 100
        assert signing.verify(read_xml(b"".join(received).partition(b"\r\n\r\n")[2]), key)

    def test_early_hints_come_before_the_right_answer(
        self, gateway: TrainingGateway, make_body: MakeBody, key: Secret, read_xml: ReadXml
    ) -> None:
        gateway.set_faults([Fault.EARLY_HINTS])
        body = make_body()
        received = b""
        with socket.create_connection(("127.0.0.1", urlsplit(gateway.url).port or 0), 5) as client:
            head = f"POST {NOTIFICATION_PATH} HTTP/1.1\r\nContent-Length: {len(body)}\r\n"
            client.sendall(f"{head}Connection: close\r\n\r\n".encode() + body)
            while chunk := client.recv(4096):
                received += chunk

        hints, _, rest = received.partition(b"\r\n\r\n")
        assert hints.startswith(b"HTTP/1.1 103 ")
        assert rest.startswith(b"HTTP/1.1 200 ")
        assert signing.verify(read_xml(rest.partition(b"\r\n\r\n")[2]), key)


class TestInFront:
    @pytest.mark.parametrize(
        ("fault", "content"),
        [
            (Fault.EMPTY, b""),
            (Fault.GZIP_PAGE, gzip.compress(b"<html>blocked</html>", mtime=0)),
            (Fault.RETCODE, "<retmsg>参数不合法</retmsg>".encode()),
            (Fault.UNCLEAR_FAIL, b"<![CDATA[FAIL]]>"),
        ],
    )
    def test_reply_of_a_middle_box_comes_with_status_200(
        self,
        fault: Fault,
        content: bytes,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
    ) -> None:
        gateway.set_faults([fault])

        response = post(make_body())

        assert (response.status, response.getheader("Content-Encoding")) == (200, None)
        body = response.read()
        assert content in body if content else body == content
        assert b"<sign>" not in body

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            (Fault.HTTP_500, (500, "Content-Type", "text/html; charset=utf-8")),
            (Fault.HTTP_429, (429, "Retry-After", "30")),
            (Fault.REDIRECT, (307, "Location", "/elsewhere")),
            (Fault.CAPTIVE_PORTAL, (200, "Content-Type", "text/html; charset=utf-8")),
        ],
    )
    def test_a_page_comes_in_place_of_the_reply(
        self,
        fault: Fault,
        expected: tuple[int, str, str],
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
    ) -> None:
        gateway.set_faults([fault])

        response = post(make_body())

        status, header, value = expected
        assert response.status == status
        assert response.getheader(header) == value
        assert b"return_code" not in response.read()

    def test_request_answered_by_a_page_is_not_received(
        self, gateway: TrainingGateway, make_body: MakeBody, post: Post
    ) -> None:
        gateway.set_faults([Fault.CAPTIVE_PORTAL])

        post(make_body()).read()

        assert gateway.received == ()
        assert gateway.request_count == 1


class TestInTheReply:
    def test_badsign_carries_a_signature_that_does_not_verify(
        self, gateway: TrainingGateway, notify: Notify, key: Secret
    ) -> None:
        gateway.set_faults([Fault.BADSIGN])

        reply = notify()

        assert len(reply["sign"]) == 64
        assert not signing.verify(reply, key)

    def test_unsigned_carries_none(self, gateway: TrainingGateway, notify: Notify) -> None:
        gateway.set_faults([Fault.UNSIGNED])

        reply = notify()

        assert reply["user_state"] == "NORMAL"
        assert "sign" not in reply

    def test_md5sign_carries_the_short_signature(
        self, gateway: TrainingGateway, notify: Notify
    ) -> None:
        gateway.set_faults([Fault.MD5SIGN])

        assert len(notify()["sign"]) == 32

    def test_replay_repeats_the_first_reply_to_the_letter(
        self,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
        key: Secret,
        read_xml: ReadXml,
    ) -> None:
        gateway.set_faults([Fault.REPLAY])

        first = post(make_body()).read()
        second = post(make_body(members={"plate_number": "粤B12301"})).read()

        assert first == second
        assert signing.verify(read_xml(first), key)

    def test_replay_starts_over_when_it_is_set_again(
        self, gateway: TrainingGateway, notify: Notify
    ) -> None:
        gateway.set_faults([Fault.REPLAY])
        before = notify()
        gateway.set_faults([Fault.REPLAY])

        assert notify() != before

    def test_other_merchant_is_signed_but_names_another_s_numbers(
        self, gateway: TrainingGateway, notify: Notify, key: Secret
    ) -> None:
        gateway.set_faults([Fault.OTHER_MERCHANT])

        reply = notify()

        assert signing.verify(reply, key)
        assert reply["mch_id"] != "10000098"
        assert reply["sub_mch_id"] != "1900000109"

    def test_gzip_bomb_is_small_until_it_is_unpacked(
        self,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
        key: Secret,
        read_xml: ReadXml,
    ) -> None:
        gateway.set_faults([Fault.GZIP_BOMB])

        response = post(make_body())
        body = response.read()
        grown = gzip.decompress(body)

        assert response.getheader("Content-Encoding") == "gzip"
        assert len(body) < CLIENTS_SIZE_LIMIT
        assert len(grown) > GROWN_BYTES
        assert signing.verify(read_xml(grown.rstrip()), key)

    def test_huge_hides_a_right_reply_before_endless_blanks(
        self,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
        key: Secret,
        read_xml: ReadXml,
    ) -> None:
        gateway.set_faults([Fault.HUGE])

        response = post(make_body())
        body = response.read()

        assert response.getheader("Content-Length") is None
        assert len(body) > HUGE_BYTES
        assert signing.verify(read_xml(body.rstrip()), key)

    def test_xxe_verifies_when_its_entities_are_resolved(
        self,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
        key: Secret,
        read_xml: ReadXml,
    ) -> None:
        gateway.set_faults([Fault.XXE])

        body = post(make_body(members={"plate_number": "粤B12301"})).read()

        assert body.startswith(b"<!DOCTYPE")
        assert b"SYSTEM" in body
        resolved = body.partition(b"]>")[2].replace(b"&state;", b"NORMAL").replace(b"&leak;", b"")
        assert signing.verify(read_xml(resolved), key)


class TestTurns:
    def test_several_faults_take_turns(
        self, gateway: TrainingGateway, make_body: MakeBody, post: Post
    ) -> None:
        gateway.set_faults([Fault.HTTP_500, Fault.HTTP_429])

        statuses = []
        for _ in range(3):
            response = post(make_body())
            response.read()
            statuses.append(response.status)

        assert statuses == [500, 429, 500]

    def test_no_faults_end_the_trouble_at_once(
        self, gateway: TrainingGateway, notify: Notify, key: Secret
    ) -> None:
        gateway.set_faults([Fault.BADSIGN])
        notify()
        gateway.set_faults([])

        assert signing.verify(notify(), key)

    def test_wrong_signature_is_refused_under_every_fault(
        self, gateway: TrainingGateway, post: Post, make_body: MakeBody, read_xml: ReadXml
    ) -> None:
        gateway.set_faults([Fault.OTHER_MERCHANT])
        tampered = make_body().replace(b"10000098", b"10000099")

        assert read_xml(post(tampered).read())["return_code"] == "FAIL"
