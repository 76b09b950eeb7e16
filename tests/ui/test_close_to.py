"""A picture beside the drawing that it is close to, in the real window, and one made to be less like it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QLabel

from gdm_studio import paths
from gdm_studio.cli.main import run
from gdm_studio.gallery import save
from gdm_studio.models.library import Library
from gdm_studio.request import Request
from gdm_studio.run import Result
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.ui.gallery.close_to import CloseTo, less_like
from gdm_studio.ui.window import Window
from tests.helpers import tiny_model
from tests.helpers.opened import opened, until
from tests.training.made_up_pictures import write_pictures


def _words(part: CloseTo) -> str:
    return part.findChild(QLabel).text()


def test_a_close_picture_names_its_drawing_in_both_places(home: Path, tmp_path: Path) -> None:
    drawings = write_pictures(tmp_path / "drawings")
    tiny_model.write(paths.models_dir() / "tiny", card={"styles": [{"id": "flat", "title": "Flat"}]})
    assert run(["train", "origins", "--data", str(drawings), "--subset", "all", "--model", "tiny"]) == 0
    ring = np.array(open_pictures(drawings).pixels[2])
    cross = np.zeros((96, 96, 4), np.uint8)
    cross[40:56], cross[:, 40:56] = (250, 200, 0, 255), (250, 200, 0, 255)
    (home / "pictures").mkdir()
    for number, rgba in enumerate((cross, ring)):
        asked = Request(model="tiny", prompt="ring", style="flat", seed=number, steps=2, temperature=0.5)
        save(Result(0, asked, rgba), home / "pictures")

    async def play(window: Window) -> None:
        panel = window.create_page.gallery
        await until(lambda: panel.details.picture() is not None and panel.details.close_to.isVisible())
        assert _words(panel.details.close_to) == "Close to “red ring” of flat (Nobody, MIT)"
        window.turn_to("gallery")
        page = window.gallery_page
        page.grid.setCurrentIndex(page.grid.model().index(0))
        await until(lambda: page.side.close_to.isVisible())
        page.grid.setCurrentIndex(page.grid.model().index(1))
        await until(lambda: page.side.picture().request.seed == 0)
        assert not page.side.close_to.isVisible()
        page.grid.setCurrentIndex(page.grid.model().index(0))
        await until(lambda: page.side.close_to.isVisible())
        anew = less_like(page.side.picture().request, 7)
        assert (anew.prompt, anew.style, anew.temperature, anew.seed) == ("ring", "", 0.75, 7)

    opened(play, library=Library())
