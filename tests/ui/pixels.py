"""Colours of painted images, and measures of their contrast and difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache

from coloraide import Color
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QImage

DEFICIENCIES = ("protan", "deutan", "tritan")


@dataclass(frozen=True, slots=True)
class Print:
    """Colours of text and background, as "#rrggbb"."""

    ground: str
    ink: str

    @property
    def contrast(self) -> float:
        return contrast(self.ground, self.ink)


def read_print(image: QImage, place: QRect) -> Print:
    """Return background and text colour of a part of an image.

    The background is the most frequent colour; the text colour is the one whose luminance differs
    most from it.

    Args:
        place: in device-independent pixels.
    """
    colours = _count(image, place)
    ground = colours.most_common(1)[0][0]
    ink = max(colours, key=lambda colour: abs(_luminance(colour) - _luminance(ground)))
    return Print(_name(ground), _name(ink))


def ground_of(image: QImage, place: QRect) -> str:
    """Return the most frequent colour of a part of an image, as "#rrggbb"."""
    return _name(_count(image, place).most_common(1)[0][0])


@cache
def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.1, from 1 to 21."""
    return float(Color(one).contrast(other, method="wcag21"))


def difference(one: str, other: str, deficiency: str = "") -> float:
    """Return the colour difference ΔE2000.

    Args:
        deficiency: colour-vision deficiency to simulate, as coloraide names it; "" for none.
    """
    first, second = Color(one), Color(other)
    if deficiency:
        first, second = first.filter(deficiency), second.filter(deficiency)
    return float(first.delta_e(second, method="2000"))


def lightness(colour: str) -> float:
    """Return L* of CIE Lab, from 0 to 100: the brightness of a colour in greyscale."""
    return float(Color(colour).convert("lab-d65")["lightness"])


def _count(image: QImage, place: QRect) -> Counter[int]:
    ratio = image.devicePixelRatio()
    left, top = round(place.left() * ratio), round(place.top() * ratio)
    right, bottom = round((place.right() + 1) * ratio), round((place.bottom() + 1) * ratio)
    pixels = QRect(left, top, right - left, bottom - top) & QRect(QPoint(), image.size())
    # Four bytes a pixel, and so no padding at the end of a row.
    part = image.copy(pixels).convertToFormat(QImage.Format.Format_RGB32)
    return Counter(memoryview(part.constBits()).cast("I"))


@cache
def _luminance(pixel: int) -> float:
    colour = QColor(pixel)
    weights = ((0.2126, colour.redF()), (0.7152, colour.greenF()), (0.0722, colour.blueF()))
    return float(sum(weight * part**2.2 for weight, part in weights))


def _name(pixel: int) -> str:
    return QColor(pixel).name()
