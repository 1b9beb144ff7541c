"""Docstrings are plain technical English and start with a noun phrase or an imperative."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("wxpark_gui", "packaging", "tests")
RELATIVE_OPENINGS = frozenset({"What", "Whether", "Whoever", "How", "Where"})

OPENING_LITERAL = re.compile(rf"""["'][\\\s]*(?:{"|".join(sorted(RELATIVE_OPENINGS))})\b""")

SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def docstrings(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of every docstring, including those of attributes and constants."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else ():
            match statement:
                case ast.Expr(value=ast.Constant(value=str(text))):
                    yield statement.lineno, text


def may_open_with_one(source: str) -> bool:
    """Return False if no string literal of the source opens with one of the words.

    Parsing a file takes a hundred times as long.
    """
    return OPENING_LITERAL.search(source) is not None


def first_word(text: str) -> str:
    word, *_ = text.split() or [""]
    return word.rstrip(",.:;").removesuffix("'s")


def test_no_docstring_opens_with_a_relative_clause() -> None:
    assert len(SOURCES) > 500
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {text.splitlines()[0]}"
        for path in SOURCES
        if may_open_with_one(source := path.read_text(encoding="utf-8"))
        for line, text in docstrings(ast.parse(source))
        if first_word(text) in RELATIVE_OPENINGS
    ]
    assert not found


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('"""What it is."""', ["What it is."]),
        ('class A:\n    """Whether."""', ["Whether."]),
        ('def f():\n    """Number of rows."""', ["Number of rows."]),
        ('LIMIT = 3\n"""How many."""', ["How many."]),
        ('"""\\\n  Where it is."""', ["  Where it is."]),
    ],
)
def test_docstrings_of_modules_classes_functions_and_constants_are_read(
    source: str, expected: list[str]
) -> None:
    relative = [text for text in expected if first_word(text) in RELATIVE_OPENINGS]
    assert may_open_with_one(source) is bool(relative)
    assert [text for _, text in docstrings(ast.parse(source))] == expected
