"""The check shows each finding as it comes, and can be cancelled and copied."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.conftest import FakeBooth
from wxpark_gui.controllers.checkup import Checkup
from wxpark_gui.domain.connectivity import ConnectionFailure
from wxpark_gui.domain.errors import KeyringLockedError
from wxpark_gui.domain.health import Finding, Health, Subject, Trouble
from wxpark_gui.runtime.runner import Worker
from wxpark_gui.service.examination import Check, Checked
from wxpark_gui.ui.look.appearance import Appearance
from wxpark_gui.ui.support.check_dialog import CheckDialog
from wxpark_gui.ui.support.window_checks import desktop_findings
from wxpark_gui.ui.window.main_window import MainWindow

LOCKED = Finding(Subject.KEYRING, Health.BAD, "", KeyringLockedError())
JOURNAL = Finding(Subject.JOURNAL, Health.GOOD, "0")


def check(subject: Subject) -> Check:
    return Check(subject, 5, list)


def text_of(dialog: CheckDialog) -> str:
    labels = dialog.findChildren(QLabel)
    shown = (label.text() for label in labels if label.isVisibleTo(dialog))
    return "\n".join(shown).replace("\u200b", "")


def button(dialog: CheckDialog, name: str) -> QPushButton:
    found = dialog.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


@pytest.fixture
def dialog(qtbot: QtBot, booth: FakeBooth, appearance: Appearance) -> Iterator[CheckDialog]:
    booth.checkup.checks = [check(Subject.JOURNAL), check(Subject.KEYRING)]
    dialog = CheckDialog(booth.checkup, appearance)
    qtbot.addWidget(dialog)
    dialog.show()
    yield dialog
    dialog.close()


def report(booth: FakeBooth, check: Check, *findings: Finding) -> None:
    booth.checkup.found.emit(Checked(check, findings))


def test_each_finding_is_shown_as_it_comes_in_its_place(
    dialog: CheckDialog, booth: FakeBooth
) -> None:
    assert "密钥环：正在检查" in text_of(dialog)
    report(booth, booth.checkup.checks[1], LOCKED)
    text = text_of(dialog)
    assert "还有 1 项没有结果" in text
    assert "系统密钥环已锁定。" in text
    assert "KEYRING_LOCKED" in text
    report(booth, booth.checkup.checks[0], JOURNAL)
    booth.checkup.end()
    assert text_of(dialog).startswith("问题 1 项")
    assert [finding.subject for finding in dialog.findings][:2] == [
        Subject.JOURNAL,
        Subject.KEYRING,
    ]


def test_everything_good_is_one_sentence(dialog: CheckDialog, booth: FakeBooth) -> None:
    for one in booth.checkup.checks:
        report(booth, one, Finding(one.subject, Health.GOOD))
    booth.checkup.end()
    screen_is_small = any(f.health is not Health.GOOD for f in dialog.findings)
    assert screen_is_small or "全部正常。" in text_of(dialog)


def test_escape_cancels_the_check_and_then_closes(dialog: CheckDialog, booth: FakeBooth) -> None:
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    assert not booth.checkup.running
    assert "已取消：2 项没有结果。" in text_of(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_copy_takes_every_line_with_its_action(dialog: CheckDialog, booth: FakeBooth) -> None:
    report(booth, booth.checkup.checks[1], LOCKED)
    button(dialog, "checkCopy").click()
    copied = QGuiApplication.clipboard().text()
    assert "密钥环" in copied
    assert "[KEYRING_LOCKED]" in copied
    assert "已复制。" in text_of(dialog)


def test_check_again_starts_anew(dialog: CheckDialog, booth: FakeBooth) -> None:
    assert not button(dialog, "checkAgain").isEnabled()
    report(booth, booth.checkup.checks[1], LOCKED)
    booth.checkup.end()
    button(dialog, "checkAgain").click()
    assert booth.checkup.runs == 2
    assert "KEYRING_LOCKED" not in text_of(dialog)


def test_ctrl_f1_opens_it_and_closing_returns_to_the_plate(
    window: MainWindow, booth: FakeBooth, qtbot: QtBot
) -> None:
    QTest.keyClick(window, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    dialog = window.support.check
    assert dialog is not None
    booth.checkup.end()
    dialog.reject()
    assert window.support.check is None
    qtbot.waitUntil(window.form.plate.hasFocus)


class TestCheckup:
    """The check with the real controller and threads."""

    @pytest.fixture
    def worker(self, qtbot: QtBot) -> Iterator[Worker]:
        worker = Worker("test-checkup")
        yield worker
        worker.stop(2)

    def test_hanging_check_delays_neither_others_nor_the_window(
        self, qtbot: QtBot, worker: Worker
    ) -> None:
        over = threading.Event()

        def hang() -> Iterable[Finding]:
            over.wait(5)
            return [LOCKED]

        checks = [
            Check(Subject.KEYRING, 30, hang),
            Check(Subject.JOURNAL, 30, lambda: [JOURNAL]),
        ]
        checkup = Checkup(lambda: checks, worker)
        began = time.monotonic()
        with qtbot.waitSignal(checkup.found, timeout=2000) as found:
            checkup.start()
            assert time.monotonic() - began < 2
        assert found.args[0].findings == (JOURNAL,)
        checkup.cancel()
        over.set()
        assert not checkup.running

    def test_cancelled_run_tells_nothing_more_and_the_next_is_complete(
        self, qtbot: QtBot, worker: Worker
    ) -> None:
        over = threading.Event()

        def hang() -> Iterable[Finding]:
            over.wait(5)
            return [LOCKED]

        checks = [Check(Subject.KEYRING, 30, hang)]
        checkup = Checkup(lambda: checks, worker)
        told: list[Checked] = []
        checkup.found.connect(told.append)
        checkup.start()
        checkup.cancel()
        over.set()
        checks[:] = [Check(Subject.JOURNAL, 30, lambda: [JOURNAL])]
        with qtbot.waitSignal(checkup.finished, timeout=2000):
            checkup.start()
        assert [checked.findings for checked in told] == [(JOURNAL,)]


def test_desktop_findings_name_qt_the_font_and_the_screen(
    qtbot: QtBot, appearance: Appearance
) -> None:
    screen = QGuiApplication.primaryScreen()
    found = {f.subject: f for f in desktop_findings(screen, appearance.font(14))}
    assert set(found) == {Subject.QT, Subject.FONTS, Subject.SCREEN}
    assert "%" in found[Subject.SCREEN].detail
    assert found[Subject.QT].detail
    assert found[Subject.FONTS].trouble in (None, Trouble.NO_CHINESE_FONT)


def test_proxy_and_connection_findings_have_words(dialog: CheckDialog, booth: FakeBooth) -> None:
    one = booth.checkup.checks[0]
    report(
        booth,
        one,
        Finding(Subject.PROXY, Health.BAD, "http://p:1", failure=ConnectionFailure.DNS),
        Finding(Subject.GATEWAY, Health.BAD, "h", trouble=Trouble.PROXY_AUTH, steps=(("dns", 2),)),
    )
    text = text_of(dialog)
    assert "代理服务器要求密码。" in text
    assert "域名解析 2 ms" in text
