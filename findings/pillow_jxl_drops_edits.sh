#!/bin/sh
# pillow-jxl-plugin 1.3.8 with Pillow 13.0.0: a JPEG that is opened by its path and changed in place is saved as a JPEG
# XL without the changes. While an image has the format "JPEG" and a file name, the plugin transcodes that file and
# ignores the pixels and `quality`, unless lossless_jpeg=False is given. resize, crop and convert return images without
# a format, which are right. paste, ImageDraw and thumbnail keep it. The only warning is the one that every JPEG gets.
# Seen for a red JPEG of 64 x 64, as colour and width in the file: painted blue: red; the same from bytes, or
# with lossless_jpeg=False: blue; thumbnail of 16: 64; resized to 16: 16. Exits with 1 if a later version behaves
# otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow-jxl-plugin==1.3.8 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import io
import sys
from importlib.metadata import version
from pathlib import Path

import pillow_jxl
from PIL import Image

Image.new("RGB", (64, 64), "red").save("red.jpg")


def saved(picture, **options):
    picture.save("out.jxl", **options)
    with Image.open("out.jxl") as read:
        red, _, blue = read.getpixel((5, 5))
        return "red" if red > blue else "blue", read.width


def painted(source):
    picture = Image.open(source)
    picture.paste("blue", (0, 0, *picture.size))
    return picture


small = Image.open("red.jpg")
small.thumbnail((16, 16))
found = {
    "painted": saved(painted("red.jpg"), quality=50),
    "painted, from bytes": saved(painted(io.BytesIO(Path("red.jpg").read_bytes()))),
    "painted, lossless_jpeg=False": saved(painted("red.jpg"), lossless_jpeg=False),
    "thumbnail": saved(small),
    "resized": saved(Image.open("red.jpg").resize((16, 16))),
}
print(version("pillow-jxl-plugin"), found)
sys.exit([*found.values()] != [("red", 64), ("blue", 64), ("blue", 64), ("red", 64), ("red", 16)])
PYTHON
