from __future__ import annotations

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


def test_claim_by_many_threads_is_given_once() -> None:
    seen = SeenReplies(())
    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(lambda _: seen.claim("a"), range(200))) == 1


def test_nonce_and_sign_are_kept_apart() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
