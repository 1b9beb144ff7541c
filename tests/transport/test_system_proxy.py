"""The system's proxy is read from the environment or from the settings of the desktop."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from wxpark_gui import system_programs
from wxpark_gui.transport import system_proxy
from wxpark_gui.transport.system_proxy import (
    KEPT_SECONDS,
    SYSTEM,
    ProxyResolver,
    SystemProxy,
    make_proxy,
    read_desktop,
    read_system_proxy,
)

HOST = "api.mch.weixin.qq.com"
MANUAL = """
org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '*.corp.example']
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.http host '10.0.0.1'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host ''
"""


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("10.0.0.1:3128", "http://10.0.0.1:3128"),
        ("http://proxy.example:8080/", "http://proxy.example:8080"),
        ("http://proxy.example", "http://proxy.example:80"),
        ("http://name:word@proxy.example:8080", "http://proxy.example:8080"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_address_is_made_a_url_without_credentials(text: str, url: str) -> None:
    assert make_proxy(text) == SystemProxy(url)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("socks5://10.0.0.1:1080", "socks5"),
        ("https://p:1", "https"),
        ("http://p:x", "address"),
        ("\u201chttp://p:1\u201d", "address"),
        ("PROXY p:1", "address"),
    ],
)
def test_kind_that_is_not_supported_is_named(text: str, kind: str) -> None:
    assert make_proxy(text) == SystemProxy(unsupported=kind)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, "http://10.0.0.1:3128"),
        ({"https host ''": "https host '10.0.0.2'"}, "http://10.0.0.2:80"),
        ({"'manual'": "'none'"}, ""),
        ({"http host '10.0.0.1'": "http host ''"}, ""),
    ],
)
def test_settings_of_the_desktop_are_read(changes: dict[str, str], found: str) -> None:
    lines = MANUAL
    for before, after in changes.items():
        lines = lines.replace(before, after)
    assert read_desktop(lines).url == found
    assert read_desktop(lines).unsupported == ""


@pytest.mark.parametrize("host", ["http://10.0.0.1", "http://10.0.0.1/", " 10.0.0.1 "])
def test_host_of_the_desktop_may_be_typed_as_a_url_or_with_blanks(host: str) -> None:
    lines = MANUAL.replace("http host '10.0.0.1'", f"http host '{host}'")
    assert read_desktop(lines).url == "http://10.0.0.1:3128"


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("'manual'", "'auto'", "PAC"),
        ("http host '10.0.0.1'", "socks host '10.0.0.1'", "socks"),
    ],
)
def test_script_and_socks_are_said_not_to_be_supported(before: str, after: str, kind: str) -> None:
    lines = MANUAL.replace("org.gnome.system.proxy.socks host ''\n", "").replace(before, after)
    assert read_desktop(lines.replace("proxy.http socks", "proxy.socks")) == SystemProxy(
        unsupported=kind
    )


@pytest.mark.parametrize("lines", ["", "No such schema\n", "a b ]['\n", "org.gnome.system.proxy"])
def test_output_that_makes_no_sense_means_no_proxy(lines: str) -> None:
    assert read_desktop(lines) == SystemProxy()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        (HOST, "http://10.0.0.1:3128"),
        ("localhost", ""),
        ("files.corp.example", ""),
        ("FILES.CORP.EXAMPLE", ""),
    ],
)
def test_exceptions_are_connected_to_directly(host: str, url: str) -> None:
    assert read_desktop(MANUAL).url_for(host) == url


def test_environment_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://10.0.0.9:8080")
    monkeypatch.setenv("no_proxy", "localhost, .corp.example")
    found = read_system_proxy()
    assert found is not None
    assert found.url_for(HOST) == "http://10.0.0.9:8080"
    assert found.url_for("files.corp.example") == ""


@pytest.mark.parametrize(
    ("exceptions", "is_direct"),
    [
        (HOST, True),
        ("qq.com", True),
        ("localhost, weixin.qq.com", True),
        (".qq.com", True),
        ("*.qq.com", True),
        ("API.Mch.Weixin.QQ.com.", True),
        (f"{HOST}:443", True),
        ("*", True),
        ("", False),
        ("q.com", False),
        ("mch", False),
        (f"{HOST}:8443", False),
        (f"www.{HOST}", False),
        (",", False),
        (".", False),
    ],
)
def test_exceptions_include_subdomains(
    monkeypatch: pytest.MonkeyPatch, exceptions: str, is_direct: bool
) -> None:
    monkeypatch.setenv("https_proxy", "http://10.0.0.9:8080")
    monkeypatch.setenv("no_proxy", exceptions)
    hosts = [name.strip() for name in exceptions.split(",")]
    desktop = MANUAL.replace("['localhost', '127.0.0.0/8', '*.corp.example']", str(hosts))
    for found in (read_system_proxy(), read_desktop(desktop)):
        assert found is not None
        assert (found.url_for(HOST) == "") is is_direct


@pytest.mark.parametrize(
    ("variables", "found"),
    [
        (
            {"https_proxy": "https://10.0.0.9:8080/", "http_proxy": "http://10.0.0.9:8080/"},
            SystemProxy("http://10.0.0.9:8080"),
        ),
        ({"all_proxy": "socks5://10.0.0.9:1080"}, SystemProxy(unsupported="socks5")),
    ],
    ids=["deepin", "socks"],
)
def test_supported_variable_is_preferred(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], found: SystemProxy
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert read_system_proxy() == found


@pytest.mark.parametrize("value", [" http://10.0.0.9:8080 ", '"http://10.0.0.9:8080"'])
def test_variables_may_have_blanks_and_quotes(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("https_proxy", value)
    monkeypatch.setenv("all_proxy", " ")
    monkeypatch.setenv("no_proxy", "localhost weixin.qq.com\t10.0.0.1")
    found = read_system_proxy()
    assert found is not None
    assert found.url == "http://10.0.0.9:8080"
    assert found.url_for(HOST) == ""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="the desktop's settings of Linux")
class TestDesktop:
    def place(self, folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
        program = folder / "gsettings"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))

    def test_program_is_asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "answer").write_text(MANUAL)
        answer = f'while read -r line; do echo "$line"; done < {tmp_path / "answer"}'
        self.place(tmp_path, monkeypatch, answer)
        assert read_system_proxy() == read_desktop(MANUAL)

    def test_second_desktop_is_asked_if_the_first_has_none(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        script = (
            "case $2 in com.deepin*) echo \"$2 mode 'auto'\";; *) echo \"$2 mode 'none'\";; esac"
        )
        self.place(tmp_path, monkeypatch, script)
        assert read_system_proxy() == SystemProxy(unsupported="PAC")

    def test_missing_program_means_no_proxy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert read_system_proxy() == SystemProxy()

    def test_program_that_fails_means_no_proxy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.place(tmp_path, monkeypatch, "exit 1")
        assert read_system_proxy() == SystemProxy()

    def test_program_that_hangs_is_run_once_and_tells_nothing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(system_programs, "SECONDS", 0.2)
        runs = tmp_path / "runs"
        self.place(tmp_path, monkeypatch, f"echo run >> {runs}; while :; do :; done")
        assert read_system_proxy() is None
        assert runs.read_text() == "run\n"


class TestResolver:
    def test_system_is_read_again_after_a_while(self) -> None:
        now, answers = [0.0], [SystemProxy("http://a:1"), SystemProxy("http://b:1")]
        resolver = ProxyResolver(lambda: now[0], lambda: answers.pop(0))
        assert resolver.resolve(SYSTEM, HOST) == "http://a:1"
        now[0] = KEPT_SECONDS - 1
        assert resolver.resolve(SYSTEM, HOST) == "http://a:1"
        now[0] = KEPT_SECONDS
        assert resolver.resolve(SYSTEM, HOST) == "http://b:1"

    def test_system_that_does_not_tell_its_settings_changes_nothing(self) -> None:
        now, answers = [0.0], [None, SystemProxy("http://a:1"), None]
        resolver = ProxyResolver(lambda: now[0], lambda: answers.pop(0))
        assert resolver.resolve(SYSTEM, HOST) == ""
        for now[0] in (KEPT_SECONDS, 2 * KEPT_SECONDS):
            assert resolver.resolve(SYSTEM, HOST) == "http://a:1"
        assert answers == []

    def test_earlier_settings_are_used_while_the_system_hangs(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(system_proxy, "RENEWAL_SECONDS", 0.01)
        now, go_on, ended = [0.0], threading.Event(), threading.Event()

        def read() -> SystemProxy:
            if not now[0]:
                return SystemProxy("http://a:1")
            go_on.wait(10)
            ended.set()
            return SystemProxy("http://b:1")

        resolver = ProxyResolver(lambda: now[0], read)
        assert resolver.resolve(SYSTEM, HOST) == "http://a:1"
        now[0] = KEPT_SECONDS
        assert [resolver.resolve(SYSTEM, HOST) for _ in range(2)] == ["http://a:1"] * 2
        go_on.set()
        assert ended.wait(10)
        for thread in threading.enumerate():
            if thread.name == "wxpark-proxy":
                thread.join(10)
        assert resolver.resolve(SYSTEM, HOST) == "http://b:1"

    @pytest.mark.parametrize("wanted", ["", "http://10.0.0.1:3128"])
    def test_system_is_not_read_for_another_mode(self, wanted: str) -> None:
        resolver = ProxyResolver(lambda: 0.0, lambda: pytest.fail("read"))
        assert resolver.resolve(wanted, HOST) == wanted


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://proxy。example:3128", "http://proxy.example:3128"),
        ("http://１０.0.0.1:3128", "http://10.0.0.1:3128"),
        ("http://ＰＲＯＸＹ．example:80", "http://proxy.example:80"),
        ("http://代理.example:80", "http://xn--mnq481g.example:80"),
        ("http://proxy.example:3128", "http://proxy.example:3128"),
        ("http://[::1]:3128", "http://[::1]:3128"),
        ("http://xn--ü:80", "http://xn--ü:80"),
        ("", ""),
    ],
)
def test_address_typed_with_a_chinese_input_method_is_used(typed: str, url: str) -> None:
    assert ProxyResolver(lambda: 0.0, SystemProxy).resolve(typed, HOST) == url
