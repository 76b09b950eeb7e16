#!/bin/sh
# Pillow 13.0.0 reads a TIFF whose 0 is white (PhotometricInterpretation 0, as fax, scanner and medical software writes)
# inverted to the usual black = 0 if it has 1, 2, 4 or 8 bits, but not if it has 16 bits or 32-bit floats: the same
# picture comes out as a negative, without a warning. A level of 12 bits becomes 0 ... 4095 in a mode ("I;16") whose
# white is 65535 elsewhere. Seen: 8 bits [255, 0], 16 bits [0, 65535], floats [0.0, 1.0], 12 bits [0, 4095].
# Exits with 1 if a later Pillow behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow==13.0.0 numpy
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct
import sys

import numpy as np
import PIL
from PIL import Image


def levels(bits, photometric, data, kind=1):
    """Read a little-endian grey TIFF of two pixels."""
    entries = [(256, 3, 2), (257, 3, 1), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (273, 4, 200)]
    entries += [(277, 3, 1), (278, 3, 1), (279, 4, len(data)), (339, 3, kind)]
    head = b"II*\0" + struct.pack("<IH", 8, len(entries))
    head += b"".join(struct.pack("<HHII", tag, form, 1, value) for tag, form, value in entries) + bytes(4)
    return np.asarray(Image.open(io.BytesIO(head.ljust(200, b"\0") + data)))[0].tolist()


found = {
    "8 bits, 0 is white": levels(8, 0, bytes([0, 255])),
    "16 bits, 0 is white": levels(16, 0, struct.pack("<HH", 0, 65535)),
    "32-bit floats, 0 is white": levels(32, 0, struct.pack("<ff", 0, 1), 3),
    "12 bits, 0 is black": levels(12, 1, bytes([0x00, 0x0F, 0xFF])),
}
print("Pillow", PIL.__version__)
for name, value in found.items():
    print(f"{name}: {value}")
sys.exit(list(found.values()) != [[255, 0], [0, 65535], [0.0, 1.0], [0, 4095]])
PYTHON
