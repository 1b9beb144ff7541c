"""The program's icon and pictures in the formats that packages want, drawn from its SVG.

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
"""Windows draws small icons at 100, 125, 150 and 200 percent without scaling them itself."""

ICNS_SIZES = (32, 64, 128, 256, 512, 1024)
"""The sizes that Pillow writes; others would be scaled from the largest."""
ICNS_MARGIN = 100 / 1024
"""Icons of macOS leave this part of the edge empty on each side."""

SIDEBAR = (164, 314)
"""Pixels of the picture that NSIS shows at the side."""
SIDEBAR_COLOUR = "#00695C"
SIDEBAR_ICON = 120


def main(arguments: Sequence[str]) -> int:
    """Write the files that are named; what each becomes is told by its ending."""
    if not arguments or any(Path(name).suffix not in FORMATS for name in arguments):
        print(__doc__)
        return 2
    for name in arguments:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(FORMATS[Path(name).suffix]())
    return 0


def ico() -> bytes:
    """An icon for Windows in all of its sizes.

    Each is a PNG, which Windows reads since Vista: Pillow's bitmaps of 32 bits lack their mask.
    """
    *smaller, largest = (to_pillow(draw(size)) for size in ICO_SIZES)
    sizes = [(size, size) for size in ICO_SIZES]
    return encoded(largest, "ICO", sizes=sizes, append_images=smaller)


def icns() -> bytes:
    """An icon for macOS in all of its sizes."""
    *smaller, largest = (to_pillow(draw(size, margin=ICNS_MARGIN)) for size in ICNS_SIZES)
    return encoded(largest, "ICNS", append_images=smaller)


def sidebar() -> bytes:
    """The icon on its own colour, for the side of the set-up program's last page."""
    width, height = SIDEBAR
    image = QImage(width, height, QImage.Format.Format_RGBA8888)
    image.fill(QColor(SIDEBAR_COLOUR))
    left = (width - SIDEBAR_ICON) / 2
    paint(image, QRectF(left, left, SIDEBAR_ICON, SIDEBAR_ICON))
    return encoded(to_pillow(image).convert("RGB"), "BMP")


def draw(size: int, *, margin: float = 0.0) -> QImage:
    """The icon as a square.

    Args:
        size: edge in pixels.
        margin: empty part of the edge on each side.
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
    """Pillow's copy of a picture in `Format_RGBA8888`, whose rows have no padding."""
    return Image.frombytes("RGBA", (image.width(), image.height()), bytes(image.constBits()))


def encoded(image: Image.Image, name: str, **options: object) -> bytes:
    """The picture as a file of a format: `ICO`."""
    buffer = BytesIO()
    image.save(buffer, name, **options)
    return buffer.getvalue()


FORMATS: dict[str, Callable[[], bytes]] = {".ico": ico, ".icns": icns, ".bmp": sidebar}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
