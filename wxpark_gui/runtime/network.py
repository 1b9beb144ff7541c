"""Hears from the operating system when the network is back, where the system tells."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtNetwork import QNetworkInformation


class NetworkWatch(QObject):
    """The system's own word on the network. A hint only: what an exchange finds out counts.

    Signals:
        cameBack(): there was no network, and now there is.
    """

    cameBack = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._was_online = True
        if QNetworkInformation.loadDefaultBackend():
            information = QNetworkInformation.instance()
            self._was_online = _is_online(information.reachability())
            information.reachabilityChanged.connect(self._on_changed)

    @Slot(QNetworkInformation.Reachability)
    def _on_changed(self, reachability: QNetworkInformation.Reachability) -> None:
        is_online = _is_online(reachability)
        if is_online and not self._was_online:
            self.cameBack.emit()
        self._was_online = is_online


def _is_online(reachability: QNetworkInformation.Reachability) -> bool:
    """Unknown counts as online: only a clear "no" makes a later "yes" news."""
    offline = QNetworkInformation.Reachability.Disconnected
    return reachability is not offline
