"""File dialog for images, and loading of stored images at display size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from gdm_studio.ui.folder_dialogs import ask_files
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtWidgets import QWidget

# Maximum pixels per side for display. Larger images are scaled down, so that brush strokes follow the pointer.
DISPLAY_SIDE = 1024
# Maximum pixels per side to which a control image is reduced for its thumbnail.
CONTROL_SIDE = 512


def choose_image(window: QWidget, title: str, use: Callable[[Path], object]) -> None:
    """Open a non-blocking dialog for image files, and call `use` with the path that the user chooses."""
    from gdm_studio.common.image_file import SUFFIXES

    suffixes = " ".join(f"*{suffix}" for suffix in SUFFIXES)
    kinds = translate("picture_files", "Pictures ({suffixes})").format(suffixes=suffixes)
    ask_files(window, title, kinds, lambda paths: use(paths[0]), single=True)


def load_control_for_display(image: str, preprocessor: str) -> np.ndarray:
    """Load a stored control image with a preprocessor applied, such as edge detection, as RGBA (height, width, 4).

    The preprocessor can be "none". The image is first reduced to CONTROL_SIDE pixels per side, about the size of
    generated images. Raises BadRequest.
    """
    from gdm_studio.engine import image_inputs

    picture = image_inputs.load(image)
    picture.thumbnail((CONTROL_SIDE, CONTROL_SIDE))
    return image_inputs.load_control_image(image, picture.size, preprocessor)


def load_for_display(image: str, mask: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Load a stored start image and its inpainting mask for display.

    Returns RGBA (height, width, 4), reduced to at most DISPLAY_SIDE pixels per side, and the mask resized to it as
    (height, width) or None. Raises BadRequest.
    """
    import numpy as np
    from PIL import Image

    from gdm_studio.engine import image_inputs
    from gdm_studio.engine.inpainting_masks import mask_levels

    picture = image_inputs.load(image)
    picture.thumbnail((DISPLAY_SIDE, DISPLAY_SIDE))
    if not mask:
        return np.asarray(picture), None
    levels = mask_levels(np.asarray(image_inputs.load(mask)))[0]
    return np.asarray(picture), np.asarray(Image.fromarray(levels).resize(picture.size))
