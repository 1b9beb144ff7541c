"""The start at login is written as each system reads it, and its state is read back."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from wxpark_gui.runtime import autostart as module
from wxpark_gui.runtime.autostart import (
    APPROVED,
    RUN,
    VALUE,
    DesktopEntry,
    LaunchAgent,
    RunValue,
    make_autostart,
    quoted_command,
    start_command,
)

COMMAND = ['/opt/停车 100%/wx"park$HOME\\gui`', "-m", "wxpark_gui", "--data-dir", "/data/岗 1"]


class FakeRegistry:
    def __init__(self) -> None:
        self.values: dict[tuple[str, str], object] = {}
        self.of_computer: dict[tuple[str, str], object] = {}

    def read(self, key: str, name: str, *, of_computer: bool = False) -> object:
        return (self.of_computer if of_computer else self.values).get((key, name))

    def write(self, key: str, name: str, text: str) -> None:
        self.values[key, name] = text

    def delete(self, key: str, name: str) -> None:
        self.values.pop((key, name), None)


class TestStartCommand:
    def test_source_is_started_as_a_module(self) -> None:
        command = start_command(["--data-dir", "/x"])
        assert command[1:] == ["-m", "wxpark_gui", "--data-dir", "/x"]
        done = subprocess.run(
            [*start_command()[:3], "--version"], capture_output=True, text=True, check=True
        )
        assert done.stdout

    def test_installed_program_is_started_itself(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        program = str(Path("/opt/apps/wx park/wxpark-gui"))
        monkeypatch.setattr(sys, "executable", program)
        assert start_command(["--data-dir", "/x"]) == [program, "--data-dir", "/x"]

    def test_interpreter_without_a_console_is_preferred(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("python.exe", "pythonw.exe"):
            (tmp_path / name).touch()
        monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
        assert start_command()[0] == str(tmp_path / "pythonw.exe")


class TestDesktopEntry:
    @pytest.fixture
    def entry(self, tmp_path: Path) -> DesktopEntry:
        return DesktopEntry(tmp_path / "new" / "autostart", COMMAND)

    @pytest.fixture
    def path(self, tmp_path: Path) -> Path:
        return tmp_path / "new" / "autostart" / "io.github.wxpark.booth.desktop"

    def test_switched_on_and_off(self, entry: DesktopEntry, path: Path) -> None:
        assert not entry.is_on()
        entry.switch(on=True)
        assert entry.is_on()
        assert [file.name for file in path.parent.iterdir()] == [path.name]
        entry.switch(on=False)
        assert not entry.is_on()
        assert not path.exists()
        entry.switch(on=False)

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled=false"),
            ("Terminal=false", "Terminal=false\nHidden=true"),
            ("wxpark_gui", "another_program"),
            ("[Desktop Entry]", ""),
        ],
    )
    def test_entry_that_would_not_start_this_program_is_off(
        self, entry: DesktopEntry, path: Path, before: str, after: str
    ) -> None:
        entry.switch(on=True)
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
        assert not entry.is_on()
        entry.switch(on=True)
        assert entry.is_on()

    def test_special_characters_are_quoted_twice(self) -> None:
        """Value escapes of the file, then quotes of the command; `%` is a field code."""
        value = quoted_command(['/a b/"$`\\', "c%", "plain"])
        assert value == '"/a b/\\\\"\\\\$\\\\`\\\\\\\\" c%% plain'

    @pytest.mark.skipif(
        shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is missing"
    )
    def test_entry_is_valid(self, entry: DesktopEntry, path: Path) -> None:
        entry.switch(on=True)
        done = subprocess.run(
            ["desktop-file-validate", str(path)], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "")

    def test_folder_that_cannot_be_made_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        # Windows says that the file exists.
        with pytest.raises((NotADirectoryError, FileExistsError)):
            DesktopEntry(tmp_path / "file" / "autostart", COMMAND).switch(on=True)

    @pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="folders of the XDG")
    @pytest.mark.parametrize(("variable", "is_used"), [("absolute", True), ("relative", False)])
    def test_configuration_directory_is_that_of_the_user(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, is_used: bool
    ) -> None:
        monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
        place = str(tmp_path / "config") if variable == "absolute" else "config"
        make_autostart(COMMAND, {"XDG_CONFIG_HOME": place}).switch(on=True)
        expected = tmp_path / "config" if is_used else tmp_path / "home" / ".config"
        assert list((expected / "autostart").iterdir())


class TestRunValue:
    @pytest.fixture
    def registry(self) -> FakeRegistry:
        return FakeRegistry()

    def test_switched_on_and_off(self, registry: FakeRegistry) -> None:
        run = RunValue(
            ["C:\\Program Files\\wxpark\\wxpark-gui.exe", "--data-dir", "D:\\a b"], registry
        )
        assert not run.is_on()
        run.switch(on=True)
        assert registry.values == {
            (RUN, VALUE): '"C:\\Program Files\\wxpark\\wxpark-gui.exe" --data-dir "D:\\a b"'
        }
        assert run.is_on()
        run.switch(on=False)
        assert registry.values == {}

    def test_value_of_the_installer_counts(self, registry: FakeRegistry) -> None:
        run = RunValue(["C:\\Apps\\WXPARK-gui.exe"], registry)
        registry.values[RUN, VALUE] = '"C:\\Apps\\wxpark-gui.exe"'
        assert run.is_on()

    def test_value_for_all_users_is_on_and_needs_an_administrator(
        self, registry: FakeRegistry
    ) -> None:
        run = RunValue(["C:\\wxpark-gui.exe"], registry)
        registry.of_computer[RUN, VALUE] = '"C:\\wxpark-gui.exe"'
        assert run.is_on()
        with pytest.raises(PermissionError):
            run.switch(on=False)

    @pytest.mark.parametrize(("first", "is_on"), [(2, True), (3, False), (6, True)])
    def test_task_manager_can_disable_it(
        self, registry: FakeRegistry, first: int, is_on: bool
    ) -> None:
        run = RunValue(["C:\\wxpark-gui.exe"], registry)
        run.switch(on=True)
        registry.values[APPROVED, VALUE] = bytes([first]) + bytes(11)
        assert run.is_on() is is_on
        run.switch(on=True)
        assert run.is_on()

    def test_value_of_another_program_is_off(self, registry: FakeRegistry) -> None:
        registry.values[RUN, VALUE] = '"C:\\old\\wxpark-gui.exe"'
        assert not RunValue(["C:\\wxpark-gui.exe"], registry).is_on()


class TestLaunchAgent:
    def test_switched_on_and_off(self, tmp_path: Path) -> None:
        agent = LaunchAgent(tmp_path / "LaunchAgents", COMMAND)
        assert not agent.is_on()
        agent.switch(on=True)
        (path,) = (tmp_path / "LaunchAgents").iterdir()
        written = plistlib.loads(path.read_bytes())
        assert written["ProgramArguments"] == COMMAND
        assert written["RunAtLoad"] is True
        assert agent.is_on()
        agent.switch(on=False)
        assert not path.exists()

    @pytest.mark.parametrize("content", [b"", b"no list", plistlib.dumps({"RunAtLoad": True})])
    def test_file_that_would_not_start_this_program_is_off(
        self, tmp_path: Path, content: bytes
    ) -> None:
        (tmp_path / "io.github.wxpark.booth.plist").write_bytes(content)
        agent = LaunchAgent(tmp_path, COMMAND)
        assert not agent.is_on()
        agent.switch(on=True)
        assert agent.is_on()


@pytest.mark.skipif(sys.platform != "win32", reason="the registry of Windows")
def test_registry_of_the_user_is_written_and_read() -> None:
    registry = getattr(module, "WindowsRegistry")()  # noqa: B009 - elsewhere it does not exist
    key = r"Software\wxpark-test"
    registry.write(key, "value", "text 岗")
    assert registry.read(key, "value") == "text 岗"
    registry.delete(key, "value")
    assert registry.read(key, "value") is None
