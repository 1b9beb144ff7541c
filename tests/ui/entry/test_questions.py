"""Questions before submitting: an answer counts only for its question and its plate."""

from __future__ import annotations

import pytest

from wxpark_gui.ui.entry.questions import Question, Questions


@pytest.fixture
def questions() -> Questions:
    questions = Questions()
    questions.ask(Question.DUPLICATE, "粤B12345")
    return questions


def test_second_enter_answers_the_question_about_the_same_plate(questions: Questions) -> None:
    assert questions.was_asked(Question.DUPLICATE, "粤B12345")


@pytest.mark.parametrize("plate", ["粤B12346", ""])
def test_question_about_one_plate_is_not_answered_for_another(
    questions: Questions, plate: str
) -> None:
    assert not questions.was_asked(Question.DUPLICATE, plate)


def test_one_question_does_not_answer_another(questions: Questions) -> None:
    assert not questions.was_asked(Question.UNUSUAL, "粤B12345")


def test_both_questions_about_a_plate_stay_answered(questions: Questions) -> None:
    questions.ask(Question.UNUSUAL, "粤B12345")
    assert questions.was_asked(Question.DUPLICATE, "粤B12345")


def test_question_about_another_plate_drops_the_first(questions: Questions) -> None:
    questions.ask(Question.UNUSUAL, "粤B12346")
    assert not questions.was_asked(Question.DUPLICATE, "粤B12345")
    assert not questions.was_asked(Question.DUPLICATE, "粤B12346")


def test_clear_drops_every_question(questions: Questions) -> None:
    questions.clear()
    assert not questions.was_asked(Question.DUPLICATE, "粤B12345")
