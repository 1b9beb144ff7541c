"""The icon in the formats of Windows and macOS: each size is present and shows the drawing."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint
from PySide6.QtGui import QColor, QImage, QImageReader

import icons

BACKGROUND = QColor("#00695C")
ICNS_TYPES = {
    b"ic11": 32,
    b"ic12": 64,
    b"ic07": 128,
    b"ic13": 256,
    b"ic08": 256,
    b"ic14": 512,
    b"ic09": 512,
    b"ic10": 1024,
}
"""Edge in pixels by Apple's type code of a PNG; ic11 to ic14 are for displays with high density."""


def read_ico() -> list[QImage]:
    buffer = QBuffer()
    buffer.setData(QByteArray(icons.ico()))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, b"ico")
    images = []
    for number in range(reader.imageCount()):
        reader.jumpToImage(number)
        images.append(reader.read())
    return images


def read_icns() -> dict[bytes, QImage]:
    """Return the images of the .icns file by type, without its table of contents."""
    content = icons.icns()
    magic, length = struct.unpack_from(">4sI", content)
    assert (magic, length) == (b"icns", len(content))
    images, offset = {}, 8
    while offset < length:
        kind, size = struct.unpack_from(">4sI", content, offset)
        if kind != b"TOC ":
            images[kind] = QImage.fromData(content[offset + 8 : offset + size])
        offset += size
    return images


def test_windows_finds_a_picture_of_its_own_for_each_size() -> None:
    sizes = [image.width() for image in read_ico()]
    assert sizes == list(icons.ICO_SIZES)
    assert {16, 32, 48, 256} <= set(sizes)


@pytest.mark.parametrize("number", range(len(icons.ICO_SIZES)))
def test_each_picture_is_the_drawing_the_right_way_up(number: int) -> None:
    image, size = read_ico()[number], icons.ICO_SIZES[number]
    expected = icons.draw(size)
    assert image.convertToFormat(expected.format()) == expected
    assert image.pixelColor(0, 0).alpha() < 255
    assert image.pixelColor(size // 2, size // 16) == BACKGROUND


def test_every_picture_for_windows_is_a_png() -> None:
    content = icons.ico()
    offsets = [
        struct.unpack_from("<I", content, 6 + 16 * n + 12)[0] for n in range(len(icons.ICO_SIZES))
    ]
    are_png = [content[offset : offset + 4] == b"\x89PNG" for offset in offsets]
    assert all(are_png)


def test_macos_finds_every_size_up_to_1024() -> None:
    sizes = {kind: image.width() for kind, image in read_icns().items()}
    assert sizes == ICNS_TYPES
    assert max(sizes.values()) == 1024


@pytest.mark.parametrize("kind", ICNS_TYPES)
def test_each_picture_for_macos_is_drawn_in_its_own_size(kind: bytes) -> None:
    image = read_icns()[kind]
    expected = icons.draw(image.width(), margin=icons.ICNS_MARGIN)
    assert image.convertToFormat(expected.format()) == expected


def test_on_macos_the_icon_keeps_its_distance() -> None:
    largest = read_icns()[b"ic10"]
    assert largest.pixelColor(512, 90).alpha() == 0
    assert largest.pixelColor(512, 110) == BACKGROUND


def test_the_side_of_the_last_page_has_the_icons_colour() -> None:
    image = QImage.fromData(icons.sidebar())
    assert (image.width(), image.height()) == icons.SIDEBAR
    assert image.pixelColor(QPoint(0, 313)) == BACKGROUND


def test_the_ending_of_a_name_tells_the_format(tmp_path: Path) -> None:
    assert icons.main([str(tmp_path / "new" / "wxpark.ico"), str(tmp_path / "wxpark.icns")]) == 0
    assert (tmp_path / "new" / "wxpark.ico").read_bytes() == icons.ico()
    assert (tmp_path / "wxpark.icns").read_bytes() == icons.icns()


@pytest.mark.parametrize("names", [[], ["wxpark.jpeg"]])
def test_another_ending_writes_nothing(names: list[str], tmp_path: Path) -> None:
    assert icons.main([str(tmp_path / name) for name in names]) == 2
    assert list(tmp_path.iterdir()) == []
