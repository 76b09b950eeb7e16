#!/bin/sh
# PySide6 6.12.0: QImageReader.text() is not the text of the file. It can be read before the pixels, which
# QImage.text() cannot, and both are documented as the text of a key. But the reader gets all texts of a PNG as one
# description, in which every run of spaces and line breaks is one space, and takes that apart at blank lines and
# colons. A key with a space is not found: its name and value become the value of "Description", where they replace an
# earlier one. For settings of generated images ("parameters": prompt, negative prompt and settings by line) the lines
# are gone. Seen: "parameters" has 3 lines in QImage, 1 in the reader; "Description" is "a photo" and "Creation Time:
# noon". Exits with 1 if a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q PySide6-Essentials==6.12.0 pillow==13.0.0
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import PySide6
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from PySide6.QtGui import QImage, QImageReader

TEXTS = {
    "parameters": "a red  fox\nNegative prompt: dog\nSteps: 20, Seed: 7",
    "Description": "a photo",
    "Creation Time": "noon",
}
chunks = PngInfo()
for key, text in TEXTS.items():
    chunks.add_text(key, text)
Image.new("RGB", (8, 8)).save("image.png", pnginfo=chunks)
print("PySide6", PySide6.__version__)
found = []
for kind in (QImage, QImageReader):
    of_file = kind("image.png")
    found.append([of_file.text(key) for key in TEXTS])
    print(kind.__name__, found[-1])
in_one_line = " ".join(TEXTS["parameters"].split())
sys.exit(found != [[*TEXTS.values()], [in_one_line, "Creation Time: noon", ""]])
PYTHON
