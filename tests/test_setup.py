"""The set-up wizard leads from a first start to an answered entry, by keyboard alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop_session import CHECKOUT, UNLOCKED, make_home, needs_keyring
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.gateway import TrainingGateway

CANARY = "CanaryCanaryCanaryCanaryCanary14"
STORY = CHECKOUT / "tests" / "setup_story.py"


@pytest.mark.keyring
@needs_keyring
def test_wizard_leads_by_keyboard_from_nothing_to_an_answered_entry(tmp_path: Path) -> None:
    home, data = tmp_path / "home", tmp_path / "data"
    with TrainingGateway(Secret(CANARY)) as gateway:
        done = subprocess.run(
            [*UNLOCKED, sys.executable, str(STORY), str(data), gateway.url],
            input=CANARY + "\n",
            capture_output=True,
            text=True,
            env={**make_home(home), "QT_QPA_PLATFORM": "offscreen"},
            timeout=200,
            check=False,
        )
        plates = [received.plate for received in gateway.received]
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout.splitlines()[-1])
    assert story["pages"] == [
        "DOORS", "BOOTH", "MERCHANT", "KEY", "CONNECTION", "KEY", "CONNECTION", "READY",
    ]  # fmt: skip
    subjects = ["gateway", "clock", "signed_query"]
    assert story["said"] == [
        "Please correct the marked fields.",
        [*subjects, "good", "good", "KEY_REFUSED"],
        [*subjects, "good", "good", "good"],
    ]
    assert (story["plate"], story["verdict"], story["code"]) == ("粤B12345", "ok", 0)
    # The tests of the connection registered nothing.
    assert plates == ["粤B12345"]
    assert story["stored"]
    assert story["exposed"] == []
    settings = TomlSettings(data / "settings.toml").load()
    assert settings.account is not None
    merchant = settings.account.merchant
    assert (merchant.mch_id, merchant.sub_mch_id, merchant.free_time) == (
        "10000098",
        "1900000109",
        1200,
    )
    assert merchant.notify_url == "https://lot.example/state"
    assert (settings.booth.name, settings.booth.plate_prefix) == ("Booth 3", "粤B")
    secrets = (CANARY.encode(), CANARY[::-1].encode())
    kept = {
        path.name
        for path in data.rglob("*")
        if path.is_file() and any(secret in path.read_bytes() for secret in secrets)
    }
    assert kept == set()
    assert not any(secret.decode() in done.stdout + done.stderr for secret in secrets)
