"""Edited copies of image files, which keep the EXIF data, the colour profile and the texts of the original."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gdm_studio import __version__
from gdm_studio.common import colour_profiles
from gdm_studio.common.archive_errors import IMAGE_ERRORS
from gdm_studio.common.image_file import open_image
from gdm_studio.gallery.export.export_source import copied_texts
from gdm_studio.gallery.image_encoding import MAX_EXIF, build_exif, encode_pixels, texts_of
from gdm_studio.gallery.metadata import a1111_parameters
from gdm_studio.gallery.metadata import record as ours
from gdm_studio.gallery.metadata.containers import read_texts
from gdm_studio.gallery.saved_image import build_record
from gdm_studio.request.generation_events import Result

# {suffix of a file: format of its edited copy}. The copies of other files are PNG.
FORMATS = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".webp": "webp"}
_ORIENTATION = 0x0112
_EXIF_IFD = 0x8769
_INTEROPERABILITY = 0xA005
# Width and height in the EXIF data of cameras.
_SIDES = (0xA002, 0xA003)


@dataclass(frozen=True)
class OriginalMetadata:
    """Metadata of an image file that its edited copies keep."""

    exif: Image.Exif
    # The ICC profile, or b"" if the file has none that an edited copy can have.
    profile: bytes
    # True if the pixels of the copy, which are in sRGB, must be converted to the profile.
    is_converted: bool
    # The metadata texts by keyword, for copies that are not generated.
    texts: Mapping[str, str]

    @classmethod
    def read(cls, path: Path, data: bytes) -> OriginalMetadata:
        """Read the metadata of an image file with the content `data`. Raises StorageError if it is not an image."""
        with open_image(path, data) as picture:
            try:
                exif = picture.getexif()
                exif.get_ifd(_EXIF_IFD)
            except (OSError, *IMAGE_ERRORS):
                exif = Image.Exif()
            # The pixels of the copy are upright.
            exif.pop(_ORIENTATION, None)
            profile = picture.info.get("icc_profile") or b""
            conversion, remark = colour_profiles.srgb_conversion(picture)
        if remark is not None or profile[16:20] != b"RGB ":
            profile = b""
        if conversion is not None and not profile:
            # A camera's mark of Adobe RGB does not apply to the copy.
            exif.get_ifd(_EXIF_IFD).pop(_INTEROPERABILITY, None)
        return cls(exif, profile, bool(profile) and conversion is not None, copied_texts(read_texts(path, data)))

    def encode(
        self, rgba: np.ndarray, image_format: str, result: Result | None = None, *, picture_id: str = ""
    ) -> bytes:
        """Encode an edited image, uint8 (H, W, 3 or 4) in sRGB, in one of the formats of FORMATS.

        The settings of a `result` are stored too: in a PNG as texts, in a JPEG or WebP in place of the user comment and
        the maker note. EXIF data that do not fit into a file are left out.
        """
        picture = Image.fromarray(np.ascontiguousarray(rgba))
        inside = self.exif.get_ifd(_EXIF_IFD)
        for tag, side in zip(_SIDES, picture.size, strict=True):
            if tag in inside:
                inside[tag] = side
        exif = self.exif.tobytes() if len(self.exif) else b""
        texts = self.texts
        if result is not None:
            record = build_record(result, picture_id, round(time.time(), 6))
            version = f"{ours.TOOL} {__version__}"
            text = a1111_parameters.write_text(
                result.request, size=picture.size, version=version, made_with=record.made_with
            )
            texts = texts_of(text, record)
            if image_format != "png":
                exif = build_exif(text, record, self.exif)
                exif = exif if len(exif) <= MAX_EXIF else build_exif(text, record)
        if self.is_converted:
            picture = colour_profiles.convert_from_srgb(picture, self.profile)
        exif = exif if image_format == "png" or len(exif) <= MAX_EXIF else b""
        return encode_pixels(picture, image_format, texts, exif=exif, profile=self.profile)
