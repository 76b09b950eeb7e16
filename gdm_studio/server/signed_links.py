"""Signed addresses, under which a client can fetch an image without the token for an hour."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping

from gdm_studio.server.access_control import SIGNED
from gdm_studio.server.image_formats import ImageFormat
from gdm_studio.server.limits import NotFoundError

# Seconds for which an address is valid.
VALID_SECONDS = 3600
_FILE = re.compile(r"([0-9a-f]{1,64})\.(png|jpeg|webp)")


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
