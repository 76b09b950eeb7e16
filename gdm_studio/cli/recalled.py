"""Pictures of our own that a verb goes on with: what their files say, and the steps that are kept of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio import preferences
from gdm_studio.errors import BadRequest
from gdm_studio.printable import printable

if TYPE_CHECKING:
    from gdm_studio.gallery import Metadata
    from gdm_studio.request import Request


def ours(path: Path) -> tuple[Metadata, Request]:
    """What the file of a picture says, and its request; raises BadRequest for one that was not made here."""
    from gdm_studio.gallery import read

    found = read(path)
    if found.request is not None and not found.id:
        other = f"{printable(found.tool)}, and only" if found.tool else "another program, and only"
        raise BadRequest(f"{path} was made by {other} what GDM Studio made can be made again to the bit.")
    if found.request is None:
        raise BadRequest(f"{path} does not say how it was made; choose a picture that GDM Studio made.")
    return found, found.request


def steps_file(path: Path, picture_id: str) -> Path | None:
    """The steps kept of a picture, in the library it lies in or in the usual one; None where there are none."""
    from gdm_studio.gallery.steps_files import StepsFiles

    libraries = [*path.absolute().parents, preferences.pictures_dir()]
    return next((file for folder in libraries if (file := StepsFiles(folder).path(picture_id)).is_file()), None)
