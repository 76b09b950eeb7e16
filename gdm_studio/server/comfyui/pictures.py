"""Images that graphs and addresses name: uploaded ones, and those of the gallery."""

from __future__ import annotations

import asyncio
import io
import re
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from gdm_studio.common import paths
from gdm_studio.common.errors import BadRequest
from gdm_studio.common.image_file import open_image
from gdm_studio.server.comfyui.image_name import CACHE, ImageName
from gdm_studio.server.comfyui.stored_pictures import StoredPictures
from gdm_studio.server.image_formats import ImageFormat
from gdm_studio.server.json_fields import decode_image_file
from gdm_studio.server.limits import BusyError, NotFoundError
from gdm_studio.server.png_files import png_within

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.server.service import Service

T = TypeVar("T")
# Seconds for which the thread that reads a graph waits for the gallery.
GALLERY_SECONDS = 10.0
# Name of a generated image: the prefix of the client, and the image's id in the gallery.
_GENERATED = re.compile(r".*_([0-9a-f]{32})_\.png", re.DOTALL)
_MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
_MISSING = "There is no image of that name; upload it first."
_KEY = re.compile(r"[\w-]{1,64}", re.ASCII)
_VARIABLE = re.compile(r"%(\w+)%")
_PREVIEW = re.compile(r"(\w*)(?:;(\d{1,3}))?")


class Pictures:
    """Images that clients can name. Thread-safe. Uploaded and changed images are on disk, and survive the server."""

    def __init__(self, service: Service, decoders: asyncio.Semaphore) -> None:
        """`decoders` limits how many images are decoded at once."""
        self._service = service
        self._decoders = decoders
        self._stored = StoredPictures(paths.data_dir() / "server" / "comfyui" / "images")
        # Held while a name is chosen.
        self._name_lock = threading.Lock()

    def names(self) -> list[str]:
        """Return the names of the uploaded images as nodes can refer to them."""
        return [
            "/".join(filter(None, (name.subfolder, name.filename)))
            for name in self._stored.names()
            if name.folder == "input"
        ]

    def add(self, name: ImageName, data: bytes, *, overwrites: bool) -> ImageName:
        """Keep an uploaded image, and return its name. Without `overwrites`, it gets another name if there is a
        different image of that name. Raises BadRequest if `data` is not an image, and StorageError.
        """
        decode_image_file(data, "image", max_pixels=self._service.limits.input_pixels)
        with self._name_lock:
            wanted, number = name, 0
            while not overwrites and (found := self._stored.read(wanted)) is not None:
                if found == data:
                    return wanted
                number += 1
                wanted = name.numbered(number)
            self._stored.write(wanted, data)
        return wanted

    def keep(self, name: ImageName, data: bytes) -> None:
        """Keep the file of an image that a graph has made under a name of its own. Raises StorageError."""
        self._stored.write(name, data)

    def cached(self, key: str) -> bytes | None:
        """Return the file that is stored under a key, or None."""
        return self._stored.read(cache_name(key))

    def cache(self, key: str, data: bytes) -> bool:
        """Store an image file that a client sends under a key, unless there is one. Returns True if it is new. Raises
        BadRequest if it is not an image, and StorageError.
        """
        if self.cached(key) is not None:
            return False
        self.decode(data)
        self.keep(cache_name(key), data)
        return True

    def read(self, name: ImageName) -> bytes:
        """Return the file of an image, for a thread that reads a graph. Waits for the gallery for at most
        GALLERY_SECONDS. Raises NotFoundError and BusyError.
        """
        if (data := self._stored.read(name)) is not None:
            return data
        try:
            picture = self._find(name).result(GALLERY_SECONDS)
        except TimeoutError as error:
            raise BusyError("The gallery is busy; try again later.") from error
        return _png_of(picture)

    async def fetch(self, name: ImageName) -> bytes:
        """Return the file of an image. Raises NotFoundError."""
        if (data := await asyncio.to_thread(self._stored.read, name)) is not None:
            return data
        picture = await asyncio.wrap_future(self._find(name))
        return await self.in_thread(lambda: _png_of(picture))

    async def in_thread(self, convert: Callable[[], T]) -> T:
        """Call a function that decodes or encodes images in another thread, when it is its turn."""
        async with self._decoders:
            return await asyncio.to_thread(convert)

    def _find(self, name: ImageName) -> Future[Picture | None]:
        """Look up a generated image. Raises NotFoundError if the name is none of a generated image."""
        match = _GENERATED.fullmatch(name.filename) if name.folder != "input" else None
        if match is None:
            raise NotFoundError(_MISSING)
        return self._service.find(match[1])

    def decode(self, data: bytes) -> np.ndarray:
        return decode_image_file(data, "image", max_pixels=self._service.limits.input_pixels)

    def add_mask(self, name: ImageName, mask: bytes, original: ImageName, *, overwrites: bool) -> ImageName:
        """Keep a copy of the image `original` with the alpha channel of `mask`, as a client paints it. Raises
        BadRequest.
        """
        rgba = self.decode(self.read(original)).copy()
        alpha = self.decode(mask)[..., 3]
        if alpha.shape != rgba.shape[:2]:
            raise BadRequest("The mask must have the size of the image.")
        rgba[..., 3] = alpha
        return self.add(name, encode_image(Image.fromarray(rgba), "PNG"), overwrites=overwrites)

    async def view(self, query: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file of an image and its media type, as the query of ComfyUI's /view requests it. Raises
        BadRequest.
        """
        name = ImageName.of(query.get("filename", ""), query.get("subfolder", ""), query.get("type") or "output")
        data = await self.fetch(name)
        return await self.in_thread(lambda: self._convert_view(data, query))

    def _convert_view(self, data: bytes, query: Mapping[str, str]) -> tuple[bytes, str]:
        channel, preview = query.get("channel", "rgba"), query.get("preview")
        if channel not in ("rgba", "rgb", "a"):
            raise BadRequest("channel must be rgba, rgb or a.")
        if preview is None and channel == "rgba":
            return data, media_type(data)
        picture = Image.fromarray(self.decode(data))
        if channel == "a":
            empty = Image.new("RGBA", picture.size)
            empty.putalpha(picture.getchannel("A"))
            picture = empty
        elif channel == "rgb":
            picture = picture.convert("RGB")
        if preview is None:
            return encode_image(picture, "PNG"), "image/png"
        match = _PREVIEW.fullmatch(preview)
        if match is None:
            raise BadRequest("preview must be webp or jpeg and a quality, such as webp;90.")
        is_jpeg = match[1] == "jpeg" and channel != "a"
        quality = min(100, int(match[2] or 90))
        if is_jpeg:
            return encode_image(picture.convert("RGB"), "JPEG", quality), "image/jpeg"
        return encode_image(picture, "WEBP", quality), "image/webp"


def cache_name(key: str) -> ImageName:
    """Return the name of an image that clients store and fetch by a key. Raises BadRequest."""
    if not _KEY.fullmatch(key):
        raise BadRequest("The id of an image must be letters, digits, - and _, at most 64.")
    return ImageName(CACHE, "", key)


def media_type(data: bytes) -> str:
    """Return the media type of an image file."""
    with open_image(Path("The image"), io.BytesIO(data)) as image:
        return _MEDIA_TYPES.get(image.format or "", "application/octet-stream")


def _png_of(picture: Picture | None) -> bytes:
    if picture is None:
        raise NotFoundError(_MISSING)
    return png_within(picture.path, max(picture.size))


def generated_name(
    prefix: str, picture_id: str, folder: str, *, number: int = 0, size: tuple[int, int] = (0, 0)
) -> ImageName:
    """Return the name under which clients fetch an image of the gallery. Raises BadRequest.

    `prefix` may have subfolders and ComfyUI's variables: %width%, %height%, %batch_num%, and parts of the local time
    from %year% to %second%.
    """
    now = time.localtime()
    variables = {
        "width": str(size[0]),
        "height": str(size[1]),
        "batch_num": str(number),
        "year": str(now.tm_year),
        "month": f"{now.tm_mon:02}",
        "day": f"{now.tm_mday:02}",
        "hour": f"{now.tm_hour:02}",
        "minute": f"{now.tm_min:02}",
        "second": f"{now.tm_sec:02}",
    }
    filled = _VARIABLE.sub(lambda match: variables.get(match[1], match[0]), prefix)
    return ImageName.of(f"{filled}_{picture_id}_.png", folder=folder)


def convert_file(png: bytes, file_format: str) -> bytes:
    """Return a PNG file in the format "PNG" or "JPEG"."""
    return ImageFormat(file_format.lower(), 95).encode(png)


def encode_image(image: Image.Image, file_format: str, quality: int = 90) -> bytes:
    """Return an image as a file."""
    buffer = io.BytesIO()
    options = {} if file_format == "PNG" else {"quality": quality}
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
