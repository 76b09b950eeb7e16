#!/bin/sh
# datasets 5.2.0: Dataset.map writes the unchanged file back for an image that a function has changed in place and
# returned. While a PIL image has a file name, only that name is stored, and the pixels are read from the file again.
# resize, crop and convert return images without a name, which are right; thumbnail, paste and ImageDraw keep it. The
# same function on the same images works if they come from Parquet or the hub, whose bytes have no name, and within one
# folder for photos with an Exif orientation, since datasets turns those into a copy when it reads them. Nothing is
# raised or logged. Images that were opened by a path and changed lose the edits in Dataset.from_dict as well. Seen, as
# width and colour of a red picture of 64 pixels, painted blue after thumbnail((16, 16)): from a folder 64 red, with an
# orientation 16 blue, from bytes 16 blue, after copy() 16 blue; opened and given to from_dict 64 red. Exits with 1 if
# a later version behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q datasets==5.2.0 pillow==13.0.0
cd "$folder"
export HF_HOME="$folder/cache" HF_HUB_OFFLINE=1
"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from pathlib import Path

import datasets
import PIL
from PIL import Image

datasets.disable_progress_bars()
red = Image.new("RGB", (64, 64), "red")
for name in ("plain", "turned"):
    Path(name).mkdir()
red.save("plain/red.png")
exif = Image.Exif()
exif[0x0112] = 6
red.save("turned/red.jpg", exif=exif)
png = io.BytesIO()
red.save(png, "PNG")


def painted(image):
    image.thumbnail((16, 16))
    image.paste("blue", (0, 0, *image.size))
    return image


def mapped(dataset, change=painted):
    return seen(dataset.map(lambda row: {"image": change(row["image"])}, keep_in_memory=True))


def seen(dataset):
    image = dataset[0]["image"]
    red, _, blue = image.convert("RGB").getpixel((5, 5))
    return image.width, "red" if red > blue else "blue"


def from_folder(name):
    return datasets.load_dataset("imagefolder", data_dir=name, split="train")


features = datasets.Features({"image": datasets.Image()})
from_bytes = datasets.Dataset.from_dict({"image": [{"bytes": png.getvalue(), "path": None}]}, features)
found = {
    "folder": mapped(from_folder("plain")),
    "folder, with an orientation": mapped(from_folder("turned")),
    "bytes": mapped(from_bytes),
    "folder, copied first": mapped(from_folder("plain"), lambda image: painted(image.copy())),
    "opened for from_dict": seen(datasets.Dataset.from_dict({"image": [painted(Image.open("plain/red.png"))]})),
}
print("datasets", datasets.__version__, "Pillow", PIL.__version__)
for name, what in found.items():
    print(f"{name}: {what}")
sys.exit([*found.values()] != [(64, "red"), (16, "blue"), (16, "blue"), (16, "blue"), (64, "red")])
PYTHON
