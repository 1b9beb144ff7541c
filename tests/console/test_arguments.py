"""Arguments of `wxpark`: language, position, errors."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import pytest

from tests.settings import settings_of
from wxpark_gui.cli import main
from wxpark_gui.console.language import choose_language
from wxpark_gui.console.parser import STATES, build_parser
from wxpark_gui.storage.settings import TomlSettings
from wxpark_gui.training.faults import Fault
from wxpark_gui.wording import Wording

KEY = "CanaryCanaryCanaryCanaryCanary01"
CHINESE = re.compile("[\u4e00-\u9fff]")
ENGLISH = re.compile(r"[A-Za-z]{2,} +[a-z]{2,}")
NAMES = re.compile(r"wxpark( \w+)*|-\S+|\[[^]]*\]|[A-Z]{2,}|YYYYMMDDhhmmss|\S+\|\S+")

COMMANDS = [
    [],
    ["notify"],
    ["merchant"],
    ["merchant", "set"],
    ["merchant", "show"],
    ["merchant", "forget"],
    ["journal"],
    ["journal", "list"],
    ["journal", "verify"],
    ["journal", "flush"],
    ["gateway"],
    ["doctor"],
    ["backup"],
    ["backup", "save"],
    ["backup", "list"],
]
WRONG = [
    [],
    ["fly"],
    ["merchant"],
    ["merchant", "steal"],
    ["notify", "--plate"],
    ["notify", "--car-type=huge"],
    ["notify", "--scene=street"],
    ["notify", "--json=1"],
    ["notify", "--plate=粤B12345", "--loud"],
    ["notify", "粤B12345"],
    ["journal", "list", "--state=lost"],
    ["journal", "list", "--since=yesterday"],
    ["journal", "list", "--since"],
    ["gateway"],
    ["gateway", "--key-stdin", "--port=70000"],
    ["gateway", "--key-stdin", "--port=http"],
    ["gateway", "--key-stdin", "--fault=gremlin"],
    ["doctor", "--data-dir="],
    ["--data-dir", "", "doctor"],
    ["doctor", "--data-dir"],
    ["doctor", "--lang=fr"],
    ["doctor", "--lang"],
    ["notify", "--key"],
    ["backup"],
    ["backup", "save"],
    ["backup", "save", "out.txt"],
    ["backup", "restore"],
    ["backup", "list", "--force"],
]


def said(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> tuple[object, str]:
    """Return exit code and output of a command that ends in the parser."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    printed = capsys.readouterr()
    return ended.value.code, printed.out + printed.err


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Home folder of a user who has never used the program."""
    monkeypatch.setattr("wxpark_gui.storage.directory.default_directory", lambda: tmp_path / "home")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.mark.parametrize("language", ["zh_CN", "en"])
class TestLanguage:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_help_is_in_one(
        self, capsys: pytest.CaptureFixture[str], command: list[str], language: str
    ) -> None:
        code, text = said(capsys, ["--lang", language, *command, "--help"])
        assert code == 0
        assert_in(language, text)

    @pytest.mark.parametrize("arguments", WRONG, ids=" ".join)
    def test_error_is_in_one(
        self, capsys: pytest.CaptureFixture[str], arguments: list[str], language: str
    ) -> None:
        if not any(argument.startswith("--lang") for argument in arguments):
            arguments = [f"--lang={language}", *arguments]
        elif language == "en":
            pytest.skip("an unknown language is answered in the default one")
        code, text = said(capsys, arguments)
        assert code == 2
        assert_in(language, text)

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_is_taken_anywhere(
        self, capsys: pytest.CaptureFixture[str], place: int, language: str
    ) -> None:
        arguments = ["journal", "list", "--help"]
        arguments[place:place] = ["--lang", language]
        code, text = said(capsys, arguments)
        assert code == 0
        assert_in(language, text)


def assert_in(language: str, text: str) -> None:
    """Assert that a text has sentences of one language only, apart from option names and plates."""
    if language == "zh_CN":
        assert CHINESE.search(text)
        names = re.compile("|".join([*STATES, *(fault.value for fault in Fault)]))
        words = NAMES.sub(" ", names.sub("", re.sub(r"-\n +", "-", text)))
        assert not ENGLISH.findall(words)
    else:
        plates = re.sub("粤B(12345)?|无感|免密", "", text)
        assert not CHINESE.search(plates)


@pytest.mark.parametrize(
    ("given", "stored", "environment", "language"),
    [
        (["--lang=en", "doctor"], "zh_CN", {"LANG": "zh_CN.UTF-8"}, "en"),
        (["doctor", "--lang", "zh_CN"], "en", {"LANG": "en_GB.UTF-8"}, "zh_CN"),
        (["doctor"], "en", {"LANG": "zh_CN.UTF-8"}, "en"),
        (["doctor"], "zh_CN", {"LANG": "en_GB.UTF-8"}, "zh_CN"),
        (["doctor"], "unreadable", {"LANG": "en_GB.UTF-8"}, "zh_CN"),
        (["doctor"], "", {"LANG": "en_GB.UTF-8"}, "en"),
        (["doctor"], "", {"LANG": "en"}, "en"),
        (["doctor"], "", {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_GB.UTF-8"}, "zh_CN"),
        (["doctor"], "", {"LC_ALL": "", "LANG": "en_GB.UTF-8"}, "en"),
        (["doctor"], "", {"LANG": "C.UTF-8"}, "zh_CN"),
        (["doctor"], "", {"LANG": "de_DE.UTF-8"}, "zh_CN"),
        (["doctor"], "", {}, "zh_CN"),
        (["doctor", "--lang=fr"], "", {}, "zh_CN"),
    ],
)
def test_language_is_that_of_option_then_settings_then_an_english_locale(
    home: Path, given: list[str], stored: str, environment: dict[str, str], language: str
) -> None:
    home.mkdir()
    if stored == "unreadable":
        (home / "settings.toml").write_text("?")
    elif stored:
        TomlSettings(home / "settings.toml").save(settings_of(language=stored))
    assert choose_language(given, environment) == language


def test_language_is_that_of_the_settings_in_the_directory_given(tmp_path: Path) -> None:
    TomlSettings(tmp_path / "settings.toml").save(settings_of(language="en"))
    assert choose_language(["doctor", f"--data-dir={tmp_path}"], {}) == "en"
    assert choose_language(["--data-dir", str(tmp_path), "doctor"], {}) == "en"


@pytest.mark.parametrize(
    "arguments",
    [
        [*command, *option]
        for command in [*COMMANDS, ["gateway", "--key-stdin"]]
        for option in (
            ["--key", KEY],
            [f"--key={KEY}"],
            [f"--apiv2-key={KEY}"],
            ["-k", KEY],
            [f"-k{KEY}"],
            [KEY],
            [f"--key-stdin={KEY}"],
            [f"--json={KEY}"],
            [f"--lang={KEY}"],
            [f"--port={KEY}"],
            [f"--state={KEY}"],
            [f"--car-type={KEY}"],
            [f"--fault={KEY}"],
            [f"--{KEY}"],
        )
    ],
    ids=lambda arguments: " ".join(arguments).replace(KEY, "…"),
)
def test_key_among_the_arguments_is_never_printed(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    code, text = said(capsys, arguments)
    assert code == 2
    assert KEY not in text


def test_empty_data_directory_is_refused(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    for arguments in (["notify", "--training", "--data-dir", ""], ["--data-dir=  ", "doctor"]):
        code, text = said(capsys, arguments)
        assert code == 2
        assert "--data-dir" in text
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--data-dir"], []], ids=["before", "after"])
def test_data_directory_is_taken_before_and_after_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    option, command = ["--data-dir", str(tmp_path / "d")], ["journal", "list", "--json"]
    assert main([*option, *command] if arguments else [*command, *option]) == 0
    assert capsys.readouterr().out == "[]\n"


def _helps(parser: argparse.ArgumentParser, name: str = "") -> dict[str, str]:
    """Return the help of a parser and of its commands and their actions, by name."""
    helps = {name: parser.format_help()}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command, subparser in action.choices.items():
                helps |= _helps(subparser, f"{name} {command}".strip())
    return helps


def test_parser_of_a_call_knows_every_argument_of_the_named_command() -> None:
    words = Wording.for_console("en").console
    whole = _helps(build_parser(words, []))
    commands = [name for name in whole if name and " " not in name]
    assert len(commands) > len(["notify", "journal"])
    for command in commands:
        own = _helps(build_parser(words, [], ["--lang", "en", command]))
        assert own[""] == whole[""]
        of_command = {name for name in whole if name.partition(" ")[0] == command}
        assert {name: own[name] for name in of_command} == {
            name: whole[name] for name in of_command
        }


def test_parser_of_a_call_leaves_out_the_arguments_of_other_commands() -> None:
    words = Wording.for_console("en").console
    built = _helps(build_parser(words, [], ["notify", "--plate", "粤B12345"]))
    assert "--plate" in built["notify"]
    assert not [name for name in built if " " in name]
