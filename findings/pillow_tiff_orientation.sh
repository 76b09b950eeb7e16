#!/bin/sh
# Pillow 13.0.0 turns a TIFF by its EXIF orientation itself, in load(), and removes the tag; it does so for no other
# format. A program that reads the orientation when it opens the file, and turns the pixels after decoding them, is right
# for JPEG, PNG, WebP and AVIF, and turns every TIFF twice. Even the size of a TIFF changes its meaning: opened and not
# yet loaded, it is upright already, while that of a JPEG is not. Seen for a picture of 20 x 10 pixels that was stored
# with orientation 6: TIFF (10, 20), tag 6 before and None after load; JPEG (20, 10), tag 6 before and after.
# Exits with 1 if a later Pillow behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys

import PIL
from PIL import Image

exif = Image.Exif()
exif[274] = 6
print("Pillow", PIL.__version__)
found = {}
for form in ("TIFF", "JPEG", "PNG", "WEBP", "AVIF"):
    file = io.BytesIO()
    Image.new("RGB", (20, 10)).save(file, form, exif=exif)
    with Image.open(file) as picture:
        opened = picture.size, picture.getexif().get(274)
        picture.load()
        found[form] = opened, (picture.size, picture.getexif().get(274))
    print(form, "opened", found[form][0], "loaded", found[form][1])
others = [found[form] == (((20, 10), 6), ((20, 10), 6)) for form in ("JPEG", "PNG", "WEBP", "AVIF")]
sys.exit(not (found["TIFF"] == (((10, 20), 6), ((10, 20), None)) and all(others)))
PYTHON
