"""Files that the installed folder contains, and files that it must not contain."""

from __future__ import annotations

import pytest

import bundle
from wxpark_gui.storage.vault import TRUSTED

WHEEL = "/checkout/build/requirements/lib/python3.11/site-packages"
QT = "PySide6/Qt"


@pytest.mark.parametrize(
    "target",
    [
        f"{QT}/plugins/platforms/libqxcb.so",
        f"{QT}/plugins/platforms/libqoffscreen.so",
        f"{QT}/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so",
        f"{QT}/plugins/imageformats/libqsvg.so",
        f"{QT}/translations/qtbase_zh_CN.qm",
        f"{QT}/lib/libQt6Core.so.6",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib",
        "keyring-25.7.0.dist-info/entry_points.txt",
        "wxpark_gui/resources/icons/ok.svg",
    ],
)
def test_what_the_window_uses_goes_along(target: str) -> None:
    assert bundle.is_wanted(target, f"{WHEEL}/{target}")


@pytest.mark.parametrize(
    "target",
    [
        f"{QT}/plugins/platforms/libqeglfs.so",
        f"{QT}/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so",
        f"{QT}/plugins/platformthemes/libqgtk3.so",
        f"{QT}/plugins/tls/libqopensslbackend.so",
        f"{QT}/plugins/imageformats/libqjpeg.so",
        f"{QT}/plugins/sqldrivers/libqsqlite.so",
        f"{QT}/translations/qtbase_de.qm",
        "PySide6\\opengl32sw.dll",
        f"{QT}/qml/QtQuick/libqtquick2plugin.so",
        "keyring-25.7.0.dist-info/RECORD",
        "keyring-25.7.0.dist-info/licenses/LICENSE",
    ],
)
def test_what_it_does_not_use_stays_behind(target: str) -> None:
    assert not bundle.is_wanted(target, f"{WHEEL}/{target}")


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("/usr/lib/x86_64-linux-gnu/libGL.so.1", True),
        ("/lib/x86_64-linux-gnu/libc.so.6", True),
        ("/usr/lib64/libfontconfig.so.1", True),
        ("/usr/lib/x86_64-linux-gnu/libssl.so.3", False),
        ("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", False),
        ("/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0", False),
        ("/usr/lib/x86_64-linux-gnu/libxcb.so.1", True),
        ("/usr/lib/python3.11/keyring/backend.py", False),
        (f"{WHEEL}/PySide6/Qt/lib/libQt6Core.so.6", False),
        (r"C:\Windows\System32\ucrtbase.dll", False),
    ],
)
def test_graphics_fonts_and_the_c_library_are_those_of_the_booth(
    source: str, *, left: bool
) -> None:
    assert bundle.is_left_to_the_system(source) is left


def test_the_keyrings_that_the_vault_trusts_go_along() -> None:
    assert {module for module, _ in TRUSTED} <= set(bundle.KEYRING_BACKENDS)
