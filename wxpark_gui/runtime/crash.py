"""Logs uncaught exceptions and Qt messages; reports and signals the exceptions."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from wxpark_gui.runtime.crash_reports import CrashReports

_log = logging.getLogger("wxpark.crash")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_DISPLAY_LOST = ("The X11 connection broke", "The Wayland connection broke")
"""Beginnings of the last message before Qt ends the process, because the display server ended."""


def _do_nothing() -> None:
    pass


class CrashReporter(QObject):
    """Logs uncaught exceptions of all threads, but not `KeyboardInterrupt`, and Qt's messages.

    Both signals are emitted in the thread that raised the exception, so connect them to bound slots
    of GUI-thread objects.

    Signals:
        crashed(str): type name of the exception.
        reported(CrashReport): its report, before `crashed`; not emitted without `reports`.

    Attributes:
        display_lost: called in the GUI thread when the display server has ended. Qt ends the
            process when it returns, without a return from the event loop.
    """

    crashed = Signal(str)
    reported = Signal(object)

    def __init__(self, reports: CrashReports | None = None) -> None:
        super().__init__()
        self._reports = reports
        self.display_lost: Callable[[], None] = _do_nothing

    def install(self) -> None:
        """Install the exception hooks, Qt's message handler and the fault handler."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(self._on_qt_message)
        if self._reports is not None:
            self._reports.start_faulthandler()

    def report(self, error: BaseException) -> None:
        """Log an exception that a caller cannot handle, and emit `crashed`."""
        self._on_exception(type(error), error, error.__traceback__)

    def uninstall(self) -> None:
        """Restore the default hooks and message handler; end the fault handler."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)
        if self._reports is not None:
            self._reports.stop_faulthandler()

    def _on_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
            return
        _log.critical("uncaught %s", kind.__name__, exc_info=(kind, error, traceback))
        if self._reports is not None:
            self.reported.emit(self._reports.write(error))
        self.crashed.emit(kind.__name__)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        error = arguments.exc_value or arguments.exc_type()
        self._on_exception(arguments.exc_type, error, arguments.exc_traceback)

    def _on_qt_message(self, kind: QtMsgType, _: QMessageLogContext, message: str | None) -> None:
        logging.getLogger("qt").log(_LEVELS.get(kind, logging.WARNING), "%s", message)
        if message and message.startswith(_DISPLAY_LOST):
            self.display_lost()
