"""Images that graphs and addresses name: uploaded ones, which are in memory, and those of the gallery."""

from __future__ import annotations

import hashlib
import io
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.image_file import open_image
from gdm_studio.common.text_safety import UNSAFE_CHARACTERS
from gdm_studio.server.downscaled_images import png_within
from gdm_studio.server.image_formats import ImageFormat
from gdm_studio.server.json_fields import decode_base64, decode_image_file
from gdm_studio.server.limits import NotFoundError

if TYPE_CHECKING:
    from gdm_studio.server.service import Service

FOLDERS = ("input", "output", "temp")
# Maximum number and bytes of uploaded images. Of more, those used the longest ago are removed.
MAX_UPLOADS = 512
MAX_BYTES = 128 * 2**20
_MAX_NAME = 200
# Name of a generated image: the prefix of the client, and the image's id in the gallery.
_GENERATED = re.compile(r".*_([0-9a-f]{32})_\.png", re.DOTALL)
_ANNOTATED = re.compile(r"(.+?)\s*\[(input|output|temp)\]", re.DOTALL)
_MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp", "GIF": "image/gif", "BMP": "image/bmp"}
_MISSING = "There is no image of that name; upload it first."
_VARIABLE = re.compile(r"%(\w+)%")
_PREVIEW = re.compile(r"(\w*)(?:;(\d{1,3}))?")


@dataclass(frozen=True)
class ImageName:
    """Name of an image in ComfyUI: a folder, one of FOLDERS, perhaps a subfolder, and the name of a file."""

    folder: str
    subfolder: str
    filename: str

    @classmethod
    def of(cls, filename: str, subfolder: str = "", folder: str = "") -> ImageName:
        """Return a name whose parts a client has sent. The file name may end with its folder, as in "fox.png [output]",
        and begin with subfolders. Raises BadRequest.
        """
        if annotated := _ANNOTATED.fullmatch(filename):
            filename, folder = annotated[1], annotated[2]
        if folder not in FOLDERS:
            raise BadRequest(f"type must be one of {', '.join(FOLDERS)}.")
        parts = [part for text in (subfolder, filename) for part in text.replace("\\", "/").split("/")]
        # A name that begins with a slash is a path of the computer.
        is_path = filename.startswith(("/", "\\")) or subfolder.startswith(("/", "\\"))
        names = [part for part in parts if part not in ("", ".")]
        if is_path or not names or ".." in names or sum(map(len, names)) > _MAX_NAME:
            raise BadRequest("filename must be the name of an image.")
        if any(UNSAFE_CHARACTERS.search(part) for part in names):
            raise BadRequest("filename must not contain control characters.")
        return cls(folder, "/".join(names[:-1]), names[-1])

    def numbered(self, number: int) -> ImageName:
        """Return the name with a number before its ending, as in "fox (1).png"."""
        path = PurePosixPath(self.filename)
        return replace(self, filename=f"{path.stem} ({number}){path.suffix}")

    def facts(self) -> dict[str, str]:
        return {"name": self.filename, "subfolder": self.subfolder, "type": self.folder}


class Pictures:
    """Images that clients can name. Thread-safe. Uploaded images are kept until the server ends."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._uploads: OrderedDict[ImageName, bytes] = OrderedDict()

    def names(self) -> list[str]:
        """Return the names of the uploaded images as nodes can refer to them."""
        with self._lock:
            return [
                "/".join(filter(None, (name.subfolder, name.filename)))
                for name in self._uploads
                if name.folder == "input"
            ]

    def add(self, name: ImageName, data: bytes, *, overwrites: bool) -> ImageName:
        """Keep an uploaded image, and return its name. Without `overwrites`, it gets another name if there is a
        different image of that name. Raises BadRequest if `data` is not an image.
        """
        decode_image_file(data, "image", max_pixels=self._service.limits.input_pixels)
        digest = hashlib.sha256(data).digest()
        with self._lock:
            wanted, number = name, 0
            while not overwrites and wanted in self._uploads:
                if hashlib.sha256(self._uploads[wanted]).digest() == digest:
                    break
                number += 1
                wanted = name.numbered(number)
            self._uploads[wanted] = data
            self._uploads.move_to_end(wanted)
            while len(self._uploads) > 1 and (
                len(self._uploads) > MAX_UPLOADS or sum(map(len, self._uploads.values())) > MAX_BYTES
            ):
                self._uploads.popitem(last=False)
        return wanted

    def read(self, name: ImageName) -> bytes:
        """Return the file of an image. Waits for the gallery. Raises NotFoundError."""
        with self._lock:
            if (data := self._uploads.get(name)) is not None:
                self._uploads.move_to_end(name)
                return data
        match = _GENERATED.fullmatch(name.filename) if name.folder != "input" else None
        picture = self._service.find(match[1]).result() if match is not None else None
        if picture is None:
            raise NotFoundError(_MISSING)
        return png_within(picture.path, max(picture.size))

    def load(self, name: str) -> np.ndarray:
        """Return the pixels of an image that a node names, RGBA uint8 (H, W, 4). Raises BadRequest."""
        return self.decode(self.read(ImageName.of(name, folder="input")))

    def decode(self, data: bytes) -> np.ndarray:
        return decode_image_file(data, "image", max_pixels=self._service.limits.input_pixels)

    def decode_text(self, text: str) -> np.ndarray:
        """Return the pixels of an image in base64, RGBA uint8 (H, W, 4). Raises BadRequest."""
        return self.decode(decode_base64(text, "image"))

    def add_mask(self, name: ImageName, mask: bytes, original: ImageName, *, overwrites: bool) -> ImageName:
        """Keep a copy of the image `original` with the alpha channel of `mask`, as a client paints it. Raises
        BadRequest.
        """
        rgba = self.decode(self.read(original)).copy()
        alpha = self.decode(mask)[..., 3]
        if alpha.shape != rgba.shape[:2]:
            raise BadRequest("The mask must have the size of the image.")
        rgba[..., 3] = alpha
        return self.add(name, _encode(Image.fromarray(rgba), "PNG"), overwrites=overwrites)

    def view(self, query: Mapping[str, str]) -> tuple[bytes, str]:
        """Return the file of an image and its media type, as the query of ComfyUI's /view requests it. Raises
        BadRequest.
        """
        name = ImageName.of(query.get("filename", ""), query.get("subfolder", ""), query.get("type") or "output")
        data = self.read(name)
        channel, preview = query.get("channel", "rgba"), query.get("preview")
        if channel not in ("rgba", "rgb", "a"):
            raise BadRequest("channel must be rgba, rgb or a.")
        if preview is None and channel == "rgba":
            with open_image(Path("The image"), io.BytesIO(data)) as image:
                return data, _MEDIA_TYPES.get(image.format or "", "application/octet-stream")
        picture = Image.fromarray(self.decode(data))
        if channel == "a":
            empty = Image.new("RGBA", picture.size)
            empty.putalpha(picture.getchannel("A"))
            picture = empty
        elif channel == "rgb":
            picture = picture.convert("RGB")
        if preview is None:
            return _encode(picture, "PNG"), "image/png"
        match = _PREVIEW.fullmatch(preview)
        if match is None:
            raise BadRequest("preview must be webp or jpeg and a quality, such as webp;90.")
        is_jpeg = match[1] == "jpeg" and channel != "a"
        quality = min(100, int(match[2] or 90))
        if is_jpeg:
            return _encode(picture.convert("RGB"), "JPEG", quality), "image/jpeg"
        return _encode(picture, "WEBP", quality), "image/webp"


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


def _encode(image: Image.Image, file_format: str, quality: int = 90) -> bytes:
    buffer = io.BytesIO()
    options = {} if file_format == "PNG" else {"quality": quality}
    image.save(buffer, file_format, **options)
    return buffer.getvalue()
