#!/bin/sh
# Pillow 13.0.0: Resampling.BICUBIC is one filter in resize() and thumbnail() and another one in transform() and
# rotate(). Both read 4 x 4 pixels when an image is enlarged, but the coefficient of the cubic is -0.5 in the first and
# -1 in the second. Only with -0.5 does a cubic continue a straight line: transform() turns a smooth gradient into
# stairs, where BILINEAR is exact, and overshoots twice as far at an edge. The same box of an image, enlarged by resize
# and by transform with EXTENT, is the same picture for BILINEAR and another one for BICUBIC. Seen, at twice the size:
# from a gradient of 20 per pixel, steps of 10 with resize, of 7 and 13 in turn with transform, and of 10 with BILINEAR
# in both; from an edge between 100 and 180, values of 94 ... 186 with resize and 88 ... 191 with transform; a gradient
# that is rotated by 30 degrees is off a plane by 0.394, and by 0.000 with BILINEAR. Exits with 1 if a later Pillow
# behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow==13.0.0 numpy==2.4.6
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import PIL
from PIL import Image
from PIL.Image import Resampling


def enlarged(row, method):
    """Return a row of pixels at twice the size, from resize and from transform."""
    image = Image.fromarray(np.array([row], np.uint8))
    size = (2 * image.width, 1)
    transformed = image.transform(size, Image.Transform.EXTENT, (0, 0, image.width, 1), method)
    return [np.asarray(each)[0].astype(int) for each in (image.resize(size, method), transformed)]


def unevenness(method):
    """Return how far a gradient is off a plane after it is rotated."""
    gradient = np.tile(np.linspace(0, 255, 64, dtype=np.float32), (64, 1))
    middle = np.asarray(Image.fromarray(gradient).rotate(30, method))[20:44, 20:44].flatten()
    places = np.column_stack((*np.indices((24, 24)).reshape(2, -1), np.ones(middle.size)))
    plane = places @ np.linalg.lstsq(places, middle, rcond=None)[0]
    return round(float(np.abs(middle - plane).max()), 3)


gradient, edge = range(0, 240, 20), [100] * 6 + [180] * 6
print("Pillow", PIL.__version__)
steps = {}
for method in (Resampling.BICUBIC, Resampling.BILINEAR):
    steps[method] = [np.unique(np.diff(row)[4:-4]).tolist() for row in enlarged(gradient, method)]
    print(f"{method.name}: steps with resize {steps[method][0]}, with transform {steps[method][1]}")
ranges = [(int(row.min()), int(row.max())) for row in enlarged(edge, Resampling.BICUBIC)]
print("at an edge, with resize and transform:", *ranges)
rotated = [unevenness(method) for method in (Resampling.BICUBIC, Resampling.BILINEAR)]
print("rotated gradient, off a plane by:", *rotated)
right = (
    steps[Resampling.BICUBIC] == [[10], [7, 13]]
    and steps[Resampling.BILINEAR] == [[10], [10]]
    and ranges == [(94, 186), (88, 191)]
    and rotated[0] > 0.3
    and rotated[1] < 0.01
)
sys.exit(0 if right else 1)
PYTHON
