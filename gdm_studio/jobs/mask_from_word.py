"""Inpainting masks of the area that a word describes in a picture file."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.common.errors import ModelError
from gdm_studio.common.image_file import read_rgba_array
from gdm_studio.request.generation_request import Request

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_library import Library

# By this share of the longer side, a mask of what is redrawn grows. Half of it leaves no outline of the old thing; the
# rest gives another one some room.
_MARGIN = 1 / 48
# Holes are filled if all of them have at most this share of the area of a mask.
_HOLES = 0.25


def select_in_picture(
    source: Path | np.ndarray, word: str, library: Library, request: Request, *, made_by: Request | None = None
) -> np.ndarray:
    """Return a mask of the area that a word describes in a picture, uint8 (H, W) of 0 and 255.

    `source` is a file, or uint8 (H, W, 4). If this program generated it, by the request in its file or by `made_by`,
    its own model and prompt find the word, otherwise the model of `request`. Raises the errors of
    `word_maps.select_word`, and StorageError.
    """
    from gdm_studio.engine.word_maps import select_word

    if isinstance(source, Path):
        made_by = made_by or read_request(source)
        source = read_rgba_array(source)
    if made_by is not None and is_installed(library, made_by.model):
        own = replace(made_by, device=request.device, dtype=request.dtype)
        return select_word(source, word, library, own, is_own=True)
    return select_word(source, word, library, request)


def select_for_redrawing(
    source: Path | np.ndarray, word: str, library: Library, request: Request, *, made_by: Request | None = None
) -> np.ndarray:
    """Return the mask of `select_in_picture` without small holes, and grown, so that nothing of what the word describes
    is left at the edges when something else is drawn in its place. The inside of a frame or wreath stays free.
    """
    import numpy as np

    from gdm_studio.engine import colour_selection

    mask = select_in_picture(source, word, library, request, made_by=made_by)
    filled = colour_selection.fill_holes(mask)
    if np.count_nonzero(filled) > (1 + _HOLES) * np.count_nonzero(mask):
        filled = mask
    return colour_selection.grow(filled, max(1, round(max(mask.shape) * _MARGIN)))


def read_request(path: Path) -> Request | None:
    """Return the request in the file of an image that this program generated, or None for any other file."""
    from gdm_studio.gallery.metadata import read

    metadata = read(path)
    return metadata.request if metadata.id else None


def is_installed(library: Library, model: str) -> bool:
    """Return True if a model can be used by this name."""
    with suppress(ModelError):
        library.card(model)
        return True
    return False
