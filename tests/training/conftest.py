"""Requests as any client might send them, and a plain HTTP client to send them with."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay import signing

PARKING_MEMBERS = {
    "start_time": "20240826104339",
    "plate_number": "粤B12345",
    "car_type": "小型车",
    "parking_name": "欢乐海岸停车场",
    "free_time": "1200",
    "notify_url": "https://example.com/notify",
}
SPACE_MEMBERS = {
    "start_time": "20240826104339",
    "free_time": "0",
    "sub_openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    "space_number": "D6666",
}

MakeFields = Callable[..., dict[str, str]]
MakeBody = Callable[..., bytes]


@pytest.fixture(scope="session")
def key() -> Secret:
    return Secret("192006250b4c09247ec02edce69f6a2d")


@pytest.fixture(scope="session")
def make_fields() -> MakeFields:
    """Function that makes unsigned fields of a request.

    `top` and `members` replace fields and members of `scene_info`; None removes one.
    """

    def make(
        scene: str = "PARKING",
        top: Mapping[str, str | None] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> dict[str, str]:
        base = PARKING_MEMBERS if scene == "PARKING" else SPACE_MEMBERS
        inner = {**base, **(members or {})}
        inner = {name: value for name, value in inner.items() if value is not None}
        fields = {
            "appid": "wxcbda96de0b165486",
            "mch_id": "10000098",
            "sub_appid": "wxcbda96de0b165489",
            "sub_mch_id": "1900000109",
            "nonce_str": "5K8264ILTKCH16CQ2502SI8ZNMTM67VS",
            "sign_type": "HMAC-SHA256",
            "version": "3.0" if scene == "PARKING" else "2.0",
            "trade_scene": scene,
            "scene_info": json.dumps({"scene_info": inner}, ensure_ascii=False),
            **(top or {}),
        }
        return {name: value for name, value in fields.items() if value is not None}

    return make


@pytest.fixture(scope="session")
def make_body(make_fields: MakeFields, key: Secret) -> MakeBody:
    """Function that makes a signed request as XML, with the arguments of `make_fields`."""

    def make(**changes: object) -> bytes:
        fields = make_fields(**changes)
        fields["sign"] = signing.sign(fields, key)
        elements = (f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        return f"<xml>{''.join(elements)}</xml>".encode()

    return make


@pytest.fixture
def gateway(key: Secret) -> Iterator[TrainingGateway]:
    with TrainingGateway(key, slow_seconds=0.3, drip_seconds=0.001) as running:
        yield running


@pytest.fixture
def line(gateway: TrainingGateway) -> Iterator[http.client.HTTPConnection]:
    """One persistent HTTP connection to the gateway."""
    port = urlsplit(gateway.url).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    yield connection
    connection.close()


@pytest.fixture
def post(line: http.client.HTTPConnection) -> Callable[[bytes], http.client.HTTPResponse]:
    """Function that posts a body to the notification path, and returns the unread response."""

    def send(body: bytes) -> http.client.HTTPResponse:
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        line.request("POST", "/vehicle/partnerpay/notification", body, headers)
        return line.getresponse()

    return send


@pytest.fixture(scope="session")
def read_xml() -> Callable[[bytes], dict[str, str]]:
    def read(raw: bytes) -> dict[str, str]:
        return {element.tag: element.text or "" for element in ET.fromstring(raw)}

    return read


@pytest.fixture
def notify(
    make_body: MakeBody,
    post: Callable[[bytes], http.client.HTTPResponse],
    read_xml: Callable[[bytes], dict[str, str]],
) -> Callable[..., dict[str, str]]:
    """Function that sends a signed notification and returns the fields of the reply."""

    def send(**changes: object) -> dict[str, str]:
        return read_xml(post(make_body(**changes)).read())

    return send
