#!/bin/sh
# Pillow 13.0.0 cannot open a valid PNG whose ICC profile has more than 1 MiB, as profiles with tables for cameras,
# scanners and printers have: Image.open raises ValueError, not UnidentifiedImageError, since the limit for text
# (PngImagePlugin.MAX_TEXT_CHUNK) also holds for the profile. The same profile in a JPEG, TIFF or WebP is read. Pillow
# itself writes such a PNG without complaint. Seen: PNG ValueError, others the whole profile.
# Exits with 1 if a later Pillow behaves otherwise.
set -e
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pillow==13.0.0
"$folder/venv/bin/python" - <<'PYTHON'
import io
import struct
import sys

import PIL
from PIL import Image, ImageCms

# The sRGB profile of LittleCMS with a private tag of 1.5 MB, as large tables take. ICC.1 allows private tags.
small = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
(count,) = struct.unpack_from(">I", small, 128)
entries = [struct.unpack_from(">4sII", small, 132 + 12 * at) for at in range(count)]
table = b"".join(struct.pack(">4sII", tag, at + 12, size) for tag, at, size in entries)
extra = b"data\0\0\0\0\0\0\0\1" + bytes(1_500_000)
table += struct.pack(">4sII", b"priv", len(small) + 12, len(extra))
body = small[132 + 12 * count :]
profile = small[:128] + struct.pack(">I", count + 1) + table + body + extra
profile = struct.pack(">I", len(profile)) + profile[4:]
ImageCms.getOpenProfile(io.BytesIO(profile))

print("Pillow", PIL.__version__, "profile of", len(profile), "bytes")
found = {}
for form in ("PNG", "JPEG", "TIFF", "WEBP"):
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, form, icc_profile=profile)
    try:
        with Image.open(file) as picture:
            found[form] = len(picture.info["icc_profile"]) == len(profile)
    except ValueError as error:
        found[form] = repr(error)
    print(form, found[form])
whole = [found[form] is True for form in ("JPEG", "TIFF", "WEBP")]
sys.exit(not ("MAX_TEXT_CHUNK" in str(found["PNG"]) and all(whole)))
PYTHON
