#!/bin/sh
# PySide6 6.12.0: the grey that QImage.convertToFormat(Format_Grayscale8) makes of a colour depends on the format of the
# source, by up to 93 of 255. From RGB32, ARGB32, RGBA64 and indexed colours, Qt takes the luminance of linear light,
# which it encodes as sRGB again; from RGB888, RGBX8888, RGBA8888, RGB16 and floats it takes qGray, (11 R + 16 G +
# 5 B) / 32 of the stored values. No colour space has to be set, and white, black and greys are the same in both, so
# that simple tests pass. A picture that QImage has read from a PNG or a JPEG is RGB32; the same pixels wrapped from an
# array of (height, width, 3), as numpy and Pillow have them, are RGB888. Masks and control images with a threshold
# come out otherwise, and neither grey is the usual luma, Pillow's "L". Grayscale16 is the same, and setPixelColor of a
# grey image is qGray. Seen for red, green and blue: 127, 220 and 76 from RGB32 and from a PNG; 87, 127 and 39 from
# RGB888; 76, 150 and 29 from Pillow. Exits with 1 if a later version behaves otherwise.
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
from PySide6.QtGui import QColor, QImage

COLOURS = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (128, 128, 128)]
Format = QImage.Format
picture = Image.new("RGB", (len(COLOURS), 1))
picture.putdata(COLOURS)
picture.save("colours.png")
wrapped = QImage(picture.tobytes(), len(COLOURS), 1, 3 * len(COLOURS), Format.Format_RGB888)


def greys(image, target=Format.Format_Grayscale8):
    grey = image.convertToFormat(target)
    return [grey.pixelColor(x, 0).red() for x in range(len(COLOURS))]


def filled():
    grey = QImage(len(COLOURS), 1, Format.Format_Grayscale8)
    for x, colour in enumerate(COLOURS):
        grey.setPixelColor(x, 0, QColor(*colour))
    return greys(grey)


LUMINANCE, QGRAY = [127, 220, 76, 255, 128], [87, 127, 39, 255, 128]
formats = ["RGB32", "ARGB32", "RGBA64", "Indexed8", "RGB888", "RGBX8888", "RGBA8888"]
found = {"PNG": greys(QImage("colours.png"))}
found.update((name, greys(wrapped.convertToFormat(Format[f"Format_{name}"]))) for name in formats)
wide = [greys(each, Format.Format_Grayscale16) for each in (QImage("colours.png"), wrapped)]
print("PySide6", PySide6.__version__)
for name, values in found.items():
    print(f"{name}: {values}")
print("to Grayscale16, from PNG and RGB888:", *wide)
print("setPixelColor:", filled())
print("Pillow:", list(picture.convert("L").tobytes()))
expected = [LUMINANCE] * 5 + [QGRAY] * 3
sys.exit([*found.values()] != expected or wide != [LUMINANCE, QGRAY] or filled() != QGRAY)
PYTHON
