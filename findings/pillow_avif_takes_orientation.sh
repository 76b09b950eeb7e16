#!/bin/sh
# Pillow 13.0.0: saving as AVIF removes the orientation from the Exif object that the caller passes, since the file
# keeps it in boxes of its own; no other format changes the object. An opened picture's own `getexif()` is such an
# object: after `picture.save(file, "AVIF", exif=picture.getexif())` the picture has forgotten that it lies on its side,
# so that a JPEG saved next has no orientation, neither has a second AVIF, and ImageOps.exif_transpose no longer turns
# the pixels. The order of saves decides what is right. Passing `exif.tobytes()` avoids it. Seen for a JPEG of 20 x 10
# pixels with orientation 6: left in the object 6 after JPEG, PNG, WebP and TIFF, None after AVIF; in two AVIF files 6
# and None; turned size (10, 20) before and (20, 10) after. Exits with 1 if a later Pillow behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import PIL
from PIL import Image, ImageOps

ORIENTATION = 274


def saved(picture, form, exif):
    """Return the orientation that a reader finds in the saved file."""
    file = io.BytesIO()
    picture.save(file, form, exif=exif)
    with Image.open(file) as found:
        return found.getexif().get(ORIENTATION)


def opened():
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    file = io.BytesIO()
    Image.new("RGB", (20, 10)).save(file, "JPEG", exif=exif)
    return Image.open(file)


left = {}
for form in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF"):
    picture = opened()
    exif = picture.getexif()
    saved(picture, form, exif)
    left[form] = exif.get(ORIENTATION)
picture = opened()
before = ImageOps.exif_transpose(picture).size
files = [saved(picture, "AVIF", picture.getexif()) for _ in range(2)]
after = ImageOps.exif_transpose(picture).size
picture = opened()
as_bytes = [saved(picture, "AVIF", picture.getexif().tobytes()) for _ in range(2)]
print("Pillow", PIL.__version__)
print("left in the object after saving:", left)
print("in two AVIF files:", *files, "| passed as bytes:", *as_bytes, "| turned size before and after:", before, after)
expected = {"JPEG": 6, "PNG": 6, "WEBP": 6, "TIFF": 6, "AVIF": None}
sys.exit((left, files, as_bytes, before, after) != (expected, [6, None], [6, 6], (10, 20), (20, 10)))
PYTHON
