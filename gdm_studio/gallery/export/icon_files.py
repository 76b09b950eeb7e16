"""Icon files with several sizes of an image: .ico for Windows and .icns for macOS."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from gdm_studio.gallery.export.raster import encode_png

ICO_SIDES = (16, 24, 32, 48, 64, 128, 256)
ICNS_SIDES = (16, 32, 64, 128, 256, 512, 1024)
# Entries of an .icns file: (type, mask type, side in pixels) and (type, side in pixels). The two smallest are
# run-length coded with a separate mask, as Finder shows PNG entries (icp4, icp5) for documents but not for apps.
_ICNS_CODED = ((b"is32", b"s8mk", 16), (b"il32", b"l8mk", 32))
_ICNS_PNG = (
    (b"ic11", 32),
    (b"ic12", 64),
    (b"ic07", 128),
    (b"ic13", 256),
    (b"ic08", 256),
    (b"ic14", 512),
    (b"ic09", 512),
    (b"ic10", 1024),
)


def encode_ico(pictures: Sequence[Image.Image]) -> bytes:
    """Return a Windows .ico file of square RGBA images of at most 256 pixels.

    The 256-pixel image is stored as PNG and the smaller ones as bitmaps, which every reader since Windows XP accepts.
    (Pillow cannot mix the two.)
    """
    bodies = [encode_png(picture) if picture.width >= 256 else _encode_bitmap(picture) for picture in pictures]
    offset = 6 + 16 * len(bodies)
    head = struct.pack("<HHH", 0, 1, len(bodies))
    for picture, body in zip(pictures, bodies, strict=True):
        # 0 stands for 256.
        side = picture.width % 256
        head += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(body), offset)
        offset += len(body)
    return head + b"".join(bodies)


def encode_icns(pictures: Mapping[int, Image.Image]) -> bytes:
    """Return a macOS .icns file with an image for each of ICNS_SIDES, given as {side: square RGBA image}.

    It has the same entries that `iconutil` would write.
    """
    blocks = []
    for colour, mask, side in _ICNS_CODED:
        planes = np.asarray(pictures[side]).reshape(-1, 4).T
        blocks += [(colour, b"".join(_pack(plane.tobytes()) for plane in planes[:3])), (mask, planes[3].tobytes())]
    blocks += [(kind, encode_png(pictures[side])) for kind, side in _ICNS_PNG]
    body = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in blocks)
    return b"icns" + struct.pack(">I", 8 + len(body)) + body


def _encode_bitmap(picture: Image.Image) -> bytes:
    """Encode one image of a Windows .ico file as a bitmap: BITMAPINFOHEADER, BGRA rows from the bottom up, and a 1-bit
    mask for readers that do not support alpha.
    """
    rgba = np.asarray(picture)[::-1]
    height, width = rgba.shape[:2]
    head = struct.pack("<IiiHHIIiiII", 40, width, 2 * height, 1, 32, 0, 0, 0, 0, 0, 0)
    bits = np.packbits(rgba[..., 3] == 0, axis=1)
    mask = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 4)))
    return head + rgba[..., [2, 1, 0, 3]].tobytes() + mask.tobytes()


def _pack(plane: bytes) -> bytes:
    """Compress one colour channel of an icon with the run-length encoding of macOS .icns files.

    A run of n = 3 to 130 equal bytes becomes the byte 0x80 + n - 3, followed by the repeated byte. A sequence of n = 1
    to 128 other bytes becomes the byte n - 1, followed by the sequence.
    """
    packed = bytearray()
    plain = bytearray()
    at = 0
    while at < len(plane):
        run = 1
        while run < 130 and plane[at : at + 1] == plane[at + run : at + run + 1]:
            run += 1
        if run >= 3:
            packed += _pack_literal(plain) + bytes((0x80 + run - 3, plane[at]))
            plain.clear()
        else:
            plain += plane[at : at + run]
        at += run
    return bytes(packed + _pack_literal(plain))


def _pack_literal(plain: bytearray) -> bytes:
    parts = [plain[start : start + 128] for start in range(0, len(plain), 128)]
    return b"".join(bytes((len(part) - 1,)) + part for part in parts)
