"""README and documentation: links, commands and files are valid; tables agree with the code."""

from __future__ import annotations

import argparse
import importlib.util
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import dev
from tests.packaging import doc_tables
from wxpark_gui import app
from wxpark_gui.console.parser import parse_arguments
from wxpark_gui.console.report import ExitCode
from wxpark_gui.domain.verdict import Severity
from wxpark_gui.releases.document import read_release
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.faults import Fault
from wxpark_gui.training.scenario import SCENARIO
from wxpark_gui.wording import Wording

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "packaging" / "docs").glob("*.md"))
PAGES = [README, *DOCS]
README_LINES = 130

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
OWN_FILE = re.compile(r"(?:packaging|wxpark_gui|tests|resources)(?:/[\w.-]+)+|CHANGELOG\.md")

OTHERS = frozenset({"apt-get", "curl", "gh", "minisign", "sha256sum"})
"""Commands of other programs, which are not checked here."""


@dataclass(frozen=True)
class Block:
    page: Path
    language: str
    text: str

    def commands(self) -> Iterator[list[str]]:
        """Yield each command as a list of words, without its comment."""
        for line in self.text.replace("\\\n", " ").splitlines():
            if words := shlex.split(line, comments=True):
                yield words


def blocks(*languages: str) -> list[Block]:
    found = [
        Block(page, language, text)
        for page in PAGES
        for language, text in FENCE.findall(page.read_text(encoding="utf-8"))
    ]
    return [block for block in found if block.language in languages] if languages else found


def anchor(heading: str) -> str:
    """Return the anchor that GitHub gives a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


COMMANDS = [
    pytest.param(words, id=f"{block.page.name}: {' '.join(words)}"[:80])
    for block in blocks("sh")
    for words in block.commands()
]


def test_readme_stays_short() -> None:
    assert len(README.read_text(encoding="utf-8").splitlines()) <= README_LINES


def test_each_block_names_its_language() -> None:
    assert {block.language for block in blocks()} <= {"sh", "bat", "toml", "text"}


@pytest.mark.parametrize("words", COMMANDS)
def test_command_is_one_that_exists(words: Sequence[str]) -> None:
    match list(words):
        case ["python3", "packaging/dev.py", verb, *rest]:
            check_verb(verb, rest)
        case ["python", "-m", module, *rest]:
            check_module(module, rest)
        case ["wxpark", *rest]:
            parse_arguments(rest, Wording.for_language("en").console, [f.value for f in Fault])
        case ["wxpark-gui", *rest]:
            assert isinstance(app._parse(rest), argparse.Namespace)
        case [program, *_]:
            assert program in OTHERS


def check_verb(verb: str, rest: Sequence[str]) -> None:
    assert verb in dev.VERBS
    if verb == "bench":
        is_table = not rest or rest[0].startswith("-")
        name, *options = (dev.ALL_ROWS, *rest) if is_table else rest
        check_module(f"tests.bench.{name}", options)


def check_module(module: str, options: Sequence[str]) -> None:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    source = Path(spec.origin).read_text(encoding="utf-8")
    assert all(f'"{option}"' in source for option in options if option.startswith("--"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_resolve(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, name = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.is_file(), target
        if name:
            headings = HEADING.findall(file.read_text(encoding="utf-8"))
            assert name in map(anchor, headings), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_of_the_project_named_in_a_page_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = {name for code in CODE.findall(text) for name in OWN_FILE.findall(code)}
    missing = {name for name in named if not (ROOT / name).exists()}
    assert not missing


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {target.partition("#")[0] for target in LINK.findall(README.read_text("utf-8"))}
    assert {str(page.relative_to(ROOT).as_posix()) for page in DOCS} <= linked


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_tables_of_a_page_agree_with_the_code(page: Path) -> None:
    """To update the tables, run `python -m tests.packaging.doc_tables`."""
    text = page.read_text(encoding="utf-8")
    assert doc_tables.with_tables(text) == text


def test_each_table_stands_in_one_page() -> None:
    marked = [
        name
        for page in DOCS
        for name in re.findall(r"<!-- table: (\w+) -->", page.read_text(encoding="utf-8"))
    ]
    assert sorted(marked) == sorted(doc_tables.TABLES)


def test_each_severity_has_a_colour_in_the_attendants_page() -> None:
    assert set(doc_tables.COLOURS) == set(Severity)


def test_settings_example_is_read_by_the_program(tmp_path: Path) -> None:
    (example,) = (b for b in blocks("toml") if b.text.startswith("format"))
    path = tmp_path / "settings.toml"
    path.write_text(example.text, encoding="utf-8")
    settings = TomlSettings(path).load()
    assert settings.network.proxy_url
    assert settings.release_source is not None


def test_version_file_example_is_read_by_the_program() -> None:
    (example,) = (b for b in blocks("toml") if b.text.startswith("version"))
    release = read_release(example.text.encode())
    assert (str(release.version), release.where) == ("1.2.0", r"\\server\apps\wxpark")


def test_exit_codes_of_the_console_tool_are_all_listed() -> None:
    section = read_section("operator.md", "Exit codes")
    assert {int(code) for code in re.findall(r"^\| (\d) \|", section, re.MULTILINE)} == set(
        ExitCode
    )


def test_endings_and_faults_of_the_training_gateway_are_all_listed() -> None:
    section = read_section("operator.md", "Training")
    table = "".join(line for line in section.splitlines() if line.startswith("|"))
    assert set(SCENARIO) <= set(re.findall(r"\b[0-9Z][0-9]\b", table))
    assert {fault.value for fault in Fault} <= set(CODE.findall(section))


def read_section(page: str, heading: str) -> str:
    text = (ROOT / "packaging" / "docs" / page).read_text(encoding="utf-8")
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
