"""A third-party WeChat Pay client accepts the training gateway's replies and signs as ours does."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.nodejs import node_with
from wxpark_gui.domain.entry import BEIJING, CarType, ParkingEntry, Scene
from wxpark_gui.domain.merchant import MerchantProfile, Secret
from wxpark_gui.domain.plate import read_plate
from wxpark_gui.training.answering import OTHER_PLATE
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wechatpay.call import signed_fields, to_xml
from wxpark_gui.wechatpay.notification import notification_call
from wxpark_gui.wechatpay.querystate import query_call

pytestmark = pytest.mark.node

HERE = Path(__file__).parent
INSTALLED = HERE.parents[1] / "build" / "peer"
SCRIPTS = ("tasks.mjs", "post.mjs", "verify.mjs")
RUN_SECONDS = 60

KEY = "192006250b4c09247ec02edce69f6a2d"
WRONG_KEY = "00000000000000000000000000000000"

Ask = Callable[[str, Mapping[str, object]], dict[str, Any]]

MERCHANT = MerchantProfile(
    appid="wxcbda96de0b165486",
    mch_id="10000098",
    sub_appid="wxcbda96de0b165489",
    sub_mch_id="1900000109",
    parking_name='欢乐<海岸> & "A\'s" 停车场',
    free_time=1200,
    notify_url="https://example.com/notify",
)
START = datetime(2024, 8, 26, 10, 43, 39, tzinfo=BEIJING)
ENTRIES = {
    "PARKING": ParkingEntry(Scene.PARKING, START, read_plate("粤B12345"), CarType.SMALL),
    "PARKING SPACE": ParkingEntry(
        Scene.PARKING_SPACE,
        START,
        car_type=CarType.LARGE,
        space_number="D6666",
        sub_openid="oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    ),
}


@pytest.fixture(scope="session")
def node() -> str:
    """Path of Node.js, once the third-party client is installed in the checkout's build folder."""
    return node_with(HERE, SCRIPTS, INSTALLED)


@pytest.fixture(scope="session")
def ask(node: str) -> Iterator[Ask]:
    """Function that sends a task to a Node.js process and returns its result.

    One process runs all tasks. They are sent by standard input, because arguments would reveal the
    key.
    """
    with subprocess.Popen(
        [node, "tasks.mjs"],
        cwd=INSTALLED,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as peer:

        def run(name: str, task: Mapping[str, object]) -> dict[str, Any]:
            assert peer.stdin is not None
            assert peer.stdout is not None
            assert peer.stderr is not None
            peer.stdin.write(f"{json.dumps([name, task])}\n")
            peer.stdin.flush()
            line = peer.stdout.readline()
            assert line, peer.stderr.read()
            answer: dict[str, Any] = json.loads(line)
            return answer

        yield run
        _, errors = peer.communicate(timeout=RUN_SECONDS)
    assert (peer.returncode, errors) == (0, "")


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(Secret(KEY)) as running:
        yield running


def request_fields(scene: str, nonce_str: str, key: Secret) -> dict[str, str]:
    return signed_fields(notification_call(ENTRIES[scene], MERCHANT), MERCHANT, nonce_str, key)


def unsigned(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields without nonce and signature, which the third-party client adds itself."""
    return {name: value for name, value in fields.items() if name not in ("nonce_str", "sign")}


def notification_task(gateway: TrainingGateway, key: str, scene: str) -> dict[str, object]:
    fields = unsigned(request_fields(scene, "n", Secret(KEY)))
    return {"url": gateway.url, "key": key, "call": "notification", "fields": fields}


def query_fields(plate: str) -> dict[str, str]:
    return signed_fields(query_call(plate), MERCHANT, "n", Secret(KEY))


class TestPeerAsClient:
    @pytest.mark.parametrize("scene", ENTRIES)
    def test_posts_to_our_gateway_and_accepts_its_signed_reply(
        self, scene: str, gateway: TrainingGateway, ask: Ask
    ) -> None:
        task = notification_task(gateway, KEY, scene)

        answer = ask("post", task)

        assert answer["accepted"], answer
        assert answer["reply"]["user_state"] == "NORMAL"
        assert answer["reply"]["sub_mch_id"] == MERCHANT.sub_mch_id
        assert [received.scene for received in gateway.received] == [scene]

    def test_does_not_accept_a_reply_that_was_changed_after_signing(
        self, gateway: TrainingGateway, ask: Ask
    ) -> None:
        gateway.set_faults([Fault.BADSIGN])

        answer = ask("post", notification_task(gateway, KEY, "PARKING"))

        assert answer["code"] == "EV2_RES_SIGNATURE_NOT_EQUAL"

    def test_is_refused_by_our_gateway_when_its_key_is_wrong(
        self, gateway: TrainingGateway, ask: Ask
    ) -> None:
        answer = ask("post", notification_task(gateway, WRONG_KEY, "PARKING"))

        assert not answer["accepted"]
        assert answer["reply"] == {"return_code": "FAIL", "return_msg": "签名错误"}
        assert gateway.received == ()

    @pytest.mark.parametrize(
        ("plate", "listed"), [("粤B12345", ["粤B12345", OTHER_PLATE]), ("粤B12360", [OTHER_PLATE])]
    )
    def test_queries_our_gateway_and_accepts_its_list_of_plates(
        self, plate: str, listed: list[str], gateway: TrainingGateway, ask: Ask
    ) -> None:
        fields = unsigned(query_fields(plate))

        answer = ask(
            "post", {"url": gateway.url, "key": KEY, "call": "querystate", "fields": fields}
        )

        assert answer["accepted"], answer
        assert answer["reply"]["user_state"] == "NORMAL"
        info = json.loads(answer["reply"]["plate_number_info"])["plate_number_info"]
        assert [item["plate_number"] for item in info] == listed
        assert ([query.plate for query in gateway.queried], gateway.received) == ([plate], ())


class TestPeerAsGateway:
    def test_verifies_the_query_that_our_client_sends(self, ask: Ask) -> None:
        fields = query_fields("粤B12345")

        answer = ask("verify", {"key": KEY, "xml": to_xml(fields).decode()})

        assert answer["matches"]
        assert answer["fields"] == {name: fields[name] for name in fields if name != "sign"}

    @pytest.mark.parametrize("scene", ENTRIES)
    def test_verifies_what_our_client_sends(self, scene: str, ask: Ask) -> None:
        fields = request_fields(scene, "5K8264ILTKCH16CQ", Secret(KEY))

        answer = ask("verify", {"key": KEY, "xml": to_xml(fields).decode()})

        assert answer["matches"]
        assert answer["fields"] == {name: fields[name] for name in fields if name != "sign"}

    @pytest.mark.parametrize(
        ("name", "value"),
        [("sub_mch_id", "1900000110"), ("scene_info", "{}"), ("nonce_str", "another")],
    )
    def test_finds_a_field_that_was_changed_on_the_way(
        self, name: str, value: str, ask: Ask
    ) -> None:
        fields = request_fields("PARKING", "5K8264ILTKCH16CQ", Secret(KEY))

        answer = ask("verify", {"key": KEY, "xml": to_xml({**fields, name: value}).decode()})

        assert not answer["matches"]

    def test_finds_that_another_key_was_used(self, ask: Ask) -> None:
        fields = request_fields("PARKING", "n", Secret(WRONG_KEY))

        answer = ask("verify", {"key": KEY, "xml": to_xml(fields).decode()})

        assert not answer["matches"]
