"""Files of pictures that people choose, and what the kept ones look like."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from gdm_studio.ui.widgets.drop_zones import PICTURES

if TYPE_CHECKING:
    import numpy as np

LOOKED_AT = 1024  # pixels a side: more are not shown and not painted on, or strokes would lag behind the hand


def choose_picture(window: QWidget, title: str, use: Callable[[Path], object]) -> None:
    """Asks for a picture's file, for `use`."""
    dialog = QFileDialog(window, title)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilter(f"Pictures ({' '.join(f'*{suffix}' for suffix in PICTURES)})")
    dialog.fileSelected.connect(lambda path: use(Path(path)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def looks(image: str, mask: str) -> tuple[np.ndarray, np.ndarray | None]:
    """The picture as RGBA (height, width, 4), the mask as (height, width), of LOOKED_AT at most; raises BadRequest."""
    import numpy as np

    from gdm_studio.engine import inputs

    picture = inputs.load(image)
    picture.thumbnail((LOOKED_AT, LOOKED_AT))
    painted = np.asarray(inputs.load(mask).convert("L")) if mask else None
    return np.asarray(picture), painted
