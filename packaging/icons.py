"""The program's icon and pictures in the formats that packages want, drawn from its SVG.

python packaging/icons.py FILE …     an `.ico` for Windows, an `.icns` for macOS, a `.bmp` for the
                                     side of the set-up program's last page
"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

ROOT = Path(__file__).resolve().parent.parent
DRAWING = ROOT / "resources" / "icons" / "wxpark.svg"

ICO_SIZES = (16, 20, 24, 32, 40, 48, 64, 128, 256)
"""Windows draws small icons at 100, 125, 150 and 200 percent without scaling them itself."""
ICO_PNG_FROM = 256
"""Smaller ones are bitmaps: not everything that shows an icon reads PNG in it."""

ICNS_TYPES = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic14": 512,
    b"ic09": 512,
    b"ic10": 1024,
}
"""Apple's types that hold a PNG, with its edge in pixels; ic11 to ic14 are for dense screens."""
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
    """An icon for Windows in all of its sizes."""
    pictures = [ico_picture(draw(size)) for size in ICO_SIZES]
    directory = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(directory) + 16 * len(pictures)
    for size, picture in zip(ICO_SIZES, pictures, strict=True):
        edge = size % 256  # 256 is written as 0
        directory += struct.pack("<BBBBHHII", edge, edge, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return directory + b"".join(pictures)


def ico_picture(image: QImage) -> bytes:
    """A PNG, or a bitmap of 32 bits without its file header, followed by an empty mask."""
    size = image.width()
    if size >= ICO_PNG_FROM:
        return encoded(image, b"PNG")
    pixels, row = bytes(image.constBits()), 4 * size
    colours = b"".join(pixels[y * row : (y + 1) * row] for y in reversed(range(size)))
    mask = bytes((size + 31) // 32 * 4 * size)  # one bit a pixel; the colours' alpha is used
    header = struct.pack("<IiiHHIIiiII", 40, size, 2 * size, 1, 32, 0, len(colours), 0, 0, 0, 0)
    return header + colours + mask


def icns() -> bytes:
    """An icon for macOS in all of its sizes."""
    entries = b"".join(
        struct.pack(">4sI", kind, 8 + len(picture)) + picture
        for kind, size in ICNS_TYPES.items()
        for picture in [encoded(draw(size, margin=ICNS_MARGIN), b"PNG")]
    )
    return struct.pack(">4sI", b"icns", 8 + len(entries)) + entries


def sidebar() -> bytes:
    """The icon on its own colour, for the side of the set-up program's last page."""
    width, height = SIDEBAR
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(QColor(SIDEBAR_COLOUR))
    left = (width - SIDEBAR_ICON) / 2
    paint(image, QRectF(left, left, SIDEBAR_ICON, SIDEBAR_ICON))
    return encoded(image, b"BMP")


def draw(size: int, *, margin: float = 0.0) -> QImage:
    """The icon as a square.

    Args:
        size: edge in pixels.
        margin: empty part of the edge on each side.
    """
    image = QImage(size, size, QImage.Format.Format_ARGB32)
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


def encoded(image: QImage, name: bytes) -> bytes:
    """The picture as a file of a format: `b"PNG"`."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, name).write(image)
    return bytes(buffer.data().data())


FORMATS: dict[str, Callable[[], bytes]] = {".ico": ico, ".icns": icns, ".bmp": sidebar}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
