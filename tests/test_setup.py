"""The set-up wizard leads from a first start to an answered entry, by keyboard alone."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.desktop_session import CHECKOUT, UNLOCKED, make_home, needs_keyring
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.gateway import TrainingGateway

CANARY = "CanaryCanaryCanaryCanaryCanary14"
STORY = CHECKOUT / "tests" / "setup_story.py"


def walk(tmp_path: Path, url: str, *options: str) -> tuple[dict[str, Any], str]:
    """Walk the wizard in a session with a keyring; return the story and all that was printed."""
    done = subprocess.run(
        [*UNLOCKED, sys.executable, str(STORY), str(tmp_path / "data"), url, *options],
        input=CANARY + "\n",
        capture_output=True,
        text=True,
        env={**make_home(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"},
        timeout=200,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]), done.stdout + done.stderr


def contents_of(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the content of each file, and of each file in a ZIP file."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path}/{name}", archive.read(name)


@pytest.mark.keyring
@needs_keyring
def test_wizard_leads_by_keyboard_from_nothing_to_an_answered_entry(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with TrainingGateway(Secret(CANARY)) as gateway:
        story, printed = walk(tmp_path, gateway.url)
        plates = [received.plate for received in gateway.received]
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
    assert story["ended"] == ["manager", "key change", "backup"]
    secrets = (CANARY.encode(), CANARY[::-1].encode())
    contents = dict(contents_of(data))
    assert {"settings.toml", "journal.sqlite3", "managers.json", "saved.zip"} <= {
        Path(name).name for name in contents
    }
    assert any(b"a bug beside ***" in content for content in contents.values())
    kept = {
        name for name, content in contents.items() if any(secret in content for secret in secrets)
    }
    assert kept == set()
    assert not any(secret.decode() in printed for secret in secrets)


@pytest.mark.keyring
@needs_keyring
def test_keyring_locked_before_and_during_the_set_up_is_unlocked_and_the_values_stay(
    tmp_path: Path,
) -> None:
    with TrainingGateway(Secret(CANARY)) as gateway:
        story, _ = walk(tmp_path, gateway.url, "word")
    first, second, malformed, unsaved, *tests = story["said"]
    assert "(KEYRING_LOCKED)" in first
    assert "(KEYRING_LOCKED)" in second
    # The first try shows no password prompt; the one that a person asks for does.
    assert story["prompts"] == [0, 1]
    assert malformed == "Please correct the marked fields."
    assert "(KEYRING_LOCKED)" in unsaved
    assert [test[-1] for test in tests] == ["KEY_REFUSED", "good"]
    assert (story["verdict"], story["stored"]) == ("ok", True)
