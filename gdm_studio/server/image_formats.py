"""File formats in which images are sent, and signed addresses under which they can be fetched for an hour."""

from __future__ import annotations

import hashlib
import hmac
import io
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.image_file import open_image
from gdm_studio.server.access_control import SIGNED
from gdm_studio.server.limits import NotFoundError

FORMATS = ("png", "jpeg", "webp")
MEDIA_TYPES = tuple(f"image/{name}" for name in FORMATS)
# Seconds for which an address is valid.
VALID_SECONDS = 3600
_FILE = re.compile(r"([0-9a-f]{1,64})\.(png|jpeg|webp)")


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
        """Convert a PNG file to this format. An unchanged PNG file retains its settings."""
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


class SignedLinks:
    """Addresses of images that a client can fetch without the token, for VALID_SECONDS and until the server stops.

    The signature covers the image, its format and the time, so that an address reveals no other image.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def path(self, image_id: str, image_format: ImageFormat) -> str:
        """Return the path and query of the address of an image of the gallery."""
        file = f"{image_id}.{image_format.name}"
        expires = int(time.time()) + VALID_SECONDS
        quality, opaque = image_format.quality, int(image_format.is_opaque)
        signature = self._sign(file, quality, opaque, expires)
        return f"{SIGNED}{file}?quality={quality}&opaque={opaque}&expires={expires}&signature={signature}"

    def read(self, file: str, query: Mapping[str, str]) -> tuple[str, ImageFormat]:
        """Return the image and the format of an address that a client fetches.

        Raises NotFoundError if the address was not signed by this server or has expired.
        """
        numbers = [query.get(name, "") for name in ("quality", "opaque", "expires")]
        match = _FILE.fullmatch(file)
        if match is None or not all(re.fullmatch("[0-9]{1,12}", number) for number in numbers):
            raise NotFoundError("There is no image at this address.")
        quality, opaque, expires = map(int, numbers)
        signature = self._sign(file, quality, opaque, expires).encode()
        if not hmac.compare_digest(signature, query.get("signature", "").encode("utf-8", "replace")):
            raise NotFoundError("There is no image at this address.")
        if time.time() > expires:
            raise NotFoundError("This address of an image has expired; request the image again.")
        return match[1], ImageFormat(match[2], quality, bool(opaque))

    def _sign(self, file: str, quality: int, opaque: int, expires: int) -> str:
        text = f"{file} {quality} {opaque} {expires}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def image_format(name: str | None, quality: int | None, background: str | None) -> ImageFormat:
    """Return the format with OpenAI's `output_format`, `output_compression` and `background`. Raises BadRequest."""
    found = ImageFormat((name or "png").lower(), 100 if quality is None else quality)
    if found.name not in FORMATS:
        raise BadRequest(f"output_format must be one of {', '.join(FORMATS)}.")
    if background == "transparent" and found.name == "jpeg":
        raise BadRequest("JPEG files have no transparency; use output_format png or webp.")
    return replace(found, is_opaque=background == "opaque")
