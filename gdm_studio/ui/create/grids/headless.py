"""The sheet of a grid drawn without a window, for the command line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.engine.grids import Grid
from gdm_studio.request import Request

if TYPE_CHECKING:
    import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read as Qt starts: there need not be a screen

from PySide6.QtWidgets import QApplication  # noqa: E402

from gdm_studio.ui.create.grids import sheet_picture  # noqa: E402
from gdm_studio.ui.look.theme import Theme  # noqa: E402


def png_of(grid: Grid, singles: Sequence[Request], pictures: Sequence[np.ndarray]) -> bytes:
    """The sheet as the bytes of a PNG that carries the settings and the axes."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme = app.findChild(Theme) or Theme(app)
    image = sheet_picture.of_grid(theme, grid, singles, pictures)
    return sheet_picture.png(image, grid.base, kind="grid", note=grid.note())
