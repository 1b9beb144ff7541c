"""Contract of `Nonces`: the forms of nonce, id and jitter."""

from __future__ import annotations

import random
import re
import uuid

import pytest

from tests.faults.day_parts import Chance
from tests.service.conftest import FakeRandom
from wxpark_gui.runtime.system import SystemRandom
from wxpark_gui.service.ports import Nonces

DRAWS = 200


@pytest.fixture(params=["SystemRandom", "FakeRandom", "Chance"])
def nonces(request: pytest.FixtureRequest) -> Nonces:
    made: dict[str, Nonces] = {
        "SystemRandom": SystemRandom(),
        "FakeRandom": FakeRandom(),
        "Chance": Chance(random.Random(1)),
    }
    return made[str(request.param)]


def test_nonce_has_32_letters_or_digits(nonces: Nonces) -> None:
    assert all(re.fullmatch("[0-9A-Za-z]{32}", nonces.nonce()) for _ in range(DRAWS))


def test_nonce_of_the_system_is_fresh_at_every_call() -> None:
    system = SystemRandom()
    assert len({system.nonce() for _ in range(DRAWS)}) == DRAWS


def test_entry_ids_are_uuids_and_differ(nonces: Nonces) -> None:
    drawn = [nonces.entry_id() for _ in range(DRAWS)]
    assert [str(uuid.UUID(each)) for each in drawn] == drawn
    assert len(set(drawn)) == DRAWS


def test_jitter_lies_from_0_to_1(nonces: Nonces) -> None:
    assert all(0.0 <= nonces.jitter() <= 1.0 for _ in range(DRAWS))
