"""Renders the SVG icons in a given colour, usually that of the text next to them."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from wxpark_gui.runtime.assets import asset


@lru_cache(maxsize=64)
def icon_renderer(name: str, colour: str) -> QSvgRenderer:
    """Return the renderer of `make_icon_renderer`, which is made once. For the GUI thread only."""
    return make_icon_renderer(name, colour)


def make_icon_renderer(name: str, colour: str) -> QSvgRenderer:
    """Return a new renderer of `icons/<name>.svg`.

    `currentColor`, which QtSvg does not know, is replaced by `colour`.
    """
    drawing = asset("icons", f"{name}.svg").read_text(encoding="utf-8")
    renderer = QSvgRenderer(QByteArray(drawing.replace("currentColor", colour).encode()))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer


@lru_cache(maxsize=64)
def icon_pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """Render `icons/<name>.svg` as a square, which is made once. For the GUI thread only.

    Args:
        size: edge in device-independent pixels.
        ratio: device pixels per device-independent pixel.
    """
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(ratio)
    with QPainter(pixmap) as painter:
        icon_renderer(name, colour).render(painter, QRectF(0, 0, size, size))
    return pixmap


def application_icon() -> QIcon:
    """Return the program's icon, in sizes from 16 to 256 pixels."""
    icon = QIcon()
    for size in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(icon_pixmap("wxpark", "#FFFFFF", size, 1.0))
    return icon
