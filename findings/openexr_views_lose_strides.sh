#!/bin/sh
# OpenEXR 3.5.3: the package of the Academy Software Foundation writes other pixels than it was given if an array is a
# view. `{"R": rgb[..., 0], "G": rgb[..., 1], "B": rgb[..., 2]}` is the obvious way to name the channels of an image of
# (height, width, 3). File.write takes the address of each array and not its strides, and reads rows of adjacent
# numbers: the first third of the image three times, with the channels interleaved. No error is raised, and
# File.channels() shows the right pixels before the file is written. Transposed arrays come out in the wrong order too;
# `.copy()` avoids it, and so does the single channel "RGB". Seen for numbers from 0 to 11 in 2 x 2 pixels: R is [0, 3,
# 6, 9] before, [0, 1, 2, 3] in the file, and [0, 3, 6, 9] in a file of copies or of "RGB". Exits with 1 if a later
# version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q OpenEXR==3.5.3 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import sys

import numpy as np
import OpenEXR

rgb = np.arange(12, dtype=np.float32).reshape(2, 2, 3)


def channels(change=np.asarray):
    return {name: change(rgb[..., index]) for index, name in enumerate("RGB")}


def red(file):
    return file.channels()["R"].pixels.flatten().tolist()


def written(given):
    with OpenEXR.File({"compression": OpenEXR.ZIP_COMPRESSION}, given) as file:
        file.write("image.exr")
    with OpenEXR.File("image.exr", separate_channels=True) as file:
        return red(file)


before = red(OpenEXR.File({}, channels()))
found = [written(each) for each in (channels(), channels(np.copy), {"RGB": rgb})]
print("OpenEXR", OpenEXR.__version__)
print(f"R before: {before}; in files of views, copies and RGB: {found}")
right = rgb[..., 0].flatten().tolist()
sys.exit(before != right or found != [[0.0, 1.0, 2.0, 3.0], right, right])
PYTHON
