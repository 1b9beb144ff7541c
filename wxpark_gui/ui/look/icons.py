"""One family of stroke icons, each in the colour of the text it stands beside."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wxpark_gui.runtime.assets import asset


@lru_cache(maxsize=64)
def icon_renderer(name: str, colour: str) -> QSvgRenderer:
    """The drawing `icons/<name>.svg` with `currentColor` replaced, which QtSvg does not resolve."""
    drawing = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer


def icon_pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The drawing as a square.

    Args:
        size: edge in device-independent pixels.
        ratio: device pixels for each of them.
    """
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(ratio)
    with QPainter(pixmap) as painter:
        icon_renderer(name, colour).render(painter, QRectF(0, 0, size, size))
    return pixmap


def application_icon() -> QIcon:
    """The program's own icon, in the sizes that systems ask for."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(icon_pixmap("wxpark", "#FFFFFF", size, 1.0))
    return icon
