"""Handouts: self-contained web pages of at most 3 MB, and notebooks whose code generates the same run."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import step_history
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.step_animation import frames_of
from gdm_studio.learning.handout import Handout, Words, render_notebook, render_web_page
from gdm_studio.learning.handout.image_handout import ImageRun, image_handout, run_of_still_image
from gdm_studio.learning.handout.toy_points import draw_points, plane_handout, plane_panel
from gdm_studio.learning.handout.web_page import MAX_FRAMES, MAX_SIZE
from gdm_studio.learning.point_runs import PlaneRun, PlaneSettings, forward, run_plane
from gdm_studio.maths.noise_path import CLEAN
from gdm_studio.models import model_library as models
from gdm_studio.request.generation_events import Result
from gdm_studio.request.generation_request import Request
from tests.helpers.gaussian_model import CARD, GaussianLibrary

HOSTILE = '</script><img src="https://example.org/a.png"> "red" & `disc` {x} $(y)'
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Attributes of HTML and SVG that load something or lead somewhere.
ADDRESSES = {"src", "href", "srcset", "action", "data", "poster", "xlink:href"}


class Page(HTMLParser):
    """A parsed page: its images, its addresses, and the texts of its elements."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.images: list[tuple[Image.Image, str, bool]] = []
        self.addresses: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ADDRESSES]
        if tag == "img":
            data = base64.b64decode((values["src"] or "").removeprefix("data:image/webp;base64,"), validate=True)
            self.images.append((Image.open(io.BytesIO(data)), values["alt"] or "", "hidden" in values))

    def handle_data(self, data: str) -> None:
        self.text += data


def checked_page(handout: Handout) -> Page:
    data = render_web_page(handout)
    assert len(data) <= MAX_SIZE
    page = Page(data)
    assert all(address.startswith("data:image/webp;base64,") for address in page.addresses)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest", data.decode())
    for svg in re.findall(r"<svg.*?</svg>", data.decode(), re.DOTALL):
        ElementTree.fromstring(svg)
    assert page.tags.count("script") == 1 and "default-src 'none'" in data.decode()
    return page


def run_notebook(handout: Handout) -> dict:
    found = json.loads(render_notebook(handout))
    assert (found["nbformat"], found["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in found["cells"]}) == len(found["cells"])
    names: dict = {}
    for cell in found["cells"]:
        assert cell["cell_type"] in ("code", "markdown") and all("\n" not in line[:-1] for line in cell["source"])
        if cell["cell_type"] == "code":
            code = "".join(cell["source"])
            ast.parse(code)
            exec(compile(code, cell["id"], "exec"), names)
    return names


def plane_run(**changes: object) -> PlaneRun:
    return run_plane(PlaneSettings(density="moons", steps=6, **changes))


@pytest.mark.slow
def test_a_run_on_the_plane_becomes_a_page_and_a_notebook() -> None:
    run = plane_run(label=1, sampler="heun")
    handout = plane_handout([plane_panel("Heun", run)])
    page = checked_page(handout)
    assert [hidden for _, _, hidden in page.images] == [True] * 6 + [False]
    assert page.images[-1][1].startswith("Step 6 of 6 · α 1.000 · σ 0.000")
    assert page.images[0][0].size == (360, 360)
    assert page.tags.count("svg") == 2 and page.tags.count("input") == 1
    assert "moons" in page.text and "Heun" in page.text
    names = run_notebook(handout)
    assert np.array_equal(names["run"].x[-1], run.x[-1])
    assert np.allclose(names["x_next"], run.x[3])


def test_the_picture_of_the_plane_shows_its_points() -> None:
    run = plane_run()
    shown = draw_points(run, 6)
    first, second = ((shown == colour).all(axis=2) for colour in ((53, 99, 224), (176, 96, 0)))
    # The upper moon is the first class.
    assert np.argwhere(first)[:, 0].mean() < np.argwhere(second)[:, 0].mean()
    assert first.sum() > 1000 < second.sum()


@pytest.mark.slow
def test_two_runs_are_compared_side_by_side() -> None:
    panels = [plane_panel("DDIM", plane_run()), plane_panel("DDPM", plane_run(sampler="ddpm"))]
    handout = plane_handout(panels)
    page = checked_page(handout)
    assert page.tags.count("figure") == 2 and len(page.images) == 14
    assert render_web_page(handout).decode().count('class="differs"') == 1, "only the sampler differs"
    names = run_notebook(handout)
    assert np.array_equal(names["run_2"].x[-1], panels[1].run.x[-1])


def test_the_forward_process_is_refused() -> None:
    with pytest.raises(BadRequest, match="from noise to data"):
        plane_handout([plane_panel("x", forward(PlaneSettings(steps=4)))])


@pytest.fixture
def gaussian(monkeypatch: pytest.MonkeyPatch) -> GaussianLibrary:
    monkeypatch.setattr(models, "Library", GaussianLibrary)
    monkeypatch.setattr("gdm_studio.studio.studio.Library", GaussianLibrary)
    return GaussianLibrary()


def image_run(library: GaussianLibrary, **changes: object) -> tuple[ImageRun, np.ndarray]:
    request = Request(model="gaussian", prompt=HOSTILE, seed=4, steps=5, device="cpu", sampler="ddim")
    events = generate(CARD.checked(replace(request, **changes)), library, steps_budget=10_000_000)
    (result,) = (event for event in events if isinstance(event, Result))
    steps = step_history.load(result.steps)
    frames = list(frames_of(steps, library))
    return ImageRun(steps.request, frames, steps.path[1:], 0, len(frames)), result.rgba


def test_an_image_becomes_a_page_and_a_notebook(gaussian: GaussianLibrary) -> None:
    run, rgba = image_run(gaussian)
    handout = image_handout([run])
    page = checked_page(handout)
    assert HOSTILE in page.text and len(page.images) == 5
    shown = np.asarray(page.images[-1][0].convert("RGBA"), float)
    opaque = rgba[..., 3] > 250
    assert np.abs(shown - rgba)[opaque].mean() < 12
    names = run_notebook(handout)
    assert np.array_equal(names["request_steps"][-1].image, rgba)


@pytest.mark.slow
def test_images_are_compared(gaussian: GaussianLibrary) -> None:
    (first, _), (second, rgba) = image_run(gaussian), image_run(gaussian, steps=7)
    handout = image_handout([first, second])
    page = checked_page(handout)
    assert page.tags.count("figure") == 2 and len(page.images) == 12
    names = run_notebook(handout)
    assert np.array_equal(names["request_2_steps"][-1].image, rgba)


def test_a_finished_image_is_the_last_step_of_its_second_pass() -> None:
    request = Request(prompt="a fox", steps=20, factors={"enlarged": 1.5, "enlarged_strength": 0.5})
    handout = image_handout([run_of_still_image(np.zeros((8, 8, 3), np.uint8), request, "a fox")])
    assert handout.strips[0].captions == ["Step 30 of 30"]


@pytest.mark.slow
def test_long_runs_of_large_pictures_stay_below_the_limit() -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (512, 512, 3), np.uint8)
    run = ImageRun(Request(prompt="noise", steps=300), [noise] * 300, plane_run().path[:1] * 300, 0, 300)
    page = checked_page(image_handout([run]))
    assert len(page.images) == MAX_FRAMES
    assert page.images[0][1].startswith("Step 1 of 300") and page.images[-1][1].startswith("Step 300 of 300")


def test_a_run_without_steps_is_refused() -> None:
    with pytest.raises(BadRequest, match="no steps to export"):
        render_web_page(Handout("empty", [], [], []))


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed.")
def test_a_page_opens_in_chromium(tmp_path: Path) -> None:
    file = tmp_path / "plane.html"
    file.write_bytes(render_web_page(plane_handout([plane_panel("DDIM", plane_run())])))
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path}",
        "--dump-dom",
        file.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert re.search(r"<output>Step 6 of 6[^<]*</output>", done.stdout), "the script has shown the last step"


@pytest.mark.slow
def test_handouts_are_in_the_language_of_the_window() -> None:
    """Every text is translated but names, values and code."""
    words = Words(lambda context, text: f"<{text}>", "de")
    plain, told = (plane_handout([plane_panel("One", plane_run())], each) for each in (Words(), words))
    page = render_web_page(told).decode()
    assert '<html lang="de">' in page and "&lt;Play&gt;" in page and "&lt;Made with GDM Studio.&gt;" in page
    assert told.title == f"<{plain.title}>" and told.strips[0].captions[3].startswith("<Step 3 of")
    assert [chart.title for chart in told.charts] == [f"<{chart.title}>" for chart in plain.charts]
    assert [cell for cell in told.cells if cell.is_code] == [cell for cell in plain.cells if cell.is_code]
    picture = ImageRun(Request(prompt="a fox"), [np.zeros((8, 8, 3), np.uint8)], [CLEAN], 0, 1)
    image = image_handout([picture], words)
    assert image.strips[0].captions == ["<Step 1 of 1>"] and "<Guidance>" in image.strips[0].facts
