"""Which of the drafts under way an answer is about."""

from __future__ import annotations

from wxpark_gui.domain.entry import EntryDraft
from wxpark_gui.ui.entry.under_way import UnderWay

FIRST, SECOND = EntryDraft("粤B00001"), EntryDraft("粤B00002")


def _nothing() -> None:
    """The desk takes the draft and answers later."""


def _hand_over_both() -> UnderWay:
    under_way = UnderWay()
    assert under_way.hand_over(FIRST, _nothing)
    assert under_way.hand_over(SECOND, _nothing)
    return under_way


def test_late_answers_come_in_the_order_of_asking() -> None:
    under_way = _hand_over_both()
    assert under_way.refused() is FIRST
    saved = under_way.saved()
    assert saved is not None
    assert saved.draft is SECOND


def test_a_refusal_while_asking_is_about_the_draft_asked_for() -> None:
    under_way = UnderWay()
    under_way.hand_over(FIRST, _nothing)
    refused = []
    assert not under_way.hand_over(SECOND, lambda: refused.append(under_way.refused()))
    assert refused == [SECOND]
    assert under_way.awaits(FIRST)


def test_the_newest_is_awaited_until_it_is_answered_for() -> None:
    under_way = _hand_over_both()
    assert (under_way.awaits(FIRST), under_way.awaits(SECOND)) == (False, True)
    under_way.saved()
    under_way.saved()
    assert not under_way.awaits(SECOND)


def test_the_newest_is_the_one_wanted_back() -> None:
    under_way = _hand_over_both()
    assert under_way.want_back()
    answers = [under_way.saved(), under_way.saved()]
    assert [handed.unwanted for handed in answers if handed] == [False, True]


def test_what_was_refused_is_not_wanted_back_later() -> None:
    under_way = UnderWay()
    under_way.hand_over(FIRST, _nothing)
    under_way.want_back()
    under_way.refused()
    under_way.hand_over(SECOND, _nothing)
    handed = under_way.saved()
    assert handed is not None
    assert not handed.unwanted


def test_with_nothing_under_way_there_is_nothing_to_answer_for() -> None:
    under_way = UnderWay()
    assert (under_way.saved(), under_way.refused(), under_way.want_back()) == (None, None, False)
