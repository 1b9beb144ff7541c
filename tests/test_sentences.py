"""Every text for users is in `wording`, where it can be translated."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import wxpark_gui

ROOT = Path(str(wxpark_gui.__file__)).parent
CHINESE = re.compile(r"[\u3400-\u9fff]")
TWO_WORDS = re.compile(r"[A-Za-z]{2,} +[A-Za-z]{2,}")

ELSEWHERE = {
    "wording": "this is where they stand",
    "domain/plate_classes.py": "the characters of plates",
    "domain/plate_text.py": "the characters of plates",
    "domain/plate.py": "the characters of plates",
    "domain/plate_masking.py": "the characters of plates",
    "domain/settings.py": "the name of a booth to begin with",
    "domain/entry.py": "the characters of plates and times",
    "ui/plate/provinces.py": "the characters of plates and their pinyin",
    "ui/plate/text.py": "the characters of plates",
    "ui/plate/cells.py": "the widest character of a plate, to measure by",
    "ui/plate/keypad.py": "the characters of plates",
    "ui/shift/report.py": "the mark-up of a printed page",
    "ui/recent/delegate.py": "the longest plate, to measure by",
    "tour/shift_stops.py": "the names of attendants in the pictures",
    "tour/care_stops.py": "the names of managers and car parks in the pictures",
    "service/connection_test.py": "the plate of the query, which no car has",
    "training": "what WeChat would say, and the merchant of its own documentation",
    "wechatpay": "what WeChat says",
    "storage": "statements of SQL, and remarks for engineers",
    "runtime/crash.py": "the beginning of messages of Qt",
    "runtime/autostart.py": "names in files of the system",
    "transport/system_proxy.py": "a key of the registry",
    "ui/look/theme.py": "names of fonts",
    "console/commands.py": "a line that other programs wait for",
}
"""Modules outside `wording` that may contain such texts, with the reason."""

CALLS_FOR_ENGINEERS = frozenset(
    {"debug", "info", "warning", "error", "critical", "exception", "log", "execute"}
)


def sentences(source: str) -> Iterator[str]:
    """Yield the texts of a module that a user might see.

    Docstrings, error texts and other texts for engineers are left out.
    """
    tree = ast.parse(source)
    excused = set(_excused(tree))
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in excused:
            text = str(node.value)  # type: ignore[attr-defined]
            if CHINESE.search(text) or TWO_WORDS.search(text):
                yield text


def _excused(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)  # a docstring
        elif isinstance(node, ast.Raise) or _is_for_engineers(node):
            yield from (id(part) for part in ast.walk(node))


def _is_for_engineers(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    if isinstance(function, ast.Attribute):
        # The program's own switches are English, as its manual page is.
        return function.attr in CALLS_FOR_ENGINEERS | {"add_argument", "compile"}
    return isinstance(function, ast.Name) and function.id in {"Thread", "getattr"}


def modules() -> list[Path]:
    return sorted(path for path in ROOT.rglob("*.py") if ELSEWHERE.keys().isdisjoint(places(path)))


def places(path: Path) -> set[str]:
    """Return a module and the folders that contain it, as paths below `ROOT`."""
    module = path.relative_to(ROOT)
    return {place.as_posix() for place in (module, *module.parents)}


@pytest.mark.parametrize("module", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sentence_stands_outside_the_wording(module: Path) -> None:
    assert list(sentences(module.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("label.setText('Please retry')", ["Please retry"]),
        ("title = '欠费'", ["欠费"]),
        ("text = f'Saved at {time}'", ["Saved at "]),
        ("'''A docstring of words.'''", []),
        ("raise ValueError('no way out')", []),
        ("_log.info('backlog released: %d entries', 3)", []),
        ("name = 'verdictTitle'", []),
    ],
)
def test_a_sentence_is_told_from_other_texts(source: str, found: list[str]) -> None:
    assert list(sentences(source)) == found


@pytest.mark.parametrize("place", ELSEWHERE)
def test_each_exception_is_still_needed(place: str) -> None:
    path = ROOT / place
    assert path.exists()
    files = path.rglob("*.py") if path.is_dir() else [path]
    assert any(list(sentences(file.read_text(encoding="utf-8"))) for file in files)
