from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import (
    CONNECTION_THREAD_NAME,
    REMEMBERED,
    THREAD_NAME,
    TrainingGateway,
)
from wxpark_gui.wechatpay import signing
from wxpark_gui.wechatpay.notification import NOTIFICATION_PATH
from wxpark_gui.wechatpay.querystate import QUERYSTATE_PATH

MakeBody = Callable[..., bytes]
Notify = Callable[..., dict[str, str]]
Post = Callable[[bytes], http.client.HTTPResponse]
ReadXml = Callable[[bytes], dict[str, str]]


def our_threads() -> list[str]:
    names = (THREAD_NAME, CONNECTION_THREAD_NAME)
    return [thread.name for thread in threading.enumerate() if thread.name.startswith(names)]


def address_of(gateway: TrainingGateway) -> tuple[str, int]:
    parts = urlsplit(gateway.url)
    return parts.hostname or "", parts.port or 0


class TestReply:
    def test_is_signed_with_the_merchant_s_key(self, notify: Notify, key: Secret) -> None:
        assert signing.verify(notify(), key)

    def test_echoes_the_ids_of_any_merchant(self, notify: Notify) -> None:
        ids = {"appid": "wx1", "mch_id": "2", "sub_appid": "wx3", "sub_mch_id": "4"}

        assert ids.items() <= notify(top=ids).items()

    def test_names_no_sub_appid_where_the_request_has_none(self, notify: Notify) -> None:
        assert "sub_appid" not in notify(top={"sub_appid": None})

    def test_has_a_fresh_nonce_every_time(self, notify: Notify) -> None:
        assert notify()["nonce_str"] != notify()["nonce_str"]

    def test_survives_an_id_that_would_end_a_cdata_section(
        self, notify: Notify, key: Secret
    ) -> None:
        reply = notify(top={"appid": "a]]><b>"})

        assert reply["appid"] == "a]]><b>"
        assert signing.verify(reply, key)

    def test_names_the_field_that_was_refused(self, notify: Notify, key: Secret) -> None:
        reply = notify(members={"free_time": "soon"})

        assert signing.verify(reply, key)
        assert (reply["return_code"], reply["result_code"]) == ("SUCCESS", "FAIL")
        assert reply["err_code"] == "PARAM_ERROR"
        assert reply["err_code_des"].startswith("free_time:")

    def test_to_a_wrong_signature_is_an_unsigned_failure(
        self, make_body: MakeBody, post: Post, read_xml: ReadXml
    ) -> None:
        tampered = make_body().replace("粤B12345".encode(), "粤B12346".encode())

        reply = read_xml(post(tampered).read())

        assert reply == {"return_code": "FAIL", "return_msg": "签名错误"}

    @pytest.mark.parametrize(
        "body", [b"", b"<xml>", b"{}", b"\xff\xfe", b"<!DOCTYPE a><xml></xml>"]
    )
    def test_to_something_else_than_xml_is_an_unsigned_failure(
        self, body: bytes, post: Post, read_xml: ReadXml
    ) -> None:
        reply = read_xml(post(body).read())

        assert reply == {"return_code": "FAIL", "return_msg": "XML格式错误"}


class TestHttp:
    def test_keeps_the_connection_open(
        self, make_body: MakeBody, post: Post, line: http.client.HTTPConnection
    ) -> None:
        post(make_body()).read()
        first = line.sock
        post(make_body()).read()

        assert line.sock is first is not None

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [
            ("GET", NOTIFICATION_PATH, 405),
            ("HEAD", NOTIFICATION_PATH, 405),
            ("PUT", NOTIFICATION_PATH, 405),
            ("DELETE", NOTIFICATION_PATH, 405),
            ("GET", QUERYSTATE_PATH, 405),
            ("POST", QUERYSTATE_PATH + "/", 404),
            ("GET", "/", 404),
            ("POST", "/", 404),
            ("POST", NOTIFICATION_PATH + "/", 404),
            ("POST", NOTIFICATION_PATH + "?a=b", 404),
        ],
    )
    def test_knows_one_method_and_two_paths(
        self, method: str, path: str, status: int, line: http.client.HTTPConnection
    ) -> None:
        line.request(method, path)

        assert line.getresponse().status == status

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Content-Length": str(16 * 1024 + 1)}, 413),
            ({"Content-Length": "9" * 5000}, 413),
            ({"Content-Length": "-1"}, 400),
            ({"Content-Length": "x"}, 400),
            ({"Transfer-Encoding": "chunked"}, 411),
        ],
    )
    def test_refuses_a_body_without_an_acceptable_length(
        self, headers: dict[str, str], status: int, line: http.client.HTTPConnection
    ) -> None:
        line.putrequest("POST", NOTIFICATION_PATH)
        for name, value in headers.items():
            line.putheader(name, value)
        line.endheaders()

        assert line.getresponse().status == status

    def test_outlives_a_client_that_leaves_in_mid_body(
        self, gateway: TrainingGateway, notify: Notify
    ) -> None:
        address = address_of(gateway)
        with socket.create_connection(address) as leaving:
            leaving.sendall(
                f"POST {NOTIFICATION_PATH} HTTP/1.1\r\nContent-Length: 9\r\n\r\n<xml".encode()
            )

        assert notify()["user_state"] == "NORMAL"

    def test_logs_a_bug_of_its_own_and_lives_on(
        self,
        gateway: TrainingGateway,
        make_body: MakeBody,
        post: Post,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(gateway, "receive", lambda _body: 1 / 0)
            with pytest.raises(http.client.RemoteDisconnected):
                post(make_body())

        assert post(make_body()).status == 200
        assert "could not serve" in caplog.text

    def test_says_nothing_on_the_console(
        self, notify: Notify, capfd: pytest.CaptureFixture[str]
    ) -> None:
        notify()

        assert capfd.readouterr() == ("", "")


class TestReceived:
    def test_received_lists_notifications_in_order(
        self, gateway: TrainingGateway, notify: Notify
    ) -> None:
        notify(members={"plate_number": "粤B12301", "start_time": "20240101000000"})
        notify(scene="PARKING SPACE", top={"nonce_str": "n2"})

        first, second = gateway.received
        assert (first.plate, first.scene) == ("粤B12301", "PARKING")
        assert (first.start_time, first.sub_mch_id) == ("20240101000000", "1900000109")
        assert (second.plate, second.space_number) == ("", "D6666")
        assert (second.scene, second.nonce_str) == ("PARKING SPACE", "n2")

    def test_rejected_request_is_counted_and_not_received(
        self, gateway: TrainingGateway, notify: Notify, post: Post
    ) -> None:
        notify(members={"free_time": "soon"})
        post(b"<xml>").read()

        assert gateway.received == ()
        assert gateway.request_count == 2

    def test_is_bounded(self, gateway: TrainingGateway, make_body: MakeBody) -> None:
        for _ in range(REMEMBERED + 1):
            gateway.receive(NOTIFICATION_PATH, make_body())

        assert len(gateway.received) == REMEMBERED
        assert gateway.request_count == REMEMBERED + 1


class TestLife:
    def test_leaves_no_thread_behind(self, key: Secret, make_body: MakeBody) -> None:
        gateway = TrainingGateway(key)
        gateway.start()
        connection = http.client.HTTPConnection(*address_of(gateway))
        connection.request("POST", NOTIFICATION_PATH, make_body())
        connection.getresponse().read()
        assert len(our_threads()) == 2

        gateway.stop()
        connection.close()

        assert our_threads() == []

    @pytest.mark.parametrize("fault", [Fault.TIMEOUT, Fault.SLOW, Fault.DRIP, Fault.HUGE])
    def test_stops_within_a_second_while_clients_wait(
        self, fault: Fault, key: Secret, make_body: MakeBody
    ) -> None:
        gateway = TrainingGateway(key, faults=[fault], slow_seconds=60, drip_seconds=60)
        gateway.start()
        address = address_of(gateway)
        body = make_body()
        head = f"POST {NOTIFICATION_PATH} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        waiting = [socket.create_connection(address) for _ in range(3)]
        for client in waiting:
            client.sendall(head + body)
        deadline = time.monotonic() + 5
        while gateway.request_count < len(waiting):
            assert time.monotonic() < deadline
            time.sleep(0.005)

        begun = time.monotonic()
        gateway.stop()
        taken = time.monotonic() - begun

        for client in waiting:
            client.close()
        assert taken < 1
        assert our_threads() == []

    def test_stop_ends_every_wait_where_shutdown_wakes_no_thread(
        self, key: Secret, make_body: MakeBody, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On Windows and Wine a read in another thread may continue after the socket's shutdown."""
        monkeypatch.setattr(socket.socket, "shutdown", lambda *_: None)
        gateway = TrainingGateway(key, faults=[Fault.TIMEOUT, Fault.HUGE])
        gateway.start()
        body = make_body()
        head = f"POST {NOTIFICATION_PATH} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        waiting = [socket.create_connection(address_of(gateway)) for _ in range(4)]
        for client, sent in zip(waiting, [head + body, head + body, head, b"POST"], strict=True):
            client.sendall(sent)
        deadline = time.monotonic() + 5
        while gateway.request_count < 2 or len(our_threads()) < 1 + len(waiting):
            assert time.monotonic() < deadline
            time.sleep(0.005)

        begun = time.monotonic()
        gateway.stop()
        taken = time.monotonic() - begun

        for client in waiting:
            client.close()
        assert taken < 0.5
        assert our_threads() == []

    def test_comes_back_on_the_same_port(self, key: Secret) -> None:
        gateway = TrainingGateway(key)
        gateway.start()
        first = gateway.url
        gateway.stop()
        with gateway:
            assert gateway.url == first

    def test_can_be_started_and_stopped_twice(self, key: Secret) -> None:
        gateway = TrainingGateway(key)
        gateway.start()
        gateway.start()
        gateway.stop()
        gateway.stop()

        assert our_threads() == []

    def test_has_no_address_before_it_has_a_port(self, key: Secret) -> None:
        with pytest.raises(RuntimeError, match="before it is started"):
            _ = TrainingGateway(key).url

    def test_says_when_its_port_is_taken(self, gateway: TrainingGateway, key: Secret) -> None:
        second = TrainingGateway(key, port=address_of(gateway)[1])

        with pytest.raises(OSError, match=r"[Aa]ddress|10048"):
            second.start()

    def test_does_not_show_its_key(self, gateway: TrainingGateway, key: Secret) -> None:
        assert key.reveal() not in repr(vars(gateway))
