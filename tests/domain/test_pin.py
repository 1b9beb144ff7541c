"""PINs: their format, their hash, and the waits after wrong ones."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxpark_gui.domain.merchant import Secret
from wxpark_gui.domain.pin import LONGEST_WAIT, PinHash, PinState, hash_pin, read_pin, wait_after
from wxpark_gui.domain.shift_errors import PinFormatError

SALT = "0123456789abcdef0123456789abcdef"
HASH = hash_pin(Secret("1357"), SALT)


@pytest.mark.parametrize("typed", ["1357", "00000000", "24680"])
def test_four_to_eight_digits_are_a_pin(typed: str) -> None:
    assert read_pin(typed).reveal() == typed


@pytest.mark.parametrize("typed", ["", "123", "123456789", "12a4", "１２３４", "12 34", "1234\n"])
def test_anything_else_is_no_pin(typed: str) -> None:
    with pytest.raises(PinFormatError) as caught:
        read_pin(typed)
    assert not typed or typed not in str(caught.value)


def test_hash_matches_its_pin_and_no_other() -> None:
    assert HASH.matches(Secret("1357"))
    assert not HASH.matches(Secret("1358"))


def test_salt_changes_the_hash() -> None:
    assert hash_pin(Secret("1357"), SALT[::-1]).digest != HASH.digest


def test_hash_made_with_other_parameters_still_matches() -> None:
    weaker = PinHash(SALT, "", cost=2**14)
    assert not weaker.matches(Secret("1357"))
    assert HASH.cost == 2**15


def test_repr_shows_neither_salt_nor_digest() -> None:
    assert SALT not in repr(HASH)
    assert HASH.digest not in repr(HASH)


def test_waits_begin_at_the_fifth_wrong_pin_and_grow_to_a_limit() -> None:
    waits = [wait_after(failures) for failures in range(40)]
    assert waits[:5] == [0, 0, 0, 0, 0]
    assert waits[5:9] == [30, 60, 120, 240]
    assert all(one <= other for one, other in pairwise(waits))
    assert waits[-1] == LONGEST_WAIT


@given(st.integers(0, 10**9), st.floats(-1e9, 1e9))
def test_wait_is_never_negative_nor_longer_than_the_longest(failures: int, elapsed: float) -> None:
    assert 0 <= PinState(HASH, failures, elapsed).wait <= LONGEST_WAIT


def test_wait_shrinks_with_the_time_elapsed_and_not_with_a_negative_one() -> None:
    assert PinState(HASH, 5, 10).wait == 20
    assert PinState(HASH, 5, 31).wait == 0
    assert PinState(HASH, 5, -5).wait == 30
