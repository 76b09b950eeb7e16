"""Images close to a training drawing, in the real window, and their regeneration with less similarity."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QLabel, QPushButton

from gdm_studio.cli.main import run
from gdm_studio.common import paths
from gdm_studio.gallery import Picture, read, save
from gdm_studio.models import attribution
from gdm_studio.models.attribution import Origin
from gdm_studio.models.model_card import ModelCard, Source
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from gdm_studio.training.data.dataset import open_pictures
from gdm_studio.ui.gallery.attribution import SimilarImageLabel, SimilarImages, less_like
from gdm_studio.ui.shell.window import Window
from gdm_studio.ui.tasks import Tasks
from tests.helpers import tiny_model
from tests.helpers.gaussian_model import GaussianLibrary
from tests.helpers.library import result
from tests.helpers.widgets import theme
from tests.helpers.window import click, notice_button, run_in_window, until, wait_for_notice
from tests.training.made_up_pictures import write_pictures


def _label_text(part: SimilarImageLabel) -> str:
    return part.findChild(QLabel).text()


def test_an_image_close_to_a_drawing_names_it_in_both_galleries(home: Path, tmp_path: Path, shipped: Library) -> None:
    drawings = write_pictures(tmp_path / "drawings")
    styles = ["flat", *tiny_model.STYLES[1:]]
    known = [{"id": style, "title": style.title()} for style in styles]
    tiny_model.write(paths.models_dir() / "tiny", card={"styles": known}, tokenizer={"styles": styles})
    assert run(["train", "origins", "--data", str(drawings), "--subset", "all", "--model", "tiny"]) == 0
    ring = np.array(open_pictures(drawings).pixels[2])
    cross = np.zeros((96, 96, 4), np.uint8)
    cross[40:56], cross[:, 40:56] = (250, 200, 0, 255), (250, 200, 0, 255)
    (home / "pictures").mkdir()
    asked = Request(model="tiny", prompt="ring", style="flat", steps=2, temperature=0.5)
    of_cross = save(Result(0, replace(asked, seed=0), cross), home / "pictures")
    of_ring = save(Result(0, replace(asked, seed=1), ring), home / "pictures")

    async def play(window: Window) -> None:
        panel = window.create_page.gallery
        await until(lambda: panel.details.picture() is not None and panel.details.similar_label.isVisible())
        assert _label_text(panel.details.similar_label) == "Resembles “red ring” of flat (MIT)"
        panel.mark(of_cross.id)
        assert panel.details.picture().id == of_cross.id and not panel.details.similar_label.isVisible()
        # Like an image that was just generated.
        panel.mark(of_ring.id)
        await until(panel.details.similar_label.isVisible)
        window.open_page("gallery")
        page = window.gallery_page
        page.grid.setCurrentIndex(page.grid.model().index(0))
        await until(lambda: page.side.similar_label.isVisible())
        page.grid.setCurrentIndex(page.grid.model().index(1))
        await until(lambda: page.side.picture().request.seed == 0)
        assert not page.side.similar_label.isVisible()
        page.grid.setCurrentIndex(page.grid.model().index(0))
        await until(lambda: page.side.similar_label.isVisible())
        button = page.side.similar_label.findChild(QPushButton)
        assert button.text() == "Make it more original"
        window.request_draft.change(prompt="a cross of mine", steps=7)
        click(button)
        await wait_for_notice(window, "More original Any style, temperature 0.75")
        await until(lambda: window.gallery.panel_model.rowCount() == 3 and window.generation.job is None)
        assert window.page() == "create" and window.request_draft["prompt"] == "ring"
        back = notice_button(window, "Undo")
        assert back is not None
        click(back)
        await until(lambda: (window.request_draft["prompt"], window.request_draft["steps"]) == ("a cross of mine", 7))

    run_in_window(play, library=shipped)
    made = [read(path).request for path in (home / "pictures").glob("*.png")]
    (redrawn,) = [request for request in made if request is not None and not request.style]
    assert (redrawn.prompt, redrawn.temperature, redrawn.steps) == ("ring", 0.75, 2) and redrawn.seed not in (0, 1)


@dataclass
class _DetailsPane:
    """Stand-in for a details pane that shows one image."""

    similar_label: SimilarImageLabel
    now: Picture

    def picture(self) -> Picture:
        return self.now


def test_a_late_result_is_not_shown_for_another_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ring, cross = (save(result(prompt, model="gaussian"), tmp_path) for prompt in ("ring", "cross"))
    drawing = Origin("red ring", Source("flat", "Nobody", "MIT", "https://example.org"), 0.01)
    compared, go_on = threading.Event(), threading.Event()

    def close_to(card: ModelCard, rgba: np.ndarray) -> Origin | None:
        if rgba is not of_ring:
            return None
        compared.set()
        assert go_on.wait(60)
        return drawing

    async def pixels(picture: Picture) -> np.ndarray:
        return of_ring if picture is ring else of_cross

    async def look_at_both() -> None:
        tasks, place = Tasks(lost.append), _DetailsPane(SimilarImageLabel(theme()), cross)
        nearness = SimilarImages(pixels, GaussianLibrary(), tasks)
        nearness.update(place, cross)
        await tasks.finish(60)
        place.now = ring
        nearness.update(place, ring)
        await until(compared.is_set)
        place.now = cross
        nearness.update(place, cross)
        go_on.set()
        await tasks.finish(60)
        assert place.similar_label.isHidden()
        place.now = ring
        nearness.update(place, ring)
        assert not place.similar_label.isHidden() and "red ring" in _label_text(place.similar_label)

    monkeypatch.setattr(attribution, "find_origin", close_to)
    of_ring, of_cross = np.zeros((8, 8, 4), np.uint8), np.zeros((8, 8, 4), np.uint8)
    lost: list[BaseException] = []
    asyncio.run(look_at_both())
    assert not lost


def test_no_search_starts_without_a_running_event_loop(tmp_path: Path) -> None:
    ring = save(result("ring", model="gaussian"), tmp_path)
    compared: list[Picture] = []

    async def pixels(picture: Picture) -> np.ndarray:
        compared.append(picture)
        return np.zeros((8, 8, 4), np.uint8)

    errors: list[BaseException] = []
    place = _DetailsPane(SimilarImageLabel(theme()), ring)
    SimilarImages(pixels, GaussianLibrary(), Tasks(errors.append)).update(place, ring)
    assert place.similar_label.isHidden() and compared == [] and errors == []


def test_the_credit_is_in_the_language_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    german = {
        "Resembles “{drawing}” of {set} ({licence})": "Ähnelt „{drawing}“ aus {set} ({licence})",
        "Resembles “{drawing}” of {set}: credit needed ({licence})": "Ähnelt „{drawing}“ aus {set}: nennen ({licence})",
    }
    part = SimilarImageLabel(theme())
    monkeypatch.setattr(SimilarImageLabel, "tr", lambda self, text: german.get(text, text))
    part.show_origin(Origin("fox", Source("twemoji", "Twitter and contributors", "MIT", "", 1, "Twemoji"), 0.01))
    assert _label_text(part) == "Ähnelt „fox“ aus Twemoji (MIT)"
    part.show_origin(Origin("fox", Source("twemoji", "Twitter and contributors", "CC-BY-4.0", "", 1, "Twemoji"), 0.01))
    assert _label_text(part) == "Ähnelt „fox“ aus Twemoji: nennen (CC-BY-4.0)"
    assert "Twitter and contributors" in part.findChildren(QLabel)[0].toolTip()


def test_less_like_raises_the_temperature_up_to_its_limit() -> None:
    asked = Request(prompt="ring", style="flat", seed=3, temperature=1.1)
    assert less_like(asked, 7) == replace(asked, style="", temperature=1.2, seed=7)
    assert less_like(replace(asked, temperature=1.6), 7).temperature == 1.6
