"""Icon files that hold a picture in several sizes: .ico of Windows and .icns of macOS."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from gdm_studio.gallery.export.raster import png

ICO_SIDES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIDES = (16, 32, 64, 128, 256, 512, 1024)
# Types of an .icns and their sides in pixels. The smallest two are run-length coded with a mask of their own: as PNG
# (icp4, icp5) Finder shows them for documents but not for applications.
_ICNS_CODED = ((b"is32", b"s8mk", 16), (b"il32", b"l8mk", 32))
_ICNS_PNG = (
    (b"ic11", 32),  # 16 points at 2x
    (b"ic12", 64),  # 32 points at 2x
    (b"ic07", 128),
    (b"ic13", 256),  # 128 points at 2x
    (b"ic08", 256),
    (b"ic14", 512),  # 256 points at 2x
    (b"ic09", 512),
    (b"ic10", 1024),  # 512 points at 2x
)


def ico(pictures: Sequence[Image.Image]) -> bytes:
    """A Windows icon of square RGBA pictures up to 256 pixels: the largest as PNG, the others as bitmaps.

    Bitmaps are what every reader since Windows XP takes; Pillow writes all entries the one way or the other.
    """
    bodies = [png(picture) if picture.width >= 256 else _bitmap(picture) for picture in pictures]
    offset = 6 + 16 * len(bodies)
    head = struct.pack("<HHH", 0, 1, len(bodies))
    for picture, body in zip(pictures, bodies, strict=True):
        side = picture.width % 256  # 0 stands for 256
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(body), offset)
        offset += len(body)
    return head + b"".join(bodies)


def icns(pictures: Mapping[int, Image.Image]) -> bytes:
    """A macOS icon of square RGBA pictures by side, all of ICNS_SIDES: what `iconutil` puts into one."""
    blocks = []
    for colour, mask, side in _ICNS_CODED:
        planes = np.asarray(pictures[side]).reshape(-1, 4).T
        blocks += [(colour, b"".join(_packed(plane.tobytes()) for plane in planes[:3])), (mask, planes[3].tobytes())]
    blocks += [(kind, png(pictures[side])) for kind, side in _ICNS_PNG]
    body = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in blocks)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def _bitmap(picture: Image.Image) -> bytes:
    """BITMAPINFOHEADER, rows of BGRA from the bottom, and the mask that readers without alpha go by."""
    rgba = np.asarray(picture)[::-1]
    height, width = rgba.shape[:2]
    head = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 32, 0, 0, 0, 0, 0, 0)
    bits = np.packbits(rgba[..., 3] == 0, axis=1)
    mask = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 4)))
    return head + rgba[..., [2, 1, 0, 3]].tobytes() + mask.tobytes()


def _packed(plane: bytes) -> bytes:
    """Run lengths as in .icns: 0x80 + n - 3 and a byte for n = 3..130 equal bytes, n - 1 and n = 1..128 bytes else."""
    packed, plain, at = bytearray(), bytearray(), 0
    while at < len(plane):
        run = 1
        while run < 130 and plane[at : at + 1] == plane[at + run : at + run + 1]:
            run += 1
        if run >= 3:
            packed += _literal(plain) + bytes((0x80 + run - 3, plane[at]))
            plain.clear()
        else:
            plain += plane[at : at + run]
        at += run
    return bytes(packed + _literal(plain))


def _literal(plain: bytearray) -> bytes:
    parts = [plain[start : start + 128] for start in range(0, len(plain), 128)]
    return b"".join(bytes((len(part) - 1,)) + part for part in parts)
