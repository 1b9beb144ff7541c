"""Writes the program's icon in the formats of the packages, drawn from its SVG.

python packaging/icons.py FILE …     an `.ico` for Windows, an `.icns` for macOS, a `.bmp` for the
                                     side of the set-up program's last page
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "resources" / "icons" / "wxpark.svg"

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Edges in pixels. Windows uses the small ones unscaled at 100, 125, 150 and 200 percent."""

ICNS_SIZES = (32, 64, 128, 256, 512, 1024)
"""Edges in pixels that Pillow writes; it would scale others from the largest."""
ICNS_MARGIN = 100 / 1024
"""Share of the edge that icons of macOS leave empty on each side."""

SIDEBAR = (164, 314)
"""Width and height in pixels of the picture that NSIS shows at the side."""
SIDEBAR_COLOUR = "#00695C"
SIDEBAR_ICON = 120


def main(arguments: Sequence[str]) -> int:
    """Write the given files; the ending of each selects its format."""
    if not arguments or any(Path(name).suffix not in FORMATS for name in arguments):
        print(__doc__)
        return 2
    for name in arguments:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(FORMATS[Path(name).suffix]())
    return 0


def ico() -> bytes:
    """Return the icon for Windows, in all of `ICO_SIZES`.

    Each picture is a PNG, which Windows reads since Vista; Pillow's 32-bit bitmaps lack their mask.
    """
    *smaller, largest = (to_pillow(draw(size)) for size in ICO_SIZES)
    sizes = [(size, size) for size in ICO_SIZES]
    return encoded(largest, "ICO", sizes=sizes, append_images=smaller)


def icns() -> bytes:
    """Return the icon for macOS, in all of `ICNS_SIZES`."""
    *smaller, largest = (to_pillow(draw(size, margin=ICNS_MARGIN)) for size in ICNS_SIZES)
    return encoded(largest, "ICNS", append_images=smaller)


def sidebar() -> bytes:
    """Return the icon on its background colour, for the side of the set-up program's last page."""
    width, height = SIDEBAR
    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(QColor(SIDEBAR_COLOUR))
    left = (width - SIDEBAR_ICON) / 2
    paint(image, QRectF(left, left, SIDEBAR_ICON, SIDEBAR_ICON))
    return encoded(to_pillow(image).convert("RGB"), "BMP")


def draw(size: int, *, margin: float = 0.0) -> QImage:
    """Return the icon as a square picture.

    Args:
        size: edge in pixels.
        margin: share of the edge that is empty on each side.
    """
    image = QImage(size, size, QImage.Format.Format_RGBA8888)
    image.fill(Qt.GlobalColor.transparent)
    edge = size * margin
    paint(image, QRectF(edge, edge, size - 2 * edge, size - 2 * edge))
    return image


def paint(image: QImage, place: QRectF) -> None:
    """Draw the icon into a part of a picture."""
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(DRAWING.read_bytes())).render(painter, place)
    painter.end()


def to_pillow(image: QImage) -> Image.Image:
    """Copy a picture in `Format_RGBA8888`, whose rows have no padding, to Pillow."""
    return Image.frombytes("RGBA", (image.width(), image.height()), bytes(image.constBits()))


def encoded(image: Image.Image, name: str, **options: object) -> bytes:
    """Return the picture as a file in one of Pillow's formats, such as `ICO`."""
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {".ico": ico, ".icns": icns, ".bmp": sidebar}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
