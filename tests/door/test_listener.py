"""The name of the program on a local port, as each system tells it."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from wxpark_gui.door import listener
from wxpark_gui.door.listener import listener_name

PORT = 18765

LSOF = "p4321\ncnode\nf23\n"
NETSTAT = """
  Proto  Local Address          Foreign Address        State           PID
  TCP    127.0.0.1:18765        127.0.0.1:52011        ESTABLISHED     11
  TCP    0.0.0.0:187650         0.0.0.0:0              LISTENING       12
  TCP    127.0.0.1:18765        0.0.0.0:0              ABHÖREN         4321
  UDP    0.0.0.0:18765          *:*                                    13
"""
TASKLIST = '"camera.exe","4321","Console","1","12,345 K"\n'


class Programs:
    """Programs of a system that print given texts.

    Attributes:
        run: the commands that were run.
    """

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.run: list[Sequence[str]] = []

    def output(self, command: Sequence[str]) -> str:
        self.run.append(command)
        name = command[0].replace("\\", "/").rpartition("/")[2]
        return self.texts.get(name.removesuffix(".exe"), "")


@pytest.mark.parametrize(
    ("platform", "texts", "name"),
    [
        ("darwin", {"lsof": LSOF}, "node (4321)"),
        ("darwin", {}, ""),
        ("win32", {"netstat": NETSTAT, "tasklist": TASKLIST}, "camera.exe (4321)"),
        ("win32", {"netstat": NETSTAT, "tasklist": '"a.exe","43"\nx\n'}, "pid 4321"),
        ("win32", {"netstat": "TCP\n"}, ""),
        ("win32", {}, ""),
        ("aix", {}, ""),
    ],
)
def test_name_comes_from_the_programs_of_the_system(
    monkeypatch: pytest.MonkeyPatch, platform: str, texts: dict[str, str], name: str
) -> None:
    programs = Programs(**texts)
    monkeypatch.setattr(listener, "output_of", programs.output)
    monkeypatch.setattr(sys, "platform", platform)
    assert listener_name(PORT) == name


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
class TestLinux:
    def test_program_of_this_user_is_named(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            name = listener_name(server.getsockname()[1])
        assert name.endswith(f" ({os.getpid()})")

    def test_port_without_a_listener_has_no_name(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        assert listener_name(port) == ""

    def test_program_of_another_user_is_named_by_its_uid(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        line = f" 0: 0100007F:{PORT:04X} 00000000:0000 0A 0:0 0:0 0 0 0 77 1\n"
        (tmp_path / "net").mkdir()
        (tmp_path / "net" / "tcp").write_text(f"  sl  local_address\n{line}")
        (tmp_path / "1234").mkdir()
        monkeypatch.setattr(listener, "_PROC", tmp_path)
        assert listener_name(PORT) == "uid 0"

    @pytest.mark.parametrize("table", ["", "head\\n 0: x:y z 0A 0 0 0 0 0 77\\n", "head\\n 0:\\n"])
    def test_table_that_makes_no_sense_gives_no_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, table: str
    ) -> None:
        (tmp_path / "net").mkdir()
        (tmp_path / "net" / "tcp").write_text("head\n 0: x:y z 0A 0 0 0 0 0 77\n")
        monkeypatch.setattr(listener, "_PROC", tmp_path)
        assert listener_name(PORT) == ""
