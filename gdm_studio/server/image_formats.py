"""File formats in which the server sends images: PNG, JPEG and WebP."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.image_file import open_image

FORMATS = ("png", "jpeg", "webp")
MEDIA_TYPES = tuple(f"image/{name}" for name in FORMATS)


@dataclass(frozen=True)
class ImageFormat:
    """File format of an image: one of FORMATS, the quality of JPEG and WebP files from 0 to 100, and whether a
    transparent image is placed on white.
    """

    name: str = "png"
    quality: int = 100
    is_opaque: bool = False

    @property
    def media_type(self) -> str:
        return f"image/{self.name}"

    def encode(self, png: bytes) -> bytes:
        """Convert a PNG file to this format. If it stays PNG and need not become opaque, the file is returned
        unchanged, with its settings.
        """
        if self.name == "png" and not self.is_opaque:
            return png
        with open_image(Path("The image"), png) as image:
            picture = image.convert("RGBA")
        if self.is_opaque or self.name == "jpeg":
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture).convert("RGB")
        buffer = io.BytesIO()
        quality = {} if self.name == "png" else {"quality": self.quality}
        picture.save(buffer, self.name.upper(), **quality)
        return buffer.getvalue()


def image_format(name: str | None, quality: int | None, background: str | None) -> ImageFormat:
    """Return the format with OpenAI's `output_format`, `output_compression` and `background`. Raises BadRequest."""
    found = ImageFormat((name or "png").lower(), 100 if quality is None else quality)
    if found.name not in FORMATS:
        raise BadRequest(f"output_format must be one of {', '.join(FORMATS)}.")
    if background == "transparent" and found.name == "jpeg":
        raise BadRequest("JPEG files have no transparency; use output_format png or webp.")
    return replace(found, is_opaque=background == "opaque")
