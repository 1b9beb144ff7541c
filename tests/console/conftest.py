"""Fixtures: a console, and a gateway for which its merchant is set up."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from pathlib import Path
from unittest import mock

import pytest

from tests.console.in_process import (
    IDS,
    KEY,
    MCH_ID,
    SOME_URL,
    Console,
    MemoryVault,
    copy_set_up,
    run_quietly,
)
from wxpark_gui.console import parser
from wxpark_gui.domain.merchant import Secret
from wxpark_gui.storage import vault as vaults
from wxpark_gui.training.gateway import TrainingGateway
from wxpark_gui.wording.console import ConsoleWords


@pytest.fixture(autouse=True, scope="session")
def parsers() -> Iterator[None]:
    """Build each parser once, as that takes longer than most commands."""
    build, built = parser.build_parser, dict[str, argparse.ArgumentParser]()

    def find(
        words: ConsoleWords, faults: Collection[str], _named: Collection[str]
    ) -> argparse.ArgumentParser:
        # The description differs between the languages.
        if words.program not in built:
            built[words.program] = build(words, faults)
        return built[words.program]

    with mock.patch.object(parser, "build_parser", find):
        yield


@pytest.fixture
def vault(monkeypatch: pytest.MonkeyPatch) -> MemoryVault:
    vault = MemoryVault()
    monkeypatch.setattr(vaults, "KeyringVault", lambda: vault)
    return vault


@pytest.fixture
def console(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    vault: MemoryVault,
) -> Console:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    return Console(tmp_path / "data", capsys, monkeypatch)


@pytest.fixture
def gateway() -> Iterator[TrainingGateway]:
    with TrainingGateway(Secret(KEY)) as gateway:
        yield gateway


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data directory after `merchant set`, with the gateway's address `SOME_URL`.

    Tests work on copies.
    """
    directory = tmp_path_factory.mktemp("set-up") / "data"
    options = [*IDS, f"--gateway-url={SOME_URL}", "--key-stdin"]
    assert run_quietly(directory, MemoryVault(), "merchant", "set", *options, typed=KEY) == 0
    return directory


@pytest.fixture
def live(set_up: Path, console: Console, gateway: TrainingGateway, vault: MemoryVault) -> Console:
    """A console whose merchant is set up for the training gateway."""
    copy_set_up(set_up, console.directory, gateway.url)
    vault.keys[MCH_ID] = Secret(KEY)
    return console
