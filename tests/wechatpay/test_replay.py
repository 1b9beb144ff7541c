from __future__ import annotations

import random
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

from wxpark_gui.wechatpay.replay import SeenReplies, fingerprint


def test_a_fingerprint_is_claimed_once() -> None:
    seen = SeenReplies(())
    assert [seen.claim("a"), seen.claim("a"), seen.claim("b")] == [True, False, True]


def test_replies_of_earlier_runs_are_remembered() -> None:
    seen = SeenReplies(["a"])
    seen.add_all(["b"])
    assert [seen.claim("a"), seen.claim("b")] == [False, False]


def test_the_oldest_are_forgotten_first() -> None:
    seen = SeenReplies(["newest", "older", "oldest"], limit=3)
    assert seen.claim("now")
    assert [seen.claim("newest"), seen.claim("older")] == [False, False]
    assert seen.claim("oldest")


def test_any_sequence_of_claims_is_answered_as_by_a_list_of_the_newest() -> None:
    chance = random.Random(1)
    newest = [str(number) for number in range(20)]
    seen = SeenReplies(reversed(newest), limit=20)
    for _ in range(2000):
        one = str(chance.randrange(40))
        assert seen.claim(one) is (one not in newest)
        if one not in newest:
            newest = [*newest, one][-20:]


def test_many_take_little_memory() -> None:
    tracemalloc.start()
    try:
        seen = SeenReplies(str(number) for number in range(2_000))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not seen.claim("0")
    assert kept < 100_000


def test_claim_by_many_threads_is_given_once() -> None:
    seen = SeenReplies(())
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: seen.claim("a"), range(200))) == 1


def test_nonce_and_sign_are_kept_apart() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
