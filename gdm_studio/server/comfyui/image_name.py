"""Names of images in ComfyUI's graphs and addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from gdm_studio.common.errors import BadRequest
from gdm_studio.common.text_safety import UNSAFE_CHARACTERS

FOLDERS = ("input", "output", "temp")
# Folder of the images that clients store and fetch by a key, as comfyui-tooling-nodes do.
CACHE = "cache"
_MAX_NAME = 200
_ANNOTATED = re.compile(r"(.+?)\s*\[(input|output|temp)\]", re.DOTALL)


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
