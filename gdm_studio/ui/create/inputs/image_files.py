"""File dialog for images, loading of stored images at display size, and storage of masks that are being painted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QWidget

from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    import numpy as np

# Maximum pixels per side for display. Larger images are scaled down, so that brush strokes follow the pointer.
DISPLAY_SIDE = 1024
# Maximum pixels per side to which a control image is reduced for its thumbnail.
CONTROL_SIDE = 512
# A mask that is being painted is stored this long after its last change.
STORE_SECONDS = 1.0


class UnfinishedMask:
    """Stored copy of a mask that is being painted, with which the next session continues after a crash.

    `names` are the key of the thing that it is painted on and the name of the stored mask, or (). `save()` is called
    STORE_SECONDS after the last `begin_timer()`.
    """

    def __init__(self, save: Callable[[], object], parent: QObject) -> None:
        self.names: tuple[str, ...] = ()
        # Name of a mask that is stored for this purpose only.
        self._temporary = ""
        self._timer = QTimer(parent, singleShot=True, interval=round(1000 * STORE_SECONDS))
        self._timer.timeout.connect(save)

    def begin_timer(self) -> None:
        """Call `save` after STORE_SECONDS without another call of this method."""
        self._timer.start()

    async def store(self, key: str, mask: np.ndarray | None, *, is_current: Callable[[], bool]) -> None:
        """Store the mask, or nothing if it is None, unless `is_current()` is False by then. Raises StorageError."""
        stale = self._temporary
        name, is_new = "", False
        if mask is not None:
            name, is_new = await asyncio.to_thread(_store_temporarily, mask, stale)
        if is_current():
            self._temporary = name if is_new or name == stale else ""
            self.names = (key, name) if name else ()

    def forget(self) -> None:
        """Offer no mask in the next session. Its file stays, as a request may use the mask now."""
        self._timer.stop()
        self.names = ()
        self._temporary = ""


def choose_image(window: QWidget, title: str, use: Callable[[Path], object]) -> None:
    """Open a non-blocking dialog for image files, and call `use` with the path that the user chooses."""
    from gdm_studio.common.image_file import SUFFIXES

    dialog = QFileDialog(window, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    suffixes = " ".join(f"*{suffix}" for suffix in SUFFIXES)
    dialog.setNameFilter(translate("picture_files", "Pictures ({suffixes})").format(suffixes=suffixes))
    dialog.fileSelected.connect(lambda path: use(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


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


def _store_temporarily(mask: np.ndarray, stale: str) -> tuple[str, bool]:
    """Store a mask, and delete the stored mask `stale`. Return the mask's name, and True if it is new. Raises
    StorageError.
    """
    from gdm_studio.engine import image_inputs

    name, is_new = image_inputs.store_temporarily(mask)
    if stale and stale != name:
        image_inputs.delete(stale)
    return name, is_new
